"""From the first letter to the outbox, and nothing lost on the way."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.compose import Compose, NotStoredError, SendResult
from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> ComposePane:
    pane = ComposePane(
        desk.compose,
        contacts=desk.contacts,
        templates=desk.templates,
        prices=desk.prices,
        worker=worker,
    )
    qtbot.addWidget(pane)
    pane.resize(500, 600)
    pane.show_draft(desk.compose.load_draft())
    pane.show()
    return pane


def write(pane: ComposePane, *, to: str = "+447700900123", text: str = "Hello") -> None:
    pane.recipients.set_text(to)
    pane.text.set_text(text)


def intercept(monkeypatch: pytest.MonkeyPatch, instead: Callable[[Draft], SendResult]) -> None:
    monkeypatch.setattr(Compose, "send", lambda _self, draft, *, undo: instead(draft))


def test_sending_stores_the_messages_and_then_clears(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane, to="+447700900123\n07700 900124", text="a\u00a0b")

    with qtbot.waitSignal(pane.stored) as stored:
        pane.send_button.click()

    assert [message.text for message in stored.args[0]] == ["a\u00a0b", "a\u00a0b"]
    assert {message.to for message in desk.history.queued()} == {
        "+447700900123",
        "+447700900124",
    }
    assert pane.draft() == Draft(sender="ACME")
    assert pane.done.text() == "Queued 2 messages."
    qtbot.waitUntil(lambda: desk.compose.load_draft() == Draft(sender="ACME"))


def test_until_it_is_stored_nothing_is_cleared_and_nothing_sent_twice(
    pane: ComposePane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    stored, drafts = threading.Event(), []
    send = desk.compose.send

    def slow(draft: Draft) -> SendResult:
        stored.wait(10)
        drafts.append(draft)
        monkeypatch.undo()
        return send(draft)

    intercept(monkeypatch, slow)
    write(pane)
    pane.send()
    pane.send()
    QTest.keyClicks(pane.text, "more")

    assert pane.text.text() == "Hello"
    assert not pane.send_button.isEnabled()
    with qtbot.waitSignal(pane.stored):
        stored.set()
    assert len(drafts) == 1
    assert pane.send_button.isEnabled()
    assert not pane.text.isReadOnly()


@pytest.mark.case("F44")
@pytest.mark.parametrize("code", ["disk_full", "read_only", "busy", "damaged"])
def test_what_could_not_be_stored_stays_in_the_pane(
    pane: ComposePane, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def refuse(_draft: Draft) -> SendResult:
        raise NotStoredError(code)

    intercept(monkeypatch, refuse)
    write(pane)

    pane.send()

    qtbot.waitUntil(lambda: bool(pane.problems.text()))
    assert pane.problems.isVisible()
    assert pane.text.text() == "Hello"
    assert pane.recipients.text() == "+447700900123"
    assert pane.send_button.isEnabled()


def test_send_tells_why_it_cannot_and_leads_to_the_field(pane: ComposePane) -> None:
    write(pane, to="", text="")

    pane.send_button.click()

    assert pane.problems.isVisible()
    assert pane.problems.text()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "compose.to.entry"


def test_a_problem_is_told_beside_its_field_after_the_person_leaves_it(
    pane: ComposePane, qtbot: QtBot
) -> None:
    pane.recipients.setFocus()
    QTest.keyClicks(pane.recipients, "4.47701E+11")
    beside = pane._beside["to"]
    assert not beside.isVisible()

    pane.text.setFocus()

    assert beside.isVisible()
    assert "spreadsheet" in beside.text()
    assert pane.recipients.property("wrong")
    assert "spreadsheet" in pane.recipients.accessibleDescription()


def test_an_empty_field_is_no_fault_until_send(pane: ComposePane) -> None:
    pane.recipients.setFocus()
    pane.text.setFocus()

    assert not pane._beside["to"].isVisible()
    assert not pane.problems.isVisible()


def test_a_wrong_sender_is_told(pane: ComposePane) -> None:
    pane.sender_field.setFocus()
    pane.sender_field.set_text("My very long company name")
    pane.text.setFocus()

    assert pane._beside["from"].isVisible()


def test_typing_takes_back_the_reproach(pane: ComposePane) -> None:
    write(pane, to="+447700900123", text="")
    pane.send()
    assert pane.problems.isVisible()

    QTest.keyClicks(pane.text, "H")

    assert not pane.problems.isVisible()


def test_a_draft_is_kept_by_itself(pane: ComposePane, desk: Desk, qtbot: QtBot) -> None:
    QTest.keyClicks(pane.text, "half")

    qtbot.waitUntil(lambda: desk.compose.load_draft().text == "half")


def test_a_character_is_replaced_by_one_click(pane: ComposePane, qtbot: QtBot) -> None:
    pane.text.set_text("it’s 5 — 6")
    assert len(pane.text.extraSelections()) == 2

    pane.meter.replace_asked.emit([pane.meter.foreign[0]])
    assert pane.text.text() == "it's 5 — 6"

    pane.meter.replace_all_asked.emit()
    assert pane.text.text() == "it's 5 - 6"
    assert pane.text.extraSelections() == []


def test_used_senders_are_offered(pane: ComposePane, qtbot: QtBot) -> None:
    pane.sender_field.set_text("Depot")
    write(pane)

    with qtbot.waitSignal(pane.stored):
        pane.send()

    assert pane.sender_field.itemText(0) == "Depot"
    assert pane.sender_field.text() == "Depot"


def test_a_number_from_elsewhere_becomes_a_recipient(pane: ComposePane) -> None:
    pane.add_recipient("+447700900100")

    assert pane.recipients.text() == "+447700900100"
    assert pane.text.hasFocus()


def test_five_hundred_recipients_are_queued_whole(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane, to="\n".join(f"+4477009{number:05d}" for number in range(500)))

    with qtbot.waitSignal(pane.stored) as stored:
        QTest.keyClick(pane.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert len(stored.args[0]) == 500


def test_a_text_from_an_address_never_replaces_ones_own(pane: ComposePane) -> None:
    assert pane.fill(Draft(recipients="+447700900123", text="Hi"))
    assert (pane.recipients.text(), pane.text.text()) == ("+447700900123", "Hi")

    assert not pane.fill(Draft(recipients="+447700900124", text="Other"))
    assert pane.recipients.text() == "+447700900123\n+447700900124"
    assert pane.text.text() == "Hi"
