"""`smsdesk batch`: a text of its own to each row of a list, all of them queued or none."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smsdesk.cli.documents import MESSAGE_FIELDS, write_message
from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.cli.sending import (
    exit_code,
    expect_account,
    read_failover,
    read_text_file,
    wait_for_outcomes,
)
from smsdesk.cli.when import When, doubts, read_when, write_when
from smsdesk.desk import wording, wording_bulk, wording_times
from smsdesk.desk.bulk import PlanChangedError
from smsdesk.desk.bulk_plan import BulkPlan, PlannedMessage
from smsdesk.desk.bulk_times import DoubtfulTime
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.desk import Desk
from smsdesk.desk.sheets.reading import ReadingOptions
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.timing import Outlook, PastError
from smsdesk.sms import dlt
from smsdesk.sms.message import Direction
from smsdesk.sms.phone import regions
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped

_COUNTRIES_ASKED = 10
"""A dry run asks for the prices of so many countries at most, one a second."""
_ROWS_TOLD = 100
"""On a terminal; a document holds them all."""

Told = Mapping[str, str]
"""A problem as JSON."""


def run(options: argparse.Namespace) -> int:
    """Read, queue, wait for the outcomes, print them, and answer with the exit code.

    Rows with a problem get no message, and make the code 1 at best.
    """
    if not options.wait >= 0:  # nan is not
        raise CliError(_("--wait: a number of seconds is expected."))
    if options.text is None and options.text_file is None:
        raise CliError(_("Say what to send: --text TEMPLATE or --text-file FILE."))
    if options.region is not None and options.region not in regions():
        raise CliError(_("There is no such country code. Use two letters, such as GB."))
    text = options.text if options.text is not None else read_text_file(options.text_file)
    when = read_when(options)
    with opened(options) as session:
        desk = session.desk
        try:
            plan = _make_plan(desk, text, when, options)
            if options.problems_to is not None:
                desk.bulk.save_problems(plan, options.problems_to, say=wording_bulk.row_reason)
        except SheetError as error:
            raise CliError(wording_bulk.sheet_sentence(error)) from error
        except NotStoredError as error:
            raise CliError(wording.store_sentence(error.code), Exit.WAITING) from error
        if not plan.can_queue or (options.strict and plan.row_problems):
            return _refuse(plan, options)
        times = _look_ahead(desk, plan, when, options)
        if options.dry_run:
            return _dry_run(desk, plan, times, options)
        expect_account(desk)
        times.tell()
        try:
            queued = desk.bulk.queue(plan, ref=options.ref)
        except NotStoredError as error:
            raise CliError(wording.store_sentence(error.code), Exit.WAITING) from error
        except PlanChangedError as error:
            return _refuse(error.plan, options)
        except PastError as error:
            raise CliError(wording_times.past_sentence(1, 1)) from error
        if queued.needs_confirmation:
            told = wording.needs_confirmation_sentence(len(queued.ids))
            print(f"smsdesk: {told}", file=sys.stderr)
        return _deliver(desk, queued.ids, queued.plan, times, options)


def _make_plan(desk: Desk, text: str, when: When, options: argparse.Namespace) -> BulkPlan:
    channels = desk.compose.channels
    channel = options.channel or channels.on[0].name
    draft = desk.compose.load_draft()
    usual = draft.sender if channel == draft.channel else channels.sender_of(channel)
    reading = ReadingOptions(
        default_region=options.region,
        has_header=options.has_header,
        number_column=options.number_column,
        sheet=options.sheet,
    )
    plan = desk.bulk.plan(
        desk.bulk.read(options.file, reading),
        text,
        options.sender or usual,
        replace=options.replace,
        allow_blank=options.allow_blank,
        entity_id=options.entity_id or draft.entity_id,
        content_id=options.content_id or draft.content_id,
        channel=channel,
        failover=read_failover(options, None),
    )
    return desk.bulk.timed(
        plan, when.plan, due_at=when.due_at, ignores_quiet_hours=options.anyway
    )


@dataclass(frozen=True, slots=True)
class _Times:
    """When the messages leave, and what is to be said about that."""

    when: When
    outlook: Outlook
    doubtful: Sequence[DoubtfulTime]
    now: datetime
    """On our wall."""
    is_urgent: bool

    def tell(self) -> None:
        """Say it on standard error, with the rows that it is about."""
        said = [*filter(None, doubts(self.outlook, now=self.now, is_urgent=self.is_urgent))]
        rows = [wording_bulk.doubtful_sentence(one) for one in self.doubtful]
        _complain([*said, *rows[:_ROWS_TOLD]], more=len(rows) - _ROWS_TOLD)

    def write(self) -> dict[str, Any]:
        """As JSON."""
        return write_when(self.when, self.outlook, self.doubtful, is_urgent=self.is_urgent)


def _look_ahead(desk: Desk, plan: BulkPlan, when: When, options: argparse.Namespace) -> _Times:
    """What the time of the plan means. Raises CliError when it is over for anybody."""
    outlook, now = desk.bulk.outlook(plan), desk.compose.timing.now_here()
    if outlook.is_past and outlook.forecast is not None:
        past = outlook.forecast.past
        raise CliError(wording_times.past_sentence(past, outlook.recipients))
    return _Times(when, outlook, desk.bulk.doubtful_times(plan), now, options.anyway)


# Saying what would happen ---------------------------------------------------------------


def _refuse(plan: BulkPlan, options: argparse.Namespace) -> int:
    """Nothing was queued; say why."""
    if options.json:
        _print_json([], plan, None)
    _print_problems(plan, with_warnings=False)
    print(f"smsdesk: {_('Nothing was queued.')}", file=sys.stderr)
    return Exit.USAGE


def _dry_run(desk: Desk, plan: BulkPlan, times: _Times, options: argparse.Namespace) -> int:
    if options.wait and not desk.prices.is_complete:
        desk.prices.ask_wanted(threading.Event(), at_most=_COUNTRIES_ASKED)
        plan = desk.bulk.priced(plan)
    if options.json:
        _print_json([_would_be(plan, message) for message in plan.messages], plan, times)
    else:
        for message in plan.messages:
            print(f"{message.number.e164}  {_one_line(message.text)}")
        for country in plan.countries:
            print(wording_bulk.country_sentence(country))
        for use in plan.foreign[:10]:
            print(wording_bulk.foreign_sentence(use))
        if times.when.plan is not None:
            print(wording_times.plan_sentence(times.when.plan, now=times.now))
        _print_summary(plan)
        times.tell()
        _print_problems(plan)
    return Exit.REFUSED if plan.row_problems else Exit.OK


def _would_be(plan: BulkPlan, message: PlannedMessage) -> dict[str, Any]:
    return {
        **dict.fromkeys(MESSAGE_FIELDS),
        "direction": Direction.OUTBOUND.value,
        "channel": plan.channel.name,
        "state": State.DRAFT.value,
        "to": message.number.e164,
        "from": plan.sender.value if plan.sender else None,
        "text": message.text,
        "encoding": message.encoding.value,
        "parts": message.parts,
        "entity_id": plan.entity_id if message.number.region == dlt.REGION else None,
        "content_id": plan.content_id if message.number.region == dlt.REGION else None,
        "attempts": 0,
        "client_refs": [],
    }


def _one_line(text: str) -> str:
    """The text without line breaks or control characters, which a terminal would obey."""
    return "".join(char if char.isprintable() else " " for char in text)


def _print_summary(plan: BulkPlan) -> None:
    print(wording_bulk.plan_sentence(plan))
    if left_out := wording_bulk.left_out_sentence(plan):
        print(left_out)


def _print_problems(plan: BulkPlan, *, with_warnings: bool = True) -> None:
    """What a person should know, on standard error."""
    told = [
        wording_bulk.bulk_problem_sentence(problem)
        for problem in plan.problems
        if with_warnings or not problem.is_warning
    ]
    rows = [wording_bulk.row_sentence(problem) for problem in plan.row_problems]
    if with_warnings:
        rows += map(wording_bulk.duplicate_sentence, plan.duplicates)
        rows += map(wording_bulk.opted_out_sentence, plan.opted_out)
    _complain([*told, *rows[:_ROWS_TOLD]], more=len(rows) - _ROWS_TOLD)


def _complain(sentences: Sequence[str], *, more: int) -> None:
    for sentence in sentences:
        print(f"smsdesk: {_one_line(sentence)}", file=sys.stderr)
    if more > 0:
        told = _("{count} more rows like these; --json tells them all.")
        print(f"smsdesk: {told.replace('{count}', grouped(more))}", file=sys.stderr)


def _print_json(
    messages: Sequence[dict[str, Any]], plan: BulkPlan, times: _Times | None
) -> None:
    """`times` are None where nothing is sent."""
    document: dict[str, Any] = {
        "messages": list(messages),
        "problems": _write_problems(plan),
    }
    if times is not None:
        document["when"] = times.write()
    print(json.dumps(document, ensure_ascii=False))


def _write_problems(plan: BulkPlan) -> list[Told]:
    """All that was said about the list: the whole first, then the rows."""
    whole = [
        _told(problem.input, problem.field, wording_bulk.bulk_problem_sentence(problem))
        for problem in plan.problems
    ]
    rows = [
        _told(problem.typed, problem.field, wording_bulk.row_sentence(problem))
        for problem in plan.row_problems
    ]
    merged = [
        _told(one.typed, "to", wording_bulk.duplicate_sentence(one)) for one in plan.duplicates
    ]
    opted_out = [
        _told(one.typed, "to", wording_bulk.opted_out_sentence(one)) for one in plan.opted_out
    ]
    return [*whole, *rows, *merged, *opted_out]


def _told(text: str, field: str, sentence: str) -> Told:
    return {"input": text, "field": field, "problem": sentence}


# Sending and waiting --------------------------------------------------------------------


def _deliver(
    desk: Desk,
    ids: Sequence[str],
    plan: BulkPlan,
    times: _Times,
    options: argparse.Namespace,
) -> int:
    messages = wait_for_outcomes(desk, ids, options)
    if options.json:
        refs = desk.history.client_refs(messages)
        documents = [
            write_message(one, refs[one.seq], legs=desk.history.legs(one)) for one in messages
        ]
        _print_json(documents, plan, times)
    else:
        for message in messages:
            word = wording.message_word(message)
            print(f"{message.to}  {word}  {wording.state_sentence(message)}")
        _print_summary(plan)
        _print_problems(plan)
    code = exit_code(messages, cause=desk.sender.status.cause)
    return Exit.REFUSED if code is Exit.OK and plan.row_problems else code
