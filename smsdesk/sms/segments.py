"""How many parts a text takes, and where it is cut.

A text that does not fit one SMS is cut into parts that each give up seven septets, or three
UCS-2 units, to the header that joins them (3GPP TS 23.040, 9.2.3.24.1). Which alphabet has
which character is left to `encoding`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from smsdesk.sms.encoding import DEFAULT_ALPHABET, EXTENSION, Encoding, encoding_of

MAX_CHARACTERS = 3200
"""Vonage refuses a longer `text`; counted in code points."""

MANY_PARTS = 6
"""More parts than this are likely to arrive late, or not all; Vonage advises against it."""

_ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
_JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}

_PLAIN_PART = re.compile(
    rf"(?=.*\S)[{re.escape(DEFAULT_ALPHABET)}]{{1,{_ALONE[Encoding.GSM7]}}}", re.DOTALL
)
_TWO_BYTES = bytes(0x80 if chr(code) in EXTENSION else ord(".") for code in range(256))
# The first unit of a pair, as `_lay_out` shows it: the lead byte of U+0080 in UTF-8, or the high
# byte of a high surrogate (U+D800 to U+DBFF).
_OPENERS = {Encoding.GSM7: b"\xc2", Encoding.UCS2: b"\xd8\xd9\xda\xdb"}


@dataclass(frozen=True, slots=True)
class Measure:
    """The size of a text as an SMS."""

    encoding: Encoding
    units: int
    """Septets or UTF-16 code units, without headers."""
    parts: int
    """What is billed; 0 for an empty text."""
    remaining: int
    """Units that still fit before another part is needed."""
    characters: int
    """Code points."""


def measure(text: str) -> Measure:
    """The encoding and the parts of a text; exact, and fast enough for every keystroke.

    A pair (an escape and its character, or two surrogates) is never cut, so a part may end
    one unit early.
    """
    encoding = encoding_of(text)
    layout = _lay_out(text, encoding)
    units = len(layout)
    starts = _part_starts(layout, encoding)
    room = (_ALONE if len(starts) <= 1 else _JOINED)[encoding]
    remaining = starts[-1] + room - units if starts else room
    return Measure(encoding, units, len(starts), remaining, len(text))


def is_plain_part(text: str) -> bool:
    """Whether the text surely is one part in GSM-7, a septet a character, and not blank; quicker
    than `measure`, for lists of 100,000."""
    return _PLAIN_PART.fullmatch(text) is not None


def divide(text: str) -> tuple[str, ...]:
    """The parts' texts, which joined again give the text."""
    encoding = encoding_of(text)
    layout = _lay_out(text, encoding)
    starts = _part_starts(layout, encoding)
    spans = pairwise([*starts, len(layout)])
    if encoding is Encoding.GSM7:
        ends = [end - layout.count(_OPENERS[encoding], 0, end) for _, end in spans]
        return tuple(text[start:end] for start, end in pairwise([0, *ends]))
    wire = text.encode("utf-16-le", "surrogatepass")
    return tuple(
        wire[2 * start : 2 * end].decode("utf-16-le", "surrogatepass") for start, end in spans
    )


def _lay_out(text: str, encoding: Encoding) -> bytes:
    """One byte a unit, of which `_OPENERS` open pairs; the others only keep their places.

    In GSM-7, UTF-8 does what the escape does: it gives a second byte to what has been marked.
    """
    if encoding is Encoding.UCS2:
        return text.encode("utf-16-le", "surrogatepass")[1::2]
    marked = text.replace("€", "|").encode("latin-1", "replace").translate(_TWO_BYTES)
    return marked.decode("latin-1").encode("utf-8")


def _part_starts(layout: bytes, encoding: Encoding) -> list[int]:
    """Where each part begins, in units; none for an empty text."""
    units = len(layout)
    if units == 0:
        return []
    starts = [0]
    if units <= _ALONE[encoding]:
        return starts
    room, openers = _JOINED[encoding], _OPENERS[encoding]
    while (end := starts[-1] + room) < units:
        starts.append(end - 1 if layout[end - 1] in openers else end)
    return starts
