"""What a person means by what they type into the search field, and which letters of a shown
text it fits.

Where it is looked for is left to `store.search`. Case, accents and the width of blanks do not
matter, since nobody remembers them: "muller" finds "Müller" and "strasse" finds "Straße".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from smsdesk.sms.contact import folded, words_of

LEAST_DIGITS = 3
"""Fewer digits are looked for in texts only: nearly every number has them."""
LEAST_OF_REFERENCE = 6
"""So much of the beginning of a reference or id is needed to find a message by it."""
MOST_TERMS = 12
LONGEST_SEARCH = 300

Span = tuple[int, int]
"""Where a fitting part begins, and where it has ended."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found somewhere in a message."""

    pieces: tuple[str, ...]
    """Folded; each must be found. Several only where a number was typed in groups."""
    digits: str = ""
    """Part of a number in E.164, if it may be meant as one."""
    reference: str = ""
    """As typed, if it may be the beginning of a reference or id."""

    @property
    def name_words(self) -> tuple[str, ...]:
        """The beginnings of words of a contact's name."""
        return words_of(" ".join(self.pieces))


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it is understood: every term must be found, each of them anywhere."""

    terms: tuple[Term, ...]

    def marks_in_text(self, shown: str) -> list[Span]:
        """The parts of a text, a sender or a reference that fit, in order, none overlapping."""
        pieces = [piece for term in self.terms for piece in term.pieces]
        if not pieces:
            return []
        plain, origins = _with_origins(shown)
        return _merged(
            _span(shown, origins, start, start + len(piece))
            for piece in pieces
            for start in _starts(piece, plain)
        )

    def marks_in_number(self, shown: str) -> list[Span]:
        """The parts of a number that fit, however it is grouped."""
        places = [place for place, char in enumerate(shown) if char.isdecimal()]
        digits = "".join(shown[place] for place in places)
        return _merged(
            (places[start], places[start + len(term.digits) - 1] + 1)
            for term in self.terms
            if term.digits
            for start in _starts(term.digits, digits)
        )

    def marks_in_name(self, shown: str) -> list[Span]:
        """The beginnings of words of a contact's name that fit."""
        wanted = {word for term in self.terms for word in term.name_words}
        plain, origins = _with_origins(shown)
        return _merged(
            _span(shown, origins, word.start(), word.start() + len(one))
            for word in _WORD.finditer(plain)
            for one in wanted
            if word[0].startswith(one)
        )


@lru_cache(maxsize=64)
def parse_search(typed: str) -> Search:
    """Read a search: words of which each must be found, a "phrase in quotes" as it stands, and
    a number in groups as one number."""
    terms: list[Term] = []
    group: list[str] = []
    for found in _TOKEN.finditer(typed[:LONGEST_SEARCH]):
        if found["word"] and _IN_NUMBER.fullmatch(found["word"]):
            group.append(found["word"])
            continue
        terms += _number_terms(group)
        group = []
        text = found["word"] or found["phrase"]
        if piece := folded(text):
            terms.append(Term((piece,), reference=_reference(text) if found["word"] else ""))
    terms += _number_terms(group)
    return Search(tuple(dict.fromkeys(terms))[:MOST_TERMS])


def digits_meant(typed: str) -> str:
    """The digits by which part of a number in E.164 is looked for, however it was typed.

    A "(0)", a trunk zero and "00" are not part of it: `07700 900`, `+44 (0)7700` and
    `0044 7700` all find +447700900123.
    """
    typed = typed.replace("(0)", "")
    return "".join(str(int(char)) for char in typed if char.isdecimal()).lstrip("0")


def _number_terms(group: list[str]) -> list[Term]:
    """Signs and digits that follow each other: one number, if it has digits enough."""
    digits = digits_meant("".join(group))
    pieces = tuple(filter(None, map(folded, group)))
    if len(digits) < LEAST_DIGITS:
        return [Term((piece,)) for piece in pieces]
    return [Term(pieces, digits, _reference(group[0]) if len(group) == 1 else "")]


def _reference(word: str) -> str:
    return word if _REFERENCE.fullmatch(word) else ""


def _starts(piece: str, text: str) -> Iterator[int]:
    start = text.find(piece)
    while start >= 0:
        yield start
        start = text.find(piece, start + 1)


def _with_origins(shown: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters the place of the shown one it came from."""
    letters: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(shown):
        for letter in " " if char.isspace() else _fold_char(char):
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(letter)
            origins.append(place)
    return "".join(letters), origins


def _span(shown: str, origins: list[int], start: int, end: int) -> Span:
    last = origins[end - 1] + 1
    while last < len(shown) and unicodedata.combining(shown[last]):
        last += 1
    return origins[start], last


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    return folded(char)


_TOKEN = re.compile(
    r'["\u201c\u201d\u201e](?P<phrase>[^"\u201c\u201d\u201e]*)["\u201c\u201d\u201e]?'
    r'|(?P<word>[^\s"\u201c\u201d\u201e]+)'
)
_IN_NUMBER = re.compile(r"[+\d()./\u2010-\u2015-]+")
_REFERENCE = re.compile(rf"[0-9A-Za-z-]{{{LEAST_OF_REFERENCE},}}")
_WORD = re.compile(r"\w+")
