"""The last page: a message to one's own phone, and its state as it changes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from smsdesk.desk import wording
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.compose import NotStoredError, SendResult
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_tables import N_
from smsdesk.sms.message import Message
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.onboarding.page import Page, make_line
from smsdesk.ui.history.look import look_of
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIGN = 20


class TrialPage(Page):
    """Sending is offered, not demanded: the main button finishes either way."""

    step = 4
    next_title = N_("&Finish")

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(
            _("Try it on your own phone"),
            _(
                "A real message, at the price of one. You can also finish now and write your "
                "first message yourself."
            ),
            errands=errands,
        )
        self._desk = desk
        self._sender = ""
        self._message_id: str | None = None
        self.to = make_line("to", _("Your phone number"), hint="+44 7700 900123")
        self.send_button = QPushButton(_("&Send the test message"))
        self.send_button.setObjectName("assistant.send_test")
        self.send_button.setAccessibleName(_("Send the test message"))
        icons.dress(self.send_button, "send")
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sign.setFixedWidth(scaled(_SIGN))
        self.state = plain.heading("", points=0.0)
        self.state.setObjectName("assistant.state")
        self.sentence = plain.label(tone="muted", name="assistant.state_sentence", wraps=True)
        self._live = QFrame()
        self._live.setProperty("ground", "raised")

        form = self.add_form()
        self.add_field(form, _("Your &phone"), self.to, "to")
        below = QHBoxLayout()
        below.addWidget(self.send_button)
        below.addStretch()
        form.addRow("", below)
        words = QVBoxLayout()
        words.setSpacing(GRID // 4)
        words.addWidget(self.state)
        words.addWidget(self.sentence)
        row = QHBoxLayout(self._live)
        row.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, GRID + GRID // 2)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self._sign)
        row.addLayout(words, 1)
        self.body.addWidget(self._live)
        self.body.addStretch()
        self._live.hide()
        self.send_button.clicked.connect(self.send)

    def show_stored(self, *, sender: str) -> None:
        self._sender = sender

    def enter(self) -> None:
        self.to.setFocus()

    def send(self) -> None:
        number, sender = self.to.text(), self._sender

        def send_test() -> SendResult | NotStoredError:
            try:
                return self._desk.connecting.send_test(to=number, sender=sender)
            except NotStoredError as error:
                return error

        self.ask(_("Queueing the message…"), send_test, self._watch)

    def note(self, change: Change) -> None:
        """News of messages: perhaps of ours."""
        is_ours = change.ids is None or self._message_id in change.ids
        if change.kind is ChangeKind.MESSAGES and self._message_id is not None and is_ours:
            message = self._desk.history.get(self._message_id)
            if message is not None:
                self._show(message)

    def _watch(self, result: SendResult | NotStoredError) -> None:
        if isinstance(result, NotStoredError):
            self.say(wording.store_sentence(result.code), tone="bad")
            return
        wrong = [problem for problem in result.problems if not problem.is_warning]
        if wrong:
            sentence = wording.problem_sentence(wrong[0])
            if wrong[0].field == "to":
                self.refuse_field("to", sentence)
            else:
                self.say(sentence, tone="bad")
            return
        warnings = [wording.problem_sentence(problem) for problem in result.problems]
        self.say(" ".join(dict.fromkeys(warnings)), tone="warn")
        self._message_id = result.messages[0].id
        self._show(result.messages[0])
        self._live.show()

    def _show(self, message: Message) -> None:
        look = look_of(message)
        self._sign.setPixmap(
            icons.picture(look.icon, look.colour, scaled(_SIGN), self.devicePixelRatioF())
        )
        self.state.setText(wording.message_word(message))
        self.sentence.setText(plain.sentence(wording.state_sentence(message)))
