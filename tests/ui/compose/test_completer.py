"""To offers who may be meant, below what is typed, and takes no key that is not its own."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.contact import ContactEntry
from smsdesk.ui import names, numbers
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.chip import Chip
from smsdesk.ui.compose.pane import ComposePane
from smsdesk.ui.compose.recipients_field import RecipientsField
from smsdesk.ui.plain import one_line

ANNA, ANTON, ZOE = "+447700900123", "+447700900124", "+4915123456789"
EVIL = "<b>‮evil</b> & Sons"


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> Iterator[ComposePane]:
    names.use(desk.contacts.names_of)
    numbers.warm()
    desk.contacts.bring_in(
        [
            ContactEntry("Anna Meyer", ANNA, "", ("Drivers",)),
            ContactEntry("Anton 2", ANTON, "", ("Drivers",)),
            ContactEntry("Zoë", ZOE),
            ContactEntry(EVIL, "+447700900125"),
        ],
        replaces=False,
    )
    pane = ComposePane(
        desk.compose,
        contacts=desk.contacts,
        templates=desk.templates,
        prices=desk.prices,
        worker=worker,
    )
    qtbot.addWidget(pane)
    pane.resize(500, 600)
    pane.show()
    pane.recipients.setFocus()
    yield pane
    names.use(None)


def type_in(pane: ComposePane, text: str) -> None:
    QTest.keyClicks(pane.recipients.line, text)


def press(pane: ComposePane, key: Qt.Key) -> None:
    QTest.keyClick(pane.recipients.line, key)


def offered(pane: ComposePane) -> list[str]:
    completer = pane.recipients.completer
    model = completer.model()
    if not completer.isVisible():
        return []
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def chips(pane: ComposePane) -> list[Chip]:
    return [chip for chip in pane.recipients.findChildren(Chip) if chip.isVisible()]


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("an", [("Anna Meyer", "+44 7700 900123"), ("Anton 2", "+44 7700 900124")]),
        ("zoe", [("Zoë", "+49 1512 3456789")]),
        ("1234", [("Zoë", "+49 1512 3456789")]),
        ("driv", [("Drivers", "2 people")]),
        ("x", []),
        ("   ", []),
    ],
)
def test_letters_and_digits_find_people_and_groups(
    pane: ComposePane, typed: str, found: list[tuple[str, str]]
) -> None:
    type_in(pane, typed)

    assert offered(pane) == [f"{one_line(name)}, {also}" for name, also in found]


def test_the_list_never_covers_what_is_typed(pane: ComposePane) -> None:
    type_in(pane, "an")
    completer = pane.recipients.completer

    assert not place(completer).intersects(place(pane.recipients))
    assert pane.rect().contains(place(completer))
    pane.resize(400, 700)
    assert not place(completer).intersects(place(pane.recipients))


def test_where_there_is_no_room_below_it_lies_above(
    pane: ComposePane, qtbot: QtBot, desk: Desk
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 300)
    field = RecipientsField(default_region="GB", complete=desk.contacts.complete)
    field.setParent(window)
    field.setGeometry(10, 250, 400, 40)
    window.show()
    QTest.keyClicks(field.line, "an")

    assert field.completer.isVisible()
    assert window.rect().contains(place(field.completer))
    assert place(field.completer).bottom() < place(field).top()


def test_it_never_takes_the_focus(pane: ComposePane) -> None:
    type_in(pane, "an")

    assert QApplication.focusWidget() is pane.recipients.line
    assert pane.recipients.completer.focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_is_the_fields_while_nothing_is_chosen(pane: ComposePane, key: Qt.Key) -> None:
    type_in(pane, "7700900123")
    assert offered(pane)

    press(pane, key)

    assert pane.recipients.text() == "7700900123"
    assert not pane.recipients.completer.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_what_is_chosen_becomes_a_chip_with_the_name(pane: ComposePane, key: Qt.Key) -> None:
    type_in(pane, "an")
    press(pane, Qt.Key.Key_Down)

    press(pane, key)

    assert pane.recipients.text() == f"Anna Meyer <{ANNA}>"
    (chip,) = chips(pane)
    assert chip.accessibleName() == "Anna Meyer, +44 7700 900123, United Kingdom"
    assert "+44 7700 900123" in chip.toolTip()
    assert QApplication.focusWidget() is pane.recipients.line
    assert not pane.recipients.completer.isVisible()


def test_a_name_that_to_cannot_read_is_shown_all_the_same(pane: ComposePane) -> None:
    type_in(pane, "anton")
    press(pane, Qt.Key.Key_Down)
    press(pane, Qt.Key.Key_Return)

    assert pane.recipients.text() == ANTON
    assert chips(pane)[0].accessibleName().startswith("Anton 2, ")


def test_the_arrows_walk_in_a_ring_through_nothing(pane: ComposePane) -> None:
    type_in(pane, "an")
    completer = pane.recipients.completer
    walked = []
    for _step in range(4):
        press(pane, Qt.Key.Key_Down)
        walked.append(completer.currentIndex().row())
    press(pane, Qt.Key.Key_Up)

    assert walked == [0, 1, -1, 0]
    assert completer.currentIndex().row() == -1


def test_escape_closes_the_list_and_keeps_what_was_typed(pane: ComposePane) -> None:
    type_in(pane, "an")

    press(pane, Qt.Key.Key_Escape)

    assert offered(pane) == []
    assert pane.recipients.line.text() == "an"


def test_a_click_chooses(pane: ComposePane) -> None:
    type_in(pane, "zo")
    completer = pane.recipients.completer
    spot = completer.visualRect(completer.model().index(0, 0)).center()

    QTest.mouseClick(completer.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    assert pane.recipients.text() == f"Zoë <{ZOE}>"


def test_who_is_there_already_is_not_offered_again(pane: ComposePane) -> None:
    pane.recipients.add(ANNA)

    type_in(pane, "an")

    assert len(offered(pane)) == 1


def test_the_list_goes_with_the_focus(pane: ComposePane) -> None:
    type_in(pane, "an")

    pane.text.setFocus()

    assert offered(pane) == []


def test_a_group_adds_everybody_in_it_and_says_how_many(
    pane: ComposePane, qtbot: QtBot
) -> None:
    pane.recipients.add(ANNA)
    type_in(pane, "dri")
    press(pane, Qt.Key.Key_Down)
    press(pane, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: len(chips(pane)) == 2)
    said = [label.text() for label in pane._beside.values() if label.isVisible()]
    assert said == ["Drivers: 1 person added. 1 was there already."]
    assert pane.recipients.line.text() == ""


def test_a_name_is_never_markup_and_turns_nothing_round(pane: ComposePane) -> None:
    type_in(pane, "sons")
    press(pane, Qt.Key.Key_Down)
    pane.grab()
    press(pane, Qt.Key.Key_Return)
    (chip,) = chips(pane)
    pane.grab()

    assert "⟨202E⟩" in chip.accessibleName()
    assert "<b>" not in chip.toolTip()
    assert "&lt;b&gt;" in chip.toolTip()


def test_a_chip_follows_the_address_book(pane: ComposePane, desk: Desk) -> None:
    pane.recipients.set_text("+447700900999")
    assert chips(pane)[0].accessibleName().startswith("+44")

    desk.contacts.save(None, name="New", number="+447700900999", default_region=None)
    pane.show_names()

    assert chips(pane)[0].accessibleName().startswith("New, +44")


# The offscreen platform has no windows one above the other.
@pytest.mark.qt_log_ignore("does not support", extend=True)
@pytest.mark.parametrize(
    ("recipient", "title", "asked"),
    [
        (f"Annie <{ANNA}>", "Edit &contact…", (ANNA, "Annie")),
        ("Bob: 07700 900999", "Save as &contact…", ("+447700900999", "Bob")),
    ],
)
def test_a_chips_menu_leads_to_the_address_book(
    pane: ComposePane, qtbot: QtBot, recipient: str, title: str, asked: tuple[str, str]
) -> None:
    pane.recipients.set_text(recipient)
    (chip,) = chips(pane)
    QApplication.sendEvent(
        chip,
        QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1)),
    )
    (menu,) = chip.findChildren(QMenu)

    action = next(one for one in menu.actions() if one.text() == title)
    with qtbot.waitSignal(pane.contact_asked) as signal:
        action.trigger()
    menu.close()

    assert tuple(signal.args) == asked


def test_a_log_that_is_busy_costs_only_the_offer(
    pane: ComposePane, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smsdesk.store.contacts import ContactBook
    from smsdesk.store.errors import DatabaseBusyError

    def busy(*_args: object, **_fields: object) -> None:
        raise DatabaseBusyError("held")

    monkeypatch.setattr(ContactBook, "complete", busy)
    type_in(pane, "an")

    assert offered(pane) == []
    assert pane.recipients.line.text() == "an"
