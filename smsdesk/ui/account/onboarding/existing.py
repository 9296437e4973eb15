"""The page for an application that exists: its id, the file of its key, and the proof."""

from dataclasses import replace

from PySide6.QtCore import Signal

from smsdesk.desk.account import AccountForm, StoredAccount
from smsdesk.desk.channels import SANDBOX_ORIGIN
from smsdesk.desk.connecting import Proof
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_channels import SANDBOX_SENTENCE
from smsdesk.desk.wording_tables import N_
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.key_field import KeyField
from smsdesk.ui.account.onboarding.page import Page, make_line
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import CheckBox

ID_LOOKS_LIKE = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"


class ExistingPage(Page):
    """Nothing is stored before Vonage has been asked about it."""

    # Emitted with the Proof, when all is stored.
    connected = Signal(object)

    step = 1
    next_title = N_("&Check and connect")

    def __init__(self, desk: Desk, *, errands: Errands, worker: Worker) -> None:
        super().__init__(
            _("Your Application"),
            _(
                "Both are checked with a signed request that sends nothing. The key stays in its "
                "file; secrets go into this computer's keyring."
            ),
            errands=errands,
        )
        self._desk = desk
        self.application_id = make_line(
            "application_id", _("Application ID"), hint=ID_LOOKS_LIKE
        )
        self.passphrase = SecretField("assistant.passphrase", _("Passphrase of the key"))
        self.passphrase.line.setPlaceholderText(_("Only if the file has one"))
        self.key = KeyField(
            desk.account, worker=worker, passphrase=self.passphrase, name="assistant"
        )
        self.api_key = make_line("api_key", _("API key"))
        self.api_secret = SecretField("assistant.api_secret", _("API secret"))

        form = self.add_form()
        self.add_field(form, _("Application &ID"), self.application_id, "application_id")
        self.add_field(form, _("&Private key file"), self.key, "private_key_path")
        self.add_field(form, _("Passphr&ase"), self.passphrase, "passphrase")
        form.addRow(
            plain.label(
                _(
                    "If you like: with these, SMS Desk can also list your numbers, show the "
                    "balance, and ask what became of a message."
                ),
                tone="muted",
                wraps=True,
            )
        )
        self.add_field(form, _("API &key"), self.api_key, "api_key")
        self.add_field(form, _("API &secret"), self.api_secret, "api_secret")
        self.sandbox = CheckBox(_("Only try things out, in Vonage's sandbo&x"))
        self.sandbox.setObjectName("assistant.sandbox")
        self._about_sandbox = plain.label(_(SANDBOX_SENTENCE), tone="muted", wraps=True)
        self._about_sandbox.hide()
        self.sandbox.toggled.connect(self._about_sandbox.setVisible)
        self.body.addWidget(self.sandbox)
        self.body.addWidget(self._about_sandbox)
        self.body.addStretch()

    def show_stored(self, account: StoredAccount) -> None:
        self.sandbox.setChecked(self._desk.compose.channels.is_sandbox)
        self.application_id.setText(account.application_id)
        if account.has_passphrase:
            self.passphrase.set_stored(True)
        if account.private_key_path:
            self.key.set_text(account.private_key_path)
        self.api_key.setText(account.api_key)
        if account.has_api_secret:
            self.api_secret.set_stored(True)

    def take(self, application_id: str, keys: AccountForm) -> None:
        """Begin with an application that was chosen from the list of an account."""
        self.application_id.setText(application_id)
        self.api_key.setText(keys.api_key or "")
        if keys.api_secret is not None:
            self.api_secret.line.setText(keys.api_secret)

    def enter(self) -> None:
        (self.key if self.application_id.text() else self.application_id).setFocus()

    def go_on(self) -> None:
        form = self._form()

        def prove_and_store() -> Proof:
            proof = self._desk.connecting.prove(form)
            self._desk.account.save(replace(form, application_id=proof.application_id))
            return proof

        self.ask(_("Asking Vonage…"), prove_and_store, self.connected.emit)

    def _api_url(self) -> str | None:
        """The sandbox's host, or that of a real account again; None where it stays."""
        if self.sandbox.isChecked() == self._desk.compose.channels.is_sandbox:
            return None
        return SANDBOX_ORIGIN if self.sandbox.isChecked() else ""

    def _form(self) -> AccountForm:
        """All that is on the page; a secret that is stored already is left alone."""
        return AccountForm(
            api_url=self._api_url(),
            application_id=self.application_id.text().strip(),
            private_key_path=self.key.text(),
            passphrase=self.passphrase.value(),
            api_key=self.api_key.text().strip(),
            api_secret=self.api_secret.value(),
        )
