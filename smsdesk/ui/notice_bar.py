"""A line above the panes for what a person ought to know: what happened at start, or went wrong."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.theme import GRID


class NoticeBar(QFrame):
    """Hidden until there is something to say; stays until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("ground", "warn")
        self._sentences: list[str] = []
        self._sign = QLabel()
        self._words = plain.label(tone="warn", name="notice.words", wraps=True)
        close = QToolButton()
        close.setObjectName("notice.close")
        close.setAccessibleName(_("Close this notice"))
        icons.dress(close, "x", "warn")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self._words, 1)
        layout.addWidget(close)
        close.clicked.connect(self._forget)
        self.hide()

    def say(self, sentence: str) -> None:
        if sentence not in self._sentences:
            self._sentences.append(sentence)
        self._words.setText("\n".join(plain.visible(said) for said in self._sentences))
        self.show_again()
        self.show()

    def show_again(self) -> None:
        self._sign.setPixmap(
            icons.picture("triangle-alert", theme.current().warn, 16, self.devicePixelRatioF())
        )

    def _forget(self) -> None:
        self._sentences.clear()
        self.hide()
