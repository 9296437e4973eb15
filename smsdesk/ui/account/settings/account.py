"""The page of the account: who we are to Vonage, and the secrets that prove it.

Where secrets are kept is the vault's; how a key is exchanged, `rotation`'s.
"""

from PySide6.QtCore import Signal

from smsdesk.desk import wording
from smsdesk.desk.account import AccountForm, StoredAccount
from smsdesk.desk.desk import Desk
from smsdesk.desk.rotation import RotationStep
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.key_field import KeyField
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.account.settings.page import SettingsPage, changed, make_button, make_line
from smsdesk.ui.background import Worker


class AccountPage(SettingsPage):
    """Application, key and secrets."""

    # Emitted when the person wants another key, or wants to go on with a change begun before.
    rotation_asked = Signal()

    def __init__(self, desk: Desk, *, worker: Worker) -> None:
        super().__init__(_("Account"))
        self._desk = desk
        self.application_id = make_line(
            "application_id",
            _("Application id"),
            hint="xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        )
        self.passphrase = SecretField("settings.passphrase", _("Passphrase of the key"))
        self.key = KeyField(desk.account, worker=worker, passphrase=self.passphrase)
        self.rotation = plain.label(tone="warn", name="settings.rotation", wraps=True)
        self.rotation_button = make_button("change_key", _("Chan&ge the key…"))
        self.api_key = make_line("api_key", _("API key"))
        self.api_secret = SecretField("settings.api_secret", _("API secret"))
        self.signature_secret = SecretField("settings.signature_secret", _("Signature secret"))
        self.keyring = plain.label(tone="muted", wraps=True)

        self.add_field(_("&Application id"), self.application_id, "application_id")
        self.add_field(_("&Private key file"), self.key, "private_key_path")
        self.add_field(_("Passp&hrase"), self.passphrase, "passphrase")
        self._row_of_rotation = self.form.rowCount()
        self.form.addRow(plain.label(), self.rotation)
        self.add_beside(self.rotation_button)
        self.add_words(
            _(
                "Needed only to ask Vonage what became of a message, and for the balance, prices "
                "and your numbers:"
            )
        )
        self.add_field(_("API &key"), self.api_key, "api_key")
        self.add_field(_("API se&cret"), self.api_secret, "api_secret")
        self.add_words(_("Proves that a webhook comes from Vonage:"))
        self.add_field(_("S&ignature secret"), self.signature_secret, "signature_secret")
        self.form.addRow(self.keyring)
        self.rotation_button.clicked.connect(self.rotation_asked)
        self.rotation_button.hide()
        self.form.setRowVisible(self._row_of_rotation, False)

    def show_stored(self, stored: StoredAccount) -> None:
        self.application_id.setText(stored.application_id)
        self.api_key.setText(stored.api_key)
        self.api_secret.set_stored(stored.has_api_secret)
        self.signature_secret.set_stored(stored.has_signature_secret)
        self.keyring.setText(
            _("Secrets are kept in {keyring}; the key stays in its file.").format(
                keyring=plain.one_line(stored.keyring)
            )
        )
        self.show_key(stored)

    def show_key(self, stored: StoredAccount) -> None:
        """The key in use may have been changed in the meantime."""
        self.passphrase.set_stored(stored.has_passphrase)
        self.key.set_text(stored.private_key_path)
        self.show_rotation(stored)

    def show_rotation(self, stored: StoredAccount) -> None:
        """How far a change of keys has come, and the way to it."""
        state = self._desk.rotation.state
        is_under_way = state.step is not RotationStep.NONE
        self.form.setRowVisible(self._row_of_rotation, is_under_way)
        self.rotation.setText(wording.rotation_sentence(state) if is_under_way else "")
        title = _("&Go on…") if is_under_way else _("Chan&ge the key…")
        self.rotation_button.setText(title)
        self.rotation_button.setAccessibleName(
            _("Go on changing the private key") if is_under_way else _("Change the private key")
        )
        self.rotation_button.setVisible(is_under_way or stored.is_configured)

    def values(self, stored: StoredAccount) -> AccountForm:
        """Only what has been changed: each value is a call to the keyring."""
        return AccountForm(
            application_id=changed(self.application_id.text(), stored.application_id),
            private_key_path=changed(self.key.text(), stored.private_key_path),
            passphrase=self.passphrase.value(),
            api_key=changed(self.api_key.text(), stored.api_key),
            api_secret=self.api_secret.value(),
            signature_secret=self.signature_secret.value(),
        )
