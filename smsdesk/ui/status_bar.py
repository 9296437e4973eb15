"""The status bar: what the sender does, which account, where receipts come from. In words."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton

from smsdesk.desk import wording
from smsdesk.desk.account import AccountStatus
from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain

_SAID_FOR_MS = 8000


class StatusBar(QStatusBar):
    """Three flat buttons and, for a few seconds, the answer to the last act."""

    # Emitted when the person wants the account's settings.
    settings_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("status")
        self._desk = desk
        self.setSizeGripEnabled(False)
        self.sender = _part("status.sender")
        self._said = plain.ElidedLabel(tone="muted")
        self._said.setObjectName("status.said")
        self._hush = QTimer(self)
        self._hush.setSingleShot(True)
        self._hush.setInterval(_SAID_FOR_MS)
        self.account = _part("status.account")
        self.receipts = _part("status.receipts")
        self.addWidget(self.sender)
        self.addWidget(self._said, 1)
        self.addPermanentWidget(self.account)
        self.addPermanentWidget(self.receipts)
        self._hush.timeout.connect(lambda: self._said.setText(""))
        self.sender.clicked.connect(self.pause_or_resume)
        self.account.clicked.connect(self.settings_asked)
        self.receipts.clicked.connect(self.settings_asked)

    def say(self, sentence: str) -> None:
        self._said.setText(plain.visible(sentence))
        self._hush.start()

    def show_sender(self) -> None:
        status = self._desk.sender_status()
        tone = _TONES.get(status.kind, "warn")
        _say(self.sender, wording.sender_sentence(status))
        icons.dress(self.sender, "pause" if status.is_paused else "dot", tone, 12)
        act = (
            _("Click to resume sending.") if status.is_paused else _("Click to pause sending.")
        )
        plain.set_tip(self.sender, act)
        self.sender.setAccessibleDescription(act)

    def show_receipts(self) -> None:
        _say(self.receipts, wording.receipts_sentence(self._desk.receipts_status()))

    def show_account(self, status: AccountStatus) -> None:
        _say(self.account, status.problem or status.sender)

    def pause_or_resume(self) -> None:
        if self._desk.sender_status().is_paused:
            self._desk.resume()
        else:
            self._desk.pause()
        self.show_sender()


_TONES = {"idle": "good", "sending": "accent"}


def _part(name: str) -> QToolButton:
    part = QToolButton()
    part.setObjectName(name)
    part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    part.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return part


def _say(part: QToolButton, sentence: str) -> None:
    part.setText(plain.typed(plain.visible(sentence)))
    part.setAccessibleName(plain.visible(sentence))
