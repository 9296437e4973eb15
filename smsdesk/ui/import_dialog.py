"""What a file would bring into a list: read, looked at, and then stored.

The file is read by the desk on the worker. What is stored is only what has been shown. How it
is read and what is shown of it is for the dialogs that are made of this one.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QListView, QPushButton, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import Dialog

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class LinesModel(QAbstractListModel):
    """Sentences, each made when it is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._told: Callable[[int], str] = str

    def show(self, count: int, told: Callable[[int], str]) -> None:
        """`told` gives the sentence of a row."""
        self.beginResetModel()
        self._count, self._told = count, told
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return plain.one_line(self._told(index.row()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(self._told(index.row()))
        return None


class LinesView(QListView):
    """Lines of one height, none wider than the view."""

    def __init__(self, model: LinesModel, name: str, accessible: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class ImportDialog(Dialog):
    """Has the parts of every such dialog; the button `act` brings in what the preview shows."""

    # Emitted with what came of it, after it has been stored.
    brought_in = Signal(object)

    def __init__(
        self,
        title: str,
        name: str,
        path: Path,
        *,
        worker: Worker,
        parent: QWidget | None,
    ) -> None:
        """`name` is that of the list, and begins the name of every part."""
        super().__init__(title, parent)
        self.setObjectName(f"{name}.import_dialog")
        self._worker = worker
        self._is_not_wanted = threading.Event()
        self._named = plain.one_line(path.name)
        self.heading = plain.heading(_("Reading {name}…").format(name=self._named))
        self.heading.setWordWrap(True)
        self.facts = plain.label(name=f"{name}.import.facts", wraps=True)
        self.bad = LinesModel()
        self.said = plain.label(name=f"{name}.import.said", wraps=True)
        self.act = QPushButton(_("&Bring in"))
        self.act.setObjectName(f"{name}.import.act")
        self.act.setAccessibleName(_("Bring in"))
        self.act.setProperty("primary", True)
        self.act.setEnabled(False)
        self.act.clicked.connect(self._bring_in)
        self.cancel = QPushButton(_("Cancel"))
        self.cancel.setObjectName(f"{name}.import.cancel")
        self.cancel.setAccessibleName(_("Cancel"))
        self.cancel.clicked.connect(self.reject)

    def _bring_in(self) -> None:
        raise NotImplementedError

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.sentence(sentence))
        plain.set_tone(self.said, tone)
        self.said.show()

    def reject(self) -> None:
        """What is being read is not wanted any more."""
        self._is_not_wanted.set()
        super().reject()
