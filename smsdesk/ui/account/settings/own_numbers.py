"""The account's numbers, listed when the person asks: what each can do, and what it is linked to.

Linking happens at Vonage at once; choosing one only fills the field of the sender.
"""

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.connecting import NumberChoice
from smsdesk.desk.desk import Desk
from smsdesk.sms.phone import show_e164
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.number_words import abilities
from smsdesk.ui.account.settings.page import make_button
from smsdesk.ui.theme import GRID

_ROWS = 3


class OwnNumbers(QWidget):
    """A list, and what can be done with the number that is selected in it."""

    # Emitted with a number, in E.164, that the person wants to send from.
    chosen = Signal(str)

    def __init__(
        self, desk: Desk, *, errands: Errands, typed_account: Callable[[], AccountForm]
    ) -> None:
        """`typed_account` gives the API key and secret as they stand in their fields."""
        super().__init__()
        self._desk = desk
        self._errands = errands
        self._typed_account = typed_account
        self._application_id = ""
        self._numbers: list[NumberChoice] = []
        self._names: dict[str, str] = {}
        self.ask_button = make_button("own_numbers.list", _("&List my numbers"))
        self.use_button = make_button("own_numbers.use", _("&Use as sender"))
        self.link_button = make_button("own_numbers.link", _("Lin&k to the Application"))
        self.list = QListWidget()
        self.list.setObjectName("settings.own_numbers")
        self.list.setAccessibleName(_("Your numbers"))
        self.said = plain.label(tone="muted", name="settings.own_numbers.said", wraps=True)

        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.ask_button, self.use_button, self.link_button):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        layout.addWidget(self.said)
        layout.addStretch()
        self.setFocusProxy(self.ask_button)
        self.list.currentRowChanged.connect(lambda _row: self._show_acts())
        self.list.itemActivated.connect(lambda _item: self._use())
        self.ask_button.clicked.connect(self.ask)
        self.use_button.clicked.connect(self._use)
        self.link_button.clicked.connect(self._link)
        self.say(_("Needs the API key and secret. What they can do is Vonage's word."))
        self._show(0)

    def show_application(self, application_id: str) -> None:
        """Numbers can be linked to the application that is stored."""
        self._application_id = application_id
        self._show_acts()

    def ask(self) -> None:
        """Ask Vonage for the numbers, and for the names of what they are linked to."""
        form = self._typed_account()
        connecting = self._desk.connecting

        def call() -> tuple[list[NumberChoice], dict[str, str]]:
            numbers = connecting.numbers(form)
            return numbers, {one.id: one.name for one in connecting.applications(form)}

        self._wait(_("Asking Vonage for your numbers…"))
        self._errands.run(call, lambda found: self._offer(*found), self._refuse)

    def say(self, sentence: str, *, tone: str = "muted") -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))
        self.said.setVisible(bool(sentence))

    def _offer(self, numbers: list[NumberChoice], names: dict[str, str]) -> None:
        self._numbers, self._names = numbers, names
        self.setEnabled(True)
        self.say(
            "" if numbers else _("The account has no numbers. A name can be a sender too.")
        )
        self._show(0)
        self.list.setFocus()

    def _link(self) -> None:
        number, form = self._numbers[self.list.currentRow()], self._typed_account()
        application_id = self._application_id
        self._wait(_("Linking the number…"))
        self._errands.run(
            lambda: self._desk.connecting.link_number(number.e164, application_id, form),
            self._note_linked,
            self._refuse,
        )

    def _note_linked(self, linked: NumberChoice) -> None:
        self.setEnabled(True)
        row = next(n for n, one in enumerate(self._numbers) if one.e164 == linked.e164)
        self._numbers[row] = linked
        self._show(row)
        self.say(_("Linked. Replies to this number now reach the Application."), tone="good")
        self.list.setFocus()

    def _use(self) -> None:
        number = self._selected()
        if number is not None and number.can_sms:
            self.chosen.emit(number.e164)

    def _wait(self, sentence: str) -> None:
        self.setEnabled(False)
        self.say(sentence)

    def _refuse(self, error: Exception) -> None:
        self.setEnabled(True)
        self._show_acts()
        if not isinstance(error, AccountError):
            self.say(_("That did not work, because of an error inside SMS Desk."), tone="bad")
            raise error
        self.say(wording.account_sentence(error), tone="bad")

    # what is shown

    def _show(self, row: int) -> None:
        self.list.clear()
        height = 2 * self.fontMetrics().lineSpacing() + 2 * GRID
        for number in self._numbers:
            shown = plain.in_order(show_e164(number.e164))
            words = f"{shown}\n{abilities(number)} · {self._link_word(number)}"
            item = QListWidgetItem(words, self.list)
            item.setSizeHint(QSize(0, height))
            if not number.can_sms:
                item.setForeground(self.palette().placeholderText())
        rows = min(len(self._numbers), _ROWS)
        self.list.setFixedHeight(rows * height + GRID // 2)
        self.list.setVisible(bool(self._numbers))
        self.list.setCurrentRow(row if self._numbers else -1)
        self._show_acts()

    def _link_word(self, number: NumberChoice) -> str:
        if not number.application_id:
            return _("linked to no Application")
        if number.application_id == self._application_id:
            return _("linked to this Application")
        name = self._names.get(number.application_id)
        if name is None:
            return _("linked to another Application")
        return _("linked to “{name}”").replace("{name}", plain.one_line(name))

    def _show_acts(self) -> None:
        number = self._selected()
        for button in (self.use_button, self.link_button):
            button.setVisible(number is not None)
        if number is None:
            return
        self.use_button.setEnabled(number.can_sms)
        self.link_button.setEnabled(
            bool(self._application_id) and number.application_id != self._application_id
        )

    def _selected(self) -> NumberChoice | None:
        row = self.list.currentRow()
        return self._numbers[row] if 0 <= row < len(self._numbers) else None
