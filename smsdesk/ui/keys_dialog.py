"""The keyboard shortcuts, read off the menus that carry them, so that the list is never wrong."""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenuBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.room import screen_room
from smsdesk.ui.theme import GRID

Row = tuple[str, str, str]
"""Where something is, what it does, and its keys."""

_LETTERS, _LINES = 96, 40


class KeysDialog(Dialog):
    """What can be done by a key, and in which menu it stands."""

    def __init__(self, menus: QMenuBar, parent: QWidget | None) -> None:
        super().__init__(_("Keyboard shortcuts"), parent)
        self.setObjectName("keys")
        rows = [*_in_menus(menus), *_in_fields()]
        self.table = QTableWidget(len(rows), 3)
        self.table.setObjectName("keys.table")
        self.table.setAccessibleName(_("Keyboard shortcuts"))
        self.table.setHorizontalHeaderLabels([_("Where"), _("What it does"), _("Keys")])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(number, column, QTableWidgetItem(plain.in_order(text)))
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setCurrentCell(0, 0)
        close = push_button(_("&Close"), "keys.close")
        close.clicked.connect(self.accept)
        bottom = QHBoxLayout()
        bottom.addStretch()
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addWidget(plain.heading(_("Keyboard shortcuts")))
        layout.addWidget(
            plain.label(
                _(
                    "Alt and an underlined letter press a button, go to a field or open a menu; "
                    "F10 goes to the menus, Tab to what comes next."
                ),
                tone="muted",
                wraps=True,
            )
        )
        layout.addWidget(self.table, 1)
        layout.addLayout(bottom)
        measure = self.fontMetrics()
        wanted = QSize(
            _LETTERS * measure.averageCharWidth(), min(_LINES * measure.lineSpacing(), 720)
        )
        self.resize(wanted.boundedTo(screen_room()))


def _in_menus(menus: QMenuBar) -> Iterator[Row]:
    for entry in menus.actions():
        menu = entry.menu()
        if not isinstance(menu, QWidget):
            continue
        for action in menu.actions():
            if action.isVisible() and not action.shortcut().isEmpty():
                yield _bare(entry), _bare(action), _keys(action)


def _in_fields() -> Iterator[Row]:
    """What no menu has: the keys that mean something only where one is."""
    table, to = _("List of messages"), _("To")
    yield table, _("Show the details"), _typed("Return")
    yield table, _("Back"), _typed("Esc")
    yield to, _("To the recipients before"), " / ".join((_typed("Backspace"), _typed("Left")))
    yield to, _("Remove a recipient"), _typed("Del")


def _bare(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…")


def _keys(action: QAction) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return " / ".join(dict.fromkeys(key.toString(native) for key in action.shortcuts()))


def _typed(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
