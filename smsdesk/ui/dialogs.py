"""The dialogs that say one thing and ask one question, in plain text.

Qt's own message box guesses markup in what it is given; this one cannot.
"""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, room, theme
from smsdesk.ui.theme import GRID


class Dialog(QDialog):
    """A dialog with the margins all of ours have; Esc closes it. It cannot be made smaller than
    what is in it, whatever the language and the size of the letters."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self.setContentsMargins(GRID, GRID, GRID, GRID)
        self._least = QSize(0, 0)

    def open_at(self, width: int, height: int) -> None:
        """Have this size at first, in pixels for letters of the usual size."""
        self.resize(room.on_screen(width, height))

    def be_at_least(self, width: int, height: int = 0) -> None:
        """Never be smaller than this, in pixels for letters of the usual size."""
        self._least = QSize(room.scaled(width), room.scaled(height)).boundedTo(
            room.screen_room()
        )
        self.setMinimumSize(self._least)

    def event(self, event: QEvent) -> bool:
        is_taken = super().event(event)
        if event.type() in (
            QEvent.Type.LayoutRequest,
            QEvent.Type.Resize,
            QEvent.Type.Show,
        ):
            room.keep_least(self, self._least)
        return is_taken


class MessageDialog(Dialog):
    """A heading, a text, and a row of buttons; `exec()` gives the number of the button pressed,
    counted from 1, or 0 for Esc. `default` is the number of the one that Enter presses."""

    def __init__(
        self,
        heading: str,
        text: str,
        *,
        buttons: tuple[str, ...],
        parent: QWidget | None = None,
        default: int = 1,
        icon: str = "circle-alert",
        tone: str = "accent",
    ) -> None:
        super().__init__(heading, parent)
        self.setObjectName("message")
        sign = QLabel()
        sign.setPixmap(
            icons.picture(
                icon, getattr(theme.current(), tone), room.scaled(32), self.devicePixelRatioF()
            )
        )
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.heading = plain.heading(heading)
        self.heading.setWordWrap(True)
        self.text = plain.label(plain.sentence(text), wraps=True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setMinimumWidth(room.scaled(380))
        self.text.setMaximumWidth(room.scaled(520))
        self.buttons = [QPushButton(title) for title in buttons]
        plain.set_style_property(self.buttons[0], "primary", True)

        words = QVBoxLayout()
        words.setSpacing(GRID)
        words.addWidget(self.heading)
        words.addWidget(self.text)
        words.addStretch()
        top = QHBoxLayout()
        top.setSpacing(2 * GRID)
        top.addWidget(sign)
        top.addLayout(words, 1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addLayout(top)
        layout.addLayout(row)

        for number, button in enumerate(self.buttons, start=1):
            button.clicked.connect(lambda _checked=False, number=number: self.done(number))
        for button in reversed(self.buttons):
            row.addWidget(button)
        self.buttons[default - 1].setDefault(True)
        self.buttons[default - 1].setFocus()
        self.setAccessibleName(heading)
        self.setAccessibleDescription(plain.visible(text))


def tell(parent: QWidget | None, heading: str, text: str) -> None:
    """Say something that asks for no decision."""
    MessageDialog(heading, text, buttons=(_("OK"),), parent=parent).exec()


def ask(parent: QWidget | None, heading: str, text: str, *, act: str) -> bool:
    """Ask before `act`, which names what will be done. Enter, Esc and Cancel leave all as it is."""
    dialog = MessageDialog(
        heading,
        text,
        buttons=(act, _("Cancel")),
        default=2,
        parent=parent,
        icon="triangle-alert",
        tone="warn",
    )
    return dialog.exec() == 1
