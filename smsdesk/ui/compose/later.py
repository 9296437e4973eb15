"""Later: the button beside Send, and the lines that say when a draft, or a list, will leave.

What a time means, and who is asleep then, the desk says; asked for away from the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from smsdesk.desk import wording_times
from smsdesk.sms.quiet import QuietMode
from smsdesk.sms.schedule import Plan, Quick
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.controls import CheckBox, DropButton
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.desk.timing import Outlook, Timing

_AFTER_MS = 200
_AGAIN_MS = 30_000
_SLOW_MS = 600
_MOST_DOUBTS = 3
_MOST_COUNTRIES = 4

Look = Callable[[Plan | None], "Outlook"]
"""What a plan, or sending at once, means for those who are written to just now."""
Run = Callable[[Callable[[], "Outlook"], Callable[["Outlook"], None]], None]
"""Has something looked at elsewhere, and hands on what was seen."""


class LaterButton(DropButton):
    """Offers times; the menu is made anew each time it opens, for the times move on."""

    # Emitted with the plan that was chosen.
    chosen = Signal(object)
    # Emitted when the person wants to write the time down themselves.
    pick_asked = Signal()

    def __init__(self, timing: Timing, *, name: str = "compose.schedule") -> None:
        super().__init__(_("Later"))
        self.setObjectName(name)
        self.setAccessibleName(_("Send later"))
        plain.set_tip(self, _("Send it at a time you choose (Ctrl+Shift+L)"))
        self._timing = timing
        self.drop.setAccessibleName(_("When to send it"))
        self.drop.aboutToShow.connect(self._offer)

    def _offer(self) -> None:
        self.drop.clear()
        times = self._timing.quick_times()
        for quick, local in times:
            self.drop.addAction(
                wording_times.quick_word(quick, local), self._choose(Plan(local))
            )
        self.drop.addSeparator()
        theirs = self.drop.addMenu(_("By each &recipient’s clock"))
        for quick, local in times:
            if quick is not Quick.HOUR:
                plan = Plan(local, is_recipients=True)
                theirs.addAction(wording_times.quick_word(quick, local), self._choose(plan))
        self.drop.addSeparator()
        self.drop.addAction(_("&Pick date and time…"), self.pick_asked.emit)

    def _choose(self, plan: Plan) -> Callable[[], None]:
        return lambda: self.chosen.emit(plan)


class WhenLine(QWidget):
    """Hidden while all leaves at once and nobody it goes to is asleep.

    `look` gives a way to look at what is to be sent now, or None where that is not worth it yet;
    `by_country` tells of quiet hours in a line for each country.
    """

    # Emitted when the person takes the chosen time back.
    dropped = Signal()
    # Emitted with an Outlook when it is shown.
    seen = Signal(object)

    def __init__(
        self,
        timing: Timing,
        *,
        look: Callable[[], Look | None],
        run: Run,
        name: str = "compose.when",
        by_country: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._timing = timing
        self._look = look
        self._run = run
        self._by_country = by_country
        self._asked = 0
        self._answered = -1
        self.plan: Plan | None = None
        self.words = plain.label(name=f"{name}.words", wraps=True)
        self.drop_button = QPushButton(_("Send no&w"))
        self.drop_button.setAutoDefault(False)
        self.drop_button.setObjectName(f"{name}.drop")
        self.drop_button.setAccessibleName(_("Send now instead"))
        self.drop_button.setProperty("small", True)
        self.notes = plain.label(tone="muted", name=f"{name}.notes", wraps=True)
        self.doubts = plain.label(tone="warn", name=f"{name}.doubts", wraps=True)
        self.quiet = plain.label(tone="warn", name=f"{name}.quiet", wraps=True)
        self.anyway = CheckBox(_("Send an&yway"))
        self.anyway.setObjectName(f"{name}.anyway")
        plain.set_tip(self.anyway, _("Do not wait for quiet hours to end: it is urgent"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_AFTER_MS)
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._arrange()
        self._slow.timeout.connect(self._say_looking)
        self._soon.timeout.connect(self._ask)
        self._again.timeout.connect(self._ask)
        self._again.start()
        self.drop_button.clicked.connect(self._drop)

    def _arrange(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(self.words, 1)
        first.addWidget(self.drop_button)
        last = QHBoxLayout()
        last.setSpacing(GRID)
        last.addWidget(self.quiet, 1)
        last.addWidget(self.anyway)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(first)
        layout.addWidget(self.notes)
        layout.addWidget(self.doubts)
        layout.addLayout(last)
        for part in (self.words, self.drop_button, self.anyway):
            part.hide()
        for label in (self.notes, self.doubts, self.quiet):
            label.hide()
        self.hide()

    @property
    def ignores_quiet_hours(self) -> bool:
        """The person sends it in spite of them."""
        return not self.anyway.isHidden() and self.anyway.isChecked()

    def choose(self, plan: Plan | None) -> None:
        """This is when it leaves; None for at once."""
        self.plan = plan
        self.anyway.setChecked(False)
        if plan is not None:
            now = self._timing.now_here()
            self.words.setText(wording_times.plan_sentence(plan, now=now))
        for part in (self.words, self.drop_button):
            part.setVisible(plan is not None)
        for label in (self.notes, self.doubts, self.quiet):
            self._tell(label, "")
        self.anyway.hide()
        self.setVisible(plan is not None)
        self.look_again()

    def look_again(self) -> None:
        """The recipients or the settings may be others."""
        self._asked += 1
        self._soon.start()

    def _ask(self) -> None:
        plan, ticket, look = self.plan, self._asked, self._look()
        if look is None:
            return
        if ticket != self._answered:
            self._slow.start()

        def show(outlook: Outlook) -> None:
            if ticket == self._asked:
                self._answered = ticket
                self._show(outlook)

        self._run(lambda: look(plan), show)

    def _say_looking(self) -> None:
        """Very many recipients take seconds; whoever is about to press Send should know that
        something is still to come."""
        self._tell(self.notes, _("Looking at time zones and quiet hours…"))
        self.show()

    def _show(self, outlook: Outlook) -> None:
        self._slow.stop()
        now = self._timing.now_here()
        doubts = wording_times.plan_doubts(outlook)
        self._tell(self.notes, wording_times.spread_sentence(outlook, now=now))
        self._tell(self.doubts, "\n".join(doubts[:_MOST_DOUBTS]))
        plain.set_tip(self.doubts, "\n".join(doubts) if len(doubts) > _MOST_DOUBTS else "")
        plain.set_tone(self.doubts, "bad" if outlook.is_past else "warn")
        asleep = wording_times.asleep_sentences(outlook, now=now)
        quiet = wording_times.quiet_sentence(outlook)
        if self._by_country and asleep:
            is_long = len(asleep) > _MOST_COUNTRIES
            plain.set_tip(self.quiet, "\n".join(asleep) if is_long else "")
            more = [wording_times.more_asleep_sentence(outlook, beyond=_MOST_COUNTRIES)]
            quiet = "\n".join([*asleep[:_MOST_COUNTRIES], *(more if is_long else [])])
        self._tell(self.quiet, quiet)
        self.anyway.setVisible(bool(quiet) and outlook.mode is QuietMode.HOLD)
        self.setVisible(self.plan is not None or bool(quiet))
        self.seen.emit(outlook)

    @staticmethod
    def _tell(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _drop(self) -> None:
        self.choose(None)
        self.dropped.emit()
