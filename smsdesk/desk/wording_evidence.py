"""What is known about a message in doubt, line by line, and what each decision means.

The levels and codes are those of `history`; how a time is written is for whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from smsdesk.desk import wording
from smsdesk.desk.history import (
    Asking,
    Attempt,
    Evidence,
    EvidenceLevel,
    Lookup,
    Settle,
    Settled,
)
from smsdesk.desk.wording_tables import N_
from smsdesk.system.i18n import _, grouped, ngettext

_SEARCHES_TOLD = 3


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One thing that is known, and when it was so; without a time it is so now."""

    at: datetime | None
    sentence: str


def evidence_lines(evidence: Evidence) -> list[EvidenceLine]:
    """The last attempt, what asking has shown since, and what receipts have said."""
    lines = [] if evidence.attempt is None else _attempt_lines(evidence.attempt)
    lines += _search_lines(evidence.searches)
    lines += [
        EvidenceLine(
            event.at,
            _("A receipt came: {what}").replace("{what}", wording.event_sentence(event)),
        )
        for event in evidence.receipts
    ]
    if not evidence.receipts:
        lines.append(EvidenceLine(None, _("No receipt has come.")))
    return lines


def _attempt_lines(attempt: Attempt) -> list[EvidenceLine]:
    began = _("Handed over to Vonage.")
    if attempt.n > 1:
        began = _("Handed over to Vonage, for the {n}. time.").replace("{n}", str(attempt.n))
    lines = [EvidenceLine(attempt.opened_at, began)]
    if attempt.finished_at is None:
        return lines
    if attempt.outcome == "interrupted":
        ended = _("Found unfinished: the program had ended meanwhile.")
    else:
        status = "" if attempt.http_status is None else f"status_{attempt.http_status}"
        code = attempt.error_type or status
        cause = wording.cause_sentence(code).rstrip(".") if code else ""
        ended = _("No clear answer.")
        if cause:
            ended = _("No clear answer: {cause}.").replace("{cause}", _small(cause))
    return [*lines, EvidenceLine(attempt.finished_at, ended)]


def _small(sentence: str) -> str:
    """As the second half of a sentence, unless a name begins it."""
    is_name = sentence.startswith(("Vonage", "SMS"))
    return sentence if is_name else sentence[:1].lower() + sentence[1:]


def _search_lines(searches: tuple[Lookup, ...]) -> list[EvidenceLine]:
    told, before = searches[-_SEARCHES_TOLD:], searches[:-_SEARCHES_TOLD]
    lines = []
    if before:
        sentence = ngettext(
            "Looked for at Vonage, and not found.",
            "Looked for at Vonage {count} times from here on, and not found.",
            len(before),
        )
        lines.append(EvidenceLine(before[0].at, sentence.replace("{count}", str(len(before)))))
    return lines + [EvidenceLine(one.at, _search_sentence(one)) for one in told]


def _search_sentence(search: Lookup) -> str:
    if not search.is_complete:
        return _("Not found; but Vonage's report was not whole, so it proves nothing.")
    if not search.control_found:
        return _(
            "Not found; but no other message of that time is in the report either, so it proves "
            "nothing."
        )
    return _("Not found, while another message of that time was.")


def verdict_sentence(evidence: Evidence) -> str:
    """What follows from the lines, and what can be done to know more."""
    if evidence.level is EvidenceLevel.NOBODY_CAN_ASK:
        return _(NOBODY_SENTENCES.get(evidence.asking, NOBODY_SENTENCES[Asking.NO_SECRET]))
    return wording.evidence_sentence(evidence)


NOBODY_SENTENCES: Mapping[Asking, str] = {
    Asking.OFF: N_(
        "Nobody can find out: asking Vonage is switched off, and no webhook is listened for. "
        "Switch it on in Settings, or ask the person."
    ),
    Asking.NO_SECRET: N_(
        "Nobody can find out: without API key and secret Vonage cannot be asked, and no webhook "
        "is listened for. Enter both in Settings, or ask the person."
    ),
    Asking.REFUSED: N_(
        "Nobody can find out: Vonage refuses the API key or secret, and no webhook is listened "
        "for. Correct them in Settings, or ask the person."
    ),
}

ASKING_SENTENCES: Mapping[Asking, str] = {
    Asking.YES: N_("Vonage is asked at once; the answer appears here."),
    Asking.OFF: N_("Asking Vonage is switched off in Settings."),
    Asking.NO_SECRET: N_("Vonage can be asked when API key and secret are in Settings."),
    Asking.REFUSED: N_("Vonage refuses the API key or secret; correct them in Settings."),
    Asking.UNREACHABLE: N_("Vonage cannot be reached just now; it is asked as soon as it can."),
    Asking.SPENT: N_("As many records were asked for today as Settings allow."),
}

CAN_ASK = frozenset({Asking.YES, Asking.UNREACHABLE})
"""What the button that asks at once is for."""


def asking_sentence(asking: Asking) -> str:
    """Whether Vonage can be asked at once, or why not."""
    return _(ASKING_SENTENCES[asking])


CHOICE_SENTENCES: Mapping[str, str] = {
    "sent": N_("They have it. It counts as sent, and is not sent again."),
    "again": N_("They must have it. It is sent once more, and may reach them twice."),
    "leave": N_("You do not know yet. It stays in doubt, and in this list."),
}


def choice_sentence(choice: str) -> str:
    """What a decision about doubt means."""
    return _(CHOICE_SENTENCES[choice])


def settling_sentence(how: Settle, count: int) -> str:
    """What is going on while many are settled."""
    if how is Settle.AS_SENT:
        told = ngettext(
            "Treating {count} message as sent…", "Treating {count} messages as sent…", count
        )
    else:
        told = ngettext(
            "Queueing {count} message again…", "Queueing {count} messages again…", count
        )
    return told.replace("{count}", grouped(count))


def settled_sentence(how: Settle, settled: Settled) -> str:
    """What came of it. What a receipt settled meanwhile needs no word."""
    if how is Settle.AS_SENT:
        told = ngettext(
            "{count} message counts as sent.", "{count} messages count as sent.", settled.moved
        )
    else:
        told = ngettext(
            "{count} message is queued again.",
            "{count} messages are queued again.",
            settled.moved,
        )
    told = told.replace("{count}", grouped(settled.moved))
    if not settled.suppressed:
        return told
    left = ngettext(
        "{count} has opted out meanwhile and was left.",
        "{count} have opted out meanwhile and were left.",
        settled.suppressed,
    ).replace("{count}", grouped(settled.suppressed))
    return f"{told} {left}" if settled.moved else left


CHANGE_SENTENCES: Mapping[str, str] = {
    "disk_full": N_("Not saved: the disk is full. Free some space and try again."),
    "read_only": N_("Not saved: the message log cannot be written."),
    "busy": N_("Not saved: another program is using the message log. Try again."),
    "io_error": N_("Not saved: the disk reports an error."),
    "damaged": N_(
        "Not saved: the message log is damaged. Close the program and start it again to repair it."
    ),
    "unsure": N_("The disk does not say whether this was saved. Look again before you go on."),
    "store": N_("Not saved: the message log does not answer. Try again."),
}


def change_sentence(code: str) -> str:
    """Why a change that a person made to the log, or to a list in it, could not be stored."""
    return _(CHANGE_SENTENCES.get(code, CHANGE_SENTENCES["store"]))
