"""`smsdesk check`: how numbers read and how a text is divided. It needs no account and no log."""

from __future__ import annotations

import argparse
import json
from typing import Any

from smsdesk.cli.arguments import profile_of
from smsdesk.cli.exits import Exit
from smsdesk.desk import wording
from smsdesk.desk.compose import region_of_locale
from smsdesk.session import Profile
from smsdesk.sms.encoding import foreign_characters
from smsdesk.sms.message import Problem, normalise_text
from smsdesk.sms.recipients import RecipientEntry, read_recipients
from smsdesk.sms.segments import divide, measure
from smsdesk.system.i18n import _
from smsdesk.system.settings import DEFAULT_REGION, Settings


def run(options: argparse.Namespace) -> int:
    """Print the reading; 0 when every number can be used, 2 otherwise."""
    text = normalise_text(options.text)
    region = options.region or _default_region(profile_of(options))
    entries = [
        entry
        for number in options.to
        for entry in read_recipients(number, default_region=region)
    ]
    document = _document(text, entries)
    print(json.dumps(document, ensure_ascii=False) if options.json else _table(document))
    return Exit.OK if all(entry.number for entry in entries) else Exit.USAGE


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
