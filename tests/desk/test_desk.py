"""The desk passes settings on to its services."""

import threading

import pytest

from smsdesk.delivery.reports import ReportLookup
from smsdesk.delivery.sender import Sender
from smsdesk.desk.desk import Desk, SenderPhase
from smsdesk.system.settings import THROUGHPUT
from tests.desk.office import Office
from tests.support import StoppedClock, until


def test_new_settings_reach_sender_and_receipts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Sender, "reload", lambda _self: told.append("sender"))
    monkeypatch.setattr(ReportLookup, "reload", lambda _self: told.append("receipts"))
    desk.settings.set(THROUGHPUT, 5.0)
    desk.apply_settings()

    assert told == ["sender", "receipts"]


class OnlyTheEvent(StoppedClock):
    """Waits for the event that may end a wait, and never lets its time run out."""

    def wait(self, event: threading.Event, _seconds: float) -> bool:
        return event.wait()


def test_every_service_ends_when_it_is_told_to_and_not_at_its_next_look(
    office: Office,
) -> None:
    office.clock = OnlyTheEvent()
    desk = office.open()
    stop = threading.Event()
    threads = [
        threading.Thread(target=service.run, args=(stop,), name=service.name)
        for service in desk.services
    ]
    for thread in threads:
        thread.start()
    until(lambda: desk.sender.status.phase is SenderPhase.READY)
    stop.set()
    desk.sender.wake()
    for thread in threads:
        thread.join(10)

    assert not any(thread.is_alive() for thread in threads)
    assert desk.sender.status.phase is SenderPhase.STOPPED
