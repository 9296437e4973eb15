"""Knows the language the program speaks: finds a sentence's translation in it, and writes numbers
and dates as it does.

English is the language of the source; which sentence is said when is left to `desk/wording` and
to the window. Catalogues are gettext's, in resources/locale/<code>/LC_MESSAGES/smsdesk.mo.
"""

import gettext
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from smsdesk.system.paths import resource

# Between thousands, and before the decimals (Unicode CLDR; for Spanish the Academies'
# Ortografía); elsewhere it is as in English.
_MARKS = {"de": (".", ","), "es": ("\u202f", ","), "fr": ("\u202f", ",")}

# Four digits are not parted there: "1234", but "12 345".
_FOUR_TOGETHER = ("es",)

SOURCE = "en"
"""The language of the sentences in the code."""

_language: str | None = None


def choose_language(code: str | None) -> None:
    """Speaks `code` ("de", "pt_BR") from now on; None is what the environment asks for.

    Without a catalogue for it the program speaks English.
    """
    global _language  # a process has one language, as it has one locale
    _language = code


def languages() -> tuple[str, ...]:
    """The codes of the languages that have a catalogue; English is the source and has none."""
    found = resource("locale").glob("*/LC_MESSAGES/smsdesk.mo")
    return tuple(sorted(path.parent.parent.name for path in found))


def _(text: str) -> str:
    """The sentence in the chosen language."""
    return _catalogue(_language).gettext(text) if text else text  # "" is the file's header


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a sentence that fits `count`, in the chosen language."""
    return _catalogue(_language).ngettext(one, many, count)


def spoken() -> str:
    """The code of the language that is really spoken: SOURCE where there is no catalogue."""
    return _catalogue(_language).info().get("language", SOURCE)


def grouped(value: int | float | Decimal, *, places: int = 0) -> str:
    """A number as people write it: "12,345.6" in English, "12.345,6" in German."""
    language = spoken()[:2]
    thousands, decimals = _MARKS.get(language, (",", "."))
    written = f"{value:,.{places}f}"
    whole = written.partition(".")[0].lstrip("-")
    if language in _FOUR_TOGETHER and len(whole) == len("1,234"):
        thousands = ""
    return written.translate({ord(","): thousands, ord("."): decimals})


def dated(pattern: str, at: date) -> str:
    """A day, and the time where `at` has one, put into a translated pattern.

    It may name {weekday} and {month}, {wday} and {mon} for short, {day}, {year} and {time}.
    """
    days = _("Monday Tuesday Wednesday Thursday Friday Saturday Sunday").split()
    short_days = _("Mon Tue Wed Thu Fri Sat Sun").split()
    months = _(
        "January February March April May June July August September October November December"
    ).split()
    short_months = _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    words = {
        "{weekday}": days[at.weekday()],
        "{wday}": short_days[at.weekday()],
        "{month}": months[at.month - 1],
        "{mon}": short_months[at.month - 1],
        "{day}": str(at.day),
        "{year}": str(at.year),
        "{time}": f"{at:%H:%M}" if isinstance(at, datetime) else "",
    }
    for name, word in words.items():
        pattern = pattern.replace(name, word)
    return pattern


@cache
def _catalogue(code: str | None) -> gettext.NullTranslations:
    languages = None if code is None else [code]
    return gettext.translation("smsdesk", resource("locale"), languages, fallback=True)
