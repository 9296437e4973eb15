"""The channels there are. SMS is one of them, and the only one that is on by itself."""

from smsdesk.sms.channels.channel import Channel
from smsdesk.sms.channels.messenger import MESSENGER
from smsdesk.sms.channels.mms import MMS
from smsdesk.sms.channels.rcs import RCS
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.channels.viber import VIBER
from smsdesk.sms.channels.whatsapp import WHATSAPP

__all__ = ["CHANNELS", "Channel", "find_channel", "title_of"]

CHANNELS: dict[str, Channel] = {
    channel.name: channel for channel in (SMS, MMS, RCS, WHATSAPP, VIBER, MESSENGER)
}
"""By Vonage's names, in the order in which they are offered."""


def find_channel(name: str) -> Channel | None:
    """The channel of that name; None for one that nothing can be sent on."""
    return CHANNELS.get(name)


def title_of(name: str) -> str:
    """The name that people know a channel by; what is not known is shown as it came."""
    channel = CHANNELS.get(name)
    return name if channel is None else channel.title
