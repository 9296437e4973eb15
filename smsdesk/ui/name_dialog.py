"""The dialog that asks for a name and keeps something under it.

What may be a name, and in which words it is refused, is for whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.ui.background import Worker

_WIDTH = 360


class NameDialog(Dialog):
    """`save` is called on the worker with what was typed; what it raises, `explain` puts into a
    sentence, or gives None for what nobody foresaw."""

    # Emitted with the name, after it has been kept.
    saved = Signal(str)

    def __init__(
        self,
        title: str,
        *,
        label: str,
        act: str,
        save: Callable[[str], object],
        explain: Callable[[Exception], str | None],
        worker: Worker,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName("name_dialog")
        self._save = save
        self._explain = explain
        self._worker = worker
        self.line = QLineEdit(name)
        self.line.setObjectName("name_dialog.name")
        self.line.setAccessibleName(label.replace("&", ""))
        self.line.selectAll()
        self.problem = plain.label(tone="bad", name="name_dialog.problem", wraps=True)
        self.problem.hide()
        self.act = QPushButton(act)
        self.act.setObjectName("name_dialog.act")
        self.act.setAccessibleName(act.replace("&", ""))
        self.act.setProperty("primary", True)
        self.act.setDefault(True)
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("name_dialog.cancel")
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.act)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(title))
        layout.addWidget(plain.field_label(label, self.line))
        layout.addWidget(self.line)
        layout.addWidget(self.problem)
        layout.addSpacing(GRID)
        layout.addLayout(buttons)
        self.be_at_least(_WIDTH)
        self.act.clicked.connect(self._keep)
        cancel.clicked.connect(self.reject)
        self.line.textEdited.connect(lambda _text: self.problem.hide())

    def _keep(self) -> None:
        name = self.line.text()
        self.act.setEnabled(False)
        self._worker.run(
            lambda: self._save(name), lambda _kept: self._kept(name), self._refused
        )

    def _kept(self, name: str) -> None:
        self.act.setEnabled(True)
        if self.isVisible():
            self.accept()
        self.saved.emit(name)

    def _refused(self, error: Exception) -> None:
        self.act.setEnabled(True)
        sentence = self._explain(error)
        if sentence is None:
            raise error
        self.problem.setText(plain.sentence(sentence))
        self.problem.show()
        self.line.setFocus()
        self.line.selectAll()
