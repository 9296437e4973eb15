"""`smsdesk send`: queue through the same outbox, and send when no window does."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smsdesk.cli.documents import MESSAGE_FIELDS, write_estimate, write_message, write_problem
from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.cli.sending import (
    WITHOUT_NEWS,
    exit_code,
    expect_account,
    read_failover,
    read_text_file,
    wait_for_outcomes,
)
from smsdesk.cli.when import When, doubts, read_when
from smsdesk.desk import wording, wording_channels, wording_times
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.overdue import ASKED_ABOVE
from smsdesk.sms.channels.content import ApprovedTemplate, Content
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Direction, Draft, Message, Preview, Problem
from smsdesk.sms.prices import CostEstimate
from smsdesk.sms.state import HeldReason, State
from smsdesk.system.i18n import _

_NEWS_COMES_FOR = timedelta(hours=72)
_COUNTRIES_ASKED = 10
"""A dry run asks for the prices of so many countries at most, one a second."""


def run(options: argparse.Namespace) -> int:
    """Queue (or resume), wait for the outcomes, print them, and answer with the exit code."""
    if not options.wait >= 0:  # nan is not
        raise CliError(_("--wait: a number of seconds is expected."))
    draft = None if options.resume else _read_draft(options)
    when = read_when(options)
    if options.overdue and not options.resume:
        raise CliError(_("--overdue: only with --resume."))
    with opened(options) as session:
        desk = session.desk
        if options.dry_run:
            return _dry_run(desk, draft or Draft(), when, options)
        expect_account(desk)
        if draft is None:
            _settle_overdue(desk, options)
            return _deliver(desk, [m.id for m in _unfinished(desk, options)], (), options)
        draft = _with_remembered(desk, draft)
        _tell_times(desk, draft, when, options)
        try:
            result = desk.compose.send(
                draft,
                default_region=options.region,
                due_at=when.due_at,
                plan=when.plan,
                ignores_quiet_hours=options.anyway,
            )
        except NotStoredError as error:
            raise CliError(wording.store_sentence(error.code), Exit.WAITING) from error
        if not result.messages:
            return _refuse(result.problems, options)
        if result.needs_confirmation:
            told = wording.needs_confirmation_sentence(len(result.messages))
            print(f"smsdesk: {told}", file=sys.stderr)
        return _deliver(desk, [m.id for m in result.messages], result.problems, options)


# Reading what was asked -----------------------------------------------------------------


def _read_draft(options: argparse.Namespace) -> Draft:
    """What was asked for. Where there is a template or a picture with a caption, the text is
    for the channels that are tried next."""
    content = _read_content(options)
    text, caption = _read_text(options), options.caption
    if text is None and not content.needs_no_text:
        if options.channel not in (None, SMS.name):
            raise CliError(
                _(
                    "Say what to send: --text TEXT, --text-file FILE, --image URL or --template N."
                )
            )
        raise CliError(_("Say what to send: --text TEXT or --text-file FILE."))
    if caption is not None and not content.image_url:
        raise CliError(_("--caption goes with --image."))
    first = text if caption is None else caption
    if content.template is not None and options.failover:
        first = ""
    return Draft(
        options.sender or "",
        "\n".join(options.to),
        first or "",
        options.ref,
        entity_id=options.entity_id,
        content_id=options.content_id,
        channel=options.channel or "",
        content=content,
        failover=read_failover(options, text if text is not None else caption),
    )


def _read_text(options: argparse.Namespace) -> str | None:
    if options.text_file is not None:
        return read_text_file(options.text_file)
    text: str | None = options.text
    return text


def _read_content(options: argparse.Namespace) -> Content:
    template = None
    if options.template is not None:
        template = ApprovedTemplate(
            options.template, options.template_locale, tuple(options.template_parameter)
        )
    elif options.template_parameter:
        raise CliError(_("--template-parameter goes with --template."))
    return Content(
        image_url=options.image or "",
        template=template,
        category=options.category,
        tag=options.tag,
        ttl_s=options.ttl,
    )


def _tell_times(desk: Desk, draft: Draft, when: When, options: argparse.Namespace) -> None:
    """What is uncertain about the recipients' time, and who has quiet hours then."""
    timing = desk.compose.timing
    numbers = desk.compose.preview(draft, default_region=options.region).numbers
    outlook = timing.outlook(numbers, when.plan, due_at=when.due_at)
    said = doubts(outlook, now=timing.now_here(), is_urgent=options.anyway)
    for sentence in filter(None, said):
        print(f"smsdesk: {sentence}", file=sys.stderr)


def _with_remembered(desk: Desk, draft: Draft) -> Draft:
    """The draft with the channel that is meant where none was named, and with the senders that
    were used last."""
    channels = desk.compose.channels
    draft = replace(draft, channel=draft.channel or channels.on[0].name)
    if draft.channel == "sms" and not draft.sender:
        draft = replace(draft, sender=desk.compose.load_draft().sender)
    return channels.with_senders(draft)


def _settle_overdue(desk: Desk, options: argparse.Namespace) -> None:
    """Say what is overdue, or do with it what was asked."""
    try:
        seen = desk.overdue.notice()
        if seen is None:
            return
        if options.overdue == "send":
            told = wording_times.late_done(desk.overdue.send_now())
        elif options.overdue == "cancel":
            told = wording_times.overdue_cancelled(desk.overdue.cancel())
        else:
            now = desk.compose.timing.now_here()
            told = " ".join(
                (
                    f"{wording_times.overdue_sentence(seen.count)}.",
                    wording_times.overdue_span(seen.first, seen.last, now=now),
                    _("On hold, until you say --overdue send or --overdue cancel."),
                )
            )
    except NotStoredError as error:
        raise CliError(wording.store_sentence(error.code), Exit.WAITING) from error
    print(f"smsdesk: {told}", file=sys.stderr)


def _unfinished(desk: Desk, options: argparse.Namespace) -> list[Message]:
    """What an earlier run left under way, or also without news where that is waited for."""
    found = desk.history.queued()
    if options.until == "delivered":
        since = datetime.now(UTC) - _NEWS_COMES_FOR
        which = HistoryFilter(states=WITHOUT_NEWS, direction=Direction.OUTBOUND, since=since)
        found += desk.history.page(which, limit=10_000)
    return found


# Saying what would happen ---------------------------------------------------------------


def _dry_run(desk: Desk, draft: Draft, when: When, options: argparse.Namespace) -> int:
    draft = _with_remembered(desk, draft)
    preview = desk.compose.preview(draft, default_region=options.region)
    if not preview.can_send:
        return _refuse(preview.problems, options)
    _tell_times(desk, draft, when, options)
    estimate = _estimate(desk, preview, options)
    if options.json:
        _print_json(
            [_would_be(preview, person.address) for person in preview.people],
            preview.problems,
            estimate=write_estimate(estimate),
        )
        return Exit.OK
    for person in preview.people:
        print(f"{person.address}  {wording.length_sentence(preview)}")
    if preview.failover:
        ways = (preview.channel, *(leg.channel for leg in preview.failover))
        print(wording_channels.order_sentence(way.name for way in ways))
    for cost in estimate.countries:
        print(wording.country_cost_sentence(cost))
    if len(estimate.countries) > 1:
        print(wording.estimate_sentence(estimate))
    _print_problems(preview.problems)
    return Exit.OK


def _estimate(desk: Desk, preview: Preview, options: argparse.Namespace) -> CostEstimate:
    """What it would cost. Prices that nobody told yet are asked for, unless --wait is 0."""
    estimate = desk.prices.estimate(preview)
    if desk.prices.is_complete or not options.wait:
        return estimate
    desk.prices.ask_wanted(threading.Event(), at_most=_COUNTRIES_ASKED)
    return desk.prices.estimate(preview)


def _would_be(preview: Preview, to: str | None) -> dict[str, Any]:
    return {
        **dict.fromkeys(MESSAGE_FIELDS),
        "direction": Direction.OUTBOUND.value,
        "channel": preview.channel.name,
        "state": State.DRAFT.value,
        "to": to,
        "from": preview.sender.value if preview.sender else None,
        "text": preview.text,
        "encoding": preview.measure.encoding.value,
        "parts": preview.measure.parts,
        "attempts": 0,
        "client_refs": [],
    }


def _refuse(problems: Sequence[Problem], options: argparse.Namespace) -> int:
    """Nothing was queued; say why."""
    if options.json:
        _print_json([], problems)
    _print_problems([problem for problem in problems if not problem.is_warning])
    return Exit.USAGE


def _print_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(f"smsdesk: {wording.problem_sentence(problem)}", file=sys.stderr)


def _print_json(
    messages: Sequence[dict[str, Any]], problems: Sequence[Problem], **more: object
) -> None:
    document = {
        "messages": list(messages),
        "problems": [write_problem(problem) for problem in problems],
        **more,
    }
    print(json.dumps(document, ensure_ascii=False))


# Sending and waiting --------------------------------------------------------------------


def _deliver(
    desk: Desk, ids: Sequence[str], problems: Sequence[Problem], options: argparse.Namespace
) -> int:
    messages = wait_for_outcomes(desk, ids, options)
    if options.json:
        refs = desk.history.client_refs(messages)
        documents = [
            write_message(one, refs[one.seq], legs=desk.history.legs(one)) for one in messages
        ]
        _print_json(documents, problems)
    else:
        overdue = sum(message.held_reason is HeldReason.STALE for message in messages)
        for message in messages:
            if message.held_reason is HeldReason.STALE and overdue > ASKED_ABOVE:
                continue  # told as a whole
            word = wording.message_word(message)
            print(f"{message.to}  {word}  {wording.state_sentence(message)}")
            for leg in desk.history.legs(message):
                print(f"  {wording_channels.leg_sentence(leg)}")
        _print_problems(problems)
    return exit_code(messages, cause=desk.sender.status.cause)
