"""Templates are searched, changed and put into the message; what is not saved is asked about."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft
from smsdesk.ui import dialogs
from smsdesk.ui.background import Worker
from smsdesk.ui.bridge import Bridge
from smsdesk.ui.templates.dialog import TemplatesDialog


@pytest.fixture
def templates(qtbot: QtBot, desk: Desk, worker: Worker) -> Iterator[TemplatesDialog]:
    for name, text in (("Later", "See you at {time}"), ("<i>Odd</i>", "a"), ("Parcel", "Zoë")):
        desk.templates.save(None, name=name, text=text)
    desk.templates.note_use(next(one for one in desk.templates.all() if one.name == "Parcel"))
    bridge = Bridge(desk.changes)
    dialog = TemplatesDialog(desk.templates, worker=worker, news=bridge.changed)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 3)
    yield dialog
    bridge.close()


def shown(templates: TemplatesDialog) -> list[str]:
    return [one.name for one in templates.model.shown]


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What a person will answer, in this order; and yes to all that is asked after that."""
    given: list[bool] = []
    monkeypatch.setattr(
        dialogs, "ask", lambda *_args, **_fields: given.pop(0) if given else True
    )
    return given


def test_the_most_used_is_first_and_open(templates: TemplatesDialog) -> None:
    assert shown(templates)[0] == "Parcel"
    assert templates.name.text() == "Parcel"
    assert templates.text.toPlainText() == "Zoë"
    assert not templates.save_button.isEnabled()


@pytest.mark.parametrize(
    ("typed", "found"), [("ZOE", ["Parcel"]), ("see time", ["Later"]), ("nothing", [])]
)
def test_names_and_texts_are_searched(
    templates: TemplatesDialog, typed: str, found: list[str]
) -> None:
    templates.search.setText(typed)

    assert shown(templates) == found


def test_a_new_one_is_written_and_saved(
    templates: TemplatesDialog, desk: Desk, qtbot: QtBot
) -> None:
    templates.new_button.click()
    templates.save_button.click()
    QTest.keyClicks(templates.name, "later")
    QTest.keyClicks(templates.text, "Bye")
    templates.save_button.click()
    qtbot.waitUntil(templates.problem.isVisible)
    assert "already" in templates.problem.text()

    templates.name.setText("Bye")
    templates.save_button.click()

    qtbot.waitUntil(lambda: "Bye" in shown(templates))
    assert {one.name: one.text for one in desk.templates.all()}["Bye"] == "Bye"
    assert templates.name.text() == "Bye"
    assert not templates.save_button.isEnabled()


def test_one_is_renamed_and_changed(
    templates: TemplatesDialog, desk: Desk, qtbot: QtBot
) -> None:
    QTest.keyClicks(templates.name, " service")
    templates.text.setPlainText("Your parcel is here")
    QTest.keyClick(templates.name, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: "Parcel service" in shown(templates))
    assert len(desk.templates.all()) == 3


def test_one_that_is_changed_goes_out_as_before(
    templates: TemplatesDialog, desk: Desk, qtbot: QtBot
) -> None:
    first = desk.templates.all()[0]
    ways = Draft(channel="viber_service")
    desk.templates.save(first, name=first.name, text=first.text, ways=ways)
    qtbot.waitUntil(lambda: templates._open is not None and templates._open.ways == ways)

    QTest.keyClicks(templates.name, " again")
    templates.save_button.click()

    qtbot.waitUntil(lambda: f"{first.name} again" in shown(templates))
    assert {one.name: one.ways for one in desk.templates.all()}[f"{first.name} again"] == ways


def test_what_was_changed_is_not_dropped_without_a_question(
    templates: TemplatesDialog, answers: list[bool]
) -> None:
    QTest.keyClicks(templates.name, "x")
    answers.append(False)
    templates.list.setCurrentIndex(templates.model.index(1))
    assert templates.name.text() == "Parcelx"
    assert templates.list.currentIndex().row() == 0
    answers.append(False)
    templates.reject()
    assert templates.isVisible()

    answers.append(True)
    templates.list.setCurrentIndex(templates.model.index(1))

    assert templates.name.text() == shown(templates)[1]
    templates.reject()
    assert not templates.isVisible()


def test_news_do_not_overwrite_what_is_being_written(
    templates: TemplatesDialog, desk: Desk, qtbot: QtBot
) -> None:
    QTest.keyClicks(templates.name, "x")

    desk.templates.save(None, name="From elsewhere", text="text")

    qtbot.waitUntil(lambda: len(shown(templates)) == 4)
    assert templates.name.text() == "Parcelx"


def test_one_is_removed_after_a_question(
    templates: TemplatesDialog, desk: Desk, qtbot: QtBot, answers: list[bool]
) -> None:
    answers += [False, True]
    templates.remove_button.click()
    assert len(desk.templates.all()) == 3

    templates.remove_button.click()

    qtbot.waitUntil(lambda: len(shown(templates)) == 2)
    assert "Parcel" not in shown(templates)


def test_one_is_put_into_the_message(templates: TemplatesDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(templates.chosen) as signal:
        templates.insert_button.click()

    template, text = signal.args
    assert (template.name, text) == ("Parcel", "Zoë")
    assert not templates.isVisible()


def test_where_there_are_none_it_says_what_to_do(
    qtbot: QtBot, desk: Desk, worker: Worker
) -> None:
    bridge = Bridge(desk.changes)
    dialog = TemplatesDialog(desk.templates, worker=worker, news=bridge.changed)
    qtbot.addWidget(dialog)
    dialog.open()

    qtbot.waitUntil(dialog.empty.isVisible)
    dialog.empty.button.click()
    assert dialog.name.isVisible()
    assert dialog.name.hasFocus() or dialog.focusWidget() is dialog.name
    dialog.reject()
    bridge.close()
