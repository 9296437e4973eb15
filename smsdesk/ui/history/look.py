"""How a state looks: its icon and the tone of its colour. Its word is the desk's."""

from collections.abc import Mapping
from dataclasses import dataclass

from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.ui import theme


@dataclass(frozen=True, slots=True)
class Look:
    """An icon's name, and the name of a colour in `theme.Colours`."""

    icon: str
    tone: str

    @property
    def colour(self) -> str:
        return str(getattr(theme.current(), self.tone))


LOOKS: Mapping[State, Look] = {
    State.DRAFT: Look("pencil", "muted"),
    State.SCHEDULED: Look("calendar-clock", "muted"),
    State.QUEUED: Look("clock", "muted"),
    State.HELD: Look("circle-pause", "warn"),
    State.SENDING: Look("arrow-up-right", "accent"),
    State.UNKNOWN: Look("circle-question-mark", "warn"),
    State.ACCEPTED: Look("check", "muted"),
    State.SUBMITTED: Look("check", "accent"),
    State.DELIVERED: Look("check-check", "good"),
    State.READ: Look("check-check", "good"),
    State.UNDELIVERABLE: Look("circle-x", "bad"),
    State.REJECTED: Look("octagon-x", "bad"),
    State.FAILED: Look("circle-x", "bad"),
    State.CANCELLED: Look("ban", "muted"),
    State.RECEIVED: Look("arrow-down-left", "accent"),
}


def look_of(message: Message) -> Look:
    """The look of a message's state; what only waits to be taken back looks like the queue."""
    return LOOKS[State.QUEUED if message.is_about_to_leave else message.state]
