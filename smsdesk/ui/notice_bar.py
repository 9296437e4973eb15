"""A line above the panes for what a person ought to know: what happened at start, or went wrong."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from smsdesk.system.i18n import _
from smsdesk.ui import aloud, icons, plain, theme
from smsdesk.ui.room import set_margins
from smsdesk.ui.theme import GRID


class NoticeBar(QFrame):
    """Hidden until there is something to say. What happened stays until it is closed; what is
    only so for now goes away by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("ground", "warn")
        self._sentences: list[str] = []
        self._passing: dict[str, str] = {}
        self._closed: dict[str, str] = {}
        self._sign = QLabel()
        self._words = plain.label(tone="warn", name="notice.words", wraps=True)
        close = QToolButton()
        close.setObjectName("notice.close")
        close.setAccessibleName(_("Close this notice"))
        icons.dress(close, "x", "warn")
        layout = QHBoxLayout(self)
        set_margins(layout, 2 * GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self._words, 1)
        layout.addWidget(close)
        close.clicked.connect(self._forget)
        self.hide()

    def say(self, sentence: str) -> None:
        if sentence not in self._sentences:
            self._sentences.append(sentence)
            aloud.say(self, sentence)
        self._show()

    def say_for_now(self, topic: str, sentence: str) -> None:
        """What is so about a topic now, in place of what was; "" when there is nothing to say.

        Once closed, the same sentence does not come back before something else was so.
        """
        if self._closed.get(topic) == sentence:
            return
        self._closed.pop(topic, None)
        if self._passing.get(topic, "") == sentence:
            return
        self._passing[topic] = sentence
        aloud.say(self, sentence)
        self._show()

    def show_again(self) -> None:
        self._sign.setPixmap(
            icons.picture("triangle-alert", theme.current().warn, 16, self.devicePixelRatioF())
        )

    def _show(self) -> None:
        passing = [sentence for sentence in self._passing.values() if sentence]
        lines = [plain.sentence(said) for said in (*self._sentences, *passing)]
        self._words.setText("\n".join(lines))
        self.show_again()
        self.setVisible(bool(lines))

    def _forget(self) -> None:
        self._closed |= {topic: said for topic, said in self._passing.items() if said}
        self._passing.clear()
        self._sentences.clear()
        self.hide()
