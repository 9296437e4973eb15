"""Who a number belongs to, and how names are kept, compared and searched.

Where contacts are kept, and how they come in from files, is left to others.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST_NAME = 100
LONGEST_NOTE = 500
MOST_WORDS = 12
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """What is known about one number, before it has a place in the address book."""

    name: str
    number: str
    """E.164."""
    note: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One number of the address book. Somebody with two numbers is there twice."""

    id: int
    name: str
    number: str
    """E.164; no other contact has it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """A name for several contacts."""

    id: int
    name: str
    size: int


def tidy(text: str) -> str:
    """A name or note as it is kept: composed, on one line, with single blanks.

    Half an emoji cannot be stored; a question mark is kept in its place.
    """
    stored = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return " ".join(unicodedata.normalize("NFC", stored).split())


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A name as it is sorted and compared: `folded`, remembered for the names that come often."""
    return folded(text)


def folded(text: str) -> str:
    """The text without case, accents, invisible marks or more than one blank at a time.

    Signs that make another letter of one (the vowels of Devanagari, say) stay.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_BARRED))
    kept = "".join(
        char
        for char in plain
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    return " ".join(kept.casefold().split())


def words_of(text: str) -> tuple[str, ...]:
    """The folded words by which a name is found, each once; only the first ones of very many."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))
    return tuple(found)[:MOST_WORDS]


def digits_of(text: str) -> str:
    """The digits by which part of a number is looked for; "" where a name is meant.

    A trunk zero or "00" before them is not part of a number as it is stored.
    """
    if not _PART_OF_NUMBER.fullmatch(text.strip()):
        return ""
    return "".join(str(int(char)) for char in text if char.isdecimal()).lstrip("0")


def written(name: str, number: str) -> str:
    """A contact as an entry of the To field: "Anna Meyer <+447700900123>".

    `sms.recipients` must read that as one number, so a name that it would stumble over is left
    out; nothing of it is lost, since names are shown by number.
    """
    return f"{name} <{number}>" if name and not _UNWRITABLE.search(name) else number


def name_in(entry: str) -> str:
    """The name that was typed with a number in the To field; "" if there is none."""
    found = _NAMED.match(entry)
    return tidy(found[1] or found[2]) if found else ""


_BARRED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_WORD = re.compile(r"\w+")
_PART_OF_NUMBER = re.compile(r"\+?[\d\s()./\u2010-\u2015-]*\d[\d\s()./\u2010-\u2015-]*")
# What ends an entry of the To field, or would be taken for part of a number.
_UNWRITABLE = re.compile(
    r"[\d<>+:,;\n\r\v\f\t\x85\u2028\u2029\uff0c\uff1b\u3001\u060c\u061b]|^[•‣◦·*–-]\s"
)
_NAMED = re.compile(r"\s*(?:([^0-9<>+]*[^0-9<>+\s])\s*<|([^\W\d][^0-9+(<>:]*):)")
