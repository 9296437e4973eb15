"""vCards, read as other programs write them (2.1, 3.0, 4.0) and written as most of them read
(3.0): names, numbers, notes, categories, and nothing else of a card.

Written after RFC 2426, RFC 6350 and the vCard 2.1 specification. A card is a stranger's: what
does not fit is a bad card, and the next one is read all the same. Whether a number is one is for
others to say.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from smsdesk.sms.contact import ContactEntry

MOST_NUMBERS = 50
"""In one card; a person has fewer."""
LONGEST_VALUE = 10_000
"""Characters of a property that are looked at; a picture has more, and is passed over."""
LINE_OCTETS = 75

_NO_SMS = frozenset({"fax", "pager", "modem", "bbs", "isdn", "textphone"})
_VOICE = frozenset({"cell", "voice", "text", "iphone", "mobile"})


@dataclass(frozen=True, slots=True)
class CardNumber:
    """A number as it stands in a card."""

    value: str
    is_fax: bool
    """Or a pager, a modem: nothing that a text message arrives at."""


@dataclass(slots=True)
class Card:
    """One card; `line` is where it begins."""

    line: int
    name: str = ""
    numbers: list[CardNumber] = field(default_factory=list)
    note: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadCard:
    """A card that could not be read; `code` is for wording."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: dict[str, list[str]]
    value: str


def looks_like_cards(text: str) -> bool:
    """Whether a file holds cards, whatever its name is."""
    return bool(_BEGIN.match(text.lstrip("\ufeff \t\r\n")[:100]))


def read_cards(text: str) -> Iterator[Card | BadCard]:
    """Every card of a file, in its order."""
    begun: int | None = None
    depth = 0
    properties: list[_Property] = []
    for line, logical in _unfolded(text):
        stripped = logical.strip()
        if _BEGIN.fullmatch(stripped):
            if begun is not None and depth == 1 and not _is_nested(properties):
                yield BadCard(begun, "unfinished")
                depth, properties = 0, []
            if depth == 0:
                begun, properties = line, []
            depth += 1
        elif _END.fullmatch(stripped):
            depth -= 1
            if depth == 0 and begun is not None:
                yield _read_card(begun, properties)
                begun = None
            depth = max(depth, 0)
        elif depth == 1:
            found = _read_property(logical)
            if found is not None:
                properties.append(found)
    if begun is not None:
        yield BadCard(begun, "unfinished")


def write_cards(entries: Iterable[ContactEntry]) -> Iterator[str]:
    """Each entry as a card of version 3.0, with its line ends."""
    for entry in entries:
        name = _escaped(entry.name)
        lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{name};;;;", f"FN:{name}"]
        lines.append(f"TEL;TYPE=CELL:{entry.number}")
        if entry.note:
            lines.append(f"NOTE:{_escaped(entry.note)}")
        if entry.groups:
            lines.append("CATEGORIES:" + ",".join(map(_escaped, entry.groups)))
        lines.append("END:VCARD")
        yield "".join(f"{_folded(line)}\r\n" for line in lines)


_BEGIN = re.compile(r"BEGIN\s*:\s*VCARD", re.IGNORECASE)
_END = re.compile(r"END\s*:\s*VCARD", re.IGNORECASE)
_LINE = re.compile(r"\r\n|\r|\n")
_QP = re.compile(r"quoted-printable", re.IGNORECASE)


def _is_nested(properties: list[_Property]) -> bool:
    """A card in a card is announced by AGENT (vCard 2.1)."""
    return bool(properties) and properties[-1].name == "AGENT"


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines, each with the number of its first physical one.

    A line that begins with a blank goes on with the one before. A quoted-printable one goes on
    after a "=" at its end, and some programs indent the rest of it and some do not.
    """
    pieces: list[str] = []
    begun, size, is_quoted = 1, 0, False
    for number, line in enumerate(_LINE.split(text), start=1):
        goes_on = is_quoted and bool(pieces) and pieces[-1].endswith("=")
        if goes_on:
            pieces[-1] = pieces[-1][:-1]
            addition = line
        elif pieces and line[:1] in (" ", "\t") and line.strip():
            addition = line[1:]
        else:
            if pieces:
                yield begun, "".join(pieces)
            pieces, begun, size = [line], number, len(line)
            is_quoted = bool(_QP.search(line.partition(":")[0]))
            continue
        if size <= LONGEST_VALUE:  # the rest of a picture is of no use
            pieces.append(addition)
            size += len(addition)
        elif goes_on:
            pieces[-1] += "=" if addition.endswith("=") else ""
    if pieces:
        yield begun, "".join(pieces)


def _read_property(logical: str) -> _Property | None:
    """A line taken apart; None for one that is nothing, which is passed over."""
    end = _end_of_head(logical)
    if end is None:
        return None
    name, *parameters = _split(logical[:end], ";", quotes=True)
    found: dict[str, list[str]] = {}
    for parameter in parameters:
        key, is_set, value = parameter.partition("=")
        # In 2.1 a type or an encoding may stand without its key.
        bare = "encoding" if _QP.fullmatch(key.strip()) else "type"
        key, value = (key.strip().casefold(), value) if is_set else (bare, key)
        values = (one.strip().strip('"').casefold() for one in _split(value, ",", quotes=False))
        found.setdefault(key, []).extend(values)
    kind = name.rpartition(".")[2].strip().upper()
    return _Property(kind, found, logical[end + 1 :][:LONGEST_VALUE])


def _end_of_head(logical: str) -> int | None:
    """Where the first colon stands that is not within quotes."""
    is_quoted = False
    for place, char in enumerate(logical[:LONGEST_VALUE]):
        if char == '"':
            is_quoted = not is_quoted
        elif char == ":" and not is_quoted:
            return place
    return None


def _read_card(line: int, properties: list[_Property]) -> Card:
    card = Card(line)
    names: dict[str, str] = {}
    for found in properties:
        match found.name:
            case "FN" | "NICKNAME":
                names.setdefault(found.name, _plain(_decoded(found)))
            case "ORG":
                names.setdefault("ORG", " ".join(_components(found)))
            case "N":
                family, given, more, *_rest = [*_components(found), "", "", ""]
                names.setdefault("N", " ".join(filter(None, (given, more, family))))
            case "TEL" if len(card.numbers) < MOST_NUMBERS:
                value = _plain(_decoded(found)).strip()
                kinds = frozenset(found.parameters.get("type", ()))
                if value:
                    card.numbers.append(
                        CardNumber(value, bool(kinds & _NO_SMS) and not kinds & _VOICE)
                    )
            case "NOTE" if not card.note:
                card.note = _plain(_decoded(found))
            case "CATEGORIES":
                parts = (_plain(one) for one in _split(_decoded(found), ",", escapes=True))
                card.groups = (*card.groups, *(one.strip() for one in parts if one.strip()))
    card.name = next(
        (
            names[kind].strip()
            for kind in ("FN", "N", "ORG", "NICKNAME")
            if names.get(kind, "").strip()
        ),
        "",
    )
    return card


def _components(found: _Property) -> list[str]:
    parts = _split(_decoded(found), ";", escapes=True)
    return [_plain(part).strip() for part in parts]


def _decoded(found: _Property) -> str:
    """The value without its quoted-printable coating, in the character set it names."""
    if "quoted-printable" not in found.parameters.get("encoding", ()):
        return found.value
    octets = quopri.decodestring(found.value.encode("utf-8", "replace"))
    named = next(iter(found.parameters.get("charset", ())), "utf-8")
    for charset in (named, "utf-8", "cp1252"):
        try:
            return octets.decode(charset)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return octets.decode("utf-8", "replace")


def _plain(value: str) -> str:
    """The value without its escapes."""
    return re.sub(r"\\([\\,;:nN])", lambda match: "\n" if match[1] in "nN" else match[1], value)


def _split(
    value: str, separator: str, *, quotes: bool = False, escapes: bool = False
) -> list[str]:
    """The parts between separators that are neither within quotes nor escaped."""
    parts, part = [], list[str]()
    is_quoted = is_escaped = False
    for char in value:
        if char == separator and not is_quoted and not is_escaped:
            parts.append("".join(part))
            part = []
            continue
        part.append(char)
        is_quoted ^= quotes and char == '"'
        is_escaped = escapes and char == "\\" and not is_escaped
    return [*parts, "".join(part)]


def _escaped(value: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", value).replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which cuts a character."""
    pieces, piece, size = [], list[str](), 0
    for char in line:
        octets = len(char.encode("utf-8", "replace"))
        if size + octets > LINE_OCTETS:
            pieces.append("".join(piece))
            piece, size = [], 1  # the blank that a piece begins with counts
        piece.append(char)
        size += octets
    pieces.append("".join(piece))
    return "\r\n ".join(pieces)
