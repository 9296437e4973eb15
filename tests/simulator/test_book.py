"""What is kept of messages from one run to the next."""

import os
from pathlib import Path

from smsdesk.simulator.book import settle
from smsdesk.simulator.server import Simulator
from tests.simulator.customer import ask_reports, send, wait_until_delivered


def test_a_later_run_still_knows_the_messages_of_an_earlier_one(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    with Simulator(records=records, pace=0.01) as simulator:
        message_uuid = send(simulator).json()["message_uuid"]
        wait_until_delivered(simulator)
        balance = simulator.balance

    with Simulator(records=records) as simulator:
        [record] = ask_reports(simulator, id=message_uuid).json()["records"]

        assert record["status"] == "delivered"
        assert simulator.balance == balance
    if os.name == "posix":
        assert records.stat().st_mode & 0o077 == 0


def test_a_message_on_its_way_arrives_in_the_next_run(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    with Simulator(records=records, pace=1000.0) as simulator:
        send(simulator)

    with Simulator(records=records, pace=0.01) as simulator:
        wait_until_delivered(simulator)


def test_lines_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    with Simulator(records=records) as simulator:
        send(simulator)
    whole = records.read_text()
    records.write_text('{"of": "another version"}\nnoise\n' + whole + '{"message_uuid": "cut')

    with Simulator(records=records) as simulator:
        send(simulator)
        assert len(simulator.messages) == 2

    with Simulator(records=records) as simulator:
        assert len(simulator.messages) == 2


def test_what_is_final_stays_and_is_charged_once() -> None:
    with Simulator(pace=0.01) as simulator:
        send(simulator)
        wait_until_delivered(simulator)
        [delivered] = simulator.messages

    again = settle(delivered, "submitted", code=None, at=0.0)

    assert again == delivered
    assert delivered.is_charged
