"""The figures of the overview as a table: for the clipboard, and for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from smsdesk.desk.overview_figures import ANSWERED, ARRIVED, Figures, count_in
from smsdesk.desk.sheets.writing import harmless
from smsdesk.desk.wording import state_word
from smsdesk.desk.wording_batches import reason_sentence
from smsdesk.desk.wording_overview import country_words, key_figures, title_words
from smsdesk.sms.state import State
from smsdesk.system.i18n import _


def figures_table(figures: Figures) -> str:
    """All figures, tab-separated, as they are pasted into a spreadsheet: no formula in it."""
    return "\n".join("\t".join(map(_cell, row)) for row in _rows(figures)) + "\n"


def _cell(text: str) -> str:
    return harmless(" ".join(text.split()))


def _rows(figures: Figures) -> Iterator[tuple[str, ...]]:
    yield (title_words(figures),)
    for key in key_figures(figures):
        yield key.title, key.value, key.base
    states = [state for state in State if figures.states.get(state)]
    yield ()
    yield (_("Day"), *map(state_word, states), _("Replies"), _("Opted out"), _("Entered here"))
    for day in figures.days:
        counts = [day.states.get(state, 0) for state in states]
        yield (
            day.first.isoformat(),
            *map(str, (*counts, day.replies, day.stops, day.entered)),
        )
    yield ()
    yield _("Sender"), _("Messages"), _("Delivered"), _("With a final answer")
    for one in figures.shown_senders:
        arrived, answered = count_in(one.states, ARRIVED), count_in(one.states, ANSWERED)
        yield one.sender, *map(str, (one.written, arrived, answered))
    yield ()
    yield _("Sender"), _("Cost"), _("Currency"), _("Messages")
    for one in figures.shown_senders:
        for cost in one.costs:
            yield one.sender, str(cost.total), cost.currency, str(cost.count)
    yield ()
    yield _("Country"), _("Cost"), _("Currency"), _("Messages")
    for country in figures.countries:
        cost = country.cost
        where = country_words(country.destination)
        yield where, str(cost.total), cost.currency, str(cost.count)
    yield ()
    yield _("Reason"), _("State"), _("Messages")
    for reason in figures.failures:
        yield reason_sentence(reason), state_word(reason.state), str(reason.count)
