"""The page of the way to Vonage: region, proxy, and when to warn of the balance."""

from typing import Any

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.ui.account.network_fields import NetworkFields
from smsdesk.ui.account.settings.page import Choice, SettingsPage


class NetworkPage(SettingsPage):
    """The fields, laid out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Network"))
        self.fields = NetworkFields(desk.settings)
        self.add_field(_("Re&gion of the API"), self.fields.region, "api_url")
        self.add_field(_("Pro&xy"), self.fields.proxy_mode, "proxy_mode")
        self.add_field(_("Proxy a&ddress"), self.fields.proxy, "proxy")
        self.add_field(
            _("&Warn below"),
            self.fields.balance_warning,
            "balance_warning",
            note=_("In the account's currency: below that the balance is marked as low."),
        )

    def choices(self) -> list[Choice[Any]]:
        return self.fields.choices()
