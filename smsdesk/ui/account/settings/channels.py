"""The page of channels: which are switched on, what each is sent from, and Vonage's sandbox.

What a sender may be on a channel is known to `sms.channels`; what the sandbox has, to the desk.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit

from smsdesk.desk import wording
from smsdesk.desk.channels import SANDBOX_ORIGIN
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_channels import SANDBOX_SENTENCE
from smsdesk.sms.channels import CHANNELS as KNOWN
from smsdesk.sms.channels import Channel
from smsdesk.sms.channels.checks import parse_sender
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Problem
from smsdesk.sms.sender_id import SenderIdError
from smsdesk.system.i18n import _
from smsdesk.system.settings import API_URL, CHANNEL_SENDERS, CHANNELS
from smsdesk.ui.account.settings.page import (
    Choice,
    SettingsPage,
    WrongValueError,
    make_check,
    make_line,
)
from smsdesk.ui.compose.sender_field import sender_hint
from smsdesk.ui.controls import CheckBox


class ChannelsPage(SettingsPage):
    """A box a channel, and beside it what is sent from there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Channels"))
        self._desk = desk
        self.boxes: dict[str, CheckBox] = {}
        self.senders: dict[str, QLineEdit] = {}
        self.sandbox = make_check("sandbox", _("This account uses Vonage's san&dbox"))
        self.add_words(
            _(
                "Each needs a sender of yours, which is set up at Vonage and linked to your "
                "application; it stands beside its channel here, and that of SMS on the page of "
                "senders. With SMS alone, the window shows nothing of the others."
            )
        )
        for channel in KNOWN.values():
            self._add_channel(channel)
        self.add_heading(_("Trying things out"))
        self.add_wide(self.sandbox)
        self.add_words(_(SANDBOX_SENTENCE))
        self._show()
        self.sandbox.toggled.connect(lambda _on: self._show_possible())

    def api_url(self) -> str | None:
        """The address to store; None where it stays as it is, or is for another page to say."""
        was_on = self._desk.compose.channels.is_sandbox
        if self.sandbox.isChecked() == was_on:
            return None
        return SANDBOX_ORIGIN if self.sandbox.isChecked() else ""

    def choices(self) -> list[Choice[Any]]:
        """What is switched on, and from what each is sent. Raises WrongValueError."""
        on = [name for name, box in self.boxes.items() if box.isChecked()]
        if not on:
            raise WrongValueError("channels", _("Leave one channel switched on at least."))
        stored: dict[str, str] = self._desk.settings.get(CHANNEL_SENDERS)
        senders = dict(stored)
        for name, line in self.senders.items():
            senders[name] = self._read(KNOWN[name], line.text())
        kept = {name: sender for name, sender in senders.items() if sender}
        return [Choice(CHANNELS, on), Choice(CHANNEL_SENDERS, kept)]

    def _read(self, channel: Channel, text: str) -> str:
        typed = text.strip()
        if not typed:
            return ""
        region = self._desk.compose.default_region
        try:
            return parse_sender(channel, typed, default_region=region).value
        except SenderIdError as error:
            problem = Problem("from", typed, error.problem)
            sentence = wording.problem_sentence(problem)
            raise WrongValueError(f"channel_{channel.name}", sentence) from None

    def _add_channel(self, channel: Channel) -> None:
        box = make_check(f"channel.{channel.name}", channel.title)
        self.boxes[channel.name] = box
        if channel == SMS:
            # Its sender stands on the page of senders.
            self.add_wide(box, "channels")
            return
        line = make_line(
            f"channel_{channel.name}",
            _("{channel}: sent from").replace("{channel}", channel.title),
            hint=sender_hint(channel),
        )
        self.senders[channel.name] = line
        self.add_checked_field(box, line, f"channel_{channel.name}")
        box.toggled.connect(lambda _on: self._show_possible())

    def _show(self) -> None:
        settings = self._desk.settings
        on: list[str] = settings.get(CHANNELS)
        senders: dict[str, str] = settings.get(CHANNEL_SENDERS)
        for name, box in self.boxes.items():
            box.setChecked(name in on)
        for name, line in self.senders.items():
            line.setText(senders.get(name, ""))
            line.setCursorPosition(0)
        self.sandbox.setChecked(settings.get(API_URL) == SANDBOX_ORIGIN)
        self._show_possible()

    def _show_possible(self) -> None:
        """In the sandbox only some channels are; and only what is on has a sender."""
        is_sandbox = self.sandbox.isChecked()
        for name, box in self.boxes.items():
            box.setEnabled(KNOWN[name].is_in_sandbox or not is_sandbox)
        for name, line in self.senders.items():
            line.setEnabled(self.boxes[name].isEnabled() and self.boxes[name].isChecked())
