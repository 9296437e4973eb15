"""A list sent through the window: from the file to everybody's receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.sms.state import State
from smsdesk.ui.bulk.dialog import BulkDialog
from tests.desk.sheets.books import xlsx
from tests.journeys.desk_at_work import (
    Account,
    Person,
    at_the_window,
    open_account,
    open_real_desk,
)

NUMBERS = [f"07700 9000{n:02}" for n in range(1, 9)]


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


def send(person: Person, file: Path, text: str) -> None:
    """Open the page, read the file, write, and send: Ctrl+Enter goes from part to part."""
    person.press("compose.import")
    page = person.window.lists.open()
    page.read_file(file)
    person.wait_until(page.go_on.isEnabled)
    go_on(page)
    page.text.sender_field.set_text("ACME")
    QTest.keyClicks(page.text.text, text)
    person.wait_until(lambda: page.summary.text().startswith(f"{len(NUMBERS)} messages"))
    go_on(page)
    person.wait_until(page.send.isEnabled)
    page.send.click()
    person.wait_until(lambda: len(person.messages()) == len(NUMBERS))


def go_on(page: BulkDialog) -> None:
    QTest.mouseClick(page.go_on, Qt.MouseButton.LeftButton)


def expect_all_delivered(person: Person, account: Account) -> None:
    person.wait_until(lambda: {m.state for m in person.messages()} == {State.DELIVERED})
    assert {m.text for m in person.messages()} == {
        f"Hi Person {n}, depot B is closed." for n in range(1, 9)
    }
    reached = [entry.to for entry in account.simulator.requests if entry.to]
    assert sorted(reached) == [f"44{n.replace(' ', '')[1:]}" for n in NUMBERS]


def test_everybody_on_a_csv_list_is_reached_once(
    person: Person, account: Account, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    rows = [f"Person {n};{number}" for n, number in enumerate(NUMBERS, start=1)]
    file.write_text("\n".join(["Name;Mobile", *rows]), "cp1252")

    send(person, file, "Hi {name}, depot B is closed.")

    expect_all_delivered(person, account)


def test_everybody_in_a_workbook_is_reached_once(
    person: Person, account: Account, tmp_path: Path
) -> None:
    file = tmp_path / "staff.xlsx"
    rows = [(f"Person {n}", number) for n, number in enumerate(NUMBERS, start=1)]
    file.write_bytes(xlsx([("Name", "Mobile"), *rows], notes=[("Nothing to send to",)]))

    send(person, file, "Hi {name}, depot B is closed.")

    expect_all_delivered(person, account)
