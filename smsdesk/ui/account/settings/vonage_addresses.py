"""The Application's webhook addresses as they are at Vonage, read and written on request.

They are kept there and nowhere here; what Vonage could call at all is the desk's to say.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.connecting import ApplicationChoice
from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.settings.page import SettingsPage, make_button, make_line
from smsdesk.ui.theme import GRID


class VonageAddresses:
    """Two lines that are empty until Vonage has been asked; the page lays them out."""

    def __init__(
        self, desk: Desk, *, errands: Errands, typed_account: Callable[[], AccountForm]
    ) -> None:
        """`typed_account` gives the API key and secret as they stand in their fields."""
        self._desk = desk
        self._errands = errands
        self._typed_account = typed_account
        self._application_id = ""
        self._page: SettingsPage | None = None
        self.inbound_url = make_line(
            "inbound_url", _("Address for replies"), hint="https://example.com/sms/inbound"
        )
        self.status_url = make_line(
            "status_url", _("Address for receipts"), hint="https://example.com/sms/status"
        )
        self.read_button = make_button("webhooks.read", _("Rea&d from Vonage"))
        self.write_button = make_button("webhooks.write", _("&Write to Vonage"))
        self.said = plain.label(tone="muted", name="settings.webhooks.said", wraps=True)
        self.acts = QWidget()
        row = QHBoxLayout(self.acts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.read_button)
        row.addWidget(self.write_button)
        row.addStretch()
        self._let(is_known=False)
        self.read_button.clicked.connect(self.read)
        self.write_button.clicked.connect(self.write)

    def lay_out(self, page: SettingsPage) -> None:
        self._page = page
        page.add_beside(self.acts)
        page.add_field(_("Add&ress for replies"), self.inbound_url, "inbound_url")
        page.add_field(_("Address for re&ceipts"), self.status_url, "status_url")
        page.form.addRow("", self.said)
        self.say(_("Needs the API key and secret. Writing changes nothing else there."))

    def show_application(self, application_id: str) -> None:
        """The application that is stored; without one there is nothing to ask for."""
        self._application_id = application_id
        self.acts.setEnabled(bool(application_id))

    def read(self) -> None:
        """Ask Vonage for the addresses as they are now."""
        application_id, form = self._application_id, self._typed_account()
        self._wait(_("Asking Vonage…"))
        self._errands.run(
            lambda: self._desk.connecting.application(application_id, form),
            lambda found: self._show(found, _("These are the addresses at Vonage now.")),
            self._refuse,
        )

    def write(self) -> None:
        """Have Vonage keep what is typed; it holds at once, without Save."""
        application_id, form = self._application_id, self._typed_account()
        inbound_url, status_url = self.inbound_url.text(), self.status_url.text()
        self._wait(_("Writing the addresses…"))
        self._errands.run(
            lambda: self._desk.connecting.write_webhooks(
                application_id, inbound_url=inbound_url, status_url=status_url, form=form
            ),
            lambda found: self._show(found, _("Written, and read again: Vonage has them.")),
            self._refuse,
        )

    def say(self, sentence: str, *, tone: str = "muted") -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))

    def _show(self, found: ApplicationChoice, sentence: str) -> None:
        self._let(is_known=True)
        self.inbound_url.setText(plain.visible(found.inbound_url))
        self.status_url.setText(plain.visible(found.status_url))
        self.say(sentence, tone="good")
        self.inbound_url.setFocus()

    def _refuse(self, error: Exception) -> None:
        self._let(is_known=self._is_known)
        if not isinstance(error, AccountError):
            self.say(_("That did not work, because of an error inside SMS Desk."), tone="bad")
            raise error
        sentence = wording.account_sentence(error)
        if self._page is not None and error.field in self._page.problems:
            self.say("")
            self._page.say_beside(error.field, sentence)
        else:
            self.say(sentence, tone="bad")

    def _wait(self, sentence: str) -> None:
        if self._page is not None:
            self._page.clear_problems()
        for part in (self.acts, self.inbound_url, self.status_url):
            part.setEnabled(False)
        self.say(sentence)

    def _let(self, *, is_known: bool) -> None:
        """Only what has been read may be written: an empty line would take an address away."""
        self._is_known = is_known
        self.acts.setEnabled(True)
        for part in (self.write_button, self.inbound_url, self.status_url):
            part.setEnabled(is_known)
