"""How the way in stands, and two acts: to try it now, and to give Vonage its address.

They are about what is stored; what is only typed counts from Save on.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.desk import Desk
from smsdesk.desk.way_in_values import AtVonage, WayInPhase, WayInStatus
from smsdesk.desk.wording_receipts import way_in_sentence
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.settings.page import SettingsPage, make_button
from smsdesk.ui.theme import GRID


class WayInState:
    """A sentence and two buttons; the page lays them out."""

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        self._desk = desk
        self._errands = errands
        self.said = plain.label(tone="muted", name="settings.way_in.said", wraps=True)
        self.try_button = make_button("way_in.try", _("Tr&y it now"))
        self.give_button = make_button("way_in.give", _("&Give Vonage this address"))
        self.acts = QWidget()
        row = QHBoxLayout(self.acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.try_button)
        row.addWidget(self.give_button)
        row.addStretch()
        self.try_button.clicked.connect(lambda: self._ask(desk.way_in.test))
        self.give_button.clicked.connect(lambda: self._ask(self._give))
        self._show(desk.way_in.status)

    def lay_out(self, page: SettingsPage) -> None:
        page.form.addRow("", self.said)
        page.add_beside(self.acts)

    def _give(self) -> WayInStatus:
        self._desk.way_in.write()
        return self._desk.way_in.status

    def _ask(self, call: Callable[[], WayInStatus]) -> None:
        self.acts.setEnabled(False)
        self._say(_("Trying…"), "muted")
        self._errands.run(call, self._show, self._refuse)

    def _show(self, status: WayInStatus) -> None:
        self.acts.setEnabled(status.phase is not WayInPhase.OFF)
        self.give_button.setEnabled(bool(status.address))
        is_well = status.phase is WayInPhase.OPEN and status.at_vonage is not AtVonage.OTHERS
        is_quiet = status.phase in (WayInPhase.OFF, WayInPhase.OPENING)
        tone = "muted" if is_quiet else "good" if is_well else "warn"
        self._say(way_in_sentence(status), tone)

    def _refuse(self, error: Exception) -> None:
        self.acts.setEnabled(True)
        if not isinstance(error, AccountError):
            self._say(_("That did not work, because of an error inside SMS Desk."), "bad")
            raise error
        self._say(wording.account_sentence(error), "bad")

    def _say(self, sentence: str, tone: str) -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))
