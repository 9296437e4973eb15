"""A line above the list for something that wants a person: a sign, what it is, and a button."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from smsdesk.ui import icons, plain, theme
from smsdesk.ui.room import scaled, set_margins
from smsdesk.ui.theme import GRID


class WarningLine(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, name: str, icon: str, act: str, *, wraps: bool = False) -> None:
        """`act` is the title of the button."""
        super().__init__()
        self.setObjectName(name)
        self.setProperty("ground", "warn")
        self._icon = icon
        self._sign = QLabel()
        self.words = plain.label(tone="warn", name=f"{name}.words", wraps=wraps)
        self.button = QPushButton(act)
        self.button.setAccessibleName(act.replace("&", ""))
        self.button.setProperty("small", True)
        layout = QHBoxLayout(self)
        set_margins(layout, GRID + GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        layout.addWidget(self._sign)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        self.hide()

    def say(self, sentence: str) -> None:
        """ "" hides the line."""
        self.words.setText(sentence)
        self.show_again()
        self.setVisible(bool(sentence))

    def show_again(self) -> None:
        """After a change of colours."""
        self._sign.setPixmap(
            icons.picture(
                self._icon, theme.current().warn, scaled(16), self.devicePixelRatioF()
            )
        )
