"""Saved searches: the button beside the search field, and the dialog in which they get another
name or go.

What is kept, and under which names, is the desk's.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_history
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.saved_searches import NameTakenError, SavedSearch, SavedSearches
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_SIZE = (360, 320)


class SavedButton(QToolButton):
    """Its menu is read anew each time it opens: the command line may have saved one."""

    # Emitted with the filter that is to be shown.
    chosen = Signal(object)

    def __init__(
        self, saved: SavedSearches, wanted: Callable[[], HistoryFilter], *, worker: Worker
    ) -> None:
        super().__init__()
        self._saved = saved
        self._wanted = wanted
        self._worker = worker
        self.setObjectName("history.saved")
        self.setAccessibleName(_("Saved searches"))
        plain.set_tip(self, _("Saved searches"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        icons.dress(self, "bookmark", "muted")
        self.drop = QMenu(self)
        self.drop.aboutToShow.connect(self._fill)
        self.setMenu(self.drop)

    def _fill(self) -> None:
        self.drop.clear()
        found = self._saved.all()
        for search in found:
            action = self.drop.addAction(plain.typed(plain.one_line(search.name)))
            action.triggered.connect(
                lambda _checked=False, search=search: self.chosen.emit(search.which)
            )
        if found:
            self.drop.addSeparator()
        keep = self.drop.addAction(_("&Save this search…"), self.save)
        keep.setObjectName("history.saved.save")
        keep.setEnabled(self._wanted() != HistoryFilter())
        if found:
            manage = self.drop.addAction(_("&Rename or remove…"), self.manage)
            manage.setObjectName("history.saved.manage")

    def save(self) -> None:
        """Ask for a name, and keep what is wanted now under it."""
        from smsdesk.ui.name_dialog import NameDialog  # start-up time

        wanted = self._wanted()

        def keep(name: str) -> object:
            if self._saved.find(name) is not None:
                raise NameTakenError(name)
            return self._saved.save(name, wanted)

        dialog = NameDialog(
            _("Save this search"),
            label=_("&Name"),
            act=_("Save"),
            save=keep,
            explain=wording_history.saved_trouble_sentence,
            worker=self._worker,
            name=wanted.search,
            parent=self.window(),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def manage(self) -> None:
        dialog = SavedDialog(self._saved, worker=self._worker, parent=self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.chosen)
        dialog.open()


class SavedDialog(Dialog):
    """All saved searches. Enter shows one, F2 renames it, Delete removes it."""

    # Emitted with the filter that is to be shown.
    chosen = Signal(object)

    def __init__(self, saved: SavedSearches, *, worker: Worker, parent: QWidget | None) -> None:
        super().__init__(_("Saved searches"), parent)
        self.setObjectName("saved")
        self._saved = saved
        self._worker = worker
        self.list = QListWidget()
        self.list.setObjectName("saved.list")
        self.list.setAccessibleName(_("Saved searches"))
        self.problem = plain.label(tone="bad", name="saved.problem", wraps=True)
        self.problem.hide()
        self.show_button = push_button(_("&Show"), "saved.show")
        self.rename_button = push_button(_("&Rename…"), "saved.rename")
        self.remove_button = push_button(_("Re&move"), "saved.remove")
        self.close_button = push_button(_("&Close"), "saved.close")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button in (self.rename_button, self.remove_button):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.close_button)
        row.addWidget(self.show_button)
        self.show_button.setProperty("primary", True)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(_("Saved searches")))
        layout.addWidget(self.list, 1)
        layout.addWidget(self.problem)
        layout.addLayout(row)
        self.open_at(*_SIZE)
        self.list.itemActivated.connect(lambda _item: self._show())
        self.list.currentRowChanged.connect(lambda _row: self._enable())
        self.show_button.clicked.connect(self._show)
        self.rename_button.clicked.connect(self.rename)
        self.remove_button.clicked.connect(self.remove)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence(Qt.Key.Key_F2), self.list, self.rename)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, self.remove)
        self._read()

    @property
    def current(self) -> SavedSearch | None:
        item = self.list.currentItem()
        found = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return found if isinstance(found, SavedSearch) else None

    def _read(self) -> None:
        row = max(0, self.list.currentRow())
        self.list.clear()
        for search in self._saved.all():
            item = QListWidgetItem(plain.one_line(search.name))
            item.setData(Qt.ItemDataRole.UserRole, search)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._enable()

    def _enable(self) -> None:
        for button in (self.show_button, self.rename_button, self.remove_button):
            button.setEnabled(self.current is not None)

    def _show(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current.which)
            self.accept()

    def rename(self) -> None:
        from smsdesk.ui.name_dialog import NameDialog  # start-up time

        search = self.current
        if search is None:
            return
        dialog = NameDialog(
            _("Rename the search"),
            label=_("&Name"),
            act=_("Rename"),
            save=lambda name: self._saved.rename(search.id, name),
            explain=wording_history.saved_trouble_sentence,
            worker=self._worker,
            name=search.name,
            parent=self,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(lambda _name: self._read())
        dialog.open()

    def remove(self) -> None:
        search = self.current
        if search is not None:
            self._worker.run(
                lambda: self._saved.delete(search.id), lambda _gone: self._read(), self._refused
            )

    def _refused(self, error: Exception) -> None:
        sentence = wording_history.saved_trouble_sentence(error)
        if sentence is None:
            raise error
        self.problem.setText(sentence)
        self.problem.show()
