"""What may stand for characters that GSM-7 lacks, where Unicode itself does not say.

When a stand-in is offered is left to `encoding`, which also takes the accents off letters.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _table(*rows: tuple[str, str]) -> Mapping[str, str]:
    return MappingProxyType({char: stand_in for chars, stand_in in rows for char in chars})


PUNCTUATION = _table(
    ("\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u02b9\u00b4`", "'"),
    ("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u301d\u301e\u301f", '"'),
    ("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63", "-"),
    ("\u2022\u2023\u25aa\u25cf\u25e6\u00b7\u2219\u2027\u25a0", "-"),
    ("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006", " "),
    ("\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    ("\v\u0085\u2028\u2029", "\n"),
    ("\u2026", "..."),
    ("\u2044\u2215", "/"),
    ("\u2217", "*"),
    ("\u2223\u00a6", "|"),
    ("\u223c\u02dc", "~"),
    ("\u203c", "!!"),
    ("\u00d7", "x"),
    ("\u00f7", ":"),
    ("\u2192\u21d2", "->"),
    ("\u2190\u21d0", "<-"),
    ("\u2264", "<="),
    ("\u2265", ">="),
    ("\u00a9", "(C)"),
    ("\u00ae", "(R)"),
    ("\u2122", "(TM)"),
    ("\u00bc", "1/4"),
    ("\u00bd", "1/2"),
    ("\u00be", "3/4"),
    ("\u2153", "1/3"),
    ("\u2154", "2/3"),
    ("\u00ad\u200b\u2060\ufeff", ""),
)
"""Quotes, dashes, spaces, bullets and signs; and marks that are never seen. Never a change
of meaning: a degree sign, for one, has no stand-in."""

LETTERS = _table(
    ("\u0141", "L"),
    ("\u0142", "l"),
    ("\u013f", "L"),
    ("\u0140", "l"),
    ("\u0110\u00d0", "D"),
    ("\u0111\u00f0", "d"),
    ("\u0126", "H"),
    ("\u0127", "h"),
    ("\u0131", "i"),
    ("\u0152", "OE"),
    ("\u0153", "oe"),
    ("\u00de", "Th"),
    ("\u00fe", "th"),
    ("\u0166", "T"),
    ("\u0167", "t"),
    ("\u014a", "Ng"),
    ("\u014b", "ng"),
    ("\u0149", "'n"),
    ("\u1e9e", "SS"),
    ("\u00b5", "u"),
)
"""Letters of the Latin script that have no accent to take off."""

LOOK_ALIKES = MappingProxyType(
    dict(
        zip(
            # Cyrillic capitals and small letters, then Greek ones.
            "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u04ae\u04c0\u051a\u051c"
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d"
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
            "\u03bf\u03bd",
            "ABEKMHOPCTYXSIJYIQWaeopcyxsijhdqwABEZHIKMNOPTYXov",
            strict=True,
        )
    )
)
"""Letters of other scripts that look like Latin ones. A single one in a Latin text doubles
its price unseen; Greek in capitals is written this way on purpose, because GSM-7 has only
those Greek capitals that Latin lacks."""

MARKS = MappingProxyType(
    dict.fromkeys(
        [
            *map(chr, range(0x0300, 0x0370)),  # combining accents
            "\u200c",  # joiners, which also hold emoji together
            "\u200d",
            *"\u061c\u200e\u200f",  # direction marks, embeddings, isolates
            *map(chr, range(0x202A, 0x202F)),
            *map(chr, range(0x2066, 0x206A)),
            *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        ],
        "",
    )
)
"""Marks that only change the characters around them, and mean nothing once those are GSM-7."""
