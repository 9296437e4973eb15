"""The words of notifications, of the tray, and of the window's title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from smsdesk.delivery.status import SenderStatus
from smsdesk.desk import wording
from smsdesk.desk.alerts import Alert, AlertKind
from smsdesk.desk.history import Turn
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.phone import show_e164
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped, ngettext

SAID_ONE_BY_ONE = 3
UNREAD_SHOWN = 99
"""Nobody counts on; the title and the tray say "99+"."""


@dataclass(frozen=True, slots=True)
class AlertWords:
    """A title of our own, and lines in which foreign words may stand, each by itself."""

    title: str
    lines: tuple[str, ...]


def alert_words(alert: Alert, *, name: str = "") -> AlertWords:
    """What a notification says; `name` is whose number it is about, where that is known."""
    title, newest = _title(alert), alert.newest
    who = name or _who(newest)
    if alert.is_private:
        return AlertWords(title, ())
    match alert.kind:
        case AlertKind.REPLY:
            return AlertWords(title, (who, newest.text))
        case AlertKind.FAILED if alert.count == 1:
            return AlertWords(title, (who, wording.state_sentence(newest)))
        case AlertKind.FAILED:
            return AlertWords(title, (_("Open SMS Desk to see why."),))
        case AlertKind.DOUBT if alert.count == 1:
            return AlertWords(title, (who, wording.state_sentence(newest)))
        case AlertKind.DOUBT:
            return AlertWords(
                title,
                (
                    _(
                        "They may or may not have been sent. Nothing is sent again before you "
                        "decide."
                    ),
                ),
            )


def _title(alert: Alert) -> str:
    match alert.kind:
        case AlertKind.REPLY:
            title = ngettext("New reply", "{count} replies", alert.count)
        case AlertKind.FAILED:
            title = ngettext(
                "A message was not delivered",
                "{count} messages were not delivered",
                alert.count,
            )
        case AlertKind.DOUBT:
            title = ngettext(
                "A message needs review", "{count} messages need review", alert.count
            )
    return title.replace("{count}", grouped(alert.count))


def _who(message: Message) -> str:
    """The other end. What is no number, a name of the network's, stands as it came."""
    is_inbound = message.direction is Direction.INBOUND
    other = message.sender if is_inbound else message.to
    return show_e164(other) if other.startswith("+") else other


def said_sentence(turns: Sequence[Turn], person: Callable[[str], str]) -> str:
    """What a screen reader says of messages that moved on: a few one by one, more as a count of
    each state. `person` names who is at the other end."""
    if len(turns) <= SAID_ONE_BY_ONE:
        return " ".join(_said(turn, person(turn.other)) for turn in turns)
    counts = Counter(turn.state for turn in turns)
    lines = []
    for state in (state for state in State if state in counts):
        count = counts[state]
        line = ngettext("{count} message: {state}.", "{count} messages: {state}.", count)
        lines.append(
            line.replace("{count}", grouped(count)).replace(
                "{state}", wording.state_word(state)
            )
        )
    return " ".join(lines)


def _said(turn: Turn, who: str) -> str:
    if turn.state is State.RECEIVED:
        return _("Reply from {person}.").replace("{person}", who)
    said = _("{person}: {state}.").replace("{state}", wording.state_word(turn.state))
    return said.replace("{person}", who)


def titled(title: str, *, unread: int) -> str:
    """The window's title, with the unread replies before it."""
    return f"({unread_word(unread)}) {title}" if unread else title


def unread_word(count: int) -> str:
    return f"{UNREAD_SHOWN}+" if count > UNREAD_SHOWN else str(count)


def tray_lines(
    status: SenderStatus, *, unread: int, in_doubt: int, now: datetime
) -> tuple[str, ...]:
    """What the tray's icon says in words: what waits for a person, and what the sender does."""
    lines = []
    if in_doubt:
        lines.append(
            ngettext(
                "{count} message needs review", "{count} messages need review", in_doubt
            ).replace("{count}", grouped(in_doubt))
        )
    if unread:
        lines.append(
            ngettext("{count} unread reply", "{count} unread replies", unread).replace(
                "{count}", unread_word(unread)
            )
        )
    return (*lines, wording.sender_sentence(status, now=now))
