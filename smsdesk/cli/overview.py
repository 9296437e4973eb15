"""`smsdesk overview`: the figures of the overview page, for the eye or for scripts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording_overview as wording
from smsdesk.desk.overview import Overview, StoreError
from smsdesk.desk.overview_figures import Cost, Figures, Period
from smsdesk.desk.overview_table import figures_table
from smsdesk.desk.wording import store_sentence
from smsdesk.desk.wording_batches import reason_sentence
from smsdesk.sms.sender_id import SenderIdError, parse_sender_id
from smsdesk.sms.state import State
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Count, and print."""
    with opened(options) as session:
        overview = session.desk.overview
        period = _period(options.since, options.until, overview)
        sender = _sender(options.sender, session.desk.compose.default_region)
        try:
            figures = overview.count(period, sender=sender)
        except StoreError as error:
            raise CliError(store_sentence(error.code)) from error
    if figures is None:
        raise CliError(_("Nothing was counted."))
    if options.json:
        print(json.dumps(write_figures(figures), ensure_ascii=False))
    else:
        sys.stdout.write(figures_table(figures))
    return Exit.OK


def write_figures(figures: Figures) -> dict[str, Any]:
    """All figures as a JSON object; amounts are decimals in text, as everywhere."""
    return {
        "since": figures.period.first.isoformat(),
        "until": figures.period.last.isoformat(),
        "sender": figures.sender,
        "states": _states(figures.states),
        "delivered": figures.arrived,
        "with_final_answer": figures.answered,
        "seconds_to_delivery": figures.times
        and {
            "messages": figures.times.count,
            "median": figures.times.median_s,
            "percentile_95": figures.times.most_s,
        },
        "cost": _costs(figures.costs),
        "replies": figures.replies,
        "opted_out": figures.stops,
        "opt_outs_entered": figures.entered,
        "days": [
            {
                "day": day.first.isoformat(),
                "states": _states(day.states),
                "replies": day.replies,
                "opted_out": day.stops,
                "opt_outs_entered": day.entered,
            }
            for day in figures.days
        ],
        "senders": [
            {"sender": one.sender, "states": _states(one.states), "cost": _costs(one.costs)}
            for one in figures.shown_senders
        ],
        "countries": [
            {
                "country": one.destination.region,
                "calling_code": one.destination.code,
                **_cost(one.cost),
            }
            for one in figures.countries
        ],
        "failures": [
            {
                "state": reason.state.value,
                "code": reason.code,
                "reason": reason_sentence(reason),
                "messages": reason.count,
            }
            for reason in figures.failures
        ],
    }


def _states(states: Mapping[State, int]) -> dict[str, int]:
    return {state.value: states[state] for state in State if states.get(state)}


def _costs(costs: Iterable[Cost]) -> list[dict[str, Any]]:
    return [_cost(cost) for cost in costs]


def _cost(cost: Cost) -> dict[str, Any]:
    return {"currency": cost.currency, "total": str(cost.total), "messages": cost.count}


def _period(since: str | None, until: str | None, overview: Overview) -> Period:
    last = overview.today if until is None else _day(until)
    first = last - timedelta(days=29) if since is None else _day(since)
    try:
        return Period(first, last)
    except ValueError:
        raise CliError(wording.wrong_period_sentence()) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        sentence = _("“{text}” is not a day. Write it like 2027-01-31.")
        raise CliError(sentence.replace("{text}", text)) from None


def _sender(text: str | None, region: str | None) -> str | None:
    if text is None:
        return None
    try:
        return parse_sender_id(text, default_region=region).value
    except SenderIdError:
        sentence = _("--sender: “{text}” is neither a number nor a sender name.")
        raise CliError(sentence.replace("{text}", text)) from None
