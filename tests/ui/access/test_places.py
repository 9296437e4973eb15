"""Every place can be used without a mouse and without seeing it."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from babel.messages.mofile import read_mo
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QTabBar,
    QWidget,
)

from smsdesk.system.i18n import languages
from smsdesk.system.paths import resource
from tests.ui.access.places import FOREIGN, PLACES, Opener, Stage

every_place = pytest.mark.parametrize("opener", PLACES.values(), ids=PLACES.keys())

ROLES = {
    QCheckBox: QAccessible.Role.CheckBox,
    QRadioButton: QAccessible.Role.RadioButton,
    QComboBox: QAccessible.Role.ComboBox,
    QLineEdit: QAccessible.Role.EditableText,
    QPlainTextEdit: QAccessible.Role.EditableText,
    QTabBar: QAccessible.Role.PageTabList,
}
LEAST_RING = 40
"""Pixels that focus changes; a caret alone changes fewer."""


class Language:
    """A catalogue, asked for what is shown in English: so every language is looked through at the
    price of one window."""

    def __init__(self, code: str) -> None:
        path = resource("locale") / code / "LC_MESSAGES" / "smsdesk.mo"
        with path.open("rb") as file:
            messages = [one for one in read_mo(file) if isinstance(one.id, str)]
        self._texts = {str(one.id): str(one.string) for one in messages if one.id}
        self._with_gaps = [
            (re.compile(re.sub(r"\\{\w+\\}", "(.+)", re.escape(text))), said)
            for text, said in self._texts.items()
            if "&" in text and "{" in text
        ]

    def said(self, shown: str) -> str:
        """The translation; of a text with filled gaps, with its gaps. What is not ours stays."""
        for pattern, said in self._with_gaps:
            if pattern.fullmatch(shown):
                return said
        return self._texts.get(shown, shown)


LANGUAGES = {code: Language(code) for code in languages()}


def stops(place: QWidget) -> list[QWidget]:
    """Where Tab leads, in its order."""
    found: list[QWidget] = []
    widget = place.nextInFocusChain()
    while widget is not None and widget is not place:
        if (
            widget.window() is place.window()
            and place.isAncestorOf(widget)
            and widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
        ):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def called(widget: QWidget) -> str:
    return widget.objectName() or f"{type(widget).__name__} in {widget.window().objectName()}"


@every_place
def test_a_place_is_open_to_everybody(stage: Stage, opener: Opener) -> None:
    place = opener(stage)
    place.activateWindow()
    stage.wait(place.isActiveWindow)

    found = {
        "what is not named or has no role": wrong_names(place),
        "where Tab does not go as one reads": wrong_order(place),
        "what means two things": clashes(place),
        **{
            f"what means two things in {code}": clashes(place, language.said)
            for code, language in LANGUAGES.items()
        },
        "letters of somebody else that became keys": foreign_keys(place),
        "where one does not see the focus": unseen(place),
    }

    assert {rule: what for rule, what in found.items() if what} == {}


def wrong_names(place: QWidget) -> list[tuple[str, str]]:
    wrong = []
    for widget in stops(place):
        spoken = QAccessible.queryAccessibleInterface(widget)
        name = spoken.text(QAccessible.Text.Name)
        if not name and not (isinstance(widget, QComboBox) and widget.accessibleName()):
            wrong.append((called(widget), "no name"))
        if "&" in name.replace(FOREIGN, ""):
            wrong.append((called(widget), "a mnemonic is spoken"))
        if is_drawing(spoken.role()) and not spoken.text(QAccessible.Text.Description):
            wrong.append((called(widget), "a drawing that is not described"))
        for kind, role in ROLES.items():
            if isinstance(widget, kind) and spoken.role() != role:
                wrong.append((called(widget), f"{spoken.role()} instead of {role}"))
    return wrong


def is_drawing(role: QAccessible.Role) -> bool:
    """Qt has no role for what a widget of our own paints: then only its words tell of it."""
    return role in (QAccessible.Role.Client, QAccessible.Role.NoRole)


def wrong_order(place: QWidget) -> list[tuple[str, str, str]]:
    """Within what lies in one part of the place, one goes from the left to the right and down;
    a column beside another begins at its own top."""
    wrong = []
    parts: dict[QWidget | None, list[QWidget]] = {}
    for widget in stops(place):
        parts.setdefault(widget.parentWidget(), []).append(widget)
    for part in parts.values():
        for before, after in pairwise(part):
            one, other = on_screen(before), on_screen(after)
            is_beside = one.top() <= other.bottom() and other.top() <= one.bottom()
            if is_beside and other.right() < one.left():
                wrong.append((called(before), called(after), "back in the line"))
            elif other.bottom() < one.top() and other.left() <= one.right():
                wrong.append((called(before), called(after), "up"))
    return wrong


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def clashes(place: QWidget, translate: Callable[[str], str] = str) -> list[str]:
    """Keys and letters for Alt that mean two things; in another language what would, for a text
    that is shown as it stands in the source."""
    meanings: dict[tuple[str, str], list[str]] = {}
    for where, text in underlined(place):
        shown = translate(text) if text else ""
        key = QKeySequence.mnemonic(shown).toString()
        if key:
            meanings.setdefault((where, key), []).append(shown)
    for where, key in shortcuts(place):
        meanings.setdefault((where, key), []).append(key)
    return [f"{key}: {found}" for (_, key), found in meanings.items() if len(found) > 1]


def foreign_keys(place: QWidget) -> list[str]:
    return [text for _where, text in underlined(place) if FOREIGN in text]


def unseen(place: QWidget) -> list[str]:
    return [called(widget) for widget in stops(place) if not is_ring_seen(place, widget)]


def is_ring_seen(place: QWidget, widget: QWidget) -> bool:
    """Whether the place looks otherwise around a control while that has the focus."""
    around_it = widget.parentWidget()
    while around_it is not None:
        if isinstance(around_it, QScrollArea):
            around_it.ensureWidgetVisible(widget)  # as Tab does
        around_it = around_it.parentWidget()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.sendPostedEvents()
    if not widget.hasFocus():  # what a worker brought has taken it meanwhile
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    if not widget.isVisible():
        return True
    around = QRect(widget.mapTo(place, QPoint(0, 0)), widget.size()).adjusted(-8, -8, 8, 8)
    focused = place.grab(around).toImage()
    widget.clearFocus()
    QApplication.sendPostedEvents()
    plain = place.grab(around).toImage()
    changed = 0
    for y in range(plain.height()):
        for x in range(plain.width()):
            changed += focused.pixel(x, y) != plain.pixel(x, y)
            if changed >= LEAST_RING:
                return True
    return False


def underlined(place: QWidget) -> Iterator[tuple[str, str]]:
    """Every text in which an ampersand makes a mnemonic, and where it counts: in the window, or
    within one menu."""
    for button in place.findChildren(QAbstractButton):
        if button.isVisible() and button.window() is place.window():
            yield "window", button.text()
    for label in place.findChildren(QLabel):
        if label.buddy() is not None and label.isVisible() and label.window() is place.window():
            yield "window", label.text()
    for bar in place.findChildren(QTabBar):
        if bar.isVisible() and bar.window() is place.window():
            yield from (("window", bar.tabText(n)) for n in range(bar.count()))
    for menus in place.findChildren(QMenuBar):
        yield from (("window", action.text()) for action in menus.actions())
    for number, menu in enumerate(place.findChildren(QMenu)):
        if menu.window().parentWidget() is not None:
            menu.aboutToShow.emit()
            for action in menu.actions():
                if action.isVisible():
                    yield f"menu {number} {menu.title()}", action.text()


def shortcuts(place: QWidget) -> Iterator[tuple[str, str]]:
    """Every key that acts in the place, and within what."""
    for action in place.findChildren(QAction):
        if action.isVisible() and action.isEnabled():
            for key in action.shortcuts():
                yield scope(action.shortcutContext(), action.parent()), key.toString()
    for shortcut in place.findChildren(QShortcut):
        owner = shortcut.parent()
        if (
            isinstance(owner, QWidget)
            and owner.window() is place.window()
            and shortcut.isEnabled()
        ):
            for key in shortcut.keys():  # noqa: SIM118 - Qt's, and no mapping
                yield scope(shortcut.context(), owner), key.toString()


def scope(context: Qt.ShortcutContext, owner: object) -> str:
    if context in (
        Qt.ShortcutContext.WindowShortcut,
        Qt.ShortcutContext.ApplicationShortcut,
    ):
        return "window"
    return f"{type(owner).__name__} {id(owner)}"
