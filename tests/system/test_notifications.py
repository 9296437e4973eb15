"""Notifications over a real bus: what is shown, what is clicked, and what happens without one."""

import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smsdesk.system.notifications import LONGEST, Notification, Notifier
from tests.desktop import PATIENCE_S, NotificationDaemon, needs_bus, private_bus
from tests.support import until

pytestmark = [
    needs_bus,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a bus"),
]


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


class Desktop:
    """A notifier at work, and what a person has opened with it."""

    def __init__(self) -> None:
        self.opened: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self.notifier = Notifier(
            program="SMS Desk",
            open_word="Open",
            icon=Path("/icons/smsdesk.svg"),
            on_open=lambda token, leave: self.opened.put((token, leave)),
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.notifier.run, args=(self._stop,))

    def show(self, title: str = "New reply", body: str = "", *, slot: str = "a") -> None:
        self.notifier.show(Notification(slot, title, body, f"token of {title}"))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive()


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def at_work(bus: str, desktop: Desktop) -> Iterator[Desktop]:
    with desktop.at_work():
        yield desktop


@pytest.fixture
def daemon(bus: str) -> Iterator[NotificationDaemon]:
    with NotificationDaemon(bus) as daemon:
        yield daemon


def test_what_is_shown_arrives_with_all_that_a_desktop_needs(
    daemon: NotificationDaemon, at_work: Desktop
) -> None:
    at_work.show("New reply", "Hi\nthere")

    shown = daemon.next()
    assert (shown.program, shown.title, shown.body) == ("SMS Desk", "New reply", "Hi\nthere")
    assert shown.icon == "file:///icons/smsdesk.svg"
    assert shown.actions == ["default", "Open"]
    assert shown.hints["desktop-entry"] == ("s", "smsdesk")
    until(lambda: at_work.notifier.is_there is True)


@pytest.mark.case("T12", "F88")
def test_markup_stands_as_it_was_written(daemon: NotificationDaemon, at_work: Desktop) -> None:
    at_work.show("New reply", "<b>bold</b> & <img src='file:///etc/passwd'>")

    assert daemon.next().body == (
        "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;img src='file:///etc/passwd'&gt;"
    )


def test_a_daemon_without_markup_and_actions_gets_neither(bus: str, desktop: Desktop) -> None:
    with NotificationDaemon(bus, skills=("body",)) as daemon, desktop.at_work():
        desktop.show("New reply", "a < b & c")

        shown = daemon.next()

    assert (shown.body, shown.actions) == ("a < b & c", [])


def test_a_bus_takes_every_text(daemon: NotificationDaemon, at_work: Desktop) -> None:
    at_work.show("half an emoji \ud83d", "NUL \0 in it" + "x" * 100_000)

    shown = daemon.next()
    assert shown.title == "half an emoji ?"
    assert "\0" not in shown.body
    assert len(shown.body) == LONGEST
    at_work.show("still connected")
    assert daemon.next().title == "still connected"


def test_a_burst_takes_one_place(daemon: NotificationDaemon, at_work: Desktop) -> None:
    for number in range(50):
        at_work.show(f"{number} replies")
    at_work.show("1 message was not delivered", slot="b")

    seen = [daemon.next()]
    while seen[-1].title != "49 replies":
        seen.append(daemon.next())

    replies = [one for one in seen if "replies" in one.title]
    assert len({one.id for one in replies}) == 1
    assert [one.replaces for one in replies] == [0] + [replies[0].id] * (len(replies) - 1)


def test_a_click_gives_the_token_of_the_notification_back(
    daemon: NotificationDaemon, at_work: Desktop
) -> None:
    at_work.show("first", slot="a")
    at_work.show("second", slot="b")
    ids = {shown.title: shown.id for shown in (daemon.next(), daemon.next())}

    daemon.click(ids["second"])
    assert at_work.opened.get(timeout=PATIENCE_S) == ("token of second", "")

    daemon.click(ids["first"], leave="xdg-leave-1")
    assert at_work.opened.get(timeout=PATIENCE_S) == ("token of first", "xdg-leave-1")


def test_the_notifications_of_others_are_none_of_ours(
    daemon: NotificationDaemon, at_work: Desktop
) -> None:
    at_work.show("ours")
    ours = daemon.next().id

    daemon.click(ours + 1)
    daemon.click(ours, action="snooze")
    daemon.click(ours)

    assert at_work.opened.get(timeout=PATIENCE_S) == ("token of ours", "")
    assert at_work.opened.empty()


def test_after_it_was_dismissed_a_new_one_is_shown_anew(
    daemon: NotificationDaemon, at_work: Desktop
) -> None:
    at_work.show("first")
    first = daemon.next()

    daemon.dismiss(first.id)
    daemon.click(first.id)  # too late: it is gone
    at_work.show("another", slot="b")  # orders and signals are heard one after another
    another = daemon.next()
    daemon.click(another.id)
    assert at_work.opened.get(timeout=PATIENCE_S) == ("token of another", "")
    at_work.show("second")

    assert daemon.next().replaces == 0


def test_what_has_been_heard_is_taken_away(
    daemon: NotificationDaemon, at_work: Desktop
) -> None:
    at_work.show("first")
    shown = daemon.next()

    at_work.notifier.withdraw()

    assert daemon.closed.get(timeout=PATIENCE_S) == shown.id


def test_a_daemon_that_comes_later_is_found(bus: str, at_work: Desktop) -> None:
    at_work.show("to nobody")
    until(lambda: at_work.notifier.is_there is False)

    with NotificationDaemon(bus) as daemon:
        until(lambda: at_work.notifier.is_there is True)
        at_work.show("to somebody")
        first = daemon.next()
        # What was asked for just before the daemon came may still be on its way to it.
        shown = daemon.next() if first.title == "to nobody" else first
        assert shown.title == "to somebody"
    until(lambda: at_work.notifier.is_there is False)

    with NotificationDaemon(bus) as another:
        at_work.show("to the next one")
        shown = another.next()
    assert (shown.title, shown.replaces) == ("to the next one", 0)


def test_a_daemon_that_never_answers_holds_up_nobody(bus: str, desktop: Desktop) -> None:
    with NotificationDaemon(bus, is_deaf=True), desktop.at_work():
        desktop.show()
        desktop.show()

        assert desktop.notifier.is_there is None


@pytest.mark.parametrize(
    "address", [None, "nonsense", "tcp:host=localhost,port=1", "unix:path=/nowhere/bus"]
)
def test_without_a_bus_nothing_happens(
    address: str | None, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    with desktop.at_work():
        desktop.show()
        until(lambda: desktop.notifier.is_there is False)

    assert desktop.opened.empty()


def test_a_bus_that_breaks_off_is_survived(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        stack = desktop.at_work()
        stack.__enter__()
        until(lambda: desktop.notifier.is_there is False)
    desktop.show()
    stack.__exit__(None, None, None)
