"""The two pages that make an application: the account it is to belong to, and its key.

The private key is made by the desk on this computer; only its public half is sent.
"""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.connecting import ApplicationChoice, MadeKey, Proof
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_tables import N_
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.onboarding.page import Page, make_line
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_ROW_HEIGHT = 4 * GRID
_MOST_ROWS = 4


class KeysPage(Page):
    """API key and secret, proved by listing what the account has."""

    # Emitted with the AccountForm of the keys, and the account's applications.
    listed = Signal(object, list)

    step = 1
    next_title = N_("&Next")

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(
            _("Your Vonage account"),
            _(
                "Copy both from the first page of the Vonage dashboard. They go into this "
                "computer's keyring, when an Application has been made with them."
            ),
            errands=errands,
        )
        self._desk = desk
        self.api_key = make_line("new.api_key", _("API key"))
        self.api_secret = SecretField("assistant.new.api_secret", _("API secret"))
        form = self.add_form()
        self.add_field(form, _("API &key"), self.api_key, "api_key")
        self.add_field(form, _("API &secret"), self.api_secret, "api_secret")
        self.body.addStretch()

    def enter(self) -> None:
        self.api_key.setFocus()

    def go_on(self) -> None:
        keys = AccountForm(
            api_key=self.api_key.text().strip(), api_secret=self.api_secret.value() or ""
        )
        self.ask(
            _("Asking Vonage…"),
            lambda: self._desk.connecting.applications(keys),
            lambda found: self.listed.emit(keys, found),
        )


class NewPage(Page):
    """An application made here, or one that the account has."""

    # Emitted with the Proof, when the application is made and stored; None if it could not
    # be proved yet. And with True when the key lies where other computers get copies of it.
    made = Signal(object, bool)
    # Emitted with the id of an application that exists.
    chosen = Signal(str)

    step = 1
    next_title = N_("&Create it")

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(
            _("A new Application"),
            _(
                "An Application is what Vonage knows this program by. Its private key is made on "
                "this computer now, and only the public half is sent."
            ),
            errands=errands,
        )
        self._desk = desk
        self._keys = AccountForm()
        self._key: MadeKey | None = None
        self._passphrase_of_key: str | None = None
        self.list = QListWidget()
        self.list.setObjectName("assistant.applications")
        self.list.setAccessibleName(_("Make a new Application, or choose one"))
        self.name = make_line("name", _("Name of the Application"))
        self.name.setText("SMS Desk")
        self.path = make_line("new_key_path", _("File for the private key"))
        self.path.setText(str(Path.home() / "smsdesk-private.key"))
        self.passphrase = SecretField("assistant.new_passphrase", _("Passphrase for the key"))
        self.passphrase.line.setPlaceholderText(_("If you like; it goes into the keyring"))
        browse = QPushButton(_("Br&owse…"))
        browse.setObjectName("assistant.new_key_browse")
        browse.setAccessibleName(_("Choose where the private key is kept"))
        icons.dress(browse, "folder-open")
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        place.setFocusProxy(self.path)

        self.body.addWidget(self.list)
        self._fields = QWidget()
        form = self.add_form()
        self.body.removeItem(form)
        form.setContentsMargins(0, 0, 0, 0)
        self._fields.setLayout(form)
        self.add_field(form, _("&Name"), self.name, "application_name")
        self.add_field(form, _("Private key &file"), place, "private_key_path")
        self.add_field(form, _("Passphr&ase"), self.passphrase, "passphrase")
        self._hint = plain.label(
            _("Its private key is in a file of yours: you choose it on the next page."),
            tone="muted",
            wraps=True,
        )
        self.body.addWidget(self._fields)
        self.body.addWidget(self._hint)
        self.body.addStretch()

        self.list.currentRowChanged.connect(lambda _row: self._show_choice())
        browse.clicked.connect(self._browse)

    def offer(self, keys: AccountForm, applications: list[ApplicationChoice]) -> None:
        """Show the account's applications below the new one."""
        self._keys = keys
        self.list.clear()
        self._add(_("Make a new Application"), "")
        for application in applications:
            title = plain.one_line(application.name)
            if not application.has_messages:
                title = _("{name} – cannot send messages yet").replace("{name}", title)
            self._add(title, application.id)
        self.list.setCurrentRow(0)
        rows = min(self.list.count(), _MOST_ROWS)
        self.list.setFixedHeight(rows * scaled(_ROW_HEIGHT) + GRID // 2)
        self.list.setVisible(bool(applications))
        self._show_choice()

    def enter(self) -> None:
        (self.list if self.list.isVisible() else self.name).setFocus()

    def go_on(self) -> None:
        if application_id := self._chosen():
            self.chosen.emit(application_id)
            return
        name, path = self.name.text(), self.path.text().strip()
        passphrase = self.passphrase.value() or None
        self.ask(
            _("Making the key, and the Application…"),
            lambda: self._make(name, path, passphrase),
            lambda made: self.made.emit(*made),
        )

    def _make(self, name: str, path: str, passphrase: str | None) -> tuple[Proof | None, bool]:
        """Called on the worker. What has been made once is not made again."""
        connecting = self._desk.connecting
        if not name.strip():
            raise AccountError("application_name", "application_name_empty")
        if not path:
            raise AccountError("private_key_path", "private_key_empty")
        if not self._is_key_of(path, passphrase):
            self._key = connecting.make_key(path, passphrase)
            self._passphrase_of_key = passphrase
        assert self._key is not None
        application = connecting.create_application(name, self._key, self._keys)
        self._desk.account.save(
            AccountForm(
                application_id=application.id,
                private_key_path=str(self._key.path),
                passphrase=passphrase or "",
                api_key=self._keys.api_key,
                api_secret=self._keys.api_secret,
            )
        )
        is_copied, self._key = self._key.is_in_sync_folder, None
        try:
            return connecting.prove(), is_copied
        except AccountError:
            return None, is_copied  # it is new; Vonage may need a moment to know it everywhere

    def _is_key_of(self, path: str, passphrase: str | None) -> bool:
        """A key whose application could not be made is kept for the next try."""
        return (
            self._key is not None
            and self._key.path == Path(path).expanduser().absolute()
            and self._passphrase_of_key == passphrase
        )

    def _add(self, title: str, application_id: str) -> None:
        item = QListWidgetItem(title, self.list)
        item.setData(Qt.ItemDataRole.UserRole, application_id)
        item.setSizeHint(QSize(0, scaled(_ROW_HEIGHT)))

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""

    def _show_choice(self) -> None:
        is_new = not self._chosen()
        self._fields.setVisible(is_new)
        self._hint.setVisible(not is_new)
        self.next_title = N_("&Create it") if is_new else N_("&Next")
        self.title_changed.emit()

    def _browse(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self, _("Keep the private key in"), self.path.text(), _("Key files (*.key *.pem)")
        )
        if path:
            self.path.setText(path)
