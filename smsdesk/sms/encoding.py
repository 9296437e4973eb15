"""The two alphabets of SMS: which characters GSM-7 has, what each costs, and what may stand
for those it lacks.

How units add up to parts is left to `segments`. GSM-7 is the default alphabet of 3GPP TS
23.038, 6.2.1, with its extension table, 6.2.1.1. National shift tables are left out because
Vonage does not offer them.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from smsdesk.sms.stand_ins import LETTERS, LOOK_ALIKES, MARKS, PUNCTUATION


class Encoding(StrEnum):
    """How a text travels. One character outside GSM-7 turns the whole text to UCS-2."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class ForeignCharacter:
    """One character that GSM-7 lacks."""

    index: int
    """Where it stands in the text, in code points."""
    char: str
    name: str
    """Its Unicode name, which tells a look-alike from the letter it resembles; or its
    number ("U+0085") if it has no name."""
    suggestion: str | None
    """GSM-7 text that may stand for it; empty for invisible marks; None if nothing may."""


DEFAULT_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""One septet each. The 128th position is the escape that opens an extension pair."""

EXTENSION = "\f^{}\\[~]|€"
"""Two septets each: the escape and another."""

_GSM7 = frozenset(DEFAULT_ALPHABET + EXTENSION)
_FOREIGN = re.compile(f"[^{re.escape(DEFAULT_ALPHABET + EXTENSION)}]")


def encoding_of(text: str) -> Encoding:
    """GSM-7 if it has every character of the text, else UCS-2."""
    return Encoding.UCS2 if _FOREIGN.search(text) else Encoding.GSM7


def count_units(text: str, encoding: Encoding) -> int:
    """The length on the wire, before any header.

    In GSM-7 it is counted in septets, two for an extension character (and one for a foreign
    character, whatever it may turn into); in UCS-2 in UTF-16 code units, two for a character
    beyond U+FFFF such as most emoji.
    """
    if encoding is Encoding.GSM7:
        return len(text) + sum(map(text.count, EXTENSION))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def foreign_characters(text: str, *, limit: int | None = None) -> list[ForeignCharacter]:
    """The characters that make the text UCS-2, in reading order, at most `limit` of them."""
    stand_ins = stand_ins_of(text)
    found: list[ForeignCharacter] = []
    for match in _FOREIGN.finditer(text):
        if len(found) == limit:
            break
        char = match[0]
        found.append(ForeignCharacter(match.start(), char, _name(char), stand_ins[char]))
    return found


def foreign_set(text: str) -> frozenset[str]:
    """The characters that make the text UCS-2, each once."""
    return frozenset(text) - _GSM7


def stand_ins_of(text: str) -> Mapping[str, str | None]:
    """For each foreign character of the text, what may stand for it there.

    Look-alike letters, accents and joiners are strays in a text that is otherwise GSM-7, but
    belong to a text in Russian or with emoji. Where something cannot be replaced at all,
    they are therefore left alone.
    """
    found = {char: _stand_in(char) for char in set(text) - _GSM7}
    if None in found.values():
        return {char: None if _is_stray(char) else found[char] for char in found}
    return found


def replace_foreign(text: str) -> str:
    """The text with every suggestion taken; what has none stays as it is.

    A letter and a combining accent are joined first where one character exists for both, so
    that "é" typed as two code points becomes the "é" that GSM-7 has.
    """
    composed = unicodedata.normalize("NFC", text)
    stand_ins = stand_ins_of(composed)

    def replace(match: re.Match[str]) -> str:
        stand_in = stand_ins[match[0]]
        return match[0] if stand_in is None else stand_in

    return _FOREIGN.sub(replace, composed)


def _is_stray(char: str) -> bool:
    return char in LOOK_ALIKES or char in MARKS


@lru_cache(maxsize=4096)
def _stand_in(char: str) -> str | None:
    for table in (PUNCTUATION, LETTERS, LOOK_ALIKES, MARKS):
        if char in table:
            return table[char]
    letters = "".join(part for part in unicodedata.normalize("NFKD", char) if part not in MARKS)
    if letters and _GSM7.issuperset(letters):
        return letters
    return None


@lru_cache(maxsize=4096)
def _name(char: str) -> str:
    return unicodedata.name(char, f"U+{ord(char):04X}")
