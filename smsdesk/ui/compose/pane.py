"""The compose pane: from whom, to whom, which text, what it costs, and Send.

The desk checks and stores; the pane shows what it says, keeps the draft safe, and lets go of a
text only when it has been stored.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_contacts, wording_times
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.contacts import BookError
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.dlt import is_to_india
from smsdesk.sms.encoding import replace_foreign
from smsdesk.sms.message import Draft
from smsdesk.sms.schedule import Plan
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import aloud, icons, names, plain
from smsdesk.ui.compose.completer import MOST_SHOWN
from smsdesk.ui.compose.cost_line import CostLine
from smsdesk.ui.compose.dlt_fields import DltFields
from smsdesk.ui.compose.later import LaterButton, WhenLine
from smsdesk.ui.compose.message_field import MessageField
from smsdesk.ui.compose.recipients_field import RecipientsField
from smsdesk.ui.compose.reply_offer import ReplyOffer
from smsdesk.ui.compose.segment_meter import SegmentMeter
from smsdesk.ui.compose.sender_field import SenderField
from smsdesk.ui.compose.undo_line import UndoLine
from smsdesk.ui.compose.ways import Ways
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.name_dialog import NameDialog
from smsdesk.ui.room import with_wrapped
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.templates.button import TemplateButton
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.desk.compose import Compose, SendResult, Undone
    from smsdesk.desk.contacts import Completion, Contacts
    from smsdesk.desk.prices import Prices
    from smsdesk.desk.templates import Template, Templates
    from smsdesk.desk.timing import Outlook
    from smsdesk.sms.contact import Contact, ContactGroup
    from smsdesk.sms.message import Preview, Problem
    from smsdesk.sms.phone import PhoneNumber
    from smsdesk.ui.background import Worker

_SAVE_AFTER_MS = 600
_LEAST_FIELDS = 156
"""The height of From, To and two lines of text, in pixels; of large letters, for which a screen
has no more room beside a conversation, it is From and To."""
_MOST_SENTENCES = 2
_ASKED_FOR = frozenset({"template", "tag"})
"""Fields that are only asked for because of what stands beside them; empty, that is said too."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """The latest Send, for as long as it can be taken back."""

    draft: Draft | None
    """None when it went to a list, which has a page of its own."""
    people: int
    until: datetime
    take_back: Callable[[], Undone]


class ComposePane(QWidget):
    """One draft, from the first letter to its place in the outbox."""

    # Emitted with the messages of a Send, after the desk has stored them.
    stored = Signal(tuple)
    # Emitted with a number that is to get a name, and the name that was typed with it.
    contact_asked = Signal(str, str)
    # Emitted when the message is to go to a list.
    list_asked = Signal()
    # Emitted when all of a list's messages have been taken back in time.
    list_taken_back = Signal()
    # Emitted when a list's messages cannot be taken back any more.
    list_left = Signal()
    # Emitted when the person wants to see all templates.
    templates_asked = Signal()

    def __init__(
        self,
        compose: Compose,
        *,
        contacts: Contacts,
        templates: Templates,
        prices: Prices,
        worker: Worker,
    ) -> None:
        super().__init__()
        self.setObjectName("compose")
        self._compose = compose
        self._contacts = contacts
        self._templates = templates
        self._worker = worker
        self._is_storing = False
        self._is_loading = False
        self._sent: _Sent | None = None

        self.sender_field = SenderField()
        self.recipients = RecipientsField(
            default_region=compose.default_region, complete=self._complete
        )
        self.dlt = DltFields()
        self.text = MessageField()
        self.ways = Ways(compose, self.sender_field, self.recipients)
        self.offer = ReplyOffer(self.ways, self.sender_field, self.recipients, self.text)
        self.meter = SegmentMeter()
        self.cost = CostLine(
            lambda draft: prices.estimate(compose.preview(draft)),
            draft=self.draft,
            worker=worker,
        )
        self.problems = plain.label(tone="bad", name="compose.problems", wraps=True)
        self.problems.setAccessibleName(_("What keeps this message from being sent"))
        self.done = plain.label(tone="good", name="compose.done", wraps=True)
        self.undo = UndoLine()
        self.template_button = TemplateButton(
            templates, has_text=lambda: bool(self.text.text().strip())
        )
        self.when = WhenLine(compose.timing, look=self._look_ahead, run=worker.run)
        self.later_button = LaterButton(compose.timing)
        self.import_button = QPushButton(_("To a l&ist…"))
        self.import_button.setObjectName("compose.import")
        self.import_button.setAccessibleName(_("Send to a list"))
        plain.set_tip(self.import_button, _("Send to a list (Ctrl+Shift+I)"))
        self.send_button = QPushButton(_("Send"))
        self.send_button.setObjectName("compose.send")
        self.send_button.setAccessibleName(_("Send"))
        self.send_button.setProperty("primary", True)
        plain.set_tip(self.send_button, _("Send (Ctrl+Enter)"))
        icons.dress(self.send_button, "send", "on_accent")
        self._beside: ChainMap[str, QLabel] = ChainMap(
            {
                field: plain.label(tone="bad", name=f"compose.{field}.problem", wraps=True)
                for field in ("from", "to", "text")
            },
            self.dlt.problems,
            self.ways.problems,
        )
        self._fields: ChainMap[str, QWidget] = ChainMap(
            {
                "from": self.sender_field,
                "to": self.recipients,
                "entity_id": self.dlt.entity_id,
                "content_id": self.dlt.content_id,
                "text": self.text,
            },
            self.ways.fields,
        )
        self.send_action = QAction(_("&Send"), self)
        self.send_action.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        self.later_action = QAction(_("Sen&d later…"), self)
        self.later_action.setShortcut(QKeySequence("Ctrl+Shift+L"))
        self.undo_action = QAction(_("&Undo Send"), self)
        self.undo_action.setShortcut(QKeySequence.StandardKey.Undo)
        self.undo_action.setEnabled(False)
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(_SAVE_AFTER_MS)

        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(GRID + GRID // 2)
        fields.setVerticalSpacing(GRID // 2)
        fields.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (_("F&rom"), self.sender_field, "from"),
            (_("&To"), self.recipients, "to"),
        )
        fields.addWidget(self.ways.title, 0, 0, Qt.AlignmentFlag.AlignTop)
        self.ways.title.setContentsMargins(0, GRID, 0, 0)
        fields.addWidget(self.ways, 0, 1)
        for row, (title, field, name) in enumerate(rows):
            place = 3 * row + 1
            fields.setRowMinimumHeight(place, 0)
            side = plain.field_label(title, field)
            fields.addWidget(side, place, 0, Qt.AlignmentFlag.AlignTop)
            side.setContentsMargins(0, GRID, 0, 0)
            fields.addWidget(field, place, 1)
            fields.addWidget(self._beside[name], place + 1, 1)
            fields.setRowMinimumHeight(place + 2, GRID // 2)
            self._beside[name].hide()
        fields.addWidget(self.dlt, 3 * len(rows) + 1, 0, 1, 2)
        fields.addWidget(self.ways.content, 3 * len(rows) + 2, 0, 1, 2)
        self._beside["text"].hide()
        self.problems.hide()
        self.done.hide()

        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        said = QVBoxLayout()
        said.addWidget(self.problems)
        said.addWidget(self.done)
        said.addWidget(self.undo)
        others = QWidget()
        flow = FlowLayout(others, gap=GRID)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.template_button)
        flow.addWidget(self.import_button)
        bottom.addWidget(others, 1)
        acts = QHBoxLayout()
        acts.setSpacing(GRID)
        acts.addWidget(self.later_button)
        acts.addWidget(self.send_button)
        bottom.addLayout(acts)
        bottom.setAlignment(acts, Qt.AlignmentFlag.AlignTop)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        self._scroll = DownScroll(self._written(fields))
        self._scroll.setMinimumHeight(_LEAST_FIELDS)
        layout.addWidget(self._scroll, 1)
        measured = QHBoxLayout()
        measured.setSpacing(GRID)
        measured.addWidget(self.meter, 1)
        measured.addWidget(self.cost, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(measured)
        layout.addWidget(self.when)
        layout.addLayout(said)
        layout.addLayout(bottom)
        for before, after in (
            (self.ways, self.sender_field),
            (self.sender_field, self.recipients),
            (self.recipients, self.dlt.entity_id),
            (self.dlt.content_id, self.text),
            (self.text, self.meter),
            (self.meter, self.cost),
            (self.cost, self.when.drop_button),
            (self.when.drop_button, self.when.anyway),
            (self.when.anyway, self.undo.button),
            (self.undo.button, self.template_button),
            (self.template_button, self.import_button),
            (self.import_button, self.later_button),
            (self.later_button, self.send_button),
        ):
            QWidget.setTabOrder(before, after)
        self._put_content_in_order()

    def _put_content_in_order(self) -> None:
        """What the channel takes besides stands between To and the text."""
        parts = (self.dlt.content_id, *self.ways.content.parts, self.text)
        for before, after in pairwise(parts):
            QWidget.setTabOrder(before, after)

    def _written(self, fields: QGridLayout) -> QWidget:
        """What is written, which a small window with much to say about it must scroll."""
        inside = QWidget()
        written = QVBoxLayout(inside)
        written.setContentsMargins(0, 0, 0, 0)
        written.setSpacing(GRID)
        written.addLayout(fields)
        written.addWidget(self.text, 1)
        written.addWidget(self._beside["text"])
        return inside

    def _connect(self) -> None:
        self.text.textChanged.connect(self._measure)
        self.meter.replace_asked.connect(self.text.replace)
        self.meter.replace_all_asked.connect(
            lambda: self.text.replace_all(replace_foreign(self.text.text()))
        )
        for changed in (
            self.text.textChanged,
            self.sender_field.changed,
            self.recipients.changed,
            self.dlt.changed,
            self.ways.changed,
        ):
            changed.connect(self._note_change)
        self.ways.changed.connect(self._measure)
        self.ways.changed.connect(self._offer_dlt)
        self.ways.left.connect(self._check)
        self.ways.content.built.connect(self._put_content_in_order)
        self.recipients.changed.connect(self._offer_dlt)
        self.recipients.changed.connect(self.when.look_again)
        self.later_button.chosen.connect(self.choose_time)
        self.later_button.pick_asked.connect(self.pick_time)
        self.when.dropped.connect(self._drop_time)
        self._scroll.verticalScrollBar().rangeChanged.connect(
            self._keep_in_view,
            Qt.ConnectionType.QueuedConnection,  # until everything has its new place
        )
        self.dlt.left.connect(self._check)
        self.sender_field.left.connect(lambda: self._check("from"))
        self.recipients.left.connect(self._check_recipients)
        self.text.left.connect(lambda: self._check("text"))
        self.recipients.contact_asked.connect(self.contact_asked)
        self.recipients.group_chosen.connect(self._add_group)
        self.template_button.chosen.connect(lambda one: self.insert_template(one, one.text))
        self.template_button.save_asked.connect(self._keep_as_template)
        self.template_button.manage_asked.connect(self.templates_asked)
        self.recipients.refused.connect(lambda why: self._say_beside("to", [why]))
        self.text.refused.connect(lambda why: self._say_beside("text", [why]))
        self.import_button.clicked.connect(self.list_asked)
        self.send_button.clicked.connect(self.send)
        self.send_action.triggered.connect(self.send)
        self.addAction(self.send_action)
        self.later_action.triggered.connect(self.later_button.showMenu)
        self.addAction(self.later_action)
        self.undo.asked.connect(self.take_back)
        self.undo.over.connect(self._forget_sent)
        self.undo_action.triggered.connect(self.take_back)
        self.addAction(self.undo_action)
        for emptied in (self.recipients.line, self.text):
            emptied.installEventFilter(self)
        self._save_timer.timeout.connect(self.save)

    def minimumSizeHint(self) -> QSize:
        return with_wrapped(self, super().minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()  # at this width the buttons may need another line

    # the draft

    def draft(self) -> Draft:
        draft = Draft(
            sender=self.sender_field.text(),
            recipients=self.recipients.text(),
            text=self.text.text(),
            entity_id=self.dlt.entity_id.text(),
            content_id=self.dlt.content_id.text(),
            when=self.when.plan,
        )
        return self.ways.complete(draft)

    @property
    def text_places(self) -> tuple[QWidget, ...]:
        """The places that take dropped text."""
        return (self.text.viewport(), self.recipients.line, *self.sender_field.text_places)

    def restore(self, draft: Draft) -> None:
        """Go on with a draft as it was left, the time that was chosen for it included."""
        self.show_draft(draft)
        self._show_time(draft.when)

    def show_draft(self, draft: Draft) -> None:
        """Write this in place of what is written; a time that has been chosen stays."""
        self._is_loading = True
        draft = self.ways.show_draft(draft)
        self.sender_field.set_text(draft.sender)
        self.recipients.set_text(draft.recipients)
        self.text.set_text(draft.text)
        self.dlt.set_texts(entity_id=draft.entity_id, content_id=draft.content_id)
        self._is_loading = False
        self.when.look_again()

    def take_sender(self, sender: str) -> None:
        """A sender for SMS was picked elsewhere; one that the person has typed stays."""
        if sender and self.ways.channel == SMS and not self.sender_field.text():
            self.sender_field.set_text(sender)

    def add_recipient(self, number: str) -> None:
        """Fill in a number from elsewhere in the window."""
        self.recipients.add(number)
        self.text.setFocus()

    def answer(self, peer: str, sender: str, channel: str = SMS.name) -> bool:
        """Offer an answer to one person; False if there is a draft, which stays as it is."""
        return not self._is_storing and self.offer.make(peer, sender, channel)

    def answer_instead(
        self, peer: str, sender: str, text: str, channel: str = SMS.name
    ) -> None:
        """What is being written becomes an answer to one person, with this text."""
        self.ways.take(channel)
        draft = self.draft()
        self.show_draft(
            replace(draft, sender=sender or draft.sender, recipients=peer, text=text)
        )

    def fill(self, draft: Draft) -> bool:
        """Add what came from outside the window. What the person has written stays as it is:
        False if a text could not be taken for that reason. Twice the same is once."""
        self.recipients.add_missing(draft.recipients)
        self.text.setFocus()
        if draft.text in ("", self.text.text()):
            return True
        if self.text.text():
            return False
        self.text.set_text(draft.text)
        return True

    def forget_person(self, address: str) -> None:
        """Somebody is about to be erased: nothing is written to them any more."""
        entries = self.recipients.entries()
        kept = [one for one in entries if one.address != address]
        if len(kept) < len(entries):
            self.recipients.set_text(", ".join(one.input for one in kept))
        self.save()

    def save(self) -> None:
        """Keep the draft, now; a draft that cannot be kept must not disturb the writing."""
        self._save_timer.stop()
        draft = self.offer.own(self.draft())
        self._worker.run(lambda: self._compose.save_draft(draft))

    def _note_change(self) -> None:
        self.cost.look_again()
        if self._is_loading:
            return
        if self.text.text():
            self.offer.take()
        self._save_timer.start()
        if self.done.isVisible():
            self.done.hide()
        if self.problems.isVisible():
            self._show_problems([])

    def _numbers(self) -> list[PhoneNumber]:
        """Whom the draft would go to, each once."""
        found = (entry for entry in self.recipients.entries() if not entry.is_duplicate)
        return [entry.number for entry in found if entry.number is not None]

    # when it leaves

    def _look_ahead(self) -> Callable[[Plan | None], Outlook]:
        return partial(self._compose.timing.outlook, self._numbers())

    def choose_time(self, plan: Plan | None) -> None:
        """Have it wait for a time, or leave at once after all."""
        self._show_time(plan)
        self._save_timer.start()
        if plan is not None:
            self.done.hide()
            self._show_problems([])
            self.send_button.setFocus()

    def _show_time(self, plan: Plan | None) -> None:
        self.when.choose(plan)
        title = _("Send") if plan is None else _("Schedule")
        self.send_button.setText(title)
        self.send_button.setAccessibleName(title)
        self.send_action.setText(_("&Send") if plan is None else _("&Schedule"))
        if plan is None:
            icons.dress(self.send_button, "send", "on_accent")
        else:
            icons.undress(self.send_button)  # a small window has no room for it beside the word
        tip = _("Send (Ctrl+Enter)") if plan is None else _("Schedule (Ctrl+Enter)")
        plain.set_tip(self.send_button, tip)

    def pick_time(self) -> None:
        """Let the person write the time down."""
        from smsdesk.ui.time_dialog import TimeDialog  # start-up time: a calendar comes with it

        self.recipients.take_typed()
        timing, numbers = self._compose.timing, self._numbers()
        plan = self.when.plan or Plan(timing.quick_times()[0][1])
        dialog = TimeDialog(
            plan,
            lambda chosen: timing.outlook(numbers, chosen),
            now=timing.now_here(),
            act=_("Choose"),
            worker=self._worker,
            parent=self.window(),
        )
        if dialog.exec():
            self.choose_time(dialog.plan)
        dialog.deleteLater()

    def _drop_time(self) -> None:
        self.choose_time(None)
        self.send_button.setFocus()

    def _offer_dlt(self) -> None:
        """What India's operators want is asked for while somebody there is among the recipients."""
        numbers = (entry.number for entry in self.recipients.entries() if entry.number)
        self.dlt.setVisible(self.ways.goes_by_country and is_to_india(numbers))

    def _measure(self) -> None:
        text = self.text.text()
        self.ways.measure(self.meter, text)
        self.text.underline(self.meter.foreign, text=text)

    def show_settings(self) -> None:
        """The settings are others now: the country of numbers, and the channels."""
        self.recipients.set_reader(self.ways.read)
        self.ways.show_channels()

    def show_again(self) -> None:
        """After a change of colours: the marks in the text have some of their own."""
        self.text.dress()

    # people and templates

    def _complete(self, typed: str) -> tuple[Completion, ...]:
        channel = self.ways.channel
        if channel.recipient is not Address.NUMBER:
            return self._compose.channels.complete(channel, typed, limit=MOST_SHOWN)
        try:
            return self._contacts.complete(typed, limit=MOST_SHOWN)
        except BookError:
            return ()  # numbers can be typed all the same

    def _add_group(self, group: ContactGroup) -> None:
        """Everybody in a group becomes a recipient; a large one takes a moment to be read."""
        self._worker.run(
            lambda: self._contacts.members(group),
            lambda people: self._added_group(group, people),
            self._tell_trouble,
        )

    def _added_group(self, group: ContactGroup, people: Sequence[Contact]) -> None:
        added, known = self.recipients.add_people(people)
        sentence = wording_contacts.joined_sentence(group, added=added, known=known)
        self._say_beside("to", [plain.sentence(sentence)], is_wrong=False)
        plain.set_tone(self._beside["to"], "muted")
        self.recipients.setFocus()

    def add_people(self, people: Sequence[Contact]) -> None:
        """Chosen elsewhere in the window: they become recipients."""
        self.recipients.add_people(people)
        self.text.setFocus()

    def show_names(self) -> None:
        """The address book is another now."""
        self.recipients.show_names()

    def insert_template(self, template: Template | None, text: str) -> None:
        """Write a template at the cursor, filled as far as is known; the person goes on at the
        first place that is not."""
        written = self._templates.use(text, values=self._values())
        start, end = self.text.put_in(written)
        self.text.setFocus()
        self._go_to_open_place(start, end)
        if template is not None:
            self.ways.take_template(template.ways)
            self._worker.run(lambda: self._templates.note_use(template))

    def _values(self) -> dict[str, str]:
        """What is known of the recipient; of several, nothing that is true of them all."""
        from smsdesk.desk.templates import NAME  # start-up time

        self.recipients.take_typed()
        numbers = [entry.number for entry in self.recipients.entries()]
        if len(numbers) != 1 or numbers[0] is None:
            return {}
        return {NAME: names.name_of(numbers[0].e164)}

    def _go_to_open_place(self, start: int = 0, end: int | None = None) -> None:
        for place in self._templates.open_places(self.text.text()):
            if place.start >= start and (end is None or place.end <= end):
                self.text.select(place.start, place.end)
                return

    def _keep_as_template(self) -> None:
        text, ways = self.text.text(), self.draft()
        dialog = NameDialog(
            _("Save as template"),
            label=_("&Name, by which you will find it again"),
            act=_("&Save"),
            save=lambda name: self._templates.save(None, name=name, text=text, ways=ways),
            explain=_template_trouble,
            worker=self._worker,
            parent=self,
        )
        dialog.saved.connect(
            lambda name: self._say_done(
                _("Saved as template “{name}”.").format(name=plain.one_line(name))
            )
        )
        dialog.finished.connect(
            lambda _result: self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
        )
        dialog.open()

    def _tell_trouble(self, error: Exception) -> None:
        sentence = wording_contacts.trouble_sentence(error)
        if sentence is None:
            raise error
        self._show_problems([sentence])

    # what is wrong

    def _preview(self, draft: Draft) -> Preview:
        """What the desk says of a draft, and whether a template has left something open in it."""
        preview = self._compose.preview(draft)
        written = draft.text or next((leg.text for leg in draft.failover if leg.text), "")
        unfilled = self._templates.refuse(written)
        return (
            replace(preview, problems=(*preview.problems, *unfilled)) if unfilled else preview
        )

    def _check(self, field: str) -> None:
        """The person has left a field: say what is wrong with it, unless it is empty still and
        nothing beside it asks for it."""
        if self._is_storing:
            return
        preview = self._preview(self.draft())
        self._show_beside(field, preview.problems)

    def check_again(self) -> None:
        """The opt-out list is another: who is in the draft may be on it now, or off it."""
        focus = QApplication.focusWidget()
        is_typing = focus is not None and self.recipients.isAncestorOf(focus)
        if not is_typing and not self.recipients.hasFocus():
            self._check("to")

    def _check_recipients(self) -> None:
        """Where a sender works depends on the countries of the recipients."""
        self._check("to")
        self._check("from")

    def _show_beside(self, field: str, problems: Iterable[Problem]) -> None:
        of_field = [problem for problem in problems if problem.field == field]
        worth_saying = [
            problem
            for problem in of_field
            if (problem.code != "empty" or field in _ASKED_FOR) and not self.ways.says(problem)
        ]
        wrong = [problem for problem in worth_saying if not problem.is_warning]
        self._say_beside(field, _sentences(wrong or worth_saying), is_wrong=bool(wrong))

    def _say_beside(self, field: str, sentences: list[str], *, is_wrong: bool = True) -> None:
        beside = self._beside[field]
        beside.setText("\n".join(sentences))
        beside.setVisible(bool(sentences))
        plain.set_tone(beside, "bad" if is_wrong else "warn")
        widget = self._fields[field]
        plain.set_style_property(widget, "wrong", bool(sentences) and is_wrong)
        widget.setAccessibleDescription("\n".join(sentences))

    def _show_problems(self, sentences: list[str]) -> None:
        self.problems.setText("\n".join(sentences))
        self.problems.setVisible(bool(sentences))
        if sentences:
            aloud.say(self, " ".join(sentences))
            self.done.hide()

    # sending

    def send(self) -> None:
        """Check, store on the worker, and only then clear. Says why when it cannot."""
        if self._is_storing:
            return
        self.recipients.take_typed()
        draft = self.draft()
        preview = self._preview(draft)
        if not preview.can_send:
            self._refuse(preview)
            return
        self._set_storing(True)
        self._show_problems([])
        undo, timed = self._compose.undo_time, self._timed()
        self._worker.run(
            lambda: self._compose.send(draft, undo=undo, **timed),
            lambda result: self._stored(draft, result),
            self._not_stored,
        )

    def _timed(self) -> dict[str, Any]:
        """What the person has said about the time."""
        timed: dict[str, Any] = {}
        if self.when.plan is not None:
            timed["plan"] = self.when.plan
        if self.when.ignores_quiet_hours:
            timed["ignores_quiet_hours"] = True
        return timed

    def _refuse(self, preview: Preview) -> None:
        wrong = [problem for problem in preview.problems if not problem.is_warning]
        for field in self._beside:
            self._show_beside(field, preview.problems)
        self._show_problems(_why_not(wrong))
        first = next((p.field for p in wrong if p.field in self._fields), None)
        if first is not None:
            self._fields[first].setFocus()
            if first == "text":
                self._go_to_open_place()
            self._keep_in_view()

    def _keep_in_view(self) -> None:
        """What is said beside the fields must not push the one that is written in out of sight."""
        inside = self._scroll.widget()
        focused = inside.focusWidget() if inside is not None else None
        if focused is not None:
            self._scroll.ensureWidgetVisible(focused, 0, 8 * GRID)

    def _stored(self, draft: Draft, result: SendResult) -> None:
        self._set_storing(False)
        if not result.messages:
            self._show_problems(_why_not(result.problems))
            return
        self.restore(self.ways.after_send(draft))
        self.save()
        for field in self._beside:
            self._say_beside(field, [])
        self._forget_sent()
        self._tell_stored(draft, result)
        self.recipients.setFocus()
        self.stored.emit(result.messages)

    def _tell_stored(self, draft: Draft, result: SendResult) -> None:
        """Say that it is in the outbox, or for how long it can still be taken back."""
        count = len(result.messages)
        if result.needs_confirmation:
            self._say_done(wording.needs_confirmation_sentence(count), tone="warn")
            return
        if result.undo_until is not None and result.batch_id is not None:
            batch_id = result.batch_id
            self._offer_undo(
                _Sent(draft, count, result.undo_until, lambda: self._compose.undo(batch_id))
            )
            return
        if draft.when is not None:
            now = self._compose.timing.now_here()
            self._say_done(wording_times.scheduled_done(count, draft.when, now=now))
            return
        self._say_done(
            ngettext("Queued {count} message.", "Queued {count} messages.", count).format(
                count=grouped(count)
            )
        )

    def _say_done(self, sentence: str, *, tone: str = "good") -> None:
        self.done.setText(sentence)
        plain.set_tone(self.done, tone)
        self.done.show()
        aloud.say(self, sentence)

    def _not_stored(self, error: Exception) -> None:
        self._set_storing(False)
        if isinstance(error, NotStoredError):
            self._show_problems([wording.store_sentence(error.code)])
        else:
            self._show_problems(
                [_("Not stored, because of an error inside SMS Desk. Your text is still here.")]
            )
            raise error

    # taking back

    def take_back(self) -> None:
        """Stop what has not left of the latest Send. Earlier ones run their course."""
        sent = self._sent
        if sent is None:
            return
        self._hide_undo()
        self._worker.run(
            sent.take_back,
            lambda undone: self._taken_back(sent, undone),
            lambda error: self._not_taken_back(sent, error),
        )

    def tell_list_queued(
        self,
        people: int,
        sentence: str,
        tone: str,
        *,
        until: datetime | None,
        take_back: Callable[[], Undone],
    ) -> None:
        """Messages to a list are in the outbox, and can perhaps be taken back until then."""
        self._forget_sent()
        self._show_problems([])
        self._say_done(sentence, tone=tone)
        if until is not None:
            self._offer_undo(_Sent(None, people, until, take_back))

    def _offer_undo(self, sent: _Sent) -> None:
        self._sent = sent
        self.done.hide()
        self.undo_action.setEnabled(True)
        self.undo.begin(sent.people, lambda: self._compose.left_to_undo(sent.until))

    def _forget_sent(self) -> None:
        """The latest Send has left, or another one is the latest now."""
        has_list = self._sent is not None and self._sent.draft is None
        self._hide_undo()
        if has_list:
            self.list_left.emit()

    def _hide_undo(self) -> None:
        self._sent = None
        self.undo_action.setEnabled(False)
        self.undo.stop()

    def _taken_back(self, sent: _Sent, undone: Undone) -> None:
        """Give the draft back to be written on, unless another one has been begun."""
        said = wording.undone_sentence(undone)
        if sent.draft is None:
            self._say_done(said, tone="warn" if undone.left else "good")
            (self.list_left if undone.left else self.list_taken_back).emit()
            return
        has_begun = not self.offer.is_possible
        if undone.stopped and has_begun:
            said += " " + _("Your new draft stays; the stopped text is in the list.")
        elif undone.stopped:
            self.show_draft(_what_was_stopped(sent.draft, undone))
            self.save()
            self.text.setFocus()
        self._say_done(said, tone="warn" if undone.left else "good")

    def _not_taken_back(self, sent: _Sent, error: Exception) -> None:
        if self._sent is None:
            self._offer_undo(sent)
        elif sent.draft is None:
            self.list_left.emit()
        self._show_problems([_("Not stopped: the message log does not answer. Try again.")])
        if not isinstance(error, NotStoredError):
            raise error

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Z in an empty field takes back the Send; in any other, what was typed there."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_undo = event.matches(QKeySequence.StandardKey.Undo)
            if is_undo and self._sent is not None and _is_empty(watched):
                event.ignore()  # not for the field, then: for the action
                return True
        return super().eventFilter(watched, event)

    def _set_storing(self, is_storing: bool) -> None:
        self._is_storing = is_storing
        self.send_button.setDisabled(is_storing)
        self.send_action.setDisabled(is_storing)
        self.later_button.setDisabled(is_storing)
        self.later_action.setDisabled(is_storing)
        self.when.setDisabled(is_storing)
        self.text.setReadOnly(is_storing)
        self.recipients.set_read_only(is_storing)
        self.sender_field.setDisabled(is_storing)
        self.dlt.setDisabled(is_storing)
        self.ways.setDisabled(is_storing)
        self.ways.content.setDisabled(is_storing)


def _what_was_stopped(draft: Draft, undone: Undone) -> Draft:
    """The draft as it was; but nobody stays on it who has been sent the message."""
    if not undone.left:
        return draft
    return replace(draft, recipients="\n".join(undone.recipients))


def _is_empty(field: QObject) -> bool:
    if isinstance(field, QLineEdit):
        return not field.text()
    return isinstance(field, MessageField) and field.document().isEmpty()


def _template_trouble(error: Exception) -> str | None:
    from smsdesk.desk.templates import TemplateError  # start-up time

    if isinstance(error, TemplateError):
        return wording_contacts.template_sentence(error)
    return wording_contacts.trouble_sentence(error)


def _why_not(problems: Sequence[Problem]) -> list[str]:
    """The first thing that keeps the message here; the others are marked at their fields."""
    said = list(dict.fromkeys(wording.problem_sentence(problem) for problem in problems))
    more = len(said) - 1
    if more < 1:
        return said
    return [
        said[0],
        ngettext("{count} more thing is wrong.", "{count} more things are wrong.", more).format(
            count=grouped(more)
        ),
    ]


def _sentences(problems: Iterable[Problem]) -> list[str]:
    """At most a few: the rest is told by their number."""
    said = list(dict.fromkeys(wording.problem_sentence(problem) for problem in problems))
    if len(said) <= _MOST_SENTENCES + 1:
        return said
    more = len(said) - _MOST_SENTENCES
    return [*said[:_MOST_SENTENCES], _("… and {count} more.").format(count=grouped(more))]
