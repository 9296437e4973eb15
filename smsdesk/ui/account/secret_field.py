"""A field for a secret: it takes one and never gives it back.

Where secrets are kept is the vault's; here one that is stored is only a word in grey.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.theme import GRID


class SecretField(QWidget):
    """A line whose letters are hidden and cannot be copied, and a button to remove what is
    stored. Qt copies nothing out of a line in this echo mode, neither by key nor by mouse."""

    # Emitted when the person has finished typing.
    finished = Signal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self._has_stored = False
        self._is_removed = False
        self.line = QLineEdit()
        self.line.setObjectName(name)
        self.line.setAccessibleName(title)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._remove = QPushButton(_("Remove"))
        self._remove.setObjectName(f"{name}.remove")
        self._remove.setAccessibleName(_("Remove: {title}").format(title=title))
        plain.set_style_property(self._remove, "small", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.line, 1)
        layout.addWidget(self._remove)
        self.setFocusProxy(self.line)
        self.line.editingFinished.connect(self.finished)
        self.line.textEdited.connect(lambda _text: self._forget_removal())
        self._remove.clicked.connect(self._toggle)
        self._show()

    def set_stored(self, has_stored: bool) -> None:
        self._has_stored = has_stored
        self._is_removed = False
        self.line.clear()
        self._show()

    def value(self) -> str | None:
        """What is to be stored: a new secret, "" for none, None to leave it as it is."""
        return self.line.text() or ("" if self._is_removed else None)

    @property
    def keeps_stored(self) -> bool:
        return self._has_stored and self.value() is None

    def _toggle(self) -> None:
        self._is_removed = not self._is_removed
        self.line.clear()
        self._show()
        self.finished.emit()

    def _forget_removal(self) -> None:
        self._is_removed = False
        self._show()

    def _show(self) -> None:
        self._remove.setVisible(self._has_stored)
        self._remove.setText(_("Keep") if self._is_removed else _("Remove"))
        said = ""
        if self._is_removed:
            said = _("Is removed when you save")
        elif self._has_stored:
            said = _("Stored; type to replace")
        plain.set_hint(self.line, said)
        self.line.setAccessibleDescription(said)
