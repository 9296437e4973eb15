"""`smsdesk send`: queue through the same outbox, and send when no window does."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from smsdesk.cli.documents import MESSAGE_FIELDS, write_estimate, write_message, write_problem
from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.cli.times import parse_moment
from smsdesk.desk import wording
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.desk import Desk, SenderPhase
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Direction, Draft, Message, Preview, Problem
from smsdesk.sms.prices import CostEstimate
from smsdesk.sms.state import HeldReason, State
from smsdesk.system.clock import Clock
from smsdesk.system.i18n import _

LOOK_S = 0.2
_STILL_MOVING = frozenset({State.QUEUED, State.SENDING})
_WITHOUT_NEWS = frozenset({State.ACCEPTED, State.SUBMITTED, State.UNKNOWN})
_NEWS_COMES_FOR = timedelta(hours=72)
_REFUSED = frozenset({State.FAILED, State.REJECTED, State.UNDELIVERABLE, State.CANCELLED})
_WAITS = frozenset({State.QUEUED, State.HELD, State.SCHEDULED, State.SENDING})
_COUNTRIES_ASKED = 10
"""A dry run asks for the prices of so many countries at most, one a second."""
_NEEDS_ACCOUNT = frozenset({HeldReason.AUTH, HeldReason.KEY_LOCKED})


def run(options: argparse.Namespace) -> int:
    """Queue (or resume), wait for the outcomes, print them, and answer with the exit code."""
    if not options.wait >= 0:  # nan is not
        raise CliError(_("--wait: a number of seconds is expected."))
    draft = None if options.resume else _read_draft(options)
    due_at = None if options.at is None else _read_due(options.at)
    with opened(options) as session:
        desk = session.desk
        if options.dry_run:
            return _dry_run(desk, draft or Draft(), options)
        _expect_account(desk)
        if draft is None:
            return _deliver(desk, [m.id for m in _unfinished(desk, options)], (), options)
        draft = _with_remembered_sender(desk, draft)
        try:
            result = desk.compose.send(draft, default_region=options.region, due_at=due_at)
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
    if options.text is None and options.text_file is None:
        raise CliError(_("Say what to send: --text TEXT or --text-file FILE."))
    text = options.text if options.text is not None else _read_text_file(options.text_file)
    return Draft(
        options.sender or "",
        "\n".join(options.to),
        text,
        options.ref,
        entity_id=options.entity_id,
        content_id=options.content_id,
    )


def _read_text_file(name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        sentence = _("{name} cannot be read: {why}.").replace("{name}", name)
        raise CliError(sentence.replace("{why}", error.strerror or "")) from error
    except UnicodeDecodeError as error:
        sentence = _("{name} is not UTF-8 text (byte {place}). Save it as UTF-8.")
        sentence = sentence.replace("{name}", name).replace("{place}", str(error.start + 1))
        raise CliError(sentence) from error
    # Editors end a file with a line break that nobody means to send.
    return text.removesuffix("\n").removesuffix("\r")


def _read_due(text: str) -> datetime:
    moment = parse_moment(text)
    if moment.at < datetime.now(UTC) - timedelta(minutes=1):
        raise CliError(_("--at: {time} is in the past.").replace("{time}", text))
    if moment.moved_to is not None:
        sentence = _("The clocks go forward over {time}; it will be sent at {moved}.")
        moved = moment.moved_to.strftime("%H:%M")
        told = sentence.replace("{time}", text).replace("{moved}", moved)
        print(f"smsdesk: {told}", file=sys.stderr)
    return moment.at


def _with_remembered_sender(desk: Desk, draft: Draft) -> Draft:
    return replace(draft, sender=draft.sender or desk.compose.load_draft().sender)


def _expect_account(desk: Desk) -> None:
    problem = desk.account.problem()
    if problem is not None:
        sentence = wording.cause_sentence(problem) or problem
        told = f"{sentence.rstrip('.')}. {_('Nothing was queued.')}"
        raise CliError(told, Exit.NOT_CONFIGURED)


def _unfinished(desk: Desk, options: argparse.Namespace) -> list[Message]:
    """What an earlier run left under way, or also without news where that is waited for."""
    found = desk.history.queued()
    if options.until == "delivered":
        since = datetime.now(UTC) - _NEWS_COMES_FOR
        which = HistoryFilter(states=_WITHOUT_NEWS, direction=Direction.OUTBOUND, since=since)
        found += desk.history.page(which, limit=10_000)
    return found


# Saying what would happen ---------------------------------------------------------------


def _dry_run(desk: Desk, draft: Draft, options: argparse.Namespace) -> int:
    draft = _with_remembered_sender(desk, draft)
    preview = desk.compose.preview(draft, default_region=options.region)
    if not preview.can_send:
        return _refuse(preview.problems, options)
    estimate = _estimate(desk, preview, options)
    if options.json:
        _print_json(
            [_would_be(preview, number.e164) for number in preview.numbers],
            preview.problems,
            estimate=write_estimate(estimate),
        )
        return Exit.OK
    for number in preview.numbers:
        print(f"{number.e164}  {wording.meter_sentence(preview.measure)}")
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


def _would_be(preview: Preview, to: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(MESSAGE_FIELDS),
        "direction": Direction.OUTBOUND.value,
        "channel": "sms",
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
    messages = _wait_for_outcomes(desk, ids, options)
    if options.json:
        refs = desk.history.client_refs(messages)
        _print_json([write_message(m, refs[m.seq]) for m in messages], problems)
    else:
        for message in messages:
            word = wording.message_word(message)
            print(f"{message.to}  {word}  {wording.state_sentence(message)}")
        _print_problems(problems)
    return _exit_code(messages, cause=desk.sender.status.cause)


def _wait_for_outcomes(
    desk: Desk, ids: Sequence[str], options: argparse.Namespace
) -> list[Message]:
    """Run the sender until every message has an outcome, or time is up.

    The sender itself waits while a window, or another command, has the role; then that one
    sends, and here only the log is watched.
    """
    asks_receipts = options.until == "delivered"
    moving = _STILL_MOVING | _WITHOUT_NEWS if asks_receipts else _STILL_MOVING
    clock = Clock()
    give_up_at = clock.monotonic() + options.wait
    news = threading.Event()
    unsubscribe = desk.changes.subscribe(lambda _change: news.set())
    services = ("sender", "receipts") if asks_receipts else ("sender",)
    with _running(desk, services) as interrupted:
        while not interrupted.is_set() and _is_at_work(desk, ids, moving):
            left = give_up_at - clock.monotonic()
            if left <= 0:
                break
            clock.wait(news, min(left, LOOK_S))
            news.clear()
        if interrupted.is_set():
            print(_INTERRUPTED, file=sys.stderr, flush=True)
    unsubscribe()
    return desk.history.get_many(ids)


def _is_at_work(desk: Desk, ids: Sequence[str], moving: frozenset[State]) -> bool:
    """Is the sender still starting, or any of the messages still moving?"""
    if desk.sender.status.phase is SenderPhase.STARTING:
        return True
    return any(message.state in moving for message in desk.history.get_many(ids))


@contextmanager
def _running(desk: Desk, names: Collection[str]) -> Iterator[threading.Event]:
    """Services on threads of their own; the event is set when the person breaks off.

    The second time the person means it, and the process dies: what is on the wire is then in
    doubt, as after any other crash.
    """
    stop, interrupted = threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=service.run, args=(stop,), name=service.name)
        for service in desk.services
        if service.name in names
    ]

    def break_off(number: int, _frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(number, signal.SIG_DFL)

    old = {number: signal.signal(number, break_off) for number in _SIGNALS}
    for thread in threads:
        thread.start()
    try:
        yield interrupted
    finally:
        stop.set()
        desk.sender.wake()
        for thread in threads:
            thread.join()
        for number, handler in old.items():
            signal.signal(number, handler)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_INTERRUPTED = _("smsdesk: Waiting for what is on the wire. Interrupt again to end at once.")


def _exit_code(messages: Sequence[Message], *, cause: str) -> Exit:
    """The worst of the outcomes, doubt first."""
    states = {message.state for message in messages}
    reasons = {message.held_reason for message in messages}
    if State.UNKNOWN in states:
        return Exit.UNKNOWN
    if reasons & _NEEDS_ACCOUNT or (HeldReason.CONFIG in reasons and cause == "not_configured"):
        return Exit.NOT_CONFIGURED
    if states & _REFUSED:
        return Exit.REFUSED
    if states & _WAITS:
        return Exit.WAITING
    return Exit.OK
