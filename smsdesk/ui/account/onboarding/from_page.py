"""The page on which a sender is picked: a number of the account, or a name.

What a number can do is Vonage's word, asked by the desk; what a name may be, `sms.sender_id`'s.
"""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout

from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.connecting import NumberChoice, Proof
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_places import country_name
from smsdesk.desk.wording_tables import N_
from smsdesk.sms.phone import show_e164
from smsdesk.sms.sender_rules import NAMES_REFUSED, NAMES_REGISTERED
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.number_words import abilities
from smsdesk.ui.account.onboarding.page import Page, make_line
from smsdesk.ui.controls import CheckBox
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_ROW_HEIGHT = 6 * GRID
_MOST_ROWS = 3


class FromPage(Page):
    """Numbers above, and the line that takes one of them or a name."""

    step = 2
    next_title = N_("&Next")

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(
            _("Who are the messages from?"),
            _(
                "A number of yours can be answered. A name cannot, and not every country lets "
                "it in."
            ),
            errands=errands,
        )
        self._desk = desk
        self._application_id = ""
        self._numbers: dict[str, NumberChoice] = {}
        self.proof = plain.label(tone="good", name="assistant.proof", wraps=True)
        self.proof.hide()
        self.list = QListWidget()
        self.list.setObjectName("assistant.numbers")
        self.list.setAccessibleName(_("Your numbers"))
        self.list.hide()
        self.sender_line = make_line(
            "sender", _("From: number or name"), hint=_("Number or name")
        )
        self.link = CheckBox(_("&Link this number to the Application, so that replies arrive"))
        self.link.setObjectName("assistant.link")
        self.link.setChecked(True)
        self.rules = plain.label(tone="muted", name="assistant.rules", wraps=True)
        self.body.addWidget(self.proof)
        self.body.addWidget(self.list)
        form = self.add_form()
        self.add_field(form, _("&From"), self.sender_line, "sender")
        below = QVBoxLayout()
        below.setSpacing(GRID // 2)
        below.addWidget(self.link)
        below.addWidget(self.rules)
        form.addRow("", below)
        self.body.addStretch()
        self.list.currentItemChanged.connect(lambda item, _old: self._take(item))
        self.sender_line.textChanged.connect(lambda _text: self._show_rules())
        self._show_rules()

    def show_stored(self, *, application_id: str, sender: str) -> None:
        self._application_id = application_id
        if sender and not self.sender_line.text():
            self.sender_line.setText(sender)

    def greet(self, proof: Proof | None, *, is_key_copied: bool) -> None:
        """Say what was proved on the page before."""
        sentence, is_good = proof_sentence(proof)
        if is_key_copied:
            is_good = False
            sentence += " " + _(
                "The key's folder seems to be copied to other computers: better keep it elsewhere."
            )
        self.proof.setText(sentence)
        plain.set_tone(self.proof, "good" if is_good else "warn")
        self.proof.show()
        if proof is not None:
            self._application_id = proof.application_id

    def enter(self) -> None:
        self.sender_line.setFocus()
        connecting = self._desk.connecting
        self.ask(
            _("Asking Vonage for your numbers…"),
            lambda: connecting.numbers() if connecting.has_account() else [],
            self._offer,
        )

    def go_on(self) -> None:
        typed = self.sender_line.text().strip()
        if not typed:
            self.refuse_field("sender", _("Choose a number, or type a name."))
            return
        chosen = self._numbers.get(typed)
        is_linking = chosen is not None and self.link.isVisible() and self.link.isChecked()
        application_id = self._application_id

        def store() -> None:
            self._desk.account.check(AccountForm(sender=typed))
            if is_linking and chosen is not None:
                self._desk.connecting.link_number(chosen.e164, application_id)
            self._desk.account.save(AccountForm(sender=typed))

        self.ask(
            _("Linking the number…") if is_linking else _("Storing…"),
            store,
            lambda _none: self.done.emit(),
        )

    def refuse(self, error: AccountError) -> None:
        super().refuse(error)
        self.list.setVisible(bool(self._numbers))

    def _offer(self, numbers: list[NumberChoice]) -> None:
        self.list.clear()
        self._numbers = {show_e164(number.e164): number for number in numbers}
        for shown, number in self._numbers.items():
            item = QListWidgetItem(f"{plain.in_order(shown)}\n{abilities(number)}", self.list)
            item.setData(Qt.ItemDataRole.UserRole, shown)
            item.setSizeHint(QSize(0, scaled(_ROW_HEIGHT)))
            if not number.can_sms:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        rows = min(len(numbers), _MOST_ROWS)
        self.list.setFixedHeight(rows * scaled(_ROW_HEIGHT) + GRID // 2)
        self.list.setVisible(bool(numbers))
        stored = self._spelled(self.sender_line.text().strip())
        if stored:
            self.sender_line.setText(stored)
        self._show_rules()

    def _spelled(self, e164: str) -> str:
        """A number of ours as the list spells it, so that it is recognised."""
        return next((s for s, number in self._numbers.items() if number.e164 == e164), "")

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.sender_line.setText(str(item.data(Qt.ItemDataRole.UserRole)))

    def _show_rules(self) -> None:
        text = self.sender_line.text().strip()
        number = self._numbers.get(text)
        is_loose = number is not None and number.application_id != self._application_id
        self.link.setVisible(is_loose and bool(self._application_id))
        if any(character.isalpha() for character in text):
            self.rules.setText(_name_rules())
        elif number is not None and number.sms_reach == "DOMESTIC":
            self.rules.setText(
                _("It reaches phones in {country} only.").replace(
                    "{country}", country_name(number.country)
                )
            )
        else:
            self.rules.setText(
                _("A name has up to 11 letters and digits, and no spaces: a shop, a depot.")
                if not text
                else ""
            )


def proof_sentence(proof: Proof | None) -> tuple[str, bool]:
    """What a proof came to, and whether all is well."""
    if proof is None:
        return _("The Application is made and stored. Vonage did not confirm it yet."), False
    if proof.application_name is not None:
        said = _("Connected to “{name}”: the private key fits.").replace(
            "{name}", plain.one_line(proof.application_name)
        )
    else:
        said = _("Connected: Vonage takes what this key signs.")
    if not (proof.is_signature_proved or proof.is_compared):
        return _("Stored. Vonage was reached, but did not say whether the key fits."), False
    if not proof.has_credit:
        return said + " " + _(
            "The account has no credit left: top it up before you send."
        ), False
    if proof.clock_skew_s:
        return (
            said
            + " "
            + _("This computer's clock is {seconds} s off; set it right.").replace(
                "{seconds}", f"{abs(proof.clock_skew_s):.0f}"
            ),
            False,
        )
    return said, True


def _name_rules() -> str:
    return _(
        "Nobody can answer a name. {refusing} let none through; {registering} want it registered "
        "first."
    ).format(refusing=_countries(NAMES_REFUSED), registering=_countries(NAMES_REGISTERED))


def _countries(codes: Iterable[str]) -> str:
    names = [country_name(code) for code in codes]
    return ", ".join(names[:-1]) + _(" and ") + names[-1]
