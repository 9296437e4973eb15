"""What stands where there is nothing yet: a sign, a sentence, and the first thing to do."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from smsdesk.ui import icons, plain, theme
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIGN = 40
_WIDTH = 300


class EmptyState(QWidget):
    """A calm page in the middle of its place."""

    # Emitted when the button of the page is pressed.
    acted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.empty")
        self._icon = ""
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.heading = plain.heading("", points=1.0)
        self.heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence = plain.label(tone="muted", wraps=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setFixedWidth(scaled(_WIDTH))
        self.button = QPushButton()
        self.button.setObjectName("history.empty.act")
        self.button.setProperty("primary", True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(GRID)
        layout.addStretch(2)
        layout.addWidget(self._sign)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self.heading)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self.sentence)
        middle.addStretch()
        layout.addLayout(middle)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.button.clicked.connect(self.acted)

    def say(self, icon: str, heading: str, sentence: str, *, act: str = "") -> None:
        self._icon = icon
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self.button.setText(act)
        self.button.setAccessibleName(act)
        self.button.setVisible(bool(act))
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._icon:
            self._draw()

    def _draw(self) -> None:
        colour = theme.current().field_line
        self._sign.setPixmap(
            icons.picture(self._icon, colour, scaled(_SIGN), self.devicePixelRatioF())
        )
