"""`smsdesk check`: how recipients read and how long a text is. It needs no account and no log."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from smsdesk.cli.arguments import profile_of
from smsdesk.cli.exits import Exit
from smsdesk.desk import wording
from smsdesk.desk.compose import region_of_locale
from smsdesk.session import Profile
from smsdesk.sms.channels import CHANNELS, Channel
from smsdesk.sms.channels.checks import read_people
from smsdesk.sms.encoding import foreign_characters
from smsdesk.sms.message import Problem, normalise_text
from smsdesk.sms.recipients import RecipientEntry
from smsdesk.sms.segments import divide, measure
from smsdesk.system.i18n import _
from smsdesk.system.settings import DEFAULT_REGION, Settings


def run(options: argparse.Namespace) -> int:
    """Print the reading; 0 when everybody can be written to, 2 otherwise."""
    channel = CHANNELS[options.channel]
    text = normalise_text(options.text)
    region = options.region or _default_region(profile_of(options))
    entries = [
        entry
        for typed in options.to
        for entry in read_people(channel, typed, default_region=region)
    ]
    if channel.has_parts:
        document = _document(text, entries)
        table = _table(document)
    else:
        document = _plain_document(channel, text, entries)
        table = "\n".join(_plain_table(channel, text, entries))
    print(json.dumps(document, ensure_ascii=False) if options.json else table)
    return Exit.OK if all(entry.address for entry in entries) else Exit.USAGE


def _default_region(profile: Profile) -> str | None:
    """The setting, read without opening or making anything."""
    path = profile.find_paths().settings
    return Settings(path if path.exists() else None).get(DEFAULT_REGION) or region_of_locale()


def _document(text: str, entries: list[RecipientEntry]) -> dict[str, Any]:
    size = measure(text)
    return {
        "encoding": size.encoding.value,
        "units": size.units,
        "parts": size.parts,
        "remaining": size.remaining,
        "parts_text": list(divide(text)),
        "not_gsm7": [
            {
                "char": foreign.char,
                "index": foreign.index,
                "name": foreign.name,
                "suggestion": foreign.suggestion,
            }
            for foreign in foreign_characters(text)
        ],
        "recipients": [_recipient(entry) for entry in entries],
    }


def _plain_document(
    channel: Channel, text: str, entries: list[RecipientEntry]
) -> dict[str, Any]:
    """The same for a channel on which a text is not divided."""
    return {
        "channel": channel.name,
        "characters": len(text),
        "remaining": channel.longest_text - len(text),
        "recipients": [{**_recipient(one), "address": one.address} for one in entries],
    }


def _plain_table(channel: Channel, text: str, entries: list[RecipientEntry]) -> Iterator[str]:
    left = channel.longest_text - len(text)
    yield f"{_('Channel')}: {channel.title}"
    yield f"{_('Characters')}: {len(text)} ({left} {_('left')})"
    for entry in entries:
        yield f"{entry.input}: {_recipient(entry)['problem'] or entry.address}"


def _recipient(entry: RecipientEntry) -> dict[str, Any]:
    number, problem = entry.number, None
    if entry.problem is not None:
        problem = wording.problem_sentence(Problem("to", entry.input, entry.problem))
    return {
        "input": entry.input,
        "e164": number.e164 if number else None,
        "region": number.region if number else None,
        "kind": number.kind if number else None,
        "valid": number.is_valid if number else False,
        "problem": problem,
    }


def _table(document: dict[str, Any]) -> str:
    lines = [
        f"{_('Encoding')}: {document['encoding']}",
        f"{_('Parts')}: {document['parts']}",
        f"{_('Units')}: {document['units']} ({document['remaining']} {_('left')})",
    ]
    for foreign in document["not_gsm7"]:
        stand_in = foreign["suggestion"]
        remedy = "" if stand_in is None else f" → {stand_in!r}"
        lines.append(f"{_('Not in GSM-7')}: {foreign['char']!r} {foreign['name']}{remedy}")
    for recipient in document["recipients"]:
        told = (
            recipient["problem"] or f"{recipient['e164']} {recipient['region'] or ''}".strip()
        )
        lines.append(f"{recipient['input']}: {told}")
    return "\n".join(lines)
