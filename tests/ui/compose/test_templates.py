"""A template goes into the message, is filled as far as is known, and is not sent half filled."""

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.ui import names
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane
from smsdesk.ui.name_dialog import NameDialog
from smsdesk.ui.templates.button import MOST_IN_MENU

ANNA = "+447700900123"
TEXT = "Hi {name}, we come at {time} to {place}."


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> Iterator[ComposePane]:
    names.use(desk.contacts.names_of)
    desk.contacts.save(None, name="Anna {time}", number=ANNA, default_region=None)
    desk.templates.save(None, name="On the way", text=TEXT)
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
    yield pane
    names.use(None)


def titles(pane: ComposePane) -> list[str]:
    pane.template_button.fill()
    return [action.text() for action in pane.template_button.drop.actions() if action.text()]


def choose(pane: ComposePane) -> None:
    pane.template_button.fill()
    pane.template_button.drop.actions()[0].trigger()


def test_a_place_whose_value_is_known_is_filled_and_the_next_is_selected(
    pane: ComposePane,
) -> None:
    pane.recipients.set_text(ANNA)

    choose(pane)

    assert pane.text.text() == "Hi Anna {time}, we come at {time} to {place}."
    assert pane.text.textCursor().selectedText() == "{time}"
    QTest.keyClicks(pane.text, "x")


@pytest.mark.parametrize("to", ["", "+447700900999", f"{ANNA}\n+447700900999", "12"])
def test_a_name_that_is_not_known_is_left_to_the_person(pane: ComposePane, to: str) -> None:
    pane.recipients.set_text(to)

    choose(pane)

    assert pane.text.text() == TEXT
    assert pane.text.textCursor().selectedText() == "{name}"
    QTest.keyClicks(pane.text, "Bob")
    assert pane.text.text() == TEXT.replace("{name}", "Bob")


def test_it_stands_where_the_cursor_was_and_can_be_taken_back(pane: ComposePane) -> None:
    pane.text.set_text("👍 before ")

    choose(pane)

    assert pane.text.text() == "👍 before " + TEXT
    assert pane.text.textCursor().selectedText() == "{name}"
    pane.text.undo()
    assert pane.text.text() == "👍 before "


def test_send_refuses_what_is_open_and_goes_there(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    pane.recipients.set_text("+447700900999")
    choose(pane)
    pane.text.set_text("Hi 👍 Bob, we come at {time} to {place}.")

    pane.send()

    assert desk.history.queued() == []
    assert pane.problems.text() == (
        "The template has left {time}, {place} open. Write what belongs there."
    )
    assert pane.text.textCursor().selectedText() == "{time}"
    pane.text.set_text("Hi Bob, we come at 10 to {you}.")
    with qtbot.waitSignal(pane.stored):
        pane.send()
    assert [message.text for message in desk.history.queued()] == [
        "Hi Bob, we come at 10 to {you}."
    ]


def test_the_menu_has_the_most_used_first_and_the_rest_behind_a_search(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    assert titles(pane) == ["\u2068On the way\u2069", "&Save this text as template…",
                            "&Manage templates…"]  # fmt: skip
    assert not pane.template_button.drop.actions()[-2].isEnabled()
    for n in range(MOST_IN_MENU + 3):
        desk.templates.save(None, name=f"<i>{n}</i> & more", text="text")
    choose(pane)  # whatever is first

    qtbot.waitUntil(lambda: max(one.used for one in desk.templates.all()) == 1)
    shown = titles(pane)
    assert len(shown) == MOST_IN_MENU + 3
    assert shown[MOST_IN_MENU] == f"Searc&h all {MOST_IN_MENU + 4:,} templates…"
    assert any("<i>" in title and "&&" in title for title in shown)
    assert pane.template_button.drop.actions()[-2].isEnabled()


def test_without_templates_the_menu_says_so(pane: ComposePane, desk: Desk) -> None:
    (template,) = desk.templates.all()
    desk.templates.remove(template)

    assert titles(pane)[0] == "No templates yet"


def test_what_is_written_becomes_a_template(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    pane.text.set_text("See you {day}")
    pane.template_button.save_asked.emit()
    dialog = pane.findChild(NameDialog)
    assert isinstance(dialog, NameDialog)
    dialog.line.setText("on THE way")
    dialog.act.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "already" in dialog.problem.text()

    QTest.keyClicks(dialog.line, "x")
    assert not dialog.problem.isVisible()
    dialog.line.setText("Parting")
    with qtbot.waitSignal(dialog.saved):
        dialog.act.click()

    assert {one.name: one.text for one in desk.templates.all()}["Parting"] == "See you {day}"
    assert pane.text.text() == "See you {day}"
    assert "Parting" in pane.done.text()


def test_managing_is_left_to_the_window(pane: ComposePane, qtbot: QtBot) -> None:
    pane.template_button.fill()

    with qtbot.waitSignal(pane.templates_asked):
        pane.template_button.drop.actions()[-1].trigger()
