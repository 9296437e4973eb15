"""How a message goes out: on which channel, what is tried after it, and what it carries besides
its text. With SMS alone none of it is there.

Which channels an account has, and whom they reach, is the desk's; here From and To follow the
channel that is chosen.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from smsdesk.desk import wording_channels
from smsdesk.sms.channels import find_channel
from smsdesk.sms.channels.checks import read_people
from smsdesk.sms.channels.content import PLAIN
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.compose.channel_field import ChannelField
from smsdesk.ui.compose.content_fields import ContentFields
from smsdesk.ui.compose.failover_button import FailoverButton
from smsdesk.ui.flow import flowing
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.desk.channels import Choice
    from smsdesk.desk.compose import Compose
    from smsdesk.sms.channels import Channel
    from smsdesk.sms.message import Problem
    from smsdesk.sms.recipients import RecipientEntry
    from smsdesk.ui.compose.recipients_field import RecipientsField
    from smsdesk.ui.compose.segment_meter import SegmentMeter
    from smsdesk.ui.compose.sender_field import SenderField

_LOOK_EVERY_MS = 30_000


class Ways(QWidget):
    """The line of the channel. `content` is laid out by the pane, below To."""

    # Emitted whenever something has changed about how the message goes out.
    changed = Signal()
    # Emitted with the name of a field when the person leaves it.
    left = Signal(str)

    def __init__(
        self, compose: Compose, sender: SenderField, recipients: RecipientsField
    ) -> None:
        super().__init__()
        self.setObjectName("compose.ways")
        self._compose = compose
        self._channels = compose.channels
        self._sender = sender
        self._recipients = recipients
        self._senders: dict[str, str] = {}
        self.channel_field = ChannelField(self._choices)
        self.failover = FailoverButton(self._choices)
        self.more_button = QPushButton(_("More fiel&ds"))
        self.more_button.setObjectName("compose.more")
        self.more_button.setAccessibleName(_("More fields of this channel"))
        self.more_button.setCheckable(True)
        plain.set_style_property(self.more_button, "flat", True)
        self.content = ContentFields()
        self.title = plain.field_label(_("Cha&nnel"), self.channel_field)
        self.window_line = plain.label(tone="muted", name="compose.window", wraps=True)
        own: dict[str, QWidget] = {"channel": self.channel_field, "failover": self.failover}
        self.fields = ChainMap(own, self.content.fields)
        """By the names of the problems that are said beside them; more with the content's."""
        self.problems: ChainMap[str, QLabel] = ChainMap(
            {
                name: plain.label(tone="bad", name=f"compose.{name}.problem", wraps=True)
                for name in own
            },
            self.content.problems,
        )
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(_LOOK_EVERY_MS)
        self._arrange()
        self._connect()
        self._show_channel(SMS)
        self.show_channels()

    def _arrange(self) -> None:
        parts = (self.channel_field, self.failover, self.more_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(flowing(parts, gap=GRID))
        layout.addWidget(self.window_line)
        for name in ("channel", "failover"):
            layout.addWidget(self.problems[name])
            self.problems[name].hide()
        self.window_line.hide()

    def _align(self) -> None:
        """One column of titles, here and in the fields below."""
        width = max(self.title.minimumWidth(), self.content.widest_title)
        self.title.setMinimumWidth(width)
        self.content.align(width)

    def _connect(self) -> None:
        self.channel_field.chosen.connect(self._switch)
        self.channel_field.refused.connect(lambda why: self._refuse("channel", why))
        self.failover.refused.connect(lambda why: self._refuse("failover", why))
        self.failover.changed.connect(self._note_failover)
        self.more_button.toggled.connect(lambda _on: self._show_more())
        self.content.built.connect(self._align)
        self.content.changed.connect(self.changed)
        self.content.left.connect(self.left)
        self._recipients.changed.connect(self._note_recipients)
        self._look_timer.timeout.connect(self.look_again)

    # the draft

    @property
    def channel(self) -> Channel:
        return self.channel_field.channel

    @property
    def goes_by_country(self) -> bool:
        """Countries have rules for one of the channels that are tried."""
        return any(one.goes_by_country for one in (self.channel, *self.failover.channels))

    def complete(self, draft: Draft) -> Draft:
        """The draft with how it goes out. Beside a template, what is written in the text field
        is what the channels after it say."""
        content = self.content.content()
        legs = tuple(
            DraftLeg(one.name, self._channels.sender_of(one.name))
            for one in self.failover.channels
        )
        if content.template is not None and legs:
            legs = tuple(replace(leg, text=draft.text) for leg in legs)
            draft = replace(draft, text="")
        return replace(draft, channel=self.channel.name, content=content, failover=legs)

    def show_draft(self, draft: Draft) -> Draft:
        """Show how a draft goes out; returns it as the other fields are to show it: with its
        text, and on a channel that the account has."""
        on = self._channels.on
        channel = find_channel(draft.channel)
        if channel is None or channel not in on:
            channel = on[0]
            draft = replace(
                draft,
                channel=channel.name,
                sender=self._channels.sender_of(channel.name),
                content=PLAIN,
            )
        if self._channels.is_only_sms:
            draft = replace(draft, content=PLAIN)
        legs = [find_channel(leg.channel) for leg in draft.failover]
        texts = [leg.text for leg in draft.failover if leg.text is not None]
        self.content.show_channel(channel)
        self.content.set_content(draft.content)
        self.more_button.setChecked(draft.content != PLAIN)
        self._show_channel(channel)
        self.failover.set_channels(channel, [leg for leg in legs if leg in on and leg])
        return replace(draft, text=draft.text or (texts[0] if texts else ""))

    def take(self, channel: str) -> None:
        """Go over to a channel that was chosen elsewhere, if the account has it."""
        found = find_channel(channel)
        if found is not None and found in self._channels.on and found != self.channel:
            self._switch(found)

    def take_template(self, ways: Draft) -> None:
        """Go out as a template of the person's own was kept to."""
        if ways != Draft() and self._is_on(ways):
            self.take(ways.channel)
            legs = [find_channel(leg.channel) for leg in ways.failover]
            self.failover.set_channels(self.channel, [leg for leg in legs if leg])
            self.content.set_content(ways.content)
            self._show_more()
            self.changed.emit()

    @staticmethod
    def after_send(draft: Draft) -> Draft:
        """What stays for the next message: the way it goes out, and nothing of what it says."""
        content = replace(draft.content, image_url="", template=None)
        legs = tuple(replace(leg, text=None) for leg in draft.failover)
        return replace(
            draft, recipients="", text="", ref="", when=None, content=content, failover=legs
        )

    def read(self, text: str) -> list[RecipientEntry]:
        """The To field, as the channel names people."""
        return read_people(self.channel, text, default_region=self._compose.default_region)

    def measure(self, meter: SegmentMeter, text: str) -> None:
        """Say how long the text is on each channel that it goes out on."""
        more = wording_channels.next_lengths(text, self.failover.channels)
        if self.channel.has_parts:
            meter.show_text(text, more=more.sentence)
            return
        content = self.content.content()
        length = wording_channels.length_of(text, self.channel, content)
        said = " · ".join(part for part in (length.sentence, more.sentence) if part)
        meter.show_line(said, is_loud=length.is_over or more.is_over)

    def says(self, problem: Problem) -> bool:
        """Whether the line of the reply window says it already."""
        is_about_window = str(problem.code).startswith("window_closed")
        return is_about_window and bool(self.window_line.text())

    # what is shown

    def show_channels(self) -> None:
        """The account may have other channels now."""
        on = self._channels.on
        is_shown = not self._channels.is_only_sms
        self.setVisible(is_shown)
        self.title.setVisible(is_shown)
        self._look_timer.start() if is_shown else self._look_timer.stop()
        if self.channel not in on:
            self._switch(on[0])
        if is_shown:
            self.content.build()
        else:
            self.content.set_content(PLAIN)
        self._show_more()
        kept = [channel for channel in self.failover.channels if channel in on]
        self.failover.set_channels(self.channel, kept)
        self.failover.setVisible(len(on) > 1)
        self.channel_field.look_again()

    def look_again(self) -> None:
        """Until when the one recipient may be written to freely."""
        entries = self._recipients.entries()
        address = entries[0].address if len(entries) == 1 else None
        said, is_open = "", True
        if self.channel.reply_window is not None and address is not None:
            window = self._channels.window(address, self.channel.name)
            said = wording_channels.window_sentence(
                window, self.channel.name, now=datetime.now(UTC)
            )
            is_open = window.is_open
        self.window_line.setText(said)
        self.window_line.setVisible(bool(said))
        plain.set_tone(self.window_line, "muted" if is_open else "warn")

    def _choices(self) -> Sequence[Choice]:
        draft = Draft(
            sender=self._sender.text(),
            recipients=self._recipients.text(),
            channel=self.channel.name,
        )
        return self._compose.choices(draft)

    def _switch(self, channel: Channel) -> None:
        """Another channel: From is what was used on it, To as it names people."""
        self._refuse("channel", "")
        before = self._shown
        self._senders[before.name] = self._sender.text()
        draft = Draft(recipients=self._recipients.text(), channel=before.name)
        recipients = self._compose.recipients_on(draft, channel)
        others = self.failover.channels
        self._show_channel(channel)
        self.failover.set_channels(channel, others)
        self._sender.set_text(
            self._senders.get(channel.name) or self._channels.sender_of(channel.name)
        )
        if channel.recipient is not before.recipient:
            self._recipients.set_text(recipients)
        self.look_again()
        self.changed.emit()

    def _show_channel(self, channel: Channel) -> None:
        self._shown = channel
        self.channel_field.set_channel(channel)
        self._recipients.set_reader(self.read)
        self._sender.offer(self._compose, channel)
        self.content.show_channel(channel)
        self._show_more()
        self.look_again()

    def _show_more(self) -> None:
        """What has been filled in goes along with the message, and so it stays in sight."""
        if self.content.content() != PLAIN:
            self.more_button.setChecked(True)
        is_more = self.more_button.isChecked()
        self.content.setVisible(is_more and not self._channels.is_only_sms)
        self.more_button.setText(_("Fewer fiel&ds") if is_more else _("More fiel&ds"))

    def _is_on(self, ways: Draft) -> bool:
        names = {channel.name for channel in self._channels.on}
        return {ways.channel, *(leg.channel for leg in ways.failover)} <= names

    def _refuse(self, name: str, why: str) -> None:
        """Say what keeps these recipients from a channel that somebody wanted; "": no more."""
        self.problems[name].setText(why)
        self.problems[name].setVisible(bool(why))
        plain.set_tone(self.problems[name], "warn")
        self.fields[name].setAccessibleDescription(why)

    def _note_recipients(self) -> None:
        """What kept others from a channel says nothing of these."""
        for name in ("channel", "failover"):
            self._refuse(name, "")
        self.look_again()

    def _note_failover(self) -> None:
        self.changed.emit()
        self.left.emit("failover")
