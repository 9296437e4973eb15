"""One message's life: its state in a sentence, its text, its story, and what can be done."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent, QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_history
from smsdesk.desk.conversations import can_be_written_to, peer_of
from smsdesk.desk.history import History, can_send_again, may_have_other_time
from smsdesk.sms.channels import find_channel, title_of
from smsdesk.sms.failure import page_about
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import WAITING, HeldReason, State
from smsdesk.system.i18n import _, ngettext
from smsdesk.ui import icons, marks, names, plain
from smsdesk.ui.attachments import Attachments
from smsdesk.ui.controls import DropButton
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.history.legs import Legs
from smsdesk.ui.history.look import look_of
from smsdesk.ui.history.timeline import Timeline, copy_button
from smsdesk.ui.history.when import whole_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled, set_margins, with_wrapped
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

_SIZE = (400, 270)
_BORDERS = 4
"""Above and below a text: the line that shows the focus, and one of air."""


class Details(QFrame):
    """Shows one message, read from the desk; asks by signal for what changes it."""

    # Emitted with the id of a message that is to be sent anew.
    send_again_asked = Signal(str)
    # Emitted with the id of a waiting message that is not to be sent.
    cancel_asked = Signal(str)
    # Emitted with the id of a waiting message that is to have another time.
    time_asked = Signal(str)
    # Emitted with the id of a message that is not to wait for quiet hours to end.
    anyway_asked = Signal(str)
    # Emitted when the message needs a person's decision and they want to make it.
    review_asked = Signal()
    # Emitted with the number at the other end, and the sender of ours, for the opt-out list.
    opt_out_asked = Signal(str, str)
    # Emitted with a number that the person wants to give a name, or another one.
    contact_asked = Signal(str)
    # Emitted with the number of somebody of whom nothing is to be left.
    erase_asked = Signal(str)
    # Emitted with the message, and the Attachment of it that is to be saved.
    save_asked = Signal(object, object)
    # Emitted when the panel is to go away.
    closed = Signal()

    def __init__(self, history: History) -> None:
        super().__init__()
        self.setObjectName("history.details")
        self.setAccessibleName(_("Details of the message"))
        self.setProperty("ground", "base")
        self._history = history
        self._message: Message | None = None

        self._sign = QLabel()
        self._who = plain.ElidedLabel()
        self._who.setObjectName("history.details.who")
        self._who.setFont(plain.heading("", points=1.0).font())
        self._who.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._contact = QToolButton()
        self._contact.setObjectName("history.details.contact")
        self._state = plain.label()
        self._close = QToolButton()
        self._close.setObjectName("history.details.close")
        self._close.setAccessibleName(_("Close the details"))
        plain.set_tip(self._close, _("Close (Esc)"))
        icons.dress(self._close, "x", "muted")
        self._sentence = plain.label(name="history.details.sentence", wraps=True)
        self._text = QPlainTextEdit()
        self._text.setObjectName("history.details.text")
        self._text.setAccessibleName(_("Text of the message"))
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setProperty("quiet", True)
        self._text.document().setDocumentMargin(0)
        self._text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._source = QPushButton()
        self._source.setObjectName("history.details.source")
        self._source.setProperty("quiet", True)
        icons.dress(self._source, "external-link", "accent", 12)
        self._facts = plain.label(tone="muted", wraps=True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._attachments = Attachments()
        self._legs = Legs()
        self._uuid = plain.label(tone="muted", name="history.details.uuid")
        self._uuid.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy_uuid = copy_button(
            lambda: (self._message.message_uuid or "") if self._message else "",
            _("Copy Vonage's id of the message"),
        )
        self._copy_uuid.setObjectName("history.details.copy_uuid")
        self._story = Timeline()
        self._search = ""
        self._review = _button(_("Re&view…"), "history.details.review")
        self._again = _button(_("Send a&gain"), "history.details.send_again")
        self._cancel = _button(_("C&ancel message"), "history.details.cancel")
        self._time = _button(_("Resche&dule…"), "history.details.time")
        self._anyway = _button(_("Send anyway"), "history.details.anyway")
        self._copy = DropButton(_("&Copy"))
        _dress(self._copy, "history.details.copy")
        self._opt_out = _button(_("Add to &opt-outs…"), "history.details.opt_out")
        self._erase = _button(_("Erase person…"), "history.details.erase")
        self._erase.setAccessibleName(_("Erase this person"))
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._sign)
        head.addWidget(self._who)
        head.addWidget(self._contact)
        head.addWidget(self._state)
        head.addStretch()
        head.addWidget(self._close)

        inside = QWidget()
        body = QVBoxLayout(inside)
        set_margins(body, 0, 0, GRID, 0)
        body.setSpacing(GRID)
        self._uuid_row = QWidget()
        identity = QHBoxLayout(self._uuid_row)
        identity.setContentsMargins(0, 0, 0, 0)
        identity.setSpacing(GRID // 2)
        identity.addWidget(self._uuid)
        identity.addWidget(self._copy_uuid)
        identity.addStretch()
        body.addWidget(self._sentence)
        body.addWidget(self._source, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self._text)
        body.addWidget(self._attachments)
        body.addSpacing(GRID // 2)
        body.addWidget(self._legs)
        body.addWidget(self._story)
        body.addWidget(self._facts)
        body.addWidget(self._uuid_row)
        body.addStretch()
        scroll = DownScroll(inside)

        actions = QWidget()
        flow = FlowLayout(actions, gap=GRID)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (
            self._review,
            self._again,
            self._anyway,
            self._time,
            self._cancel,
            self._copy,
            self._opt_out,
            self._erase,
        ):
            flow.addWidget(button)

        layout = QVBoxLayout(self)
        set_margins(layout, 2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        layout.addWidget(actions)

    def sizeHint(self) -> QSize:
        return QSize(scaled(_SIZE[0]), scaled(_SIZE[1]))

    def minimumSizeHint(self) -> QSize:
        return with_wrapped(self, super().minimumSizeHint())

    def _connect(self) -> None:
        menu = self._copy.drop
        self._copy_text = menu.addAction(_("&Text"), lambda: self._put(wording.copied_text))
        menu.addAction(_("&Number"), lambda: self._put(peer_of))
        self._copy_id = menu.addAction(
            _("&Message id"), lambda: self._put(lambda m: m.message_uuid or "")
        )
        self._again.clicked.connect(lambda: self.send_again_asked.emit(self._id()))
        self._cancel.clicked.connect(lambda: self.cancel_asked.emit(self._id()))
        self._time.clicked.connect(lambda: self.time_asked.emit(self._id()))
        self._anyway.clicked.connect(lambda: self.anyway_asked.emit(self._id()))
        self._review.clicked.connect(self.review_asked)
        self._opt_out.clicked.connect(self._ask_opt_out)
        self._contact.clicked.connect(lambda: self.contact_asked.emit(self._other()))
        self._erase.clicked.connect(lambda: self.erase_asked.emit(self._other()))
        self._attachments.save_asked.connect(
            lambda one: self.save_asked.emit(self._message, one)
        )
        self._close.clicked.connect(self.closed)
        self._source.clicked.connect(self._open_source)

    @property
    def message(self) -> Message | None:
        return self._message

    def show_message(self, message: Message) -> None:
        is_other = self._message is None or self._message.id != message.id
        self._message = message
        look = look_of(message)
        self._sign.setPixmap(
            icons.picture(look.icon, look.colour, scaled(20), self.devicePixelRatioF())
        )
        self._show_who(peer_of(message))
        self._erase.setVisible(can_be_written_to(peer_of(message), message.channel))
        self._state.setText(wording.message_word(message))
        plain.set_tone(self._state, look.tone)
        self._sentence.setText(_sentence(message))
        plain.set_tone(self._sentence, look.tone if look.tone in ("bad", "warn") else "")
        text = plain.visible(wording.message_text(message))
        if is_other or self._text.toPlainText() != text:
            self._text.setPlainText(text)
        # Ours, and not what somebody wrote.
        font = self._text.font()
        font.setItalic(message.text_kept_days is not None)
        self._text.setFont(font)
        self._fit_text()
        marks.show_in(self._text, self._search)
        self._attachments.show_message(message)
        self._legs.show_legs(self._history.legs(message))
        self._facts.setText(_facts(message))
        self._story.show_steps(self._history.life(message.id), is_other=is_other)
        self._show_source(message)
        self._uuid_row.setVisible(message.message_uuid is not None)
        self._uuid.setText(
            _("Vonage's id {id}").replace("{id}", plain.one_line(message.message_uuid or ""))
        )
        self._again.setVisible(can_send_again(message))
        self._cancel.setVisible(message.state in WAITING)
        self._time.setVisible(may_have_other_time(message))
        self._anyway.setVisible(message.held_reason is HeldReason.QUIET_HOURS)
        self._review.setVisible(message.state is State.UNKNOWN)
        self._copy_text.setVisible(message.text_kept_days is None)
        self._copy_id.setVisible(message.message_uuid is not None)

    def mark(self, search: str) -> None:
        """Mark what was searched for in the texts that are shown from now on."""
        self._search = search

    def _show_source(self, message: Message) -> None:
        code = message.failure.code if message.failure is not None else ""
        self._source.setVisible(page_about(code) is not None)
        self._source.setText(wording_history.source_words(code))
        self._source.setAccessibleName(self._source.text())
        plain.set_tip(self._source, page_about(code) or "")

    def _open_source(self) -> None:
        """In the browser, since the person has asked for it."""
        failure = self._message.failure if self._message is not None else None
        page = page_about(failure.code) if failure is not None else None
        if page is not None:
            QDesktopServices.openUrl(QUrl(page))

    def _show_who(self, other: str) -> None:
        name = names.name_of(other)
        self._who.setText(plain.one_line(name or show_number(other)))
        plain.set_tip(self._who, names.show_both(other))
        is_number = other.startswith("+")  # and no name of the network's
        self._contact.setVisible(is_number)
        title = _("Edit contact…") if name else _("Save as contact…")
        self._contact.setAccessibleName(title.rstrip("…"))
        plain.set_tip(self._contact, title)
        icons.dress(self._contact, "user-pen" if name else "user-plus", "muted")

    def show_again(self) -> None:
        """After a change of colours or names: draw what is shown once more."""
        if self._message is not None:
            self.show_message(self._message)
            self._story.show_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_text()
        self.updateGeometry()  # at this width the buttons may need another line

    def _fit_text(self) -> None:
        """As high as the text, up to six lines; longer texts scroll."""
        lines = 0
        block = self._text.document().begin()
        while block.isValid() and lines < 6:
            lines += max(1, block.layout().lineCount())
            block = block.next()
        height = self._text.fontMetrics().lineSpacing() * min(max(lines, 1), 6)
        self._text.setFixedHeight(height + _BORDERS)

    def _put(self, read: Callable[[Message], str]) -> None:
        """Copy one thing about the message."""
        if self._message is not None:
            QApplication.clipboard().setText(read(self._message))

    def _ask_opt_out(self) -> None:
        message = self._message
        if message is not None:
            is_ours = message.direction is Direction.OUTBOUND
            ends = (message.to, message.sender) if is_ours else (message.sender, message.to)
            self.opt_out_asked.emit(*ends)

    def _other(self) -> str:
        return peer_of(self._message) if self._message is not None else ""

    def _id(self) -> str:
        return self._message.id if self._message is not None else ""


def _button(title: str, name: str) -> QPushButton:
    button = QPushButton(title)
    _dress(button, name)
    return button


def _dress(button: QPushButton, name: str) -> None:
    button.setObjectName(name)
    button.setAccessibleName(button.text().replace("&", ""))
    button.setProperty("small", True)


def _sentence(message: Message) -> str:
    """Why it failed, or why nobody knows; where all is well, the state says enough."""
    if message.direction is Direction.INBOUND:
        return _("{person} wrote to {number} on {time}.").format(
            person=plain.one_line(names.show_person(message.sender)),
            number=plain.one_line(show_number(message.to)),
            time=whole_time(message.created_at),
        )
    if message.failure is not None:
        return plain.sentence(wording.failure_sentence(message))
    return plain.sentence(wording.state_sentence(message))


def _facts(message: Message) -> str:
    other = peer_of(message)
    facts = [plain.one_line(show_number(other))] if names.name_of(other) else []
    if message.direction is Direction.OUTBOUND:
        sender = plain.one_line(show_number(message.sender))
        facts.append(_("From {sender}").format(sender=sender))
    facts += _facts_of_channel(message)
    if message.attempts > 1:
        facts.append(_("{count} attempts").format(count=message.attempts))
    if message.entity_id:
        facts.append(_("Entity ID {id}").format(id=plain.one_line(message.entity_id)))
    if message.content_id:
        facts.append(_("Template ID {id}").format(id=plain.one_line(message.content_id)))
    facts += _facts_of_carrier(message)
    if message.ref:
        facts.append(_("Note: {ref}").format(ref=plain.one_line(message.ref)))
    return " · ".join(facts)


def _facts_of_channel(message: Message) -> list[str]:
    """Parts and encoding where a channel has parts; of any other, its name."""
    channel = find_channel(message.channel)
    if channel is None or not channel.has_parts:
        return [plain.one_line(title_of(message.channel))]
    parts = ngettext("{count} part", "{count} parts", message.parts).format(count=message.parts)
    return [parts, message.encoding.value]


def _facts_of_carrier(message: Message) -> list[str]:
    """What only receipts and replies say: the network, and what it cost us."""
    facts = []
    if message.network:
        facts.append(_("Network {network}").format(network=plain.one_line(message.network)))
    if message.price:
        cost = wording.price_sentence(message.price, message.currency)
        facts.append(plain.one_line(cost))
    return facts
