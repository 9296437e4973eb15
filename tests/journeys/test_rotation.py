"""The private key is changed in the middle of a run: nothing is lost, and nothing sent twice."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountForm
from smsdesk.desk.desk import Desk
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Draft
from smsdesk.sms.state import HeldReason, State
from smsdesk.system.clock import Clock
from smsdesk.system.settings import THROUGHPUT
from tests.desk.office import Office
from tests.journeys.conftest import API_SECRET, Keys
from tests.support import until

COUNT = 120


@pytest.fixture
def desk(tmp_path: Path, vonage: Simulator, keys: Keys) -> Iterator[Desk]:
    office = Office(tmp_path / "data", clock=Clock())
    desk = office.open()
    desk.settings.set(THROUGHPUT, 100.0)
    desk.account.save(
        AccountForm(
            keys.application_id,
            str(keys.private),
            api_key="demo",
            api_secret=API_SECRET,
            api_url=vonage.url,
        )
    )
    yield desk
    office.close()


@pytest.mark.case("T28", "F81")
def test_a_key_is_changed_while_messages_go_out(
    desk: Desk, vonage: Simulator, tmp_path: Path
) -> None:
    numbers = "\n".join(f"+4474001{n:05}" for n in range(COUNT))
    queued = desk.compose.send(Draft("SMSDesk", numbers, "The van is here."))
    ids = [message.id for message in queued.messages]
    stop = threading.Event()
    sender = threading.Thread(target=desk.services[0].run, args=(stop,), name="sender")
    sender.start()
    try:
        until(lambda: len(vonage.messages) > 5)
        desk.rotation.begin(str(tmp_path / "new.key"))
        desk.rotation.go_on()
        until(lambda: len(vonage.messages) == COUNT, timeout_s=60)
        until(lambda: {m.state for m in desk.history.get_many(ids)} == {State.ACCEPTED})
    finally:
        stop.set()
        sender.join(30)

    assert len(ids) == COUNT
    assert len({record.to for record in vonage.messages}) == COUNT
    assert all(m.held_reason is not HeldReason.AUTH for m in desk.history.get_many(ids))
