"""The page on webhooks: through a tunnel or by an address of one's own, and the secret that they
are signed with. It is tried before the person goes on.

What is typed is checked and tried by the desk.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from smsdesk.desk.desk import Desk
from smsdesk.desk.way_in_values import (
    TUNNEL_EXAMPLES,
    WayInChoice,
    WayInPhase,
    WayInStatus,
)
from smsdesk.desk.wording_receipts import way_in_sentence
from smsdesk.desk.wording_tables import N_
from smsdesk.system.i18n import _
from smsdesk.system.settings import PUBLIC_URL, RECEIVER_PORT, TUNNEL_COMMAND, WAY_IN
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.onboarding.page import Page, make_line
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.controls import ComboBox
from smsdesk.ui.theme import GRID

_LONGEST = 2000
_COMMAND, _ADDRESS_NOTE, _SECRET, _SECRET_NOTE = 1, 3, 4, 5


class WayInPage(Page):
    """Whatever comes of the trial is said, and the person may go on in any case."""

    step = 3

    # Emitted when anything is typed or chosen anew.
    edited = Signal()

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(
            _("Let Vonage call"),
            _(
                "A tunnel is a program of yours that gives this computer a public address, at "
                "ngrok, Cloudflare or Tailscale for instance. An address of your own needs a web "
                "server that passes webhooks on to here."
            ),
            errands=errands,
        )
        self._desk = desk
        self._has_secret = False
        self._outcome: WayInStatus | None = None
        self.way = ComboBox()
        self.way.setObjectName("assistant.way_in")
        self.way.setAccessibleName(_("How Vonage reaches this computer"))
        self.way.addItem(_("Through a tunnel that SMS Desk opens"), "tunnel")
        self.way.addItem(_("By an address of my own"), "address")
        self.command = make_line(
            "tunnel_command", _("Command of the tunnel"), hint=TUNNEL_EXAMPLES[1][1]
        )
        self.command.setMaxLength(_LONGEST)
        self.examples = _button("tunnel_examples", _("E&xamples"), _("Examples of commands"))
        self.examples.setMenu(self._make_menu())
        self.public_url = make_line("public_url", _("Public address"))
        self.public_url.setMaxLength(_LONGEST)
        self.secret = SecretField("assistant.signature_secret", _("Signature secret"))
        self.again = _button("try_again", _("Try a&gain"), _("Try the way in again"))
        self.again.hide()
        self._arrange()
        self._connect()

    def _make_menu(self) -> QMenu:
        menu = QMenu(self.examples)
        for name, command in TUNNEL_EXAMPLES:
            action = menu.addAction(plain.typed(name))
            action.setData(command)
        menu.triggered.connect(lambda action: self._take_example(action.data()))
        return menu

    def _arrange(self) -> None:
        tunnel = QWidget()
        row = QHBoxLayout(tunnel)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.command, 1)
        row.addWidget(self.examples)
        tunnel.setFocusProxy(self.command)
        self._form = form = self.add_form()
        self.add_field(form, _("Webhooks &come"), self.way, "way_in")
        self.add_field(form, _("Comman&d"), tunnel, "tunnel_command")
        self.add_field(form, _("&Address"), self.public_url, "public_url")
        port = self._desk.settings.get(RECEIVER_PORT)
        if port:
            sentence = _("Let your web server pass everything below it on to {place}.")
            place = f"http://127.0.0.1:{port}"
        else:
            sentence, place = _("Give the receiver a fixed port in Settings first."), ""
        form.addRow(plain.label(sentence.replace("{place}", place), tone="muted", wraps=True))
        self.add_field(form, _("Signature s&ecret"), self.secret, "signature_secret")
        form.addRow(
            plain.label(
                _(
                    "Vonage signs its webhooks with it, so that nobody else can send you any. It "
                    "is in Vonage's dashboard, under API settings, and has at least 32 characters."
                ),
                tone="muted",
                wraps=True,
            )
        )
        self.body.addStretch()
        last = QHBoxLayout()
        last.addStretch()
        last.addWidget(self.again)
        self.body.addLayout(last)

    def _connect(self) -> None:
        self.way.currentIndexChanged.connect(lambda _index: self._show_way())
        self.way.currentIndexChanged.connect(lambda _index: self.edited.emit())
        for line in (self.command, self.public_url, self.secret.line):
            line.textEdited.connect(lambda _text: self.edited.emit())
        self.edited.connect(lambda: self._show_outcome(None))
        self.again.clicked.connect(self._set_up)

    @property
    def next_title(self) -> str:  # type: ignore[override]
        """It is tried first; then the person goes on, whatever came of it."""
        if self._outcome is None:
            return N_("&Set up and test")
        return N_("&Next") if _is_open(self._outcome) else N_("Go &on anyway")

    def show_stored(self, *, has_signature_secret: bool) -> None:
        """What is chosen already. A secret that is stored is not asked for again."""
        settings = self._desk.settings
        self._has_secret = has_signature_secret
        is_own = settings.get(WAY_IN) == "address" and settings.get(PUBLIC_URL) != ""
        self.way.setCurrentIndex(self.way.findData("address" if is_own else "tunnel"))
        self.command.setText(settings.get(TUNNEL_COMMAND))
        self.public_url.setText(settings.get(PUBLIC_URL))
        self.secret.line.clear()
        self._show_way()

    def enter(self) -> None:
        self._show_outcome(None)
        self.way.setFocus()

    def go_on(self) -> None:
        if self._outcome is None:
            self._set_up()
        else:
            self.done.emit()

    def _set_up(self) -> None:
        choice = WayInChoice(
            is_tunnel=self._is_tunnel,
            command=self.command.text(),
            public_url=self.public_url.text(),
            signature_secret=None if self._has_secret else self.secret.line.text(),
        )

        def set_up() -> WayInStatus:
            self._desk.way_in.choose(choice)
            self._desk.apply_settings()
            return self._desk.way_in.set_up()

        self.again.hide()
        self.ask(
            _("Opening the way in and trying it. That may take a minute…"),
            set_up,
            self._show_outcome,
        )

    def _show_outcome(self, outcome: WayInStatus | None) -> None:
        self._outcome = outcome
        self.again.setVisible(outcome is not None and not _is_open(outcome))
        if outcome is None:
            self.say("")
        else:
            self.say(way_in_sentence(outcome), tone="good" if _is_open(outcome) else "warn")
        self.title_changed.emit()

    @property
    def _is_tunnel(self) -> bool:
        return bool(self.way.currentData() == "tunnel")

    def _take_example(self, command: str) -> None:
        self.command.setText(command)
        self.command.setFocus()
        self.edited.emit()

    def _show_way(self) -> None:
        self._form.setRowVisible(_COMMAND, self._is_tunnel)
        self.public_url.setPlaceholderText(
            _("Only if the tunnel's program does not say it")
            if self._is_tunnel
            else "https://sms.example.com"
        )
        self._form.setRowVisible(_ADDRESS_NOTE, not self._is_tunnel)
        self._form.setRowVisible(_SECRET, not self._has_secret)
        self._form.setRowVisible(_SECRET_NOTE, not self._has_secret)


def _is_open(status: WayInStatus) -> bool:
    return status.phase is WayInPhase.OPEN


def _button(name: str, title: str, spoken: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(f"assistant.{name}")
    button.setAccessibleName(spoken)
    button.setAutoDefault(False)
    return button
