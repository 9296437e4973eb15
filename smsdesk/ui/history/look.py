"""How a state looks: its icon and the tone of its colour. Its word is the desk's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.state import State
from smsdesk.ui import theme

if TYPE_CHECKING:
    from smsdesk.sms.message import Message, MessageEvent


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


_EVENT_LOOKS: Mapping[str, Look] = {
    "not_sent": Look("rotate-ccw", "warn"),
    "too_many": Look("rotate-ccw", "warn"),
    "refused": Look("octagon-x", "bad"),
    "refused_all": Look("circle-pause", "warn"),
    "interrupted": Look("circle-question-mark", "warn"),
    "held_back": Look("circle-pause", "warn"),
    "expired": Look("circle-x", "bad"),
    "opted_out": Look("ban", "bad"),
    "allowed_again": Look("check", "good"),
    "rescheduled": Look("calendar-clock", "muted"),
}


def look_of_event(event: MessageEvent) -> Look:
    """The look of one line of a message's life: that of the state it leads to, or else of who
    did it."""
    if event.status in _EVENT_LOOKS:
        return _EVENT_LOOKS[event.status]
    if event.status in set(State):
        return LOOKS[State(event.status)]
    return Look("user", "muted") if event.source == "person" else Look("dot", "muted")
