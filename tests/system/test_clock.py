import threading
from datetime import UTC, timedelta

import pytest

from smsdesk.system.clock import SETTLE_AFTER_SLEEP_S, Clock, JumpWatch, SuspendWatch


class HandClock(Clock):
    """A clock whose two hands a test moves."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.running = 5_000.0

    def epoch(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.running

    def pass_by(self, wall: float, *, running: float) -> None:
        self.wall += wall
        self.running += running


def test_the_wall_clock_is_in_utc() -> None:
    clock = HandClock()

    assert clock.now().tzinfo is UTC
    assert clock.now().isoformat() == "2027-01-15T08:00:00+00:00"


def test_the_real_clock_says_the_same_time_twice_over() -> None:
    clock = Clock()

    assert abs(clock.now().timestamp() - clock.epoch()) < timedelta(minutes=1).total_seconds()
    assert clock.monotonic() <= clock.monotonic()


def test_a_wait_ends_when_the_event_is_set() -> None:
    event = threading.Event()
    threading.Thread(target=event.set).start()

    assert Clock().wait(event, 1e12)


@pytest.mark.parametrize("seconds", [0.001, 0.0, -5.0])
def test_a_wait_ends_without_the_event(seconds: float) -> None:
    assert not Clock().wait(threading.Event(), seconds)


@pytest.mark.parametrize("drift", [0.0, 29.0, -29.0])
def test_a_clock_that_is_kept_right_shows_no_gap(drift: float) -> None:
    clock = HandClock()
    watch = SuspendWatch(clock)

    clock.pass_by(600 + drift, running=600)

    assert watch.gap() == 0.0


@pytest.mark.parametrize(("wall", "gap"), [(8 * 3600 + 10, 8 * 3600), (-7200 + 10, -7200)])
def test_a_sleep_or_a_clock_set_back_shows_once(wall: float, gap: float) -> None:
    clock = HandClock()
    watch = SuspendWatch(clock)

    clock.pass_by(wall, running=10)

    assert watch.gap() == gap
    clock.pass_by(10, running=10)
    assert watch.gap() == 0.0


def test_small_drifts_do_not_add_up_to_a_gap() -> None:
    clock = HandClock()
    watch = SuspendWatch(clock)

    for _ in range(100):
        clock.pass_by(61, running=60)
        assert watch.gap() == 0.0


def test_what_is_due_later_is_due_soon_after_a_sleep() -> None:
    clock = HandClock()
    watch = SuspendWatch(clock)
    due_at = clock.monotonic() + 300
    assert watch.soon(due_at) == due_at

    clock.pass_by(3600, running=0)

    soon = watch.soon(due_at)
    assert soon == clock.monotonic() + SETTLE_AFTER_SLEEP_S
    assert watch.soon(soon) == soon


class BootClock(HandClock):
    """A clock of a system that counts the seconds since boot, sleep included."""

    def __init__(self) -> None:
        super().__init__()
        self.booted: float | None = 5_000.0

    def since_boot(self) -> float | None:
        return self.booted

    def sleep(self, seconds: float) -> None:
        self.wall += seconds
        self.booted = (self.booted or 0.0) + seconds


def test_sleep_is_no_jump_of_the_clock() -> None:
    clock = BootClock()
    watch = JumpWatch(clock)

    clock.sleep(8 * 3600)

    assert watch.jump() == 0.0


@pytest.mark.parametrize("seconds", [3_600.0, -7_200.0])
def test_a_clock_that_was_set_shows_once(seconds: float) -> None:
    clock = BootClock()
    watch = JumpWatch(clock)

    clock.wall += seconds

    assert watch.jump() == seconds
    assert watch.jump() == 0.0


def test_where_sleep_is_not_counted_no_jump_is_claimed() -> None:
    clock = BootClock()
    clock.booted = None
    watch = JumpWatch(clock)

    clock.wall += 86_400

    assert watch.jump() == 0.0
