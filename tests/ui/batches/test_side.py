"""Batches in the window: lines, pages, filters, acts, and an event loop that stays free."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.delivery.identity import ulids
from smsdesk.desk.batches import BatchPhase
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.opening import open_desk
from smsdesk.sms.message import Draft
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.message_log import MessageLog
from smsdesk.system.paths import Paths, find_paths, prepare
from smsdesk.system.settings import DEFAULT_REGION, UNDO_S, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.ui import dialogs
from smsdesk.ui.batches.confirm_dialog import ConfirmDialog
from smsdesk.ui.batches.rule_dialog import RuleDialog
from smsdesk.ui.batches.side import BatchSide
from smsdesk.ui.main_window import MainWindow
from tests.support import new_message
from tests.ui.conftest import Book

FIVE = "\n".join(f"+4474001234{n:02}" for n in range(5))
TEXT = "Depot B is closed."


def send(desk: Desk, to: str = FIVE, text: str = TEXT) -> str:
    result = desk.compose.send(Draft("ACME", to, text))
    assert result.batch_id is not None
    return result.batch_id


def add_many(book: Book, count: int) -> str:
    """A large batch, stored as one Send."""
    batch_id = ulids.make()
    log = MessageLog(book.database, book._desk.changes.announce_messages, boot_id="many")
    messages = [new_message(to=f"+4474{n:08}") for n in range(count)]
    log.add_batch(batch_id, messages, at=datetime.now(UTC))
    return batch_id


@pytest.fixture
def side(window: MainWindow) -> BatchSide:
    assert window.batches is not None
    return window.batches


@pytest.fixture
def open_page(side: BatchSide, qtbot: QtBot) -> Callable[[str], None]:
    def open_one(batch_id: str) -> None:
        side.open_batch(batch_id)
        qtbot.waitUntil(
            lambda: (
                side.page.report is not None and side.page.report.progress.batch.id == batch_id
            )
        )

    return open_one


def phase(side: BatchSide) -> BatchPhase | None:
    report = side.page.report
    return None if report is None else report.progress.phase


def shown(window: MainWindow) -> list[str]:
    model = window.history.model
    found = (model.message(row) for row in range(model.rowCount()))
    return [message.to for message in found if message is not None]


class Asked:
    """Answers every question with yes, and keeps what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        self.acts: list[str] = []
        monkeypatch.setattr(dialogs, "ask", self._answer)

    def _answer(self, _parent: QWidget, _heading: str, text: str, *, act: str) -> bool:
        self.texts.append(text)
        self.acts.append(act)
        return True


def child(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def test_a_batch_has_a_line_and_a_single_message_has_none(
    window: MainWindow, side: BatchSide, desk: Desk, qtbot: QtBot
) -> None:
    send(desk, "+447400123456", "alone")
    send(desk)
    qtbot.waitUntil(lambda: len(side.strip.lines()) == 1)

    (line,) = side.strip.lines()
    assert line.words == "0 of 5 delivered · less than a minute left"
    assert line.accessibleName() == f"{TEXT}: {line.words}"
    assert line.close_button.isHidden()
    assert side.strip.isVisible()


def test_a_line_of_what_is_done_can_be_dismissed(
    side: BatchSide, desk: Desk, qtbot: QtBot
) -> None:
    batch_id = send(desk)
    desk.batches.cancel(batch_id)
    qtbot.waitUntil(lambda: len(side.strip.lines()) == 1)
    (line,) = side.strip.lines()
    assert line.words == "0 of 5 delivered · 5 cancelled"

    line.close_button.click()
    assert side.strip.lines() == []
    with qtbot.waitSignal(side.counted):
        side.hear()
    assert not side.strip.isVisible()


def test_a_line_leads_to_the_page_and_esc_back_to_the_list(
    window: MainWindow, side: BatchSide, desk: Desk, qtbot: QtBot
) -> None:
    send(desk)
    qtbot.waitUntil(lambda: len(side.strip.lines()) == 1)

    QTest.keyClick(side.strip.lines()[0], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.SENDING)
    assert side.page.isVisible()
    assert not side.strip.isVisible()

    QTest.keyClick(side.page, Qt.Key.Key_Escape)
    assert window.history.table.isVisible()
    assert side.strip.isVisible()


def test_pausing_resuming_and_cancelling_by_the_buttons(
    side: BatchSide,
    desk: Desk,
    open_page: Callable[[str], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch_id = send(desk)
    open_page(batch_id)
    page = side.page

    page.pause_button.click()
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.PAUSED)
    assert page.result.text() == "Paused; 5 messages wait."
    assert page.pause_button.isHidden()
    assert {m.held_reason for m in desk.history.batch(batch_id)} == {HeldReason.BATCH_PAUSED}

    page.resume_button.click()
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.SENDING)

    asked = Asked(monkeypatch)
    page.cancel_button.click()
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.DONE)
    assert asked.texts[0].startswith("5 messages have not been sent yet")
    assert asked.acts == ["Cancel 5 messages"]
    assert {m.state for m in desk.history.batch(batch_id)} == {State.CANCELLED}
    assert "The rest cancelled (5 messages)" in page._deeds.text()


def test_who_did_not_get_it_is_grouped_and_a_group_is_listed(
    window: MainWindow,
    side: BatchSide,
    desk: Desk,
    book: Book,
    open_page: Callable[[str], None],
    qtbot: QtBot,
) -> None:
    batch_id = send(desk)
    messages = desk.history.batch(batch_id)
    book.move(messages[0], State.FAILED)
    book.move(messages[1], State.FAILED)
    book.move(messages[2], State.ACCEPTED)
    book.add(State.FAILED, to="+447400999999")
    open_page(batch_id)

    child(side.page, "batch.reason.failed.1210").click()
    qtbot.waitUntil(lambda: shown(window) == [messages[1].to, messages[0].to])
    chip = window.history.head.chips.button("batch")
    assert chip is not None
    assert chip.isVisible()

    book.move(messages[3], State.FAILED)
    qtbot.waitUntil(lambda: len(shown(window)) == 3)
    book.add(State.FAILED, to="+447400999998")
    qtbot.waitUntil(lambda: desk.history.newest_seq() == 7)
    assert len(shown(window)) == 3, "another batch's message is not listed here"

    chip.click()
    qtbot.waitUntil(lambda: len(shown(window)) == 7)


def test_those_who_did_not_get_it_are_sent_it_again(
    side: BatchSide,
    desk: Desk,
    book: Book,
    open_page: Callable[[str], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch_id = send(desk)
    messages = desk.history.batch(batch_id)
    for message in messages[:2]:
        book.move(message, State.FAILED)
    open_page(batch_id)
    asked = Asked(monkeypatch)

    side.page.again_button.click()
    qtbot.waitUntil(lambda: side.page.batch_id != batch_id)

    assert asked.acts == ["Send to 2 people"]
    new = desk.history.batch(side.page.batch_id)
    assert [message.resend_of for message in new] == [message.id for message in messages[:2]]
    qtbot.waitUntil(lambda: side.page._name.text().strip("\u2068\u2069") == f"{TEXT} (again)")


def test_the_picture_is_told_in_words_and_by_the_arrow_keys(
    side: BatchSide,
    desk: Desk,
    book: Book,
    open_page: Callable[[str], None],
) -> None:
    batch_id = send(desk)
    book.move(desk.history.batch(batch_id)[0], State.FAILED)
    open_page(batch_id)
    bars = side.page.bars

    assert "Did not get it 1" in bars.accessibleDescription()
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Left)
    assert "Did not get it 1" in bars.chosen_words
    assert side.page._bar_words.text() == bars.chosen_words


def test_all_batches_are_listed_and_one_opens(
    window: MainWindow, side: BatchSide, desk: Desk, qtbot: QtBot
) -> None:
    window.batches_action.trigger()
    qtbot.waitUntil(side.list_page.empty.isVisible)
    first, second = send(desk, text="first"), send(desk, text="second")
    side.open_list()
    qtbot.waitUntil(lambda: side.list_page.list.count() == 2)
    items = [side.list_page.list.item(row) for row in range(2)]
    assert [item.data(Qt.ItemDataRole.UserRole) for item in items] == [second, first]

    side.list_page.list.itemActivated.emit(items[1])
    qtbot.waitUntil(lambda: side.page.report is not None and side.page.batch_id == first)
    assert side.page.isVisible()


# Two pairs of eyes


def confirm(side: BatchSide, who: str, pin: str) -> ConfirmDialog:
    dialogs_open = side.page.findChildren(ConfirmDialog)
    if not dialogs_open:
        side.page.confirm_button.click()
        dialogs_open = side.page.findChildren(ConfirmDialog)
    dialog = dialogs_open[0]
    dialog.who.setText(who)
    dialog.pin.setText(pin)
    dialog.act_button.click()
    return dialog


def test_a_second_person_confirms_with_the_pin(
    window: MainWindow,
    side: BatchSide,
    desk: Desk,
    open_page: Callable[[str], None],
    qtbot: QtBot,
) -> None:
    desk.batches.change_rule(4, old_pin="", new_pin="4711")
    window.compose.show_draft(Draft("ACME", FIVE, TEXT))
    window.compose.send_action.trigger()
    waits = "5 messages wait until a second person confirms them."
    qtbot.waitUntil(lambda: window.compose.done.text() == waits)
    (batch,) = desk.batches.page()
    open_page(batch.id)
    assert side.page.pause_button.isHidden()
    assert side.page.resume_button.isHidden()
    assert side.page.cancel_button.isVisible()

    dialog = confirm(side, "Kim", "0000")
    qtbot.waitUntil(lambda: dialog.problem.text() == "That is not the PIN. 2 more tries.")
    assert dialog.pin.echoMode() is QLineEdit.EchoMode.Password
    confirm(side, "Kim", "4711")
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.SENDING)

    assert side.page.result.text() == "Confirmed; 5 messages go on."
    assert "Confirmed by Kim (5 messages)" in side.page._deeds.text()
    assert "the PIN was wrong" in side.page._deeds.text()


def test_the_rule_is_set_and_changed_with_the_pin(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    dialog = RuleDialog(desk.batches, worker=window._batch_worker, parent=window)
    dialog.open()
    dialog.above.setText("100")
    dialog.new_pin.setText("4711")
    dialog.save_button.click()
    assert dialog.problem.text() == "The new PIN is not the same both times."
    dialog.repeated.setText("4711")
    with qtbot.waitSignal(dialog.changed):
        dialog.save_button.click()
    assert desk.batches.second_person.is_needed(101)
    assert dialog.new_pin.text() == ""

    again = RuleDialog(desk.batches, worker=window._batch_worker, parent=window)
    again.open()
    again.above.setText("0")
    again.save_button.click()
    qtbot.waitUntil(lambda: again.problem.text() == "That is not the PIN. 2 more tries.")
    again.old_pin.setText("4711")
    with qtbot.waitSignal(again.changed):
        again.save_button.click()
    assert not desk.batches.second_person.is_needed(101)


# Very many


def test_the_event_loop_goes_on_while_a_large_batch_is_counted_and_paused(
    side: BatchSide, book: Book, open_page: Callable[[str], None], qtbot: QtBot
) -> None:
    batch_id = add_many(book, 10_000)
    open_page(batch_id)
    beats: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(0)

    side.page.pause_button.click()
    assert side.page.report is not None
    assert phase(side) is BatchPhase.SENDING, "the click itself has waited for nothing"
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.PAUSED, timeout=30_000)
    timer.stop()

    assert len(beats) > 10
    assert side.page.report.progress.counts == {State.HELD: 10_000}
    side.page.resume_button.click()
    qtbot.waitUntil(lambda: phase(side) is BatchPhase.SENDING, timeout=30_000)


def test_an_old_batch_without_anything_left_has_no_line(
    side: BatchSide, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    batch_id = send(desk)
    desk.batches.cancel(batch_id)
    old = round((datetime.now(UTC) - timedelta(days=2)).timestamp() * 1000)
    book.database.connection.execute("UPDATE batch SET created_ms = ?", (old,))
    with qtbot.waitSignal(side.counted):
        side.hear()
    qtbot.waitUntil(lambda: side.strip.lines() == [])


def test_a_paused_batch_is_told_of_at_the_next_start(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    batch_id = send(desk)
    desk.batches.pause(batch_id)
    window = open_window(desk)
    side = window.batches
    assert side is not None

    qtbot.waitUntil(lambda: len(side.strip.lines()) == 1)
    assert side.strip.lines()[0].words == "0 of 5 delivered · paused, 5 left"


# the other accounts


@pytest.fixture
def sales(paths: Paths) -> Iterator[Desk]:
    """Another account, with the rule, and a batch that waits."""
    other = find_paths(data_dir=paths.root, profile="sales")
    prepare(other)
    settings = Settings(other.settings)
    settings.set(UNDO_S, 0)
    settings.set(DEFAULT_REGION, "GB")
    desk = open_desk(paths=other, settings=settings, vault=SessionVault(), profile="sales")
    desk.batches.change_rule(2, old_pin="", new_pin="4711")
    send(desk)
    yield desk
    desk.close()


def test_a_batch_of_another_account_is_told_of_and_confirmed_from_here(
    sales: Desk, side: BatchSide, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(side.waits_elsewhere) as told:
        side._look_elsewhere()
    assert "another account (sales) waits for a second person" in told.args[0]
    words = window.notice.findChild(QLabel, "notice.words")
    assert words is not None
    assert "(sales)" in words.text()

    side.open_list()
    elsewhere = side.list_page.elsewhere
    qtbot.waitUntil(elsewhere.isVisible)
    button = elsewhere.findChild(QPushButton, "batches.elsewhere.confirm")
    assert button is not None
    assert button.accessibleName() == f"Confirm: sales · 5 messages · {TEXT}"
    button.click()
    dialog = side.list_page.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.who.setText("Kim")
    dialog.pin.setText("4711")
    with qtbot.waitSignals([dialog.confirmed, side.waits_elsewhere]):
        dialog.act_button.click()

    qtbot.waitUntil(lambda: not elsewhere.isVisible())
    assert {one.state for one in sales.history.page(HistoryFilter())} == {State.QUEUED}
    assert "(sales)" not in words.text()
