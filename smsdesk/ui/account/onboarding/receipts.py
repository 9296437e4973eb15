"""The page on receipts and replies: how news of a message comes back, in two sentences."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_tables import N_
from smsdesk.system.i18n import _
from smsdesk.system.settings import RECEIPTS, RECEIVER
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.onboarding.choice_button import ChoiceButton
from smsdesk.ui.account.onboarding.page import Page, make_line
from smsdesk.ui.controls import CheckBox


class ReceiptsPage(Page):
    """Ask Vonage, be called by it, or neither; and, for a server of one's own, the addresses it
    listens at."""

    # Emitted when the person wants webhooks to come to this computer.
    webhooks_asked = Signal()

    step = 3
    next_title = N_("&Next")

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(
            _("What became of a message?"),
            _(
                "Vonage knows when a phone has received it, and SMS Desk can learn it from there. "
                "Without that, a message stays at “Accepted”."
            ),
            errands=errands,
        )
        self._desk = desk
        self._application_id = ""
        self._has_account = False
        self.reports = ChoiceButton(
            "assistant.reports", "check-check", _("Ask Vonage (Reports)"), ""
        )
        self.webhooks = ChoiceButton("assistant.webhooks", "plug", _("Let Vonage call"), "")
        self.off = ChoiceButton(
            "assistant.receipts_off",
            "clock",
            _("Not now"),
            _("You can change this at any time in Settings."),
        )
        group = QButtonGroup(self)
        for button in (self.reports, self.webhooks, self.off):
            button.setCheckable(True)
            group.addButton(button)
            self.body.addWidget(button)
        self.write = CheckBox(
            _("A &server of mine takes them too: write its addresses to Vonage")
        )
        self.write.setObjectName("assistant.write_addresses")
        self.status_url = make_line(
            "status_url", _("Status address"), hint="https://example.com/sms/status"
        )
        self.inbound_url = make_line(
            "inbound_url", _("Inbound address"), hint="https://example.com/sms/inbound"
        )
        self.body.addWidget(self.write)
        self._addresses = QWidget()
        form = self.add_form()
        self.body.removeItem(form)
        form.setContentsMargins(0, 0, 0, 0)
        self._addresses.setLayout(form)
        self.add_field(form, _("Stat&us address"), self.status_url, "status_url")
        self.add_field(form, _("&Inbound address"), self.inbound_url, "inbound_url")
        self.body.addWidget(self._addresses)
        self.body.addStretch()
        self._addresses.hide()
        self.write.toggled.connect(lambda _is_on: self._show_addresses())
        self.webhooks.toggled.connect(lambda _is_on: self._show_addresses())

    def show_stored(self, *, application_id: str, has_account: bool) -> None:
        self._application_id = application_id
        self._has_account = has_account
        needs = _("Needs the API key and secret: go back and add them, or do it in Settings.")
        self.reports.setEnabled(has_account)
        self.reports.say(
            _(
                "Through its Reports API, only for messages that are still open. Vonage charges "
                "for each record."
            )
            if has_account
            else needs
        )
        self.webhooks.setEnabled(has_account)
        self.webhooks.say(
            _(
                "By webhooks, at once and free of charge; replies come in too. They reach this "
                "computer through a tunnel, or an address of your own."
            )
            if has_account
            else needs
        )
        settings = self._desk.settings
        if has_account and settings.get(RECEIVER):
            self.webhooks.setChecked(True)
        elif has_account and settings.get(RECEIPTS) == "reports":
            self.reports.setChecked(True)
        else:
            self.off.setChecked(True)
        self._show_addresses()

    def enter(self) -> None:
        choices = (self.reports, self.webhooks, self.off)
        next(button for button in choices if button.isChecked()).setFocus()

    def go_on(self) -> None:
        if self.webhooks.isChecked():
            self.webhooks_asked.emit()
        else:
            self._store()

    def _store(self) -> None:
        source = "reports" if self.reports.isChecked() else "off"
        is_writing = self.write.isChecked()
        status_url, inbound_url = self.status_url.text(), self.inbound_url.text()

        def store() -> None:
            if is_writing:
                self._desk.connecting.write_webhooks(
                    self._application_id, inbound_url=inbound_url, status_url=status_url
                )
            self._desk.settings.set(RECEIPTS, source)
            self._desk.settings.set(RECEIVER, False)
            self._desk.apply_settings()

        self.ask(
            _("Writing the addresses…") if is_writing else _("Storing…"),
            store,
            lambda _none: self.done.emit(),
        )

    def _show_addresses(self) -> None:
        """An application has one pair of addresses: a server's, or this computer's."""
        may_write = self._has_account and not self.webhooks.isChecked()
        self.write.setVisible(may_write)
        self._addresses.setVisible(may_write and self.write.isChecked())
