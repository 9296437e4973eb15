"""The sentences of batches: how far one is, who did not get it, and what persons did to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from smsdesk.desk.batches import (
    Bars,
    Batch,
    BatchPhase,
    Deed,
    Missed,
    Outcome,
    Progress,
    Reason,
)
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.other_accounts import Waiting
from smsdesk.desk.second_person import PinError
from smsdesk.desk.wording import state_word, store_sentence
from smsdesk.desk.wording_tables import N_, NN_
from smsdesk.sms.failure import ERROR_CODES
from smsdesk.sms.state import State
from smsdesk.sms.suppression import OPTED_OUT
from smsdesk.store.errors import StoreError
from smsdesk.system.i18n import _, grouped, ngettext

OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.DELIVERED: N_("Delivered"),
    Outcome.SENT: N_("Sent"),
    Outcome.REVIEW: N_("Needs review"),
    Outcome.FAILED: N_("Did not get it"),
    Outcome.WAITING: N_("Waiting"),
}

_DEEDS: Mapping[str, str] = {
    "batch_paused": N_("Paused"),
    "batch_resumed": N_("Resumed"),
    "batch_cancelled": N_("The rest cancelled"),
    "batch_confirmed": N_("Confirmed by {who}"),
    "batch_wrong_pin": N_("Not confirmed: the PIN was wrong"),
}

_REASONS: Mapping[str, str] = {
    "expired": N_("Waited longer than it was allowed to"),
    "invalid": N_("Vonage refused something in it"),
    OPTED_OUT: N_("Opted out while the message waited"),
}

_PIN_SENTENCES: Mapping[str, str] = {
    "nobody": N_("Say who you are; it is kept with the batch."),
    "short": N_("A PIN has at least {left} characters."),
    "missing": N_("Choose a PIN of at least {left} characters."),
}


def batch_name(batch: Batch) -> str:
    """What it is called: its name, or how its text begins."""
    words = " ".join((batch.name or batch.text).split())
    if not words:
        return _("Batch without a text")
    return words if len(words) <= 120 else words[:119].rstrip() + "…"


def again_name(batch: Batch) -> str:
    """What the batch is called that goes to those who did not get this one."""
    again = _("{name} (again)")
    name = batch_name(batch)
    return name if name.endswith(again.replace("{name}", "")) else again.replace("{name}", name)


def outcome_word(outcome: Outcome) -> str:
    """A group of the bars, in a word or two."""
    return _(OUTCOME_WORDS[outcome])


def progress_sentence(progress: Progress) -> str:
    """How far a batch is, in one line: what was delivered, what was not, and what is left."""
    outcomes = progress.outcomes
    delivered = _("{delivered} of {all} delivered")
    said = [
        delivered.replace("{delivered}", grouped(outcomes.get(Outcome.DELIVERED, 0))).replace(
            "{all}", grouped(progress.total)
        )
    ]
    if failed := _not_cancelled(progress):
        said.append(
            ngettext("{n} failed", "{n} failed", failed).replace("{n}", grouped(failed))
        )
    if cancelled := progress.counts.get(State.CANCELLED, 0):
        told = ngettext("{n} cancelled", "{n} cancelled", cancelled)
        said.append(told.replace("{n}", grouped(cancelled)))
    if review := outcomes.get(Outcome.REVIEW, 0):
        told = ngettext("{n} needs review", "{n} need review", review)
        said.append(told.replace("{n}", grouped(review)))
    said.append(phase_words(progress))
    return " · ".join(filter(None, said))


def phase_words(progress: Progress) -> str:
    """What it is doing; nothing once it is done."""
    waiting = grouped(progress.can_cancel)
    match progress.phase:
        case BatchPhase.UNCONFIRMED:
            return _("waits for a second person")
        case BatchPhase.PAUSED:
            return _("paused, {n} left").replace("{n}", waiting)
        case BatchPhase.WAITING if progress.counts.get(State.HELD):
            return _("{n} on hold").replace("{n}", waiting)
        case BatchPhase.WAITING:
            return _("{n} waiting for their time").replace("{n}", waiting)
        case BatchPhase.SENDING if progress.left is not None:
            return left_words(progress.left)
    return ""


def left_words(left: timedelta) -> str:
    """About how long it will take."""
    seconds = left.total_seconds()
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 100:
        told = ngettext("about {n} min left", "about {n} min left", minutes)
        return told.replace("{n}", str(minutes))
    return _("about {n} h left").replace("{n}", f"{seconds / 3600:.0f}")


def rate_sentence(progress: Progress) -> str:
    """How fast it goes."""
    if progress.rate is None or progress.phase is not BatchPhase.SENDING:
        return ""
    return _("{n} a second").replace("{n}", grouped(progress.rate, places=1))


def phase_sentence(progress: Progress) -> str:
    """What the batch as a whole waits for, or nothing."""
    match progress.phase:
        case BatchPhase.UNCONFIRMED:
            return _(
                "So many messages are only sent once a second person has confirmed them. "
                "Cancelling needs nobody else."
            )
        case BatchPhase.PAUSED:
            return _("Paused: nothing more of it is sent until you resume it.")
        case BatchPhase.WAITING if progress.counts.get(State.HELD):
            return _("On hold with everything else; the status bar says why.")
    return ""


def count_lines(progress: Progress) -> list[tuple[State, str, int]]:
    """Each state that messages are in, its word and how many; in the order of a life."""
    return [
        (state, state_word(state), progress.counts[state])
        for state in State
        if progress.counts.get(state)
    ]


def reason_sentence(reason: Reason) -> str:
    """Why some did not get it, briefly."""
    if reason.code is None:
        return state_word(reason.state)
    known = ERROR_CODES.get(reason.code)
    if known is not None:
        return f"{_(known.meaning).rstrip('.')} ({reason.code})"
    if reason.code in _REASONS:
        return _(_REASONS[reason.code])
    return f"{reason.title or state_word(reason.state)} ({reason.code})"


def bars_sentence(bars: Bars, *, times: list[str]) -> str:
    """The picture in words: what came of the batch in each bar. `times` are when they begin."""
    return "\n".join(
        bar_sentence(bars, place, time=time)
        for place, time in enumerate(times)
        if bars.bars[place]
    )


def bar_sentence(bars: Bars, place: int, *, time: str) -> str:
    """One bar in words."""
    bar = bars.bars[place]
    counted = ", ".join(
        f"{outcome_word(outcome)} {grouped(bar[outcome])}"
        for outcome in Outcome
        if outcome in bar
    )
    if not counted:
        counted = _("nothing")
    is_last = bars.has_late and place == len(bars.bars) - 1
    when = _("From {time} on") if is_last else "{time}"
    return f"{when.replace('{time}', time)}: {counted}"


def width_words(width: timedelta) -> str:
    """What one bar stands for."""
    seconds = int(width.total_seconds())
    for size, forms in (
        (86400, NN_("Each bar is {n} day", "Each bar is {n} days")),
        (3600, NN_("Each bar is {n} hour", "Each bar is {n} hours")),
        (60, NN_("Each bar is {n} minute", "Each bar is {n} minutes")),
    ):
        if seconds >= size:
            count = seconds // size
            return ngettext(*forms, count).replace("{n}", str(count))
    told = ngettext("Each bar is {n} second", "Each bar is {n} seconds", seconds)
    return told.replace("{n}", str(seconds))


def deed_sentence(deed: Deed, *, time: str) -> str:
    """One line of what persons did to a batch."""
    told = _(_DEEDS.get(deed.what, deed.what)).replace("{who}", deed.detail)
    if deed.count:
        many = ngettext("{n} message", "{n} messages", deed.count)
        told += f" ({many.replace('{n}', grouped(deed.count))})"
    return f"{time}  {told}"


def size_words(batch: Batch) -> str:
    """How many messages it is."""
    told = ngettext("{n} message", "{n} messages", batch.size)
    return told.replace("{n}", grouped(batch.size))


def standing_words(batch: Batch) -> str:
    """What a person has decided about it, in a word or two."""
    if batch.is_unconfirmed:
        return _("not confirmed")
    if batch.paused_at is not None:
        return _("stopped by you")
    if batch.confirmed_by is not None:
        return _("confirmed by {who}").replace("{who}", batch.confirmed_by)
    return ""


def cancel_question(progress: Progress) -> str:
    """Asked before the rest is cancelled."""
    count = progress.can_cancel
    return ngettext(
        "{n} message has not been sent yet and will not be. What has left already is not called "
        "back.",
        "{n} messages have not been sent yet and will not be. What has left already is not "
        "called back.",
        count,
    ).replace("{n}", grouped(count))


def cancel_act(progress: Progress) -> str:
    """The button that does it."""
    told = ngettext("Cancel {n} message", "Cancel {n} messages", progress.can_cancel)
    return told.replace("{n}", grouped(progress.can_cancel))


def done_sentence(what: str, count: int) -> str:
    """What came of pausing, resuming, cancelling or confirming."""
    told = {
        "pause": ngettext("Paused; {n} message waits.", "Paused; {n} messages wait.", count),
        "resume": ngettext(
            "Resumed; {n} message goes on.", "Resumed; {n} messages go on.", count
        ),
        "cancel": ngettext(
            "Cancelled; {n} message will not be sent.",
            "Cancelled; {n} messages will not be sent.",
            count,
        ),
        "confirm": ngettext(
            "Confirmed; {n} message goes on.", "Confirmed; {n} messages go on.", count
        ),
        "again": ngettext(
            "Queued {n} message as a new batch.", "Queued {n} messages as a new batch.", count
        ),
    }[what]
    return told.replace("{n}", grouped(count))


def missed_question(missed: Missed) -> str:
    """Asked before those who did not get it are written to again."""
    count = len(missed.messages)
    said = [
        ngettext(
            "{n} person surely did not get this batch. They are sent the same text again, as a "
            "new batch.",
            "{n} people surely did not get this batch. They are sent the same text again, as a "
            "new batch.",
            count,
        ).replace("{n}", grouped(count))
    ]
    if missed.opted_out:
        told = ngettext(
            "{n} is left out: they opted out.",
            "{n} are left out: they opted out.",
            missed.opted_out,
        )
        said.append(told.replace("{n}", grouped(missed.opted_out)))
    if missed.sent_anew:
        told = ngettext(
            "{n} is left out: it has been sent to them again already.",
            "{n} are left out: it has been sent to them again already.",
            missed.sent_anew,
        )
        said.append(told.replace("{n}", grouped(missed.sent_anew)))
    said.append(_("Whoever may have got it is not among them."))
    return "\n".join(said)


def missed_act(count: int) -> str:
    """The button that does it."""
    told = ngettext("Send to {n} person", "Send to {n} people", count)
    return told.replace("{n}", grouped(count))


def nobody_missed(missed: Missed) -> str:
    """Why there is nobody to write to again."""
    if missed.opted_out or missed.sent_anew:
        return _(
            "Everybody who did not get it has opted out, or has been sent it again already."
        )
    return _("There is nobody of whom it is sure that they did not get it.")


def confirm_question(progress: Progress, account: str = "") -> str:
    """What the second person is asked; `account` is where the batch is, if not in this one."""
    told = _("{people} will be sent this from {sender}:")
    if account:
        told = _("In the account {account}, {people} will be sent this from {sender}:")
        told = told.replace("{account}", account)
    return told.replace("{people}", people_words(progress.can_cancel)).replace(
        "{sender}", progress.batch.sender
    )


def waits_elsewhere_sentence(waiting: Sequence[Waiting]) -> str:
    """That batches of other accounts wait for a second person; "" if none does."""
    if not waiting:
        return ""
    told = ngettext(
        "A batch of another account ({accounts}) waits for a second person. Message → Batches "
        "shows it.",
        "{n} batches of other accounts ({accounts}) wait for a second person. Message → Batches "
        "shows them.",
        len(waiting),
    )
    accounts = ", ".join(dict.fromkeys(one.account for one in waiting))
    return told.replace("{n}", grouped(len(waiting))).replace("{accounts}", accounts)


def waits_elsewhere_words(waiting: Waiting) -> str:
    """One batch of another account: where it is, how many messages, and which ones."""
    size = size_words(waiting.progress.batch)
    return f"{waiting.account} · {size} · {batch_name(waiting.progress.batch)}"


def people_words(count: int) -> str:
    """So many people."""
    return ngettext("{n} person", "{n} people", count).replace("{n}", grouped(count))


def rule_sentence(above: int) -> str:
    """The rule of two pairs of eyes as it stands."""
    if not above:
        return _("Off: a batch of any size is sent at once.")
    told = ngettext(
        "A batch of more than {n} message waits until a second person confirms it.",
        "A batch of more than {n} messages waits until a second person confirms it.",
        above,
    )
    return told.replace("{n}", grouped(above))


def pin_sentence(error: PinError) -> str:
    """What is wrong with a PIN, or how long to wait."""
    if error.code == "wrong":
        told = ngettext(
            "That is not the PIN. {n} more try.",
            "That is not the PIN. {n} more tries.",
            error.left,
        )
        return told.replace("{n}", str(error.left))
    if error.code == "wait":
        told = ngettext(
            "Wrong three times. Wait {n} second, then try again.",
            "Wrong three times. Wait {n} seconds, then try again.",
            error.left,
        )
        return told.replace("{n}", str(error.left))
    return _(_PIN_SENTENCES[error.code]).replace("{left}", str(error.left))


def trouble_sentence(error: Exception) -> str | None:
    """What went wrong with a batch; None for what nobody foresaw."""
    if isinstance(error, PinError):
        return pin_sentence(error)
    if isinstance(error, NotStoredError | StoreError):
        return store_sentence(error.code)
    if isinstance(error, OSError):
        return _("The settings could not be saved: the disk does not let us.")
    return None


def _not_cancelled(progress: Progress) -> int:
    return progress.outcomes.get(Outcome.FAILED, 0) - progress.counts.get(State.CANCELLED, 0)
