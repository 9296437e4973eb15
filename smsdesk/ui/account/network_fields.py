"""The fields of the Settings on the way to Vonage: region, proxy, and when to warn of the balance.

What a value may be is for the setting and the desk to say.
"""

from typing import Any

from PySide6.QtWidgets import QLineEdit

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.account_form import check_proxy
from smsdesk.desk.channels import SANDBOX_ORIGIN
from smsdesk.desk.connecting import REGION_CODES, region_code, region_url
from smsdesk.system.i18n import _
from smsdesk.system.settings import API_URL, BALANCE_WARNING, PROXY, PROXY_MODE, Settings
from smsdesk.ui import plain
from smsdesk.ui.account.settings.page import Choice, WrongValueError
from smsdesk.ui.controls import ComboBox


class NetworkFields:
    """The fields; the dialog lays them out among its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.region = ComboBox()
        self.region.setObjectName("settings.api_region")
        self.region.setAccessibleName(_("Region of the API"))
        self.proxy_mode = ComboBox()
        self.proxy_mode.setObjectName("settings.proxy_mode")
        self.proxy_mode.setAccessibleName(_("Proxy"))
        self.proxy = QLineEdit()
        self.proxy.setObjectName("settings.proxy")
        self.proxy.setAccessibleName(_("Address of the proxy"))
        plain.set_hint(self.proxy, "http://proxy.example.com:8080")
        self.balance_warning = QLineEdit()
        self.balance_warning.setObjectName("settings.balance_warning")
        self.balance_warning.setAccessibleName(_("Warn when the balance is below"))
        self._fill()

    def api_url(self) -> str | None:
        """The address to store, or None where it stays as it is."""
        code: str | None = self.region.currentData()
        if code is None or code == region_code(self._settings.get(API_URL)):
            return None
        return region_url(code)

    def choices(self) -> list[Choice[Any]]:
        """What is chosen, checked. Raises WrongValueError."""
        proxy = self.proxy.text().strip()
        try:
            check_proxy(proxy)
        except AccountError as error:
            raise WrongValueError(error.field, wording.account_sentence(error)) from None
        try:
            least = BALANCE_WARNING.check(float(self.balance_warning.text().replace(",", ".")))
        except ValueError:
            sentence = _("Enter an amount, such as 5 or 12.50.")
            raise WrongValueError("balance_warning", sentence) from None
        return [
            Choice(PROXY_MODE, self.proxy_mode.currentData()),
            Choice(PROXY, proxy),
            Choice(BALANCE_WARNING, least),
        ]

    def _fill(self) -> None:
        settings = self._settings
        stored = settings.get(API_URL)
        for code in REGION_CODES:
            self.region.addItem(wording.region_word(code), code)
        current = region_code(stored)
        if current is None:
            is_sandbox = stored == SANDBOX_ORIGIN
            self.region.addItem(_("Vonage's sandbox") if is_sandbox else stored, None)
        self.region.setCurrentIndex(self.region.findData(current))
        for mode, title in (
            ("system", _("As the system is")),
            ("none", _("None")),
            ("manual", _("The one named below, if any")),
        ):
            self.proxy_mode.addItem(title, mode)
        self.proxy_mode.setCurrentIndex(self.proxy_mode.findData(settings.get(PROXY_MODE)))
        self.proxy.setText(settings.get(PROXY))
        self.balance_warning.setText(f"{settings.get(BALANCE_WARNING):g}")
        self.proxy_mode.currentIndexChanged.connect(lambda _index: self._show_proxy())
        self._show_proxy()

    def _show_proxy(self) -> None:
        self.proxy.setEnabled(self.proxy_mode.currentData() == "manual")
