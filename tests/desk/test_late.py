"""What comes late comes once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from smsdesk.desk.late import late


@dataclass
class Part:
    """Something worth waiting for."""

    number: int


def counted() -> tuple[Callable[[], Part], list[Part]]:
    built: list[Part] = []

    def build() -> Part:
        built.append(Part(len(built)))
        return built[-1]

    return build, built


def test_nothing_is_built_before_it_is_used() -> None:
    build, built = counted()
    part = late(build)

    assert built == []
    assert part.number == 0
    assert len(built) == 1


def test_two_threads_that_ask_at_once_get_the_same() -> None:
    build, built = counted()
    part = late(build)
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        assert part.number == 0

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 1


def test_what_is_late_may_need_something_that_is_late_too() -> None:
    build, built = counted()
    first = late(build)
    second = late(lambda: Part(first.number + 1))

    assert second.number == 1
    assert len(built) == 1
