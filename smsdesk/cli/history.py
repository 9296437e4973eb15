"""`smsdesk history`: the log as a table, JSON or CSV."""

from __future__ import annotations

import argparse
import json
import sys

from smsdesk.cli.documents import parse_state, write_csv, write_message, write_table
from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.cli.times import parse_moment
from smsdesk.desk import wording
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.sms.state import State
from smsdesk.system.i18n import _

MOST = 1_000_000


def run(options: argparse.Namespace) -> int:
    """Print what fits, newest first."""
    if not 1 <= options.limit <= MOST:
        sentence = _("--limit: a number from 1 to {most} is expected.")
        raise CliError(sentence.replace("{most}", f"{MOST:,}"))
    states = _states(options.state)
    with opened(options) as session:
        desk = session.desk
        if options.id is not None:
            return _print_one(desk, _storable(options.id), options.format)
        which = HistoryFilter(
            search=_storable(options.search),
            states=states,
            to=_recipient(options.to, desk.compose.default_region),
            direction=_direction(options.direction),
            since=None if options.since is None else parse_moment(options.since).at,
            until=None if options.until is None else parse_moment(options.until).at,
        )
        messages = desk.history.page(which, limit=options.limit)
        _print(desk, messages, options.format)
    return Exit.OK


def _print(desk: Desk, messages: list[Message], form: str) -> None:
    if form == "table":
        print(write_table(messages) if messages else _("No messages."))
        return
    refs = desk.history.client_refs(messages)
    documents = [write_message(message, refs[message.seq]) for message in messages]
    if form == "json":
        print(json.dumps(documents, ensure_ascii=False))
    else:
        sys.stdout.write(write_csv(documents))


def _print_one(desk: Desk, message_id: str, form: str) -> int:
    message = desk.history.get(message_id)
    if message is None:
        raise CliError(_("There is no message with the id {id}.").replace("{id}", message_id))
    events = desk.history.events(message.id)
    if form == "table":
        print(write_table([message]))
        print(wording.state_sentence(message))
        for event in events:
            at = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            print(f"  {at}  {wording.event_sentence(event)}")
        return Exit.OK
    refs = desk.history.client_refs([message])
    document = write_message(message, refs[message.seq], events)
    if form == "json":
        print(json.dumps([document], ensure_ascii=False))
    else:
        sys.stdout.write(write_csv([document]))
    return Exit.OK


def _states(text: str | None) -> frozenset[State]:
    if text is None:
        return frozenset()
    state = parse_state(text)
    if state is None:
        known = ", ".join(state.value for state in State)
        raise CliError(
            _("--state: one of these is expected: {known}.").replace("{known}", known)
        )
    return frozenset({state})


def _recipient(text: str | None, region: str | None) -> str | None:
    if text is None:
        return None
    try:
        return parse_phone(text, default_region=region).e164
    except PhoneNumberError:
        return _storable(text)


def _storable(text: str) -> str:
    """A broken argument holds half characters, for which no log can be asked."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _direction(text: str | None) -> Direction | None:
    return {None: None, "in": Direction.INBOUND, "out": Direction.OUTBOUND}[text]
