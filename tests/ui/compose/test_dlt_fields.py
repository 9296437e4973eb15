"""What India's operators want is asked for while somebody there is among the recipients."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane
from smsdesk.ui.history.details import Details
from smsdesk.ui.main_window import MainWindow

INDIAN, BRITISH = "+919876543210", "+447700900123"
ENTITY, CONTENT = "1201159100000001234", "1707161234567890123"


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


def write(pane: ComposePane, *, to: str, entity_id: str = "", content_id: str = "") -> None:
    pane.show_draft(
        Draft("ACME", to, "Hello", entity_id=entity_id, content_id=content_id),
    )


def test_they_are_there_for_india_alone(pane: ComposePane) -> None:
    assert not pane.dlt.isVisible()
    pane.recipients.set_text(f"{BRITISH}\n{INDIAN}")
    assert pane.dlt.isVisible()
    pane.recipients.set_text(BRITISH)
    assert not pane.dlt.isVisible()


def test_what_is_entered_goes_with_the_message_and_stays_for_the_next(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane, to=f"{INDIAN}\n{BRITISH}")
    QTest.keyClicks(pane.dlt.entity_id, ENTITY)
    QTest.keyClicks(pane.dlt.content_id, CONTENT)

    with qtbot.waitSignal(pane.stored):
        pane.send()

    stored = {message.to: message.entity_id for message in desk.history.queued()}
    assert stored == {INDIAN: ENTITY, BRITISH: None}
    assert not pane.dlt.isVisible()
    pane.recipients.set_text(INDIAN)
    assert pane.dlt.entity_id.text() == ENTITY
    assert pane.dlt.content_id.text() == CONTENT


def test_what_is_wrong_is_told_beside_them_and_send_leads_there(
    pane: ComposePane, qtbot: QtBot
) -> None:
    write(pane, to=INDIAN, entity_id="TM-12", content_id="1707")
    pane.dlt.content_id.setFocus()
    pane.text.setFocus()
    warned = pane.dlt.problems["content_id"]
    assert warned.isVisible()
    assert "4 digits" in warned.text()
    assert not pane.dlt.content_id.property("wrong")

    pane.send()

    assert "“TM-12” is no entity ID" in pane.problems.text()
    assert pane.dlt.problems["entity_id"].isVisible()
    assert pane.dlt.entity_id.property("wrong")
    assert QApplication.focusWidget() is pane.dlt.entity_id


def test_what_is_hidden_keeps_nothing_from_being_sent(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane, to=BRITISH, entity_id="half an id")

    with qtbot.waitSignal(pane.stored):
        pane.send()

    assert [message.entity_id for message in desk.history.queued()] == [None]


def test_tab_leads_through_them_from_the_recipients_to_the_text(pane: ComposePane) -> None:
    write(pane, to=INDIAN)
    pane.recipients.setFocus()
    reached: list[str] = []
    while not pane.text.hasFocus():
        pane.focusNextChild()
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.append(focused.objectName())

    assert reached == ["compose.entity_id", "compose.content_id", "compose.text"]


def test_each_has_a_name_and_the_sentence_says_why(pane: ComposePane) -> None:
    assert pane.dlt.entity_id.accessibleName() == "Entity ID"
    assert pane.dlt.content_id.accessibleName() == "Template ID"
    assert "India" in pane.dlt.why.text()


def test_the_details_show_them(desk: Desk, qtbot: QtBot) -> None:
    draft = Draft("ACME", INDIAN, "Hello", entity_id=ENTITY, content_id=CONTENT)
    details = Details(desk.history)
    qtbot.addWidget(details)
    details.show_message(desk.compose.send(draft).messages[0])

    said = details._facts.text()
    assert f"Entity ID \u2068{ENTITY}\u2069" in said
    assert f"Template ID \u2068{CONTENT}\u2069" in said


def test_in_the_smallest_window_nothing_lies_upon_anything_else(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(window.minimumSize())
    window.notice.say("One line more above the panes.")
    pane = window.compose
    write(pane, to=f"{INDIAN}\n{BRITISH}", entity_id="TM-12", content_id="1707")
    pane.send()
    shown = [pane.dlt.why, *pane.dlt.problems.values(), pane._beside["from"]]

    qtbot.waitUntil(
        lambda: all(
            label.isVisible() and label.height() >= label.heightForWidth(label.width())
            for label in shown
        )
    )
    assert pane.text.height() >= pane.text.minimumSizeHint().height()
    qtbot.waitUntil(
        lambda: (
            pane.dlt.entity_id.visibleRegion().boundingRect().height()
            == pane.dlt.entity_id.height()
        )
    )
