"""Somebody who presses everything while messages go out, and a ledger that is looked at afterwards.

`make random-operator` lets them press 5,000 times, and says how long the window ever stood still.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk import wording
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter
from smsdesk.simulator.scenarios import Scenario
from smsdesk.sms.state import WAITING, State
from smsdesk.system.i18n import grouped
from smsdesk.system.settings import LINES, SENDER, THROUGHPUT, UNDO_S
from tests.journeys.desk_at_work import (
    Account,
    Person,
    at_the_window,
    open_account,
    open_real_desk,
)
from tests.kill_loop.verdict import MESSAGES_PATH, Breach, Received, judge, read_log

NUMBERS = (
    *("+447700900001", "+447700900002", "+447700900003", "+447700900100", "+447700900113"),
    *("+447700900114", "+447700900200", "+447700900422", "+447700900428", "+447700900700"),
)
"""Delivered, given up, told of late or twice, answered, refused, too many, no answer."""
WAIT_MS = 90_000
PRESSES = {
    "send": 30,
    "choose": 10,
    "cancel": 12,
    "undo": 8,
    "pause": 8,
    "filter": 8,
    "search": 5,
    "review": 5,
    "settle": 6,
    "batches": 4,
    "quit": 2,
}


@dataclass
class Stalls:
    """How long the window's thread was ever kept from its next turn."""

    longest_s: float = 0.0
    last: float = field(default_factory=time.perf_counter)

    def turn(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self.last)
        self.last = now


@dataclass
class Operator:
    """Presses at random, and remembers what a judge must know."""

    luck: random.Random
    person: Person
    settled: set[str]
    stored: set[str]

    def press(self, what: str) -> None:
        getattr(self, f"_{what}")()
        QApplication.processEvents()

    def _send(self) -> None:
        window = self.person.window
        people = self.luck.sample(NUMBERS, self.luck.choice([1, 1, 2, 3]))
        window.compose.recipients.set_text("\n".join(people))
        window.compose.text.set_text(f"The van is here, {self.luck.random()}")
        before = window.compose.draft()
        window.compose.send_button.click()
        self.person.wait_until(lambda: window.compose.draft() != before)

    def _choose(self) -> None:
        table = self.person.window.history.table
        rows = table.model().rowCount()
        if rows:
            table.setCurrentIndex(table.model().index(self.luck.randrange(min(rows, 12)), 0))

    def _cancel(self) -> None:
        self._choose()
        self._click("history.details.cancel")

    def _undo(self) -> None:
        self.person.window.compose.undo_action.trigger()

    def _pause(self) -> None:
        self.person.window.pause_action.trigger()

    def _filter(self) -> None:
        tabs = self.person.window.history.head.filter
        tabs.setCurrentIndex(self.luck.randrange(tabs.count()))

    def _search(self) -> None:
        self.person.window.history.search.setText(self.luck.choice(["", "", "van", "900001"]))

    def _review(self) -> None:
        self.person.window.review_action.trigger()

    def _settle(self) -> None:
        self._review()
        doubts = {one.id for one in self.person.desk.history.review()}
        if self._click("history.review.sent"):
            self.settled |= doubts  # one of them; of the others the judge can say less

    def _batches(self) -> None:
        self.person.window.batches_action.trigger()

    def _click(self, name: str) -> bool:
        buttons = [
            one
            for one in self.person.window.findChildren(QPushButton, name)
            if one.isVisible() and one.isEnabled()
        ]
        if buttons:
            self.luck.choice(buttons).click()
        return bool(buttons)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as account:
        yield account


def run(
    presses: int, folder: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> Stalls:
    """Press so often, with some starts of the program between, and judge what is left."""
    luck, stalls = random.Random(presses), Stalls()
    settled, stored = set[str](), set[str]()
    left = presses
    while left:
        with sitting(folder, account, qtbot, qapp, stalls) as person:
            operator = Operator(luck, person, settled, stored)
            while left:
                left -= 1
                (what,) = luck.choices(list(PRESSES), list(PRESSES.values()))
                if what == "quit":
                    break
                operator.press(what)
            stored |= {one.id for one in person.messages()}
    # Three answers that are lost make the sender rest for half a minute, and longer each time.
    account.simulator.scenario = Scenario(uses_test_numbers=False)
    with sitting(folder, account, qtbot, qapp, stalls) as person:
        let_it_end(person, qtbot)
        qtbot.waitUntil(lambda: not broken(folder, account, settled, stored), timeout=WAIT_MS)
        look_at_counts(person, qtbot)
    assert broken(folder, account, settled, stored) == []
    assert len(account.simulator.requests) > presses / 10, "it did hardly anything"
    return stalls


@contextmanager
def sitting(
    folder: Path, account: Account, qtbot: QtBot, qapp: QApplication, stalls: Stalls
) -> Iterator[Person]:
    """The program from its start to its end."""
    desk = open_real_desk(folder / "data", account)
    desk.settings.set(SENDER, "ACME")
    desk.settings.set(UNDO_S, 1)
    desk.settings.set(THROUGHPUT, 100.0)
    desk.settings.set(LINES, 4)
    with at_the_window(desk, qtbot, qapp) as person:
        timer = QTimer(person.window)
        timer.timeout.connect(stalls.turn)
        stalls.last = time.perf_counter()
        timer.start(1)
        yield person
        timer.stop()


def let_it_end(person: Person, qtbot: QtBot) -> None:
    """Whoever paused resumes, and no answer is lost any more; then everything ends."""
    history = person.desk.history
    waiting = HistoryFilter(states=frozenset({*WAITING, State.SENDING}))
    person.desk.sender.resume()
    qtbot.waitUntil(lambda: not history.count_fitting(waiting), timeout=WAIT_MS)


def broken(folder: Path, account: Account, settled: set[str], stored: set[str]) -> list[Breach]:
    """Every promise that was not kept, but for what a person took upon themselves."""
    ledger = [
        Received(entry.client_ref or "", entry.body_sha256, entry.status, entry.message_uuid)
        for entry in account.simulator.requests
        if entry.path == MESSAGES_PATH
    ]
    log = read_log(folder / "data" / "smsdesk.db")
    breaches = judge(queued=stored, ledger=ledger, log=log, doubts_at_most=len(log.attempts))
    return [one for one in breaches if one.who not in settled]


def look_at_counts(person: Person, qtbot: QtBot) -> None:
    """What the window counts is what is in the log: beside each group, and in rows."""
    history, head = person.desk.history, person.window.history.head
    head.clear()
    for number, group in enumerate(FILTER_GROUPS):

        def is_right(number: int = number, group: str = group) -> bool:
            count = history.counts().get(group, 0)
            title = wording.filter_word(group) + (f" {grouped(count)}" if count else "")
            states = FILTER_GROUPS[group]
            rows = history.count_fitting(HistoryFilter(states=states)) if states else None
            return head.filter.tabText(number) == title and rows in (
                None,
                person.window.history.model.rowCount(),
            )

        head.filter.setCurrentIndex(number)
        qtbot.waitUntil(is_right, timeout=WAIT_MS)


@pytest.mark.case("G6")
def test_whoever_presses_everything_breaks_nothing(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> None:
    run(150, tmp_path, account, qtbot, qapp)


@pytest.mark.long
def test_nor_does_pressing_five_thousand_times(
    tmp_path: Path,
    account: Account,
    qtbot: QtBot,
    qapp: QApplication,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stalls = run(5_000, tmp_path, account, qtbot, qapp)
    with capsys.disabled():
        print(f"\n5,000 presses; the window stood still for {stalls.longest_s:.2f} s at most")
