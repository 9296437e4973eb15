"""What the list is narrowed to besides the search and the filter row: a chip for each condition,
each gone with one click, and how many messages that leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from smsdesk.desk import wording_history
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter
from smsdesk.sms.channels import title_of
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled, set_margins
from smsdesk.ui.theme import GRID

_LONGEST = 48
_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions that have no place in the search field or the filter row."""

    which: HistoryFilter = field(default_factory=HistoryFilter)
    """Its search is empty; it has states only where no group of the filter row means them."""
    batch_name: str = ""
    what: str = ""
    """What of the batch is meant, if not all of it."""

    def chips(self) -> list[tuple[str, str]]:
        """The key of each condition, and its words."""
        which = self.which
        found = []
        if which.batch is not None:
            name = self.batch_name or _("one batch")
            title = _("Only “{name}”").replace("{name}", name)
            found.append(("batch", f"{title} · {self.what}" if self.what else title))
        if which.states and not self.what:
            found.append(("states", wording_history.states_words(which.states)))
        if which.direction is not None:
            found.append(("direction", wording_history.direction_word(which.direction)))
        if which.since is not None or which.until is not None:
            found.append(("dates", wording_history.dates_words(which.since, which.until)))
        if which.sender is not None:
            shown = show_number(which.sender)
            found.append(("sender", _("From {sender}").replace("{sender}", shown)))
        if which.to is not None:
            shown = show_number(which.to)
            found.append(("to", _("To {number}").replace("{number}", shown)))
        if which.channel is not None:
            found.append(("channel", title_of(which.channel)))
        if which.failure is not None and not self.what:
            found.append(("failure", wording_history.failure_words(which.failure)))
        return found

    def without(self, key: str) -> "Narrowing":
        """One condition less. What is meant of a batch goes with the batch."""
        if key == "batch":
            which = replace(self.which, batch=None)
            if self.what:
                which = replace(which, states=frozenset(), failure=None)
            return Narrowing(which)
        gone: dict[str, object] = {key: None}
        if key == "dates":
            gone = {"since": None, "until": None}
        elif key == "states":
            gone = {"states": frozenset()}
        return replace(self, which=replace(self.which, **gone))  # type: ignore[arg-type]


def narrowing_of(which: HistoryFilter) -> tuple[Narrowing, str]:
    """A whole filter as its conditions and the group of the filter row."""
    group = next((name for name, states in FILTER_GROUPS.items() if states == which.states), "")
    rest = replace(which, search="")
    return Narrowing(replace(rest, states=frozenset()) if group else rest), group or "all"


class ChipBar(QWidget):
    """Hidden while the list holds everything."""

    # Emitted with the key of a condition that is to go.
    removed = Signal(str)
    # Emitted when all conditions are to go, the search and the group too.
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.chips")
        self.setAccessibleName(_("What the list is narrowed to"))
        self.count = plain.label(tone="muted", name="history.count")
        self._chips: dict[str, QPushButton] = {}
        self._flow = FlowLayout(self, gap=GRID)
        set_margins(self._flow, GRID // 2, 0, 0, 0)
        self._flow.addWidget(self.count)
        self._clear = QPushButton(_("Clear all"))
        self._clear.setObjectName("history.clear")
        self._clear.setAccessibleName(_("Clear the search and all filters"))
        self._clear.setProperty("quiet", True)
        self._clear.clicked.connect(self.cleared)
        self._flow.addWidget(self._clear)
        for part in (self.count, self._clear):
            part.setMinimumHeight(scaled(_HEIGHT))
        self.hide()

    def button(self, key: str) -> QPushButton | None:
        """The chip of a condition, if it is shown."""
        return self._chips.get(key)

    def show_chips(self, chips: Sequence[tuple[str, str]], *, is_narrowed: bool) -> None:
        """`is_narrowed`: something is left out, be it only by the search or the filter row."""
        had_focus = any(chip.hasFocus() for chip in self._chips.values())
        for chip in self._chips.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = {key: self._make_chip(key, words) for key, words in chips}
        for position, chip in enumerate(self._chips.values(), start=1):
            self._flow.insert(position, chip)
        self._clear.setVisible(bool(chips))
        self.setVisible(is_narrowed)
        if had_focus and self._clear.isVisible():
            self._clear.setFocus()

    def _make_chip(self, key: str, words: str) -> QPushButton:
        shown = plain.visible(words)
        short = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        chip = _Chip(plain.typed(plain.one_line(short)) + "\u00a0", self)
        chip.setObjectName(f"history.chip.{key}")
        chip.setAccessibleName(_("Remove: {filter}").replace("{filter}", shown))
        plain.set_tip(chip, shown)
        chip.clicked.connect(lambda: self.removed.emit(key))
        return chip


class _Chip(QPushButton):
    """A condition with a cross; a click takes it away, and so do Delete and Backspace."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setProperty("chip", True)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross comes last
        icons.dress(self, "x", "muted", 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.click()
        else:
            super().keyPressEvent(event)
