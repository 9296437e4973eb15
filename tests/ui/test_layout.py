"""Nothing is cut off where words are longer than in English and lines run from right to left."""

import gettext
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.state import State
from smsdesk.system.paths import resource
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.plain import ElidedLabel
from tests.ui.conftest import Book
from tests.ui.pseudo import pseudo, speaking

DIALOGS = (
    *("settings_action", "copies_action", "trail_action", "erase_action", "list_action"),
    *("contacts_action", "templates_action", "opt_outs_action", "overview_action"),
    *("connect_action", "batches_action", "review_action"),
)


@pytest.fixture(params=["stretched and mirrored", "German"], autouse=True)
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    if request.param == "German":
        german = gettext.translation("smsdesk", resource("locale"), ["de"])
        with speaking(qapp, german):
            yield "de"
    else:
        with pseudo(qapp):
            yield "pseudo"


def cut_off(top: QWidget) -> list[str]:
    """Every label and button below `top` that has less room than its words need, and whatever
    stands out of the window it is in."""
    found = []
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not top.window():
            continue
        if isinstance(widget, QLabel) and widget.text() and not isinstance(widget, ElidedLabel):
            if _is_label_cut(widget):
                found.append(_said(widget, widget.text()))
        elif isinstance(widget, QAbstractButton) and widget.text():
            if widget.width() < widget.minimumSizeHint().width() or widget.height() < min(
                widget.minimumSizeHint().height(), widget.sizeHint().height()
            ):
                found.append(_said(widget, widget.text()))
        else:
            continue
        if _is_outside(widget):
            found.append("outside: " + _said(widget, widget.text()))
    return found


def _is_label_cut(label: QLabel) -> bool:
    if label.wordWrap():
        words = label.text().split()
        longest = max(label.fontMetrics().horizontalAdvance(word) for word in words)
        return label.height() < label.heightForWidth(label.width()) or label.width() < longest
    return label.width() < label.sizeHint().width()


def _is_outside(widget: QWidget) -> bool:
    """Not within what holds it; what scrolls may be longer, but not wider."""
    within: QWidget | None = widget.parentWidget()
    while within is not None and not within.isWindow():
        shown = QRect(widget.mapTo(within, widget.rect().topLeft()), widget.size())
        if isinstance(within.parentWidget(), QAbstractScrollArea):
            scrolls = within.parentWidget()
            is_wide = isinstance(scrolls, QScrollArea) and (
                shown.left() < 0 or shown.right() > within.width()
            )
            return is_wide
        if not within.rect().contains(shown):
            return True
        within = within.parentWidget()
    return within is not None and not within.rect().contains(
        QRect(widget.mapTo(within, widget.rect().topLeft()), widget.size())
    )


def _said(widget: QWidget, text: str) -> str:
    hint = widget.sizeHint()
    return (
        f"{type(widget).__name__} {widget.objectName()!r} {text[:60]!r} has "
        f"{widget.width()}x{widget.height()}, wants {hint.width()}x{hint.height()}"
    )


@pytest.fixture
def full(book: Book, open_window: Callable[[Desk], MainWindow], desk: Desk) -> MainWindow:
    for state in (State.QUEUED, State.ACCEPTED, State.FAILED, State.UNKNOWN):
        book.add(state)
    book.reply()
    return open_window(desk)


def test_the_window_shows_every_word(full: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: full.history.model.rowCount() > 0)

    assert cut_off(full) == []


def test_an_empty_window_shows_every_word(window: MainWindow) -> None:
    assert cut_off(window) == []


@pytest.mark.parametrize("action", DIALOGS)
def test_what_a_menu_opens_shows_every_word(
    full: MainWindow, qtbot: QtBot, action: str, language: str
) -> None:
    getattr(full, action).trigger()
    shown: QWidget = QApplication.activeModalWidget() or full
    QApplication.processEvents()

    assert cut_off(shown) == []
    if isinstance(shown, QDialog):
        shown.reject()


def test_every_page_of_the_settings_shows_every_word(full: MainWindow, qtbot: QtBot) -> None:
    full.settings_action.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    pages = dialog.list  # type: ignore[attr-defined]
    cut = []
    for row in range(pages.count()):
        pages.setCurrentRow(row)
        QApplication.processEvents()
        cut += [f"{pages.item(row).text()}: {one}" for one in cut_off(dialog)]
    dialog.reject()

    assert cut == []
