"""The Settings dialog: the account and its secrets on one page, everything else on another.

The desk checks and stores; the keyring may take seconds, so both happen on the worker and the
dialog says what it is waiting for.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError, AccountForm, StoredAccount
from smsdesk.desk.account_form import check_proxy
from smsdesk.desk.desk import Desk
from smsdesk.sms.phone import calling_code, region_name, regions
from smsdesk.system.i18n import _
from smsdesk.system.settings import RECEIPTS, REGISTERED_SENDERS, SENDER, THEME, THROUGHPUT
from smsdesk.ui import plain
from smsdesk.ui.account.key_field import KeyField
from smsdesk.ui.account.network_fields import ChosenNetwork, NetworkFields
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import CheckBox, ComboBox
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID, Choice, Theme

_SIZE = (620, 560)
_LINE_HEIGHT = 4 * GRID
_NOTHING_STORED = StoredAccount("", "", "", False, False, False, "", "", "", "")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The settings that are no secrets, as the dialog shows them."""

    throughput: float
    receipts: str
    theme: Choice
    is_registered: bool
    network: ChosenNetwork


class _WrongNumberError(Exception):
    """What was typed into a field is no number that it takes."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field)
        self.field = field
        self.sentence = sentence


class Preferences(Dialog):
    """Save stores everything or says what will not do; Esc leaves all as it was."""

    def __init__(self, desk: Desk, *, worker: Worker, theme: Theme, parent: QWidget) -> None:
        super().__init__(_("Settings"), parent)
        self.setObjectName("settings")
        self._desk = desk
        self._worker = worker
        self._theme = theme
        self._stored: StoredAccount | None = None
        self._problems: dict[str, QLabel] = {}

        self.application_id = _line("settings.application_id", _("Application id"))
        self.application_id.setPlaceholderText("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
        self.passphrase = SecretField("settings.passphrase", _("Passphrase of the key"))
        self.key = KeyField(desk.account, worker=worker, passphrase=self.passphrase)
        self.api_key = _line("settings.api_key", _("API key"))
        self.api_secret = SecretField("settings.api_secret", _("API secret"))
        self.signature_secret = SecretField("settings.signature_secret", _("Signature secret"))
        self.sender_field = _line("settings.sender", _("From, for new messages"))
        self.registered = CheckBox(_("This US number is re&gistered with the carriers there"))
        self.registered.setObjectName("settings.registered")
        self.region = _combo("settings.default_region", _("Country of national numbers"))
        self.throughput = _line("settings.throughput", _("Messages a second"))
        self.receipts = _combo("settings.receipts", _("Delivery receipts"))
        self.theme = _combo("settings.theme", _("Colours"))
        self.network = NetworkFields(desk.settings)
        self.keyring = plain.label(tone="muted", wraps=True)
        self.problem = plain.label(tone="bad", name="settings.problem", wraps=True)
        self.tabs = QTabBar()
        self.pages = QStackedWidget()
        self.save_button = QPushButton(_("&Save"))
        self.cancel_button = QPushButton(_("Cancel"))
        self._fill_choices()
        self._arrange()
        self._connect()
        self.resize(*_SIZE)
        self._load()

    def _fill_choices(self) -> None:
        self.region.addItem(_("As the system is"), "")
        for code in sorted(regions(), key=region_name):
            self.region.addItem(f"{region_name(code)} (+{calling_code(code)})", code)
        self.receipts.addItem(_("Ask Vonage (needs API key and secret)"), "reports")
        self.receipts.addItem(_("Off"), "off")
        self.theme.addItem(_("As the system is"), Choice.SYSTEM)
        self.theme.addItem(_("Light"), Choice.LIGHT)
        self.theme.addItem(_("Dark"), Choice.DARK)

    def _arrange(self) -> None:
        self.tabs.setObjectName("settings.pages")
        self.tabs.setAccessibleName(_("Pages"))
        self.tabs.setProperty("pills", True)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title, page in (
            (_("Account"), self._account_page()),
            (_("Sending and looks"), self._general_page()),
            (_("Network"), self._network_page()),
        ):
            self.tabs.addTab(title)
            self.pages.addWidget(page)
        self.save_button.setObjectName("settings.save")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.cancel_button.setObjectName("settings.cancel")
        for button in (self.save_button, self.cancel_button):
            button.setAccessibleName(button.text().replace("&", ""))
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self.problem, 1)
        bottom.addWidget(self.cancel_button)
        bottom.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self.tabs)
        layout.addWidget(self.pages, 1)
        layout.addLayout(bottom)

    def _account_page(self) -> QWidget:
        form = _form()
        self._add(form, _("&Application id"), self.application_id, "application_id")
        self._add(form, _("&Private key file"), self.key, "private_key_path")
        self._add(form, _("Passp&hrase"), self.passphrase, "passphrase")
        form.addRow(
            plain.label(
                _("Needed only to ask Vonage what became of a message, and for the balance:"),
                tone="muted",
                wraps=True,
            )
        )
        self._add(form, _("API &key"), self.api_key, "api_key")
        self._add(form, _("API se&cret"), self.api_secret, "api_secret")
        self._add(form, _("S&ignature secret"), self.signature_secret, "signature_secret")
        form.addRow(self.keyring)
        return _page(form)

    def _general_page(self) -> QWidget:
        form = _form()
        self._add(form, _("&From, for new messages"), self.sender_field, "sender")
        form.addRow("", self.registered)
        self._add(form, _("Co&untry of national numbers"), self.region, "default_region")
        self._add(form, _("&Messages a second"), self.throughput, "throughput")
        self._add(form, _("Delivery &receipts"), self.receipts, "receipts")
        self._add(form, _("C&olours"), self.theme, "theme")
        return _page(form)

    def _network_page(self) -> QWidget:
        form = _form()
        self._add(form, _("Re&gion of the API"), self.network.region, "api_url")
        self._add(form, _("Pro&xy"), self.network.proxy_mode, "proxy_mode")
        self._add(form, _("Proxy a&ddress"), self.network.proxy, "proxy")
        self._add(form, _("&Warn below"), self.network.balance_warning, "balance_warning")
        form.addRow(
            "",
            plain.label(
                _("In the account's currency: below that the balance is marked as low."),
                tone="muted",
                wraps=True,
            ),
        )
        return _page(form)

    def _add(self, form: QFormLayout, title: str, field: QWidget, name: str) -> None:
        """A row: the label, the field, and below it room for what is wrong with it."""
        problem = plain.label(tone="bad", name=f"settings.{name}.problem", wraps=True)
        problem.hide()
        self._problems[name] = problem
        both = QVBoxLayout()
        both.setSpacing(GRID // 2)
        both.addWidget(field)
        both.addWidget(problem)
        side = plain.field_label(title, field)
        side.setFixedHeight(_LINE_HEIGHT)
        side.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        form.addRow(side, both)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.sender_field.textChanged.connect(lambda _text: self._show_registration())

    # what is stored

    def _load(self) -> None:
        settings = self._desk.settings
        self.throughput.setText(f"{settings.get(THROUGHPUT):g}")
        _choose(self.receipts, settings.get(RECEIPTS))
        _choose(self.theme, Choice(settings.get(THEME)))
        self._wait_for(_("Reading from the keyring…"))
        self._worker.run(self._desk.account.load, self._show, self._refuse_loading)

    def _show_registration(self) -> None:
        """Only carriers of the United States ask for it, of numbers with +1."""
        sender = self.sender_field.text().strip()
        self.registered.setVisible(sender.startswith("+1"))
        self.registered.setChecked(sender in self._desk.settings.get(REGISTERED_SENDERS))

    def _show(self, stored: StoredAccount) -> None:
        self._stored = stored
        self._go_on()
        self.application_id.setText(stored.application_id)
        self.passphrase.set_stored(stored.has_passphrase)
        self.key.set_text(stored.private_key_path)
        self.api_key.setText(stored.api_key)
        self.api_secret.set_stored(stored.has_api_secret)
        self.signature_secret.set_stored(stored.has_signature_secret)
        self.sender_field.setText(stored.sender)
        self._show_registration()
        _choose(self.region, stored.default_region)
        self.keyring.setText(
            _("Secrets are kept in {keyring}; the key stays in its file.").format(
                keyring=plain.one_line(stored.keyring)
            )
        )
        self.application_id.setFocus()

    def _refuse_loading(self, error: Exception) -> None:
        self._go_on()
        self._refuse(error)

    # saving

    def save(self) -> None:
        for problem in self._problems.values():
            problem.hide()
        try:
            form, chosen = self._form(), self._chosen()
        except _WrongNumberError as error:
            self._say_beside(error.field, error.sentence)
            return
        self._wait_for(_("Storing in the keyring…"))
        self._worker.run(
            lambda: self._store(form, chosen), self._stored_all, self._refuse_saving
        )

    def _form(self) -> AccountForm:
        """Only what has been changed: each value is a call to the keyring."""
        stored = self._stored or _NOTHING_STORED
        return AccountForm(
            application_id=_changed(self.application_id, stored.application_id),
            private_key_path=_changed(self.key, stored.private_key_path),
            passphrase=self.passphrase.value(),
            api_key=_changed(self.api_key, stored.api_key),
            api_secret=self.api_secret.value(),
            signature_secret=self.signature_secret.value(),
            sender=_changed(self.sender_field, stored.sender),
            api_url=self.network.api_url(),
            default_region=self.region.currentData(),
        )

    def _chosen(self) -> _Chosen:
        try:
            throughput = THROUGHPUT.check(float(self.throughput.text().replace(",", ".")))
        except ValueError:
            sentence = _("Enter a number from 0.1 to 100.")
            raise _WrongNumberError("throughput", sentence) from None
        try:
            network = self.network.chosen()
        except ValueError:
            sentence = _("Enter an amount, such as 5 or 12.50.")
            raise _WrongNumberError("balance_warning", sentence) from None
        return _Chosen(
            throughput,
            self.receipts.currentData(),
            Choice(self.theme.currentData()),
            self.registered.isChecked() and not self.registered.isHidden(),
            network,
        )

    def _store(self, form: AccountForm, chosen: _Chosen) -> _Chosen:
        check_proxy(chosen.network.proxy)
        self._desk.account.save(form)
        settings = self._desk.settings
        settings.set(THROUGHPUT, chosen.throughput)
        settings.set(RECEIPTS, chosen.receipts)
        settings.set(THEME, chosen.theme.value)
        self.network.store(chosen.network)
        self._store_registration(settings.get(SENDER), is_registered=chosen.is_registered)
        self._desk.apply_settings()
        return chosen

    def _store_registration(self, sender: str, *, is_registered: bool) -> None:
        known = self._desk.settings.get(REGISTERED_SENDERS)
        if is_registered:
            self._desk.compose.confirm_registration(sender)
        elif sender in known:
            others = [one for one in known if one != sender]
            self._desk.settings.set(REGISTERED_SENDERS, others)

    def _stored_all(self, chosen: _Chosen) -> None:
        self._go_on()
        self._theme.choose(chosen.theme)
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
        sentence = plain.visible(wording.account_sentence(error))
        beside = self._problems.get(error.field)
        if beside is None or (
            error.field == "private_key_path" and self.key.verdict.isVisible()
        ):
            self.problem.setText(sentence)
            return
        self._say_beside(error.field, sentence)

    def _say_beside(self, field: str, sentence: str) -> None:
        beside = self._problems[field]
        beside.setText(sentence)
        beside.show()
        page = next(
            index
            for index in range(self.pages.count())
            if _holds(self.pages.widget(index), beside)
        )
        self.tabs.setCurrentIndex(page)

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


def _holds(page: QWidget | None, part: QWidget) -> bool:
    return page is not None and page.isAncestorOf(part)


def _line(name: str, title: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(title)
    return line


def _combo(name: str, title: str) -> ComboBox:
    combo = ComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    return combo


def _choose(combo: ComboBox, value: str) -> None:
    combo.setCurrentIndex(max(0, combo.findData(value)))


def _changed(field: QLineEdit | KeyField, stored: str) -> str | None:
    text = field.text().strip()
    return None if text == stored else text


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    form.setHorizontalSpacing(2 * GRID)
    form.setVerticalSpacing(GRID + GRID // 2)
    form.setContentsMargins(0, 0, GRID, 0)
    return form


def _page(form: QFormLayout) -> QScrollArea:
    inside = QWidget()
    inside.setLayout(form)
    inside.setAutoFillBackground(False)
    scroll = QScrollArea()
    scroll.setWidget(inside)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.viewport().setAutoFillBackground(False)
    return scroll
