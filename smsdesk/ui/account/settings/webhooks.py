"""The page of webhooks: whether this program listens, how Vonage reaches it, and the addresses
that Vonage has.

Listening and tunnelling are others' work; here they are only asked for.
"""

import shlex
from collections.abc import Callable
from typing import Any

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError, AccountForm, StoredAccount
from smsdesk.desk.connecting import check_webhook_url
from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.system.settings import PUBLIC_URL, RECEIVER, RECEIVER_PORT, TUNNEL_COMMAND, WAY_IN
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.settings.page import (
    Choice,
    SettingsPage,
    WrongValueError,
    choose,
    make_check,
    make_combo,
    make_line,
    make_number,
    whole_number,
)
from smsdesk.ui.account.settings.vonage_addresses import VonageAddresses
from smsdesk.ui.account.settings.way_in_state import WayInState


class WebhooksPage(SettingsPage):
    """What is not in use is greyed, and kept."""

    def __init__(
        self, desk: Desk, *, errands: Errands, typed_account: Callable[[], AccountForm]
    ) -> None:
        super().__init__(_("Webhooks"))
        self._desk = desk
        settings = desk.settings
        self.receiver = make_check("receiver", _("R&eceive webhooks on this computer"))
        self.port = make_number("receiver_port", _("Port on this computer"))
        self.way_in = make_combo(
            "way_in",
            _("How Vonage reaches this computer"),
            ("address", _("By an address of my own")),
            ("tunnel", _("By a tunnel that SMS Desk opens")),
        )
        self.public_url = make_line(
            "public_url", _("Public address"), hint="https://desk.example.com"
        )
        self.tunnel_command = make_line(
            "tunnel_command",
            _("Command of the tunnel"),
            hint="cloudflared tunnel --url http://127.0.0.1:{port}",
        )
        self.state = WayInState(desk, errands=errands)
        self.addresses = VonageAddresses(desk, errands=errands, typed_account=typed_account)
        self.receiver.setChecked(settings.get(RECEIVER))
        self.port.setText(str(settings.get(RECEIVER_PORT)))
        choose(self.way_in, settings.get(WAY_IN))
        self.public_url.setText(settings.get(PUBLIC_URL))
        self.tunnel_command.setText(settings.get(TUNNEL_COMMAND))

        self.add_words(
            _(
                "Vonage calls an address and brings receipts and replies at once, free of charge. "
                "It must be able to reach this computer for that."
            )
        )
        self.form.addRow(self.receiver)
        self.add_field(
            _("&Port"),
            self.port,
            "receiver_port",
            note=_("On this computer only. 0 takes any that is free."),
        )
        self.add_field(_("&How Vonage gets here"), self.way_in, "way_in")
        self.add_field(
            _("Public &address"),
            self.public_url,
            "public_url",
            note=_("From there webhooks are passed on to the port above."),
        )
        self.add_field(
            _("&Tunnel command"),
            self.tunnel_command,
            "tunnel_command",
            note=_("{port} in it stands for the port above."),
        )
        self.state.lay_out(self)
        self.add_heading(_("The Application's addresses at Vonage"))
        self.addresses.lay_out(self)
        self.receiver.toggled.connect(lambda _on: self._show_way())
        self.way_in.currentIndexChanged.connect(lambda _index: self._show_way())
        self._show_way()

    def show_stored(self, stored: StoredAccount) -> None:
        self.addresses.show_application(stored.application_id)

    def choices(self) -> list[Choice[Any]]:
        port = whole_number(
            self.port,
            RECEIVER_PORT,
            "receiver_port",
            _("Enter a whole number from 0 to 65535."),
        )
        return [
            Choice(RECEIVER, self.receiver.isChecked()),
            Choice(RECEIVER_PORT, port),
            Choice(WAY_IN, self.way_in.currentData()),
            Choice(PUBLIC_URL, self._public_url()),
            Choice(TUNNEL_COMMAND, self._command()),
        ]

    def _public_url(self) -> str:
        is_local = self._desk.account.is_on_this_computer()
        try:
            return check_webhook_url(self.public_url.text(), "public_url", is_local=is_local)
        except AccountError as error:
            raise WrongValueError(error.field, wording.account_sentence(error)) from None

    def _command(self) -> str:
        command = self.tunnel_command.text().strip()
        try:
            shlex.split(command)
        except ValueError:
            sentence = _("A quotation mark is missing in the command.")
            raise WrongValueError("tunnel_command", sentence) from None
        is_used = self.receiver.isChecked() and self.way_in.currentData() == "tunnel"
        if is_used and not command:
            sentence = _("Enter the command that opens the tunnel.")
            raise WrongValueError("tunnel_command", sentence)
        return command

    def _show_way(self) -> None:
        is_on = self.receiver.isChecked()
        is_tunnel = self.way_in.currentData() == "tunnel"
        self.port.setEnabled(is_on)
        self.way_in.setEnabled(is_on)
        self.public_url.setEnabled(is_on and not is_tunnel)
        self.tunnel_command.setEnabled(is_on and is_tunnel)
