"""The status bar: what the sender does, which account, where receipts come from. In words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton

from smsdesk.desk import wording
from smsdesk.desk.desk import SenderPhase
from smsdesk.desk.way_in_values import WayInPhase
from smsdesk.system.i18n import _
from smsdesk.system.settings import RECEIVER, REPORT_RECORDS_A_DAY
from smsdesk.ui import aloud, icons, plain
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled

if TYPE_CHECKING:
    from smsdesk.desk.account_values import StoredAccount
    from smsdesk.desk.desk import Desk
    from smsdesk.desk.glance import AccountGlance

_SAID_FOR_MS = 8000
_AGES_EVERY_MS = 20_000
_WIDEST = 340
"""In pixels: a long sentence ends in "…", and is whole in the tooltip and for screen readers."""

_TONES: Mapping[SenderPhase, str] = {
    SenderPhase.READY: "good",
    SenderPhase.SENDING: "accent",
    SenderPhase.WAITING: "warn",
    SenderPhase.HELD: "warn",
}


class StatusBar(QStatusBar):
    """Three flat buttons and, for a few seconds, the answer to the last act."""

    # Emitted when the person wants the account's settings.
    settings_asked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("status")
        self._desk = desk
        self._account: StoredAccount | None = None
        self._glance: AccountGlance | None = None
        self.setSizeGripEnabled(False)
        self.sending = _part("status.sender")
        self.account = _part("status.account")
        self.receipts = _part("status.receipts")
        self._said = plain.ElidedLabel(tone="muted")
        self._said.setObjectName("status.said")
        self.addWidget(self.sending)
        self.addWidget(self._said, 1)
        self.addPermanentWidget(self.account)
        self.addPermanentWidget(self.receipts)
        self._hush = QTimer(self)
        self._hush.setSingleShot(True)
        self._hush.setInterval(_SAID_FOR_MS)
        self._ages = QTimer(self)
        self._ages.setInterval(_AGES_EVERY_MS)
        self._countdown = QTimer(self)
        self._countdown.setInterval(1000)

        self._hush.timeout.connect(lambda: self._said.setText(""))
        self._ages.timeout.connect(self.show_receipts)
        self._countdown.timeout.connect(self.show_sender)
        self.sending.clicked.connect(self.pause_or_resume)
        self.account.clicked.connect(self.settings_asked)
        self.receipts.clicked.connect(self.settings_asked)

    @property
    def is_held(self) -> bool:
        """Nothing is sent until a person resumes, or a condition clears."""
        return self._desk.sender.status.hold is not None

    def say(self, sentence: str) -> None:
        self._said.setText(plain.sentence(sentence))
        aloud.say(self, sentence)
        self._hush.start()

    def show_sender(self) -> None:
        status = self._desk.sender.status
        if status.phase is not SenderPhase.WAITING:
            self._countdown.stop()
        elif not self._countdown.isActive():
            self._countdown.start()
        _say(self.sending, wording.sender_sentence(status, now=datetime.now(UTC)))
        tone = _TONES.get(status.phase, "muted")
        icons.dress(self.sending, "pause" if self.is_held else "dot", tone, 12)
        act = _("Resume sending") if self.is_held else _("Pause sending")
        plain.set_tip(self.sending, f"{self.sending.accessibleName()}\n{act}")
        self.sending.setAccessibleDescription(act)

    def show_receipts(self) -> None:
        """The age of the last news goes on growing, so it is said anew now and then."""
        status = self._desk.receipts.status
        now = datetime.now(UTC)
        by_reports = wording.receipts_sentence(status, now=now)
        by_webhooks = self._webhooks_sentence(now)
        _say(self.receipts, by_webhooks or by_reports)
        details = [by_webhooks, by_reports]
        if status.records_today and not self._desk.is_demo:
            most = self._desk.settings.get(REPORT_RECORDS_A_DAY)
            details.append(wording.records_sentence(status.records_today, most))
        plain.set_tip(self.receipts, "\n".join(line for line in details if line))
        self._ages.start()

    def _webhooks_sentence(self, now: datetime) -> str:
        """ "" unless webhooks reach this computer."""
        if not self._desk.settings.get(RECEIVER):
            return ""
        from smsdesk.desk.wording_receipts import webhooks_sentence  # start-up time

        if self._desk.way_in.status.phase is not WayInPhase.OPEN:
            return ""
        return webhooks_sentence(self._desk.receiving.status.last_at, now=now)

    def show_account(self, account: StoredAccount) -> None:
        self._account = account
        self._glance = None
        self._show_account()

    def show_glance(self) -> None:
        """The balance is known, or another than before."""
        self._glance = self._desk.watch.glance
        self._show_account()

    def _show_account(self) -> None:
        account, glance = self._account, self._glance
        if account is None:
            return
        if not account.is_configured:
            _say(self.account, _("No account: connect one…"))
            return
        said = [_("Account {id}").format(id=account.application_id[:8])]
        details = [account.application_id, show_number(account.sender)]
        is_low = False
        if glance is not None:
            balance, is_low = wording.glance_sentence(glance), glance.is_low
            details += [balance, wording.region_word(glance.region)]
            if glance.balance is not None:
                said.append(balance)
        _say(self.account, " · ".join(said))
        if is_low:
            icons.dress(self.account, "triangle-alert", "warn", 14)
        else:
            icons.undress(self.account)
        plain.set_tip(self.account, "\n".join(line for line in details if line))

    def show_no_account(self, sentence: str) -> None:
        """The keyring does not say which account there is."""
        self._account = None
        _say(self.account, _("Account not read"))
        plain.set_tip(self.account, sentence)

    def pause_or_resume(self) -> None:
        if self.is_held:
            self._desk.sender.resume()
        else:
            self._desk.sender.pause()


def _part(name: str) -> QToolButton:
    part = QToolButton()
    part.setObjectName(name)
    part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    part.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return part


def _say(part: QToolButton, sentence: str) -> None:
    shown = plain.sentence(sentence)
    room = part.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, scaled(_WIDEST))
    part.setText(plain.typed(room))
    part.setAccessibleName(shown)
    plain.set_tip(part, shown)
