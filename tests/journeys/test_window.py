"""Whole stories through the window: what a person does, and what the window then shows.

The command line's telling of the same stories is in test_*_cli.py beside this file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.sms.state import State
from smsdesk.system.settings import UNDO_S
from tests.journeys.desk_at_work import (
    APPLICATION_ID,
    Account,
    Person,
    at_the_window,
    open_account,
    open_real_desk,
)

GOOD, REFUSED, OPTED_OUT = "07700 900001", "07700 900422", "07700 900101"
LOST_ANSWER, UNAUTHORIZED = "07700 900700", "07700 900401"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as account:
        yield account


@pytest.fixture
def person(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> Iterator[Person]:
    desk = open_real_desk(tmp_path / "data", account)
    with at_the_window(desk, qtbot, qapp) as person:
        yield person


def requests_for(account: Account, message_to: str) -> int:
    digits = "44" + message_to.replace(" ", "")[1:]
    return sum(entry.to == digits for entry in account.simulator.requests)


def test_a_message_is_written_sent_and_seen_delivered(person: Person, account: Account) -> None:
    person.send(to=GOOD, text="Hello Anna")

    message = person.wait_for(State.DELIVERED)
    story = person.open_details()

    assert message.to == "+447700900001"
    assert message.message_uuid is not None
    assert message.message_uuid in story
    for step in ("Stored", "Handed to the line", "Accepted by Vonage", "Delivered"):
        assert step in story
    assert requests_for(account, GOOD) == 1
    (entry,) = [entry for entry in account.simulator.requests if entry.to]
    assert entry.to == "447700900001", "no plus and no zeros on the wire"


def test_several_recipients_of_one_send_are_all_delivered(person: Person) -> None:
    person.send(to="07700 900001, +44 7700 900002; 00447700900003", text="To all")

    for row in range(3):
        person.wait_for(State.DELIVERED, row=row)

    assert len(person.messages()) == 3


def test_a_refusal_is_explained_and_the_next_message_goes_on(person: Person) -> None:
    person.send(to=REFUSED, text="To nobody")
    person.wait_for(State.FAILED)

    story = person.open_details()
    person.send(to=GOOD, text="To somebody")
    person.wait_for(State.DELIVERED)

    assert "Vonage refused it" in story
    assert "send it again" in story


def test_a_recipient_who_said_stop_is_named_with_vonages_code(person: Person) -> None:
    person.send(to=OPTED_OUT, text="An offer")
    person.wait_for(State.REJECTED)

    story = person.open_details()

    assert "1240" in story
    assert "Do not write to this number again" in story


def test_refused_credentials_hold_the_queue_until_a_person_resumes(
    person: Person, account: Account
) -> None:
    person.send(to=UNAUTHORIZED, text="Refused for now")
    person.wait_for(State.HELD)
    person.send(to=GOOD, text="Behind it in the queue")
    person.wait_for(State.HELD)

    person.wait_until(lambda: "2 waiting" in person.status("sender"))
    assert "credentials" in person.status("sender")
    assert requests_for(account, GOOD) == 0

    person.window.pause_action.trigger()
    person.wait_until(lambda: requests_for(account, UNAUTHORIZED) == 2)

    assert requests_for(account, GOOD) == 0, "the first one is refused again, and holds it"


def test_a_lost_line_costs_no_message(person: Person, account: Account) -> None:
    account.simulator.stop()
    person.send(to=GOOD, text="Into the dark")
    person.wait_until(lambda: "No connection" in person.status("sender"))
    assert person.messages()[0].state is State.QUEUED

    account.simulator.start()
    person.wait_for(State.DELIVERED)

    assert requests_for(account, GOOD) == 1
    assert person.messages()[0].attempts == 1


def test_a_lost_answer_is_doubt_until_vonage_is_asked(person: Person, account: Account) -> None:
    person.send(to=LOST_ANSWER, text="Did it arrive?")
    person.wait_for(State.DELIVERED)

    story = person.open_details()

    assert "No clear answer" in story
    assert requests_for(account, LOST_ANSWER) == 1


def test_doubt_that_nobody_resolves_is_settled_by_a_person(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> None:
    desk = open_real_desk(tmp_path / "data", account, receipts="off")
    with at_the_window(desk, qtbot, qapp) as person:
        person.send(to=LOST_ANSWER, text="Did it arrive?")
        person.wait_for(State.UNKNOWN)
        assert requests_for(account, LOST_ANSWER) == 1

        person.window.review_action.trigger()
        asked = person.press_and_confirm("history.review.again")
        person.wait_until(lambda: requests_for(account, LOST_ANSWER) == 2)
        person.wait_until(lambda: person.messages()[0].state is State.UNKNOWN)
        person.window.review_action.trigger()
        person.press("history.review.sent")
        person.wait_until(lambda: person.messages()[0].state is State.ACCEPTED)

        person.wait_until(person.window.history.table.isVisible)
        assert "may already have it" in asked
        refs = {entry.client_ref for entry in account.simulator.requests if entry.to}
        assert len(refs) == 2, "each attempt has its own reference"
        assert "possible duplicate" in person.open_details()


def test_a_message_can_be_cancelled_while_it_waits(person: Person, account: Account) -> None:
    person.window.pause_action.trigger()
    person.wait_until(lambda: "Paused" in person.status("sender"))
    person.send(to=GOOD, text="On second thoughts")
    person.wait_for(State.HELD)

    person.open_details()
    person.press("history.details.cancel")
    person.wait_for(State.CANCELLED)
    person.window.pause_action.trigger()
    person.wait_until(lambda: "Ready" in person.status("sender"))

    assert requests_for(account, GOOD) == 0


KILLED = """
import os, sys, threading
from pathlib import Path
from smsdesk.desk.opening import open_desk
from smsdesk.sms.message import Draft
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault

folder, key_path, url, application_id = sys.argv[1:]
vault = SessionVault({"application_id": application_id, "private_key_path": key_path})
desk = open_desk(
    paths=find_paths(data_dir=Path(folder), profile="default"),
    settings=Settings(None), vault=vault, profile="default", api_url=url,
    checkpoint=lambda name: os._exit(137) if name == "T1.after" else None,
)
desk.compose.send(Draft("ACME", "+447700900001", "Cut off"))
desk.services[0].run(threading.Event())
"""


def test_after_a_kill_the_window_tells_and_the_message_is_reviewed_not_sent_again(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> None:
    folder = tmp_path / "data"
    arguments = [str(folder), str(account.key_path), account.simulator.url, APPLICATION_ID]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments],
        env={**os.environ, "PYTHONWARNINGS": "error"},
        check=False,
    )
    assert killed.returncode == 137

    desk = open_real_desk(folder, account, receipts="off")
    with at_the_window(desk, qtbot, qapp) as person:
        person.wait_for(State.UNKNOWN)
        person.wait_until(lambda: "stopped unexpectedly" in person.notice())
        person.send(to="07700 900002", text="Life goes on")
        person.wait_for(State.ACCEPTED)

        assert person.messages()[1].state is State.UNKNOWN
        assert requests_for(account, GOOD) == 0, "it was never sent, and is not sent now"


def test_a_message_can_be_taken_back_before_it_leaves(person: Person, account: Account) -> None:
    person.desk.settings.set(UNDO_S, 60)
    person.send(to=GOOD, text="To the wrong Anna")
    person.wait_for(State.QUEUED)
    assert "taken back" in person.open_details()

    person.press("compose.undo")
    person.wait_for(State.CANCELLED)

    person.wait_until(lambda: person.window.compose.draft().text == "To the wrong Anna")
    assert requests_for(account, GOOD) == 0


def test_a_message_that_is_not_taken_back_leaves_by_itself(
    person: Person, account: Account
) -> None:
    person.desk.settings.set(UNDO_S, 1)
    person.send(to=GOOD, text="To Anna")

    person.wait_for(State.DELIVERED)

    assert not person.window.compose.undo.isVisible()
    assert requests_for(account, GOOD) == 1
