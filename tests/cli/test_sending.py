"""What the verbs that send share: services at work for as long as somebody waits."""

import threading

import pytest

from smsdesk.cli.sending import _serve
from smsdesk.store.errors import DatabaseBusyError


class Stumbling:
    """A service whose log was busy when it began."""

    name = "sender"

    def __init__(self) -> None:
        self.runs = 0

    def run(self, stop: threading.Event) -> None:
        self.runs += 1
        if self.runs == 1:
            raise DatabaseBusyError("busy")


@pytest.mark.case("F55")
def test_a_service_that_could_not_begin_begins_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class AtOnce(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return self.is_set()

    service = Stumbling()

    _serve(service, AtOnce())

    assert service.runs == 2
    assert "ended with an error" in caplog.text


def test_one_that_is_to_stop_does_not() -> None:
    class Ended(Stumbling):
        def run(self, stop: threading.Event) -> None:
            stop.set()
            super().run(stop)

    service = Ended()

    _serve(service, threading.Event())

    assert service.runs == 1
