"""The second part: the text with its placeholders, and beside it what one person after another
would get.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_bulk, wording_channels, wording_list
from smsdesk.desk.bulk_plan import RowPreview
from smsdesk.desk.compose import Compose
from smsdesk.desk.sheets.table import Table
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.message import DraftLeg, Problem
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import plain
from smsdesk.ui.bulk.outlook import Outlook
from smsdesk.ui.bulk.parts import button, retitle
from smsdesk.ui.bulk.ways import BulkWays
from smsdesk.ui.compose.dlt_fields import DltFields
from smsdesk.ui.compose.message_field import MessageField
from smsdesk.ui.compose.sender_field import SenderField
from smsdesk.ui.controls import CheckBox, DropButton
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

_MOST_BUTTONS = 4
_MOST_FOREIGN = 3
_LONGEST_TITLE = 24
_PREVIEW_WIDTH = 340

Preview = Callable[[int], RowPreview | str]
"""What the row at that place gets; or, in words, why nobody can tell."""


@dataclass(frozen=True, slots=True)
class Written:
    """All that the person says about the text."""

    sender: str = ""
    text: str = ""
    replaces: bool = False
    """Characters that GSM-7 lacks are to be replaced where that saves UCS-2."""
    allows_blank: bool = False
    """An empty cell is nothing instead of a problem."""
    entity_id: str = ""
    content_id: str = ""
    channel: str = SMS.name
    failover: tuple[DraftLeg, ...] = ()
    """What is tried after the channel."""


class TextPage(QWidget):
    """What is written to everybody; `preview` makes one row's message of it."""

    # Emitted whenever anything of it has changed.
    changed = Signal()

    def __init__(self, preview: Preview, compose: Compose) -> None:
        super().__init__()
        self.setObjectName("bulk.text_page")
        self._preview = preview
        self._count = 0
        self._place = 0
        self._outlook: Outlook | None = None
        self._replaces = False
        self.sender_field = SenderField()
        self.sender_field.setObjectName("bulk.from")
        self.ways = BulkWays(compose, self.sender_field)
        self.dlt = DltFields()
        self.text = MessageField()
        self.text.setObjectName("bulk.text")
        self.text.setPlaceholderText(
            _("Write the message. A column’s button puts its cell in.")
        )
        self.insert_row = QWidget()
        self.more = DropButton(_("&More"))
        self.more.setObjectName("bulk.insert.more")
        self.more.setAccessibleName(_("Insert another column"))
        self.more.setProperty("small", True)
        self.more.setAutoDefault(False)
        self.beside: dict[str, QLabel] = {
            field: plain.label(tone="bad", name=f"bulk.{field}.problem", wraps=True)
            for field in ("from", "text", "channel")
        } | self.dlt.problems
        self.worst = plain.label(tone="muted", name="bulk.worst", wraps=True)
        self.foreign = plain.label(tone="warn", name="bulk.foreign", wraps=True)
        self.replace = button(_("Replace in all"), "bulk.replace", small=True)
        self.keep = button(_("&Keep as written"), "bulk.keep", small=True)
        self.blank = CheckBox(_("&Where a cell is empty, send without it"))
        self.blank.setObjectName("bulk.blank")
        self.who = plain.label(name="bulk.preview.who")
        self.shown = plain.label(name="bulk.preview.text", wraps=True)
        self.shown.setAccessibleName(_("What this person gets"))
        self.measured = plain.label(tone="muted", name="bulk.preview.size", wraps=True)
        self.previous = button(_("Pre&vious"), "bulk.previous", small=True)
        self.next = button(_("Ne&xt"), "bulk.next", small=True)
        self.to_longest = button(_("L&ongest"), "bulk.to_longest", small=True)
        self.to_blank = button("", "bulk.to_blank", small=True)
        self.to_ucs2 = button("", "bulk.to_ucs2", small=True)
        for step in (self.to_blank, self.to_ucs2):
            step.hide()  # they are named once it is known how many there are
        self._inserts: list[QPushButton] = []
        self._walk = QWidget()
        self._arrange()
        self._connect()
        self.show_table(None, 0)

    def _arrange(self) -> None:
        self._flow = FlowLayout(self.insert_row, gap=GRID // 2)
        self._flow.setContentsMargins(0, 0, 0, 0)
        sender = QHBoxLayout()
        sender.setSpacing(GRID + GRID // 2)
        title = plain.field_label(_("F&rom"), self.sender_field)
        if not self.ways.isHidden():
            title.setMinimumWidth(self.ways.title.minimumWidth())
        sender.addWidget(title)
        sender.addWidget(self.sender_field, 1)
        cures = QHBoxLayout()
        cures.setSpacing(GRID)
        cures.addWidget(self.replace)
        cures.addWidget(self.keep)
        cures.addStretch()
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.ways)
        left.addWidget(self.beside["channel"])
        left.addLayout(sender)
        left.addWidget(self.beside["from"])
        left.addWidget(self.dlt)
        left.addWidget(self.insert_row)
        left.addWidget(self.text, 1)
        left.addWidget(self.beside["text"])
        left.addWidget(self.worst)
        left.addWidget(self.foreign)
        left.addLayout(cures)
        left.addWidget(self.blank)

        bubble = QFrame()
        bubble.setProperty("ground", "raised")
        inside = QVBoxLayout(bubble)
        inside.setContentsMargins(GRID + GRID // 2, GRID, GRID + GRID // 2, GRID)
        inside.addWidget(self.shown)
        self.shown.setAlignment(plain.at_start(Qt.AlignmentFlag.AlignTop))
        held = QWidget()
        holding = QVBoxLayout(held)
        holding.setContentsMargins(0, 0, 0, 0)
        holding.addWidget(bubble)
        holding.addStretch()
        scroll = DownScroll(held)
        scroll.setObjectName("bulk.preview")
        scroll.setAccessibleName(_("What this person gets"))
        walking = FlowLayout(self._walk, gap=GRID // 2)
        walking.setContentsMargins(0, 0, 0, 0)
        for step in (self.previous, self.next, self.to_longest, self.to_blank, self.to_ucs2):
            walking.addWidget(step)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addWidget(self.who)
        right.addWidget(scroll, 1)
        right.addWidget(self.measured)
        right.addWidget(self._walk)
        side = QWidget()
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        side.setFixedWidth(scaled(_PREVIEW_WIDTH))

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3 * GRID)
        layout.addLayout(left, 1)
        layout.addWidget(side)
        for part in (
            *(self.beside["from"], self.beside["text"], self.beside["channel"]),
            *(self.worst, self.foreign, self.replace, self.keep, self.blank),
        ):
            part.hide()

    def _connect(self) -> None:
        self.text.textChanged.connect(self._note_change)
        self.sender_field.changed.connect(self._note_change)
        self.dlt.changed.connect(self._note_change)
        self.ways.changed.connect(self._note_change)
        self.blank.toggled.connect(lambda _on: self._note_change())
        self.replace.clicked.connect(lambda: self._set_replaces(True))
        self.keep.clicked.connect(lambda: self._set_replaces(False))
        self.text.refused.connect(lambda why: self._say("text", why, is_wrong=True))
        self.previous.clicked.connect(lambda: self.go_to(self._place - 1))
        self.next.clicked.connect(lambda: self.go_to(self._place + 1))
        self.to_longest.clicked.connect(self._go_to_longest)
        self.to_blank.clicked.connect(lambda: self._go_on(_places(self._outlook, "blank")))
        self.to_ucs2.clicked.connect(lambda: self._go_on(_places(self._outlook, "ucs2")))

    # what is written

    def written(self) -> Written:
        return Written(
            sender=self.sender_field.text(),
            text=self.text.text(),
            replaces=self._replaces,
            allows_blank=self.blank.isChecked(),
            entity_id=self.dlt.entity_id.text(),
            content_id=self.dlt.content_id.text(),
            channel=self.ways.channel.name,
            failover=self.ways.failover,
        )

    def show_written(self, written: Written) -> None:
        self.ways.show_ways(written.channel, written.failover)
        if self.ways.channel.name == written.channel:
            self.sender_field.set_text(written.sender)
        self.text.set_text(written.text)
        self._replaces = written.replaces
        self.blank.setChecked(written.allows_blank)
        self.dlt.set_texts(entity_id=written.entity_id, content_id=written.content_id)

    def insert(self, name: str) -> None:
        """Put a placeholder where the cursor is."""
        self.text.textCursor().insertText("{" + name + "}")
        self.text.setFocus()

    def _set_replaces(self, replaces: bool) -> None:
        self._replaces = replaces
        self.text.setFocus()
        self._note_change()

    def _note_change(self) -> None:
        self._show_row()
        self.changed.emit()

    # the list behind it

    def show_table(self, table: Table | None, count: int) -> None:
        """Another list: its columns can be put in, and its rows be walked through."""
        self._count = count
        self._place = min(self._place, max(0, count - 1))
        self._outlook = None
        for made in self._inserts:
            self._flow.removeWidget(made)
            made.hide()
            made.deleteLater()
        self._inserts = []
        self._flow.removeWidget(self.more)
        self.more.hide()
        self.more.drop.clear()
        columns = [] if table is None else _columns(table)
        for title, name in columns[:_MOST_BUTTONS]:
            made = button(plain.typed(title), f"bulk.insert.{name}", small=True)
            made.setAccessibleName(_("Insert {column}").replace("{column}", title))
            made.clicked.connect(lambda _on=False, name=name: self.insert(name))
            self._flow.addWidget(made)
            made.show()
            self._inserts.append(made)
        _fill(self.more.drop, columns[_MOST_BUTTONS:], self.insert)
        if len(columns) > _MOST_BUTTONS:
            self._flow.addWidget(self.more)
            self.more.show()
        self.insert_row.setVisible(bool(columns))
        self._show_row()

    def show_outlook(self, outlook: Outlook) -> None:
        """What all the messages come to."""
        self._outlook = outlook
        plan = outlook.plan
        is_written = bool(self.text.text().strip())
        words = [
            outlook.worst,
            wording_list.ucs2_sentence(outlook.in_ucs2, outlook.count),
        ]
        _tell(self.worst, words if is_written else [])
        foreign = [wording_bulk.foreign_sentence(use) for use in plan.foreign[:_MOST_FOREIGN]]
        if len(plan.foreign) > _MOST_FOREIGN:
            more = len(plan.foreign) - _MOST_FOREIGN
            foreign.append(_("… and {count} more.").replace("{count}", grouped(more)))
        if plan.is_replaced:
            foreign.insert(0, wording_list.replaced_sentence())
        _tell(self.foreign, foreign)
        plain.set_tone(self.foreign, "muted" if plan.is_replaced else "warn")
        saved = outlook.saved_by_replacing
        self.replace.setVisible(saved > 0 and not plan.is_replaced)
        retitle(self.replace, wording_list.replace_title(saved))
        self.keep.setVisible(plan.is_replaced)
        self.blank.setVisible(bool(outlook.blank) or self.blank.isChecked())
        for step, places, title in (
            (self.to_blank, outlook.blank, _("With an empt&y cell ({count})")),
            (self.to_ucs2, outlook.ucs2, _("In &UCS-2 ({count})")),
        ):
            step.setVisible(bool(places))
            retitle(step, title.replace("{count}", grouped(len(places))))
        self.to_longest.setEnabled(outlook.dearest is not None)
        regions = [country.region for country in plan.countries]
        self.dlt.setVisible("IN" in regions)
        self._show_row()

    def show_problems(self, problems: Iterable[Problem], *, with_empty: bool) -> None:
        """Say beside each field what is wrong with it; that it is empty still, only when asked."""
        every = list(problems)
        for field in self.beside:
            found = [one for one in every if one.field == field]
            if not with_empty:
                found = [one for one in found if one.code != "empty"]
            wrong = [one for one in found if not one.is_warning]
            said = dict.fromkeys(map(wording_bulk.bulk_problem_sentence, wrong or found))
            self._say(field, "\n".join(said), is_wrong=bool(wrong))

    def focus_on(self, field: str) -> None:
        self._field(field).setFocus()

    def _say(self, field: str, sentence: str, *, is_wrong: bool) -> None:
        beside = self.beside[field]
        beside.setText(plain.sentence(sentence))
        beside.setVisible(bool(sentence))
        plain.set_tone(beside, "bad" if is_wrong else "warn")
        widget = self._field(field)
        plain.set_style_property(widget, "wrong", bool(sentence) and is_wrong)
        widget.setAccessibleDescription(sentence)

    def _field(self, name: str) -> QWidget:
        fields: dict[str, QWidget] = {
            "from": self.sender_field,
            "channel": self.ways.channel_field,
            "entity_id": self.dlt.entity_id,
            "content_id": self.dlt.content_id,
        }
        return fields.get(name, self.text)

    # one row after another

    def go_to(self, place: int) -> None:
        """Show what the row at that place gets; behind the last comes the first."""
        if self._count:
            self._place = place % self._count
            self._show_row()

    def _go_to_longest(self) -> None:
        if self._outlook is not None and self._outlook.dearest is not None:
            self.go_to(self._outlook.dearest)

    def _go_on(self, places: Sequence[int]) -> None:
        """To the next of these; behind the last comes the first."""
        if places:
            self.go_to(next((place for place in places if place > self._place), places[0]))

    def _show_row(self) -> None:
        has_rows = self._count > 0
        self._walk.setVisible(has_rows)
        self.measured.setVisible(has_rows)
        self.shown.setVisible(has_rows)
        if not has_rows:
            self.who.setText(_("No list yet"))
            plain.set_tone(self.who, "muted")
            return
        plain.set_tone(self.who, "")
        made = self._preview(self._place)
        if isinstance(made, str):
            self._show_message("", made)
            self.who.setText("")
            return
        self.who.setText(
            _("{row} · {number}")
            .replace("{row}", wording_bulk.row_word(made.entry.row.place))
            .replace("{number}", plain.one_line(show_number(made.entry.number.e164)))
        )
        if made.problem is not None:
            self._show_message("", wording_bulk.row_reason(made.problem))
            return
        channel = self.ways.channel
        is_loud = made.measure.encoding is Encoding.UCS2 and channel.has_parts
        length = (
            wording.meter_sentence(made.measure)
            if channel.has_parts
            else wording_channels.length_of(made.text, channel).sentence
        )
        self._show_message(made.text, length, "warn" if is_loud else "muted")

    def _show_message(self, text: str, below: str, tone: str = "bad") -> None:
        self.shown.setText(plain.visible(text) or "…")
        self.measured.setText(plain.visible(below))
        plain.set_tone(self.measured, tone)


def _places(outlook: Outlook | None, group: str) -> Sequence[int]:
    if outlook is None:
        return ()
    return outlook.blank if group == "blank" else outlook.ucs2


def _columns(table: Table) -> list[tuple[str, str]]:
    """What a person calls each column that a text may name, and its name in braces."""
    found = []
    for place, column in enumerate(table.columns):
        if place == table.number_column:
            continue
        title = wording_list.column_word(table, place)
        if len(title) > _LONGEST_TITLE:
            title = title[:_LONGEST_TITLE] + "…"
        found.append((plain.one_line(title), column.name))
    return found


def _fill(
    menu: QMenu, columns: Iterable[tuple[str, str]], insert: Callable[[str], None]
) -> None:
    for title, name in columns:
        action = menu.addAction(plain.typed(title))
        action.triggered.connect(lambda _on=False, name=name: insert(name))


def _tell(label: QLabel, sentences: Iterable[str]) -> None:
    said = "\n".join(sentence for sentence in sentences if sentence)
    label.setText(plain.sentence(said))
    label.setVisible(bool(said))
