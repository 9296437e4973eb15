"""`smsdesk history`: the log as a table, JSON or CSV. Files are written by `history_export`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import Any

from smsdesk.cli.documents import parse_state, write_csv, write_message, write_table
from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.history_export import Target, read_target
from smsdesk.cli.opening import opened
from smsdesk.cli.times import parse_moment
from smsdesk.desk import wording, wording_channels
from smsdesk.desk.desk import Desk
from smsdesk.desk.exports import Picked
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter, read_recipient
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped

MOST = 1_000_000
USUAL = 50


def run(options: argparse.Namespace) -> int:
    """Print what fits, newest first, or write it into a file."""
    target = read_target(options)
    limit = options.limit
    if limit is None and options.export_file is None:
        limit = USUAL
    if limit is not None and not 1 <= limit <= MOST:
        sentence = _("--limit: a number from 1 to {most} is expected.")
        raise CliError(sentence.replace("{most}", grouped(MOST)))
    states = _states(options)
    with opened(options) as session:
        desk = session.desk
        if options.id is not None:
            return _show_one(desk, _storable(options.id), options.format or "table", target)
        which = replace(_saved(desk, options.saved), **states, **_asked(options, desk))
        if target is not None:
            target.write(desk.exports, which, most=limit)
        else:
            messages = desk.history.page(which, limit=limit or USUAL)
            _print(desk, messages, options.format or "table")
    return Exit.OK


def _print(desk: Desk, messages: list[Message], form: str) -> None:
    if form == "table":
        print(write_table(messages) if messages else _("No messages."))
        return
    refs = desk.history.client_refs(messages)
    documents = [
        write_message(one, refs[one.seq], legs=desk.history.legs(one)) for one in messages
    ]
    if form == "json":
        print(json.dumps(documents, ensure_ascii=False))
    else:
        sys.stdout.write(write_csv(documents))


def _show_one(desk: Desk, message_id: str, form: str, target: Target | None) -> int:
    message = desk.history.get(message_id)
    if message is None:
        raise CliError(_("There is no message with the id {id}.").replace("{id}", message_id))
    if target is not None:
        target.write(desk.exports, Picked((message.id,)))
        return Exit.OK
    events = desk.history.events(message.id)
    if form == "table":
        print(write_table([message]))
        print(wording.state_sentence(message))
        for event in events:
            at = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            print(f"  {at}  {wording.event_sentence(event)}")
        for leg in desk.history.legs(message):
            print(f"  {wording_channels.leg_sentence(leg)}")
        return Exit.OK
    refs = desk.history.client_refs([message])
    legs = desk.history.legs(message)
    document = write_message(message, refs[message.seq], events, legs=legs)
    if form == "json":
        print(json.dumps([document], ensure_ascii=False))
    else:
        sys.stdout.write(write_csv([document]))
    return Exit.OK


def _saved(desk: Desk, name: str | None) -> HistoryFilter:
    """The filter to begin with."""
    if name is None:
        return HistoryFilter()
    found = desk.history.saved.find(_storable(name))
    if found is None:
        known = ", ".join(one.name for one in desk.history.saved.all())
        told = _("--saved: there is no saved search of that name.")
        if known:
            told = _("--saved: one of these is expected: {known}.").replace("{known}", known)
        raise CliError(told)
    return found.which


def _asked(options: argparse.Namespace, desk: Desk) -> dict[str, Any]:
    """The fields of the filter that are given, but for the states."""
    region = desk.compose.default_region
    since, until = options.since, options.until
    asked = {
        "search": _optional(options.search),
        "to": _recipient(options.to, region),
        "sender": _sender(options.sender, region),
        "direction": _direction(options.direction),
        "channel": _optional(options.channel),
        "batch": _optional(options.batch),
        "failure": _optional(options.failure),
        "since": None if since is None else parse_moment(since).at,
        "until": None if until is None else parse_moment(until).at,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _states(options: argparse.Namespace) -> dict[str, Any]:
    if options.group is not None:
        return {"states": FILTER_GROUPS[options.group]}
    if options.state is None:
        return {}
    state = parse_state(options.state)
    if state is None:
        known = ", ".join(state.value for state in State)
        raise CliError(
            _("--state: one of these is expected: {known}.").replace("{known}", known)
        )
    return {"states": frozenset({state})}


def _sender(text: str | None, region: str | None) -> str | None:
    """A sender in letters stays as it is; a number is meant however it is written."""
    if text is None or not text.strip(" +0123456789()./-"):
        return _recipient(text, region)
    return _storable(text)


def _recipient(text: str | None, region: str | None) -> str | None:
    return None if text is None else _storable(read_recipient(text, default_region=region))


def _optional(text: str | None) -> str | None:
    return None if text is None else _storable(text)


def _storable(text: str) -> str:
    """A broken argument holds half characters, for which no log can be asked."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _direction(text: str | None) -> Direction | None:
    return {None: None, "in": Direction.INBOUND, "out": Direction.OUTBOUND}[text]
