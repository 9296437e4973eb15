"""Two fields that are there only for recipients in India, and one sentence that says why.

What may stand in them is checked by the desk; beside which of them a problem is said, by the pane.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.theme import GRID

_LONGEST_TYPED = 100


class DltFields(QWidget):
    """The IDs of the sender's registration and of the registered text."""

    # Emitted whenever one of them has changed.
    changed = Signal()
    # Emitted with the field's name when the person leaves one of them.
    left = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.why = plain.label(
            _(
                "India: senders that are not registered (DLT) are blocked or replaced. Enter the "
                "IDs of your registration."
            ),
            tone="muted",
            name="compose.dlt.why",
            wraps=True,
        )
        self.entity_id = _field("entity_id", _("Entity ID"))
        self.content_id = _field("content_id", _("Template ID"))
        self.problems: dict[str, QLabel] = {
            name: plain.label(tone="bad", name=f"compose.{name}.problem", wraps=True)
            for name in ("entity_id", "content_id")
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID + GRID // 2)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.why, 0, 0, 1, 2)
        # One below the other: nineteen digits want the whole width of a narrow pane.
        for row, (title, field, name) in enumerate(
            (
                (_("Ent&ity ID"), self.entity_id, "entity_id"),
                (_("Tem&plate ID"), self.content_id, "content_id"),
            )
        ):
            grid.addWidget(plain.field_label(title, field), 2 * row + 1, 0)
            grid.addWidget(field, 2 * row + 1, 1)
            grid.addWidget(self.problems[name], 2 * row + 2, 1)
            self.problems[name].hide()
        QWidget.setTabOrder(self.entity_id, self.content_id)
        for name, field in (("entity_id", self.entity_id), ("content_id", self.content_id)):
            field.textChanged.connect(self.changed)
            field.editingFinished.connect(lambda name=name: self.left.emit(name))
        self.hide()

    def set_texts(self, *, entity_id: str, content_id: str) -> None:
        for field, text in ((self.entity_id, entity_id), (self.content_id, content_id)):
            field.setText(text)
            field.setCursorPosition(0)


def _field(name: str, title: str) -> QLineEdit:
    """A line for one ID; Vonage's own name for it stands in it while it is empty."""
    field = QLineEdit()
    field.setObjectName(f"compose.{name}")
    field.setAccessibleName(title)
    field.setPlaceholderText(name)
    field.setMaxLength(_LONGEST_TYPED)
    field.setMinimumWidth(0)
    return field
