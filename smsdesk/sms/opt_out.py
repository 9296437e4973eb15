"""Knows the words with which a person says that they want no more messages, or wants them again.

What follows from it (the suppression list) is left to `delivery` and `store`.
"""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache


class OptOut(StrEnum):
    """What a reply asks for."""

    STOP = "stop"
    START = "start"


STOP_WORDS = frozenset(
    {
        # English: what US rules name (47 CFR 64.1200(a)(10)), and what carriers add
        # (https://api.support.vonage.com/hc/en-us/articles/9398221473564).
        *("stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"),
        *("stopp", "abmelden", "abbestellen", "austragen"),  # German, Scandinavian
        *("arret", "arreter", "desabonner", "desinscrire", "desabonnement"),  # French
        *("alto", "baja", "parar", "detener", "cancelar"),  # Spanish, Portuguese
        *("pare", "sair", "remover"),  # Portuguese
        *("ferma", "annulla", "disiscrivi", "disiscrivimi", "cancellami"),  # Italian
        *("afmelden", "uitschrijven"),  # Dutch
        *("avsluta", "avregistrera", "afmeld", "lopeta", "peruuta"),  # Nordic
        *(
            "wypisz",
            "rezygnuje",
            "zrus",
            "odhlasit",
            "leiratkozas",
            "dezabonare",
        ),  # Central Europe
        *("стоп", "отписаться", "відписатися", "στοπ", "dur", "iptal"),
        *("توقف", "الغاء", "הסר", "停止", "退订", "退訂", "td", "配信停止"),
    }
)
"""One word, folded: in lower case and without accents."""

START_WORDS = frozenset({"start", "unstop", "optin", "subscribe", "anmelden", "alta", "старт"})

_FILLERS = frozenset(
    {
        *("please", "pls", "plz", "thanks", "thank", "you", "now", "all", "me"),
        *("messages", "message", "texts", "text", "sms", "texting", "messaging", "sending"),
        *("bitte", "danke", "sofort", "alle", "nachrichten", "svp", "merci", "por", "favor"),
        *("gracias", "obrigado", "per", "favore", "grazie", "alstublieft", "tack"),
    }
)
"""What people put around the word without meaning anything else by it."""

_OPT = re.compile(r"\bopt[\s-]+(out|in)\b")
_WORD = re.compile(r"\w+")
_LONGEST = 200
"""Nobody needs more to say STOP."""


def read_opt_out(
    text: str, *, keyword: str = "", more_words: Collection[str] = ()
) -> OptOut | None:
    """What the reply asks for, if that is all that it says.

    "STOP", "Stop please!" and "stop texting me" are meant; "Stop by at ten" is not, although
    its `keyword` (the first word, as Vonage sees it) is STOP. Where there is no text the
    keyword counts. `more_words` are the desk's own words for STOP; they may be phrases.
    """
    words = _words(text if text.strip() else keyword)
    if words in _phrases(tuple(more_words)):
        return OptOut.STOP
    said = {word for word in words if word not in _FILLERS}
    if len(said) != 1:
        return None
    word = said.pop()
    if word in STOP_WORDS:
        return OptOut.STOP
    return OptOut.START if word in START_WORDS else None


@lru_cache(maxsize=4)
def _phrases(phrases: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(words for phrase in phrases if (words := _words(phrase)))


def _words(text: str) -> tuple[str, ...]:
    """The words in lower case and without accents."""
    if len(text) > _LONGEST:
        return ()
    apart = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(one for one in apart if not unicodedata.combining(one))
    return tuple(_WORD.findall(_OPT.sub(r"opt\1", folded)))
