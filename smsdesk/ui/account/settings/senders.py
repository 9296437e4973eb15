"""The page of senders: who messages are from, and how fast each may send.

What a number can do is Vonage's word, what a name may be, `sms.sender_id`'s.
"""

from collections.abc import Callable
from typing import Any

from smsdesk.desk.account import AccountForm, StoredAccount
from smsdesk.desk.desk import Desk
from smsdesk.sms.phone import show_e164
from smsdesk.system.i18n import _
from smsdesk.system.settings import REGISTERED_SENDERS, SENDER_THROUGHPUT
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.settings.own_numbers import OwnNumbers
from smsdesk.ui.account.settings.pace_table import PaceTable
from smsdesk.ui.account.settings.page import (
    Choice,
    SettingsPage,
    make_check,
    make_line,
)


class SendersPage(SettingsPage):
    """The usual sender, the account's numbers, and the slow ones."""

    def __init__(
        self, desk: Desk, *, errands: Errands, typed_account: Callable[[], AccountForm]
    ) -> None:
        super().__init__(_("Senders"))
        self._desk = desk
        self.sender_line = make_line("sender", _("From, for new messages"))
        self.registered = make_check(
            "registered", _("This US number is re&gistered with the carriers there")
        )
        self.numbers = OwnNumbers(desk, errands=errands, typed_account=typed_account)
        self.pace = PaceTable()
        self.pace.set_rates(desk.settings.get(SENDER_THROUGHPUT))

        self.add_field(
            _("&From, for new messages"),
            self.sender_line,
            "sender",
            note=_("A number of yours, or a name of up to 11 letters and digits."),
        )
        self._row_of_registration = self.form.rowCount()
        self.form.addRow(plain.label(), self.registered)
        self.add_heading(_("Numbers of the account"))
        self.add_wide(self.numbers)
        self.add_heading(_("Slower senders"))
        self.add_words(
            _(
                "Carriers allow some senders less than Vonage allows the account: a US number "
                "without a campaign, one message a second."
            )
        )
        self.add_wide(self.pace, "sender_throughput")
        self.sender_line.textChanged.connect(lambda _text: self._show_registration())
        self.numbers.chosen.connect(self._take)

    def show_stored(self, stored: StoredAccount) -> None:
        self.sender_line.setText(stored.sender)
        self.numbers.show_application(stored.application_id)
        self._show_registration()

    def choices(self) -> list[Choice[Any]]:
        rates = self.pace.rates(self._desk.compose.default_region)
        return [Choice(SENDER_THROUGHPUT, rates)]

    @property
    def is_registered(self) -> bool:
        """Whether the box is there at all, and ticked."""
        return self.registered.isChecked() and not self.registered.isHidden()

    def _take(self, e164: str) -> None:
        self.sender_line.setText(e164)
        self.numbers.say(
            _("{number} is the sender as soon as you save.").replace(
                "{number}", show_e164(e164)
            )
        )

    def _show_registration(self) -> None:
        """Only carriers of the United States ask for it, of numbers with +1."""
        sender = self.sender_line.text().strip()
        self.form.setRowVisible(self._row_of_registration, sender.startswith("+1"))
        self.registered.setChecked(sender in self._desk.settings.get(REGISTERED_SENDERS))
