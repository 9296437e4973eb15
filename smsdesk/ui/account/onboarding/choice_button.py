"""A large button that says in a sentence what choosing it means."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from smsdesk.ui import icons, plain, theme
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIGN = 20


class ChoiceButton(QPushButton):
    """An icon, a title and a sentence. Made checkable it is one of several to choose from."""

    def __init__(self, name: str, icon: str, title: str, sentence: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("choice", True)
        self.setAccessibleName(title)
        self._icon = icon
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._title = plain.label(title)
        self._title.setFont(plain.sized(self._title.font(), 1.0, weight=QFont.Weight.DemiBold))
        self._sentence = plain.label(tone="muted", wraps=True)
        self.say(sentence)

        words = QVBoxLayout()
        words.setSpacing(GRID // 4)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, GRID + GRID // 2)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        for part in (self._sign, self._title, self._sentence):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._draw()

    def say(self, sentence: str) -> None:
        self._sentence.setText(plain.sentence(sentence))
        self.setAccessibleDescription(sentence)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout else super().heightForWidth(width)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.totalSizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.totalMinimumSize() if layout else super().minimumSizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._draw()

    def _draw(self) -> None:
        colours = theme.current()
        colour = colours.accent if self.isEnabled() else colours.field_line
        self._sign.setPixmap(
            icons.picture(self._icon, colour, scaled(_SIGN), self.devicePixelRatioF())
        )
