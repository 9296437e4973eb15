"""The sentences of the overview: what each figure is, and of how many messages it speaks.

A share of a few messages is told in messages and not in percent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from smsdesk.desk.overview_figures import (
    ANSWERED,
    ARRIVED,
    MOST_DAYS,
    MOST_DAYS_IN_WEEKS,
    Cost,
    Day,
    Figures,
    Outcome,
    Period,
    SenderFigures,
    count_in,
)
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.wording import money, state_word, store_sentence
from smsdesk.desk.wording_places import country_name
from smsdesk.desk.wording_tables import N_, WRITING_SENTENCES
from smsdesk.sms.phone import Destination
from smsdesk.sms.state import State
from smsdesk.store.errors import StoreError
from smsdesk.system.i18n import _, dated, grouped, ngettext

FEW = 20
"""Of fewer messages a percentage would say more than is known."""

OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.DELIVERED: N_("Delivered"),
    Outcome.SENT: N_("Sent, no answer yet"),
    Outcome.REVIEW: N_("Needs review"),
    Outcome.FAILED: N_("Did not get it"),
    Outcome.WAITING: N_("Waiting"),
}


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the few figures on top: what it is, how much, and of what."""

    name: str
    title: str
    value: str
    base: str


def outcome_word(outcome: Outcome) -> str:
    """A group of the bars."""
    return _(OUTCOME_WORDS[outcome])


# Times ------------------------------------------------------------------------------------


def period_words(period: Period) -> str:
    """The days of a period."""
    return _days(period.first, period.last)


def title_words(figures: Figures, *, sender: str = "") -> str:
    """What the page is about: the days, and whose messages; `sender` as it is shown."""
    whose = (
        _("all senders")
        if figures.sender is None
        else _("from {sender}").replace("{sender}", sender or figures.sender)
    )
    return f"{_('Overview')} · {period_words(figures.period)} · {whose}"


def day_words(day: Day) -> str:
    """What a bar stands for: a day of the week, or the first and the last day."""
    if day.first != day.last:
        return _days_of(day)
    return dated(_("{wday} {day} {mon} {year}"), day.first)


def short_day(day: Day) -> str:
    """The same below the bars."""
    return dated(_("{day} {mon}"), day.first)


def width_words(period: Period) -> str:
    """What one bar stands for."""
    length = len(period.days)
    if length <= MOST_DAYS:
        return _("Each bar is a day.")
    if length <= MOST_DAYS_IN_WEEKS:
        return _("Each bar is a week that begins on Monday.")
    return _("Each bar is a month.")


def counting_words(share: float) -> str:
    """How far the counting is."""
    return _("Counting… {percent}%").replace("{percent}", str(int(share * 100)))


def duration_words(seconds: int) -> str:
    """A time to delivery, as exact as it is worth."""
    if seconds < 1:
        return _("under 1 s")
    if seconds < 60:
        return _("{n} s").replace("{n}", str(seconds))
    if seconds < 3600:
        told = _("{n} min {m} s")
        return told.replace("{n}", str(seconds // 60)).replace("{m}", str(seconds % 60))
    minutes = seconds // 60
    if minutes < 48 * 60:
        told = _("{n} h {m} min")
        return told.replace("{n}", str(minutes // 60)).replace("{m}", str(minutes % 60))
    hours = minutes // 60
    return _("{n} d {m} h").replace("{n}", str(hours // 24)).replace("{m}", str(hours % 24))


def _days(first: date, last: date) -> str:
    if first == last:
        return _date(first)
    if first.year == last.year:
        return f"{dated(_('{day} {mon}'), first)} – {_date(last)}"
    return f"{_date(first)} – {_date(last)}"


def _days_of(day: Day) -> str:
    return _days(day.first, day.last)


def _date(day: date) -> str:
    return dated(_("{day} {mon} {year}"), day)


# Figures ----------------------------------------------------------------------------------


def share_words(part: int, whole: int) -> str:
    """A share in percent, or in messages where there are few; never 100% where one is missing."""
    if whole < FEW:
        told = _("{part} of {whole}")
        return told.replace("{part}", grouped(part)).replace("{whole}", grouped(whole))
    tenths = round(1000 * part / whole)
    if part > 0 and tenths == 0:
        return _("under 0.1%")
    if part < whole and tenths == 1000:
        return _("over 99.9%")
    return _("{n}%").replace("{n}", grouped(tenths / 10, places=1))


def key_figures(figures: Figures) -> list[KeyFigure]:
    """The row on top."""
    return [
        KeyFigure("written", _("Written"), grouped(figures.written), _written_base(figures)),
        KeyFigure("delivered", _("Delivered"), *_delivered(figures)),
        KeyFigure("open", _("Not known yet"), *_open(figures)),
        KeyFigure("time", _("Time to delivery"), *_time(figures)),
        KeyFigure("cost", _("Cost"), *_cost(figures)),
        KeyFigure("replies", _("Replies"), grouped(figures.replies), _stops(figures)),
    ]


def _written_base(figures: Figures) -> str:
    waiting = figures.outcomes.get(Outcome.WAITING, 0)
    if not figures.written:
        return _("no messages in this period")
    if not waiting:
        return _("messages, none of them waiting")
    told = _("messages, {n} of them not sent yet")
    return told.replace("{n}", grouped(waiting))


def _delivered(figures: Figures) -> tuple[str, str]:
    if not figures.answered:
        return "–", _("no message has a final answer")
    base = ngettext(
        "of {n} message with a final answer",
        "of {n} messages with a final answer",
        figures.answered,
    ).replace("{n}", grouped(figures.answered))
    if figures.answered < FEW:
        base = ngettext(
            "{n} message has a final answer: too few for a percentage",
            "{n} messages have a final answer: too few for a percentage",
            figures.answered,
        ).replace("{n}", grouped(figures.answered))
    return share_words(figures.arrived, figures.answered), base


def _open(figures: Figures) -> tuple[str, str]:
    sent = figures.outcomes.get(Outcome.SENT, 0)
    review = figures.outcomes.get(Outcome.REVIEW, 0)
    said = []
    if sent:
        told = ngettext("{n} sent without an answer", "{n} sent without an answer", sent)
        said.append(told.replace("{n}", grouped(sent)))
    if review:
        told = ngettext("{n} needs review", "{n} need review", review)
        said.append(told.replace("{n}", grouped(review)))
    return grouped(sent + review), ", ".join(said) or _("nothing is without an answer")


def _time(figures: Figures) -> tuple[str, str]:
    times = figures.times
    if times is None:
        return "–", _("no message has a known time")
    base = ngettext(
        "median of {n} message with a known time",
        "median of {n} messages with a known time",
        times.count,
    ).replace("{n}", grouped(times.count))
    if times.count >= FEW:
        most = _("95% within {time}").replace("{time}", duration_words(times.most_s))
        base = f"{most}; {base}"
    return duration_words(times.median_s), base


def _cost(figures: Figures) -> tuple[str, str]:
    if not figures.costs:
        return "–", _("no message has a price")
    known = sum(cost.count for cost in figures.costs)
    told = _("the price is known of {known} of {all} messages that Vonage has")
    base = told.replace("{known}", grouped(known)).replace(
        "{all}", grouped(max(figures.taken, known))
    )
    return costs_words(figures.costs), base


def _stops(figures: Figures) -> str:
    told = ngettext("{n} person opted out", "{n} people opted out", figures.stops)
    said = [told.replace("{n}", grouped(figures.stops))]
    if figures.entered:
        more = ngettext("{n} was entered here", "{n} were entered here", figures.entered)
        said.append(more.replace("{n}", grouped(figures.entered)))
    return ", ".join(said)


def costs_words(costs: Sequence[Cost]) -> str:
    """Amounts below each other, each in its currency."""
    return "\n".join(money(cost.total, cost.currency) for cost in costs)


def country_words(destination: Destination) -> str:
    """The country; or the calling code, where its countries cannot be told apart."""
    if destination.region is not None:
        return country_name(destination.region)
    if destination.code is None:
        return _("No country known")
    return _("+{code}, country not known").replace("{code}", str(destination.code))


def cost_sentence(cost: Cost) -> str:
    """What so many messages cost."""
    told = ngettext("{amount} for {n} message", "{amount} for {n} messages", cost.count)
    return told.replace("{n}", grouped(cost.count)).replace(
        "{amount}", money(cost.total, cost.currency)
    )


def sender_sentence(figures: SenderFigures) -> str:
    """How many messages a sender wrote, and how many of them arrived."""
    told = ngettext("{n} message", "{n} messages", figures.written)
    said = [told.replace("{n}", grouped(figures.written))]
    answered = count_in(figures.states, ANSWERED)
    if answered:
        share = share_words(count_in(figures.states, ARRIVED), answered)
        told = _("{share} delivered") if answered < FEW else _("{share} of {n} delivered")
        said.append(told.replace("{share}", share).replace("{n}", grouped(answered)))
    return " · ".join(said)


# The bars in words ------------------------------------------------------------------------


def states_sentence(day: Day, outcome: Outcome | None = None) -> str:
    """A bar in words: what became of the messages of its days; or one piece of it."""
    outcomes = day.outcomes
    wanted = [one for one in Outcome if one in outcomes and outcome in (None, one)]
    counted = [
        f"{outcome_word(one)} {grouped(outcomes[one])}{_pieces(day, one)}" for one in wanted
    ] or [_("no messages")]
    return f"{day_words(day)}: {', '.join(counted)}"


def _pieces(day: Day, outcome: Outcome) -> str:
    """Which states a group is made of, where they differ in what they mean."""
    if outcome is not Outcome.FAILED:
        return ""
    failed = (State.UNDELIVERABLE, State.REJECTED, State.FAILED, State.CANCELLED)
    told = [
        f"{state_word(state)} {grouped(day.states[state])}"
        for state in failed
        if day.states.get(state)
    ]
    return f" ({', '.join(told)})"


def replies_sentence(day: Day) -> str:
    told = ngettext("{n} reply", "{n} replies", day.replies)
    return f"{day_words(day)}: {told.replace('{n}', grouped(day.replies))}"


def stops_sentence(day: Day) -> str:
    told = ngettext("{n} person opted out", "{n} people opted out", day.stops)
    more = ngettext("{n} entered here", "{n} entered here", day.entered)
    return (
        f"{day_words(day)}: {told.replace('{n}', grouped(day.stops))}, "
        f"{more.replace('{n}', grouped(day.entered))}"
    )


def begins_sentence(figures: Figures) -> str:
    """That the log does not reach back to where the period begins; or nothing."""
    if figures.begins is None:
        return ""
    told = _("The log begins on {date}; older messages were never in it, or have been removed.")
    return told.replace("{date}", _date(figures.begins.astimezone().date()))


def rest_words(count: int) -> str:
    """The line below those that are shown."""
    return ngettext("{n} other", "{n} others", count).replace("{n}", grouped(count))


def currencies_note() -> str:
    """Why bars in two currencies cannot be compared."""
    return _("Each currency has a scale of its own; amounts are not added.")


def stops_words() -> tuple[str, str]:
    """The two kinds of opt-outs."""
    return _("Asked for it"), _("Entered here or imported")


def senders_note() -> str:
    """Of what the shares are."""
    return _("Delivered: of those with a final answer.")


def opt_outs_note() -> str:
    """What the bars of the opt-outs leave out."""
    return _("Those who are on the list still.")


def keys_words() -> str:
    """How bars are walked along, for somebody who does not see them."""
    return _(
        "Arrow keys walk along the bars; Enter shows what one counts, where that is possible."
    )


def wrong_period_sentence() -> str:
    return _("The last day must not come before the first one, nor ten years after it.")


def picture_name(period: Period) -> str:
    """What the file of a picture is called."""
    return f"overview {period.first.isoformat()} {period.last.isoformat()}.png"


def trouble_sentence(error: Exception) -> str | None:
    """What went wrong; None for what nobody foresaw."""
    if isinstance(error, SheetError):
        return _(WRITING_SENTENCES[error.code]).replace("{path}", str(error.path))
    if isinstance(error, StoreError):
        return store_sentence(error.code)
    return None
