"""What the history says of itself: what is shown, how much, why nothing, and what came of acting
on many messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from smsdesk.desk.acting import Left
from smsdesk.desk.history import Step
from smsdesk.desk.not_stored import NotStoredError
from smsdesk.desk.saved_searches import NameTakenError
from smsdesk.desk.wording_evidence import change_sentence
from smsdesk.desk.wording_tables import N_, STATE_WORDS
from smsdesk.sms.failure import ERROR_CODES
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.store.errors import DatabaseBusyError, DatabaseDamagedError, StoreError
from smsdesk.system.i18n import _, dated, grouped, ngettext

# How many ------------------------------------------------------------------------------


def count_sentence(count: int, *, is_all: bool) -> str:
    """How many messages fit; `is_all` is false while they are still being counted."""
    shown = grouped(count)
    if is_all:
        return ngettext("{count} message", "{count} messages", count).replace("{count}", shown)
    return ngettext(
        "More than {count} message, still counting…",
        "More than {count} messages, still counting…",
        count,
    ).replace("{count}", shown)


def unread_sentence(error: StoreError) -> str:
    """Why part of the list cannot be shown; it is tried again by itself."""
    if isinstance(error, DatabaseBusyError):
        why = _("The message log is busy, so not everything can be shown.")
    elif isinstance(error, DatabaseDamagedError):
        why = _(
            "The message log is damaged, so not everything can be shown. File, Backups… leads to "
            "its copies."
        )
    else:
        why = _("The message log does not answer, so not everything can be shown.")
    return f"{why} {_('It is tried again by itself.')}"


def selected_words(count: int) -> str:
    """How many messages are selected."""
    return ngettext("{count} selected", "{count} selected", count).replace(
        "{count}", grouped(count)
    )


# What is shown -------------------------------------------------------------------------


def direction_word(direction: Direction) -> str:
    """Which way messages go."""
    return _("Received") if direction is Direction.INBOUND else _("Sent by us")


def states_words(states: frozenset[State]) -> str:
    """Some states, in their order."""
    return ", ".join(_(STATE_WORDS[state]) for state in State if state in states)


def failure_words(code: str) -> str:
    """A reason why messages failed, as briefly as can be."""
    if not code:
        return _("No reason given")
    known = ERROR_CODES.get(code)
    if known is not None:
        return f"{_(known.meaning).rstrip('.')} ({code})"
    return _(OUR_FAILURES[code]) if code in OUR_FAILURES else code


OUR_FAILURES: Mapping[str, str] = {
    "expired": N_("Waited too long"),
    "opted_out": N_("Opted out"),
    "invalid": N_("Refused as invalid"),
}


def dates_words(since: datetime | None, until: datetime | None) -> str:
    """A range of days, the last one included; `until` is the moment after it."""
    first = None if since is None else _day(since)
    last = None if until is None else _day(until - timedelta(milliseconds=1))
    if first is None:
        return _("Until {day}").replace("{day}", last or "")
    if last is None:
        return _("Since {day}").replace("{day}", first)
    return first if first == last else f"{first} – {last}"


def _day(at: datetime) -> str:
    local = at.astimezone()
    return dated(_("{day} {mon} {year}"), local)


def nothing_sentence(chips: list[str], search: str) -> str:
    """Why the list is empty: what was searched for, and what else it is narrowed to."""
    if search and chips:
        return _(
            "No message has “{text}” in its number, name or text, and fits: {filters}."
        ).format_map({"text": search, "filters": "; ".join(chips)})
    if search:
        return _("No message has “{text}” in its number, name or text.").replace(
            "{text}", search
        )
    return _("No message fits: {filters}.").replace("{filters}", "; ".join(chips))


def saved_trouble_sentence(error: Exception) -> str | None:
    """Why a saved search was not kept under a name, or not changed; None for what nobody
    foresaw."""
    if isinstance(error, NameTakenError):
        return _("Another saved search has this name.")
    if isinstance(error, NotStoredError):
        return change_sentence(error.code)
    if isinstance(error, ValueError):
        return _("Give it a name.")
    return None


# One message -------------------------------------------------------------------------


def step_lines(step: Step) -> list[str]:
    """What is to be told of a step besides its sentence: the reference on the wire, Vonage's own
    time, and what an error says in Vonage's words."""
    lines = []
    if step.attempt is not None:
        lines.append(
            _("Attempt {number}, reference {ref}")
            .replace("{number}", str(step.attempt.n))
            .replace("{ref}", step.attempt.client_ref)
        )
    receipt = step.receipt
    if receipt is None:
        return lines
    by_report = receipt.source == "report"
    heard = _("Found in Vonage's reports") if by_report else _("Told by a webhook")
    if receipt.provider_at is not None:
        at = f"{receipt.provider_at.astimezone():%Y-%m-%d %H:%M:%S}"
        heard += " · " + _("Vonage's time {time}").replace("{time}", at)
    lines.append(heard)
    said = [part for part in (receipt.error_title, receipt.error_detail) if part]
    if said:
        lines.append(": ".join(dict.fromkeys(said)))
    return lines


def source_words(code: str) -> str:
    """The title of the link to where Vonage explains an error."""
    return _("What Vonage says of error {code}").replace("{code}", code)


# Acting on many ------------------------------------------------------------------------


def again_question(sure: int, doubtful: int) -> str:
    """What sending again would mean, for the one question before it."""
    told = ngettext(
        "{count} message was sent already, or may have been: its recipient could get it twice.",
        "{count} messages were sent already, or may have been: their recipients could get them "
        "twice.",
        doubtful,
    ).replace("{count}", grouped(doubtful))
    if not sure:
        return told
    rest = ngettext(
        "{count} message was surely not sent.", "{count} messages were surely not sent.", sure
    ).replace("{count}", grouped(sure))
    return f"{told} {rest}"


def sent_again_sentence(
    done: int, left: Mapping[Left, int], *, needs_confirmation: bool
) -> str:
    """What came of sending many again, in one line."""
    told = ngettext("{count} sent again", "{count} sent again", done)
    line = _result(told, done, left)
    if needs_confirmation:
        line += " " + _("They wait for a second person to confirm them.")
    return line


def cancelled_sentence(done: int, left: Mapping[Left, int]) -> str:
    """What came of cancelling many."""
    return _result(ngettext("{count} cancelled", "{count} cancelled", done), done, left)


def marked_sentence(done: int, left: Mapping[Left, int]) -> str:
    """What came of counting many as sent."""
    told = ngettext("{count} counts as sent", "{count} count as sent", done)
    return _result(told, done, left)


def copied_sentence(count: int) -> str:
    """What is on the clipboard now, in lines."""
    return ngettext("{count} line copied.", "{count} lines copied.", count).replace(
        "{count}", grouped(count)
    )


def stopped_sentence(told: str) -> str:
    """An errand was ended by the person before all was done."""
    return _("Stopped. {result}").replace("{result}", told)


def too_many_sentence(most: int) -> str:
    """More are selected than can be done at once."""
    return _("Nothing was done: at most {count} messages at once. Select fewer.").replace(
        "{count}", grouped(most)
    )


def _result(told: str, done: int, left: Mapping[Left, int]) -> str:
    parts = [told.replace("{count}", grouped(done))]
    total = sum(left.values())
    if total:
        reasons = [reason for reason in Left if left.get(reason)]
        words = ngettext("{count} left out", "{count} left out", total)
        words = words.replace("{count}", grouped(total))
        if len(reasons) == 1:
            parts.append(f"{words}: {_(LEFT_WORDS[reasons[0]])}")
        else:
            each = ", ".join(f"{grouped(left[one])} {_(LEFT_WORDS[one])}" for one in reasons)
            parts.append(f"{words} ({each})")
    return ", ".join(parts) + "."


LEFT_WORDS: Mapping[Left, str] = {
    Left.OPTED_OUT: N_("opted out"),
    Left.TEXT_REMOVED: N_("text removed"),
    Left.CHANNEL_OFF: N_("channel switched off"),
    Left.WAITING: N_("not sent yet"),
    Left.INBOUND: N_("received"),
    Left.MAY_HAVE_IT: N_("may have it already"),
    Left.TOO_LATE: N_("too late"),
    Left.NO_DOUBT: N_("not in doubt"),
}
