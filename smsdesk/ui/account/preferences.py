"""The Settings dialog: a list of pages, the page that is chosen in it, and Save.

Each page knows its own fields. The desk checks and stores; the keyring may take seconds, so both
happen on the worker and the dialog says what it is waiting for.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError, AccountForm, StoredAccount
from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.system.settings import REGISTERED_SENDERS, SENDER
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.settings.account import AccountPage
from smsdesk.ui.account.settings.channels import ChannelsPage
from smsdesk.ui.account.settings.looks import LooksPage
from smsdesk.ui.account.settings.network import NetworkPage
from smsdesk.ui.account.settings.page import Chosen, SettingsPage, WrongValueError, changed
from smsdesk.ui.account.settings.privacy import PrivacyPage
from smsdesk.ui.account.settings.receipts import ReceiptsPage
from smsdesk.ui.account.settings.senders import SendersPage
from smsdesk.ui.account.settings.sending import SendingPage
from smsdesk.ui.account.settings.webhooks import WebhooksPage
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.room import screen_room
from smsdesk.ui.theme import GRID, Theme
from smsdesk.ui.theme import Choice as Scheme

_SIZE = (136, 43)
"""In letters and in lines."""
_LEAST = (480, 320)
_ROW_HEIGHT = 4 * GRID
_NOTHING_STORED = StoredAccount("", "", "", False, False, False, "", "", "", "")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """All that is to be stored, as the pages show it."""

    form: AccountForm
    choices: list[Chosen]
    scheme: Scheme
    is_registered: bool


class Preferences(Dialog):
    """Save stores everything or says what will not do; Esc leaves all as it was."""

    def __init__(self, desk: Desk, *, worker: Worker, theme: Theme, parent: QWidget) -> None:
        super().__init__(_("Settings"), parent)
        self.setObjectName("settings")
        self._desk = desk
        self._worker = worker
        self._theme = theme
        self._errands = Errands(worker)
        self._stored: StoredAccount | None = None

        self.account = AccountPage(desk, worker=worker)
        self.senders = SendersPage(
            desk, errands=self._errands, typed_account=self._typed_account
        )
        self.channels = ChannelsPage(desk)
        self.sending = SendingPage(desk, worker=worker)
        self.receipts_page = ReceiptsPage(desk, errands=self._errands)
        self.webhooks = WebhooksPage(
            desk, errands=self._errands, typed_account=self._typed_account
        )
        self.privacy = PrivacyPage(desk)
        self.looks = LooksPage(desk)
        self.network_page = NetworkPage(desk)
        self.list = QListWidget()
        self.pages = QStackedWidget()
        self.problem = plain.label(tone="bad", name="settings.problem", wraps=True)
        self.save_button = QPushButton(_("&Save"))
        self.cancel_button = QPushButton(_("Cancel"))
        self._name_fields()
        self._arrange()
        self._connect()
        self.be_at_least(*_LEAST)
        self.resize(self._first_size())
        self._load()

    def _name_fields(self) -> None:
        """The fields that most is done with, at hand without their page."""
        self.application_id = self.account.application_id
        self.key = self.account.key
        self.passphrase = self.account.passphrase
        self.api_key = self.account.api_key
        self.api_secret = self.account.api_secret
        self.signature_secret = self.account.signature_secret
        self.sender_field = self.senders.sender_line
        self.registered = self.senders.registered
        self.region = self.sending.region
        self.throughput = self.sending.throughput
        self.receipts = self.receipts_page.receipts
        self.theme = self.looks.theme
        self.network = self.network_page.fields
        self._problems = {
            name: label for page in self._all_pages() for name, label in page.problems.items()
        }

    def _arrange(self) -> None:
        self.list.setObjectName("settings.pages")
        self.list.setAccessibleName(_("Pages"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for page in self._all_pages():
            item = QListWidgetItem(page.title, self.list)
            item.setSizeHint(QSize(0, max(_ROW_HEIGHT, 2 * self.fontMetrics().height())))
            self.pages.addWidget(page)
        widest = max(
            self.list.fontMetrics().horizontalAdvance(page.title) for page in self._all_pages()
        )
        self.list.setFixedWidth(widest + 4 * GRID)
        self.list.setCurrentRow(0)
        self.save_button.setObjectName("settings.save")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.cancel_button.setObjectName("settings.cancel")
        for button in (self.save_button, self.cancel_button):
            button.setAccessibleName(button.text().replace("&", ""))
        middle = QHBoxLayout()
        middle.setSpacing(3 * GRID)
        middle.addWidget(self.list)
        middle.addWidget(self.pages, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self.problem, 1)
        bottom.addWidget(self.cancel_button)
        bottom.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addLayout(middle, 1)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.account.rotation_asked.connect(self.open_rotation)
        self.channels.sandbox.toggled.connect(self.network.region.setDisabled)
        self.network.region.setDisabled(self.channels.sandbox.isChecked())
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._errands.end())

    def _first_size(self) -> QSize:
        letters, lines = _SIZE
        measure = self.fontMetrics()
        wanted = QSize(letters * measure.averageCharWidth(), lines * measure.lineSpacing())
        return wanted.boundedTo(screen_room())

    def show_page(self, page: QWidget) -> None:
        self.list.setCurrentRow(self.pages.indexOf(page))

    def _all_pages(self) -> tuple[SettingsPage, ...]:
        return (
            self.account,
            self.senders,
            self.channels,
            self.sending,
            self.receipts_page,
            self.webhooks,
            self.privacy,
            self.looks,
            self.network_page,
        )

    # what is stored

    def _load(self) -> None:
        self._wait_for(_("Reading from the keyring…"))
        self._worker.run(self._desk.account.load, self._show, self._refuse_loading)

    def _show(self, stored: StoredAccount) -> None:
        self._stored = stored
        self._go_on()
        for page in self._all_pages():
            page.show_stored(stored)
        self.application_id.setFocus()

    def _refuse_loading(self, error: Exception) -> None:
        self._go_on()
        self._refuse(error)

    def _typed_account(self) -> AccountForm:
        """The account as it is typed, so that it can be asked before it is stored."""
        values = self.account.values(self._stored or _NOTHING_STORED)
        return AccountForm(
            api_key=values.api_key,
            api_secret=values.api_secret,
            api_url=self.network.api_url(),
        )

    def _api_url(self) -> str | None:
        """The region's host; or the sandbox, which has a host of its own."""
        is_sandbox = self.channels.sandbox.isChecked()
        region = None if is_sandbox else self.network.api_url()
        return self.channels.api_url() if region is None else region

    # changing the key

    def open_rotation(self) -> None:
        from smsdesk.ui.account.rotation import RotationDialog  # start-up time

        dialog = RotationDialog(self._desk, worker=self._worker, parent=self)
        dialog.finished.connect(lambda _result: self._look_again(dialog))
        dialog.open()

    def _look_again(self, dialog: QWidget) -> None:
        """Another key may be in use now. What is typed elsewhere stays as it is."""

        def show(stored: StoredAccount) -> None:
            before, self._stored = self._stored, stored
            if before is None or before.private_key_path != stored.private_key_path:
                self.account.show_key(stored)
            else:
                self.account.show_rotation(stored)
            dialog.deleteLater()

        self._worker.run(self._desk.account.load, show, self._refuse_loading)

    # saving

    def save(self) -> None:
        for page in self._all_pages():
            page.clear_problems()
        try:
            chosen = self._chosen()
        except WrongValueError as error:
            self._say_beside(error.field, error.sentence)
            return
        self._wait_for(_("Storing in the keyring…"))
        self._worker.run(lambda: self._store(chosen), self._stored_all, self._refuse_saving)

    def _chosen(self) -> _Chosen:
        """Raises WrongValueError."""
        stored = self._stored or _NOTHING_STORED
        form = replace(
            self.account.values(stored),
            sender=changed(self.sender_field.text(), stored.sender),
            api_url=self._api_url(),
            default_region=changed(self.region.currentData(), stored.default_region),
        )
        return _Chosen(
            form,
            [choice for page in self._all_pages() for choice in page.choices()],
            self.looks.scheme,
            self.senders.is_registered,
        )

    def _store(self, chosen: _Chosen) -> Scheme:
        """Called on the worker."""
        self._desk.account.save(chosen.form)
        settings = self._desk.settings
        for choice in chosen.choices:
            choice.store(settings)
        self._store_registration(settings.get(SENDER), is_registered=chosen.is_registered)
        self._desk.apply_settings()
        return chosen.scheme

    def _store_registration(self, sender: str, *, is_registered: bool) -> None:
        known = self._desk.settings.get(REGISTERED_SENDERS)
        if is_registered:
            self._desk.compose.confirm_registration(sender)
        elif sender in known:
            others = [one for one in known if one != sender]
            self._desk.settings.set(REGISTERED_SENDERS, others)

    def _stored_all(self, scheme: Scheme) -> None:
        self._go_on()
        self._theme.choose(scheme)
        self.accept()

    def _refuse_saving(self, error: Exception) -> None:
        self._go_on()
        self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        """Say it beside the field it is about, or below all of them."""
        if isinstance(error, OSError):
            self.problem.setText(
                _("The settings could not be saved: the disk does not let us.")
            )
            return
        if not isinstance(error, AccountError):
            raise error
        sentence = plain.sentence(wording.account_sentence(error))
        is_key = error.field == "private_key_path"
        if is_key:
            self.show_page(self.account)
        if error.field not in self._problems or (is_key and self.key.verdict.isVisible()):
            self.problem.setText(sentence)
            return
        self._say_beside(error.field, sentence)

    def _say_beside(self, field: str, sentence: str) -> None:
        page = next(page for page in self._all_pages() if field in page.problems)
        self.show_page(page)
        page.say_beside(field, sentence)

    # waiting for the keyring

    def _wait_for(self, sentence: str) -> None:
        self.pages.setEnabled(False)
        self.save_button.setEnabled(False)
        plain.set_tone(self.problem, "muted")
        self.problem.setText(sentence)

    def _go_on(self) -> None:
        self.pages.setEnabled(True)
        self.save_button.setEnabled(True)
        plain.set_tone(self.problem, "bad")
        self.problem.clear()
