"""The list behind the count: all recipients, the wrong ones first, each removable."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.sms.recipients import RecipientEntry
from smsdesk.system.i18n import _
from smsdesk.ui import names, plain, theme
from smsdesk.ui.compose.chip import problem_of
from smsdesk.ui.dialogs import Dialog

_Index = QModelIndex | QPersistentModelIndex


class RecipientsModel(QAbstractListModel):
    """Recipients in the order given, but the wrong ones before the rest."""

    def __init__(self, entries: list[RecipientEntry]) -> None:
        super().__init__()
        self.entries = sorted(entries, key=lambda entry: entry.number is not None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            shown = names.show_both(entry.number.e164) if entry.number else entry.input
            problem = problem_of(entry)
            said = f"  –  {wording.problem_sentence(problem)}" if problem else ""
            return plain.one_line(shown) + said
        if role == Qt.ItemDataRole.ForegroundRole and entry.number is None:
            return QBrush(QColor(theme.current().bad))
        return None

    def remove(self, rows: set[int]) -> None:
        self.beginResetModel()
        self.entries = [entry for row, entry in enumerate(self.entries) if row not in rows]
        self.endResetModel()


class RecipientsDialog(Dialog):
    """Accepted: `entries()` are the recipients that are left."""

    def __init__(self, entries: list[RecipientEntry], parent: QWidget) -> None:
        super().__init__(_("Recipients"), parent)
        self._model = RecipientsModel(entries)
        self._list = QListView()
        self._list.setObjectName("recipients.list")
        self._list.setAccessibleName(_("Recipients"))
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        remove = QPushButton(_("&Remove selected"))
        remove_wrong = QPushButton(_("Remove all &wrong ones"))
        remove_wrong.setEnabled(any(entry.number is None for entry in entries))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.addButton(remove, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(remove_wrong, QDialogButtonBox.ButtonRole.ActionRole)

        layout = QVBoxLayout(self)
        layout.addWidget(plain.heading(_("Recipients")))
        layout.addWidget(self._list)
        layout.addWidget(buttons)
        self.open_at(560, 480)

        remove.clicked.connect(self._remove_selected)
        remove_wrong.clicked.connect(self._remove_wrong)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self._list, self._remove_selected)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

    def entries(self) -> list[RecipientEntry]:
        return self._model.entries

    def _remove_selected(self) -> None:
        self._model.remove({index.row() for index in self._list.selectedIndexes()})

    def _remove_wrong(self) -> None:
        entries = self._model.entries
        self._model.remove({row for row, entry in enumerate(entries) if entry.number is None})
