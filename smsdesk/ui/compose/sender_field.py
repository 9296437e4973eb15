"""The From field: a number or a name, typed or chosen among those used lately."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui.controls import STILL_THERE, ComboBox


class SenderField(ComboBox):
    """An editable combo box; what it may hold is checked by the desk."""

    # Emitted whenever the text has changed.
    changed = Signal()
    # Emitted when the person leaves the field.
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compose.from")
        self.setAccessibleName(_("From: number or name"))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = QLineEdit()
        self.setLineEdit(line)
        self._line = line
        line.setAccessibleName(_("From: number or name"))
        line.setPlaceholderText(_("Number or name"))
        self.editTextChanged.connect(lambda _text: self.changed.emit())

    def text(self) -> str:
        return self.currentText().strip()

    @property
    def text_places(self) -> tuple[QWidget, ...]:
        """The places that take dropped text."""
        return (self, self._line)

    def set_hint(self, hint: str) -> None:
        """What stands in the field while it is empty."""
        self._line.setPlaceholderText(hint)

    def set_text(self, text: str) -> None:
        self.setEditText(text)
        self._line.setCursorPosition(0)

    def set_choices(self, senders: list[str]) -> None:
        text = self.currentText()
        self.blockSignals(True)
        self.clear()
        self.addItems(senders)
        self.setEditText(text)
        self.blockSignals(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STILL_THERE:
            self.left.emit()
