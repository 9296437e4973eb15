"""Knows the language the program speaks, and finds a sentence's translation in it.

English is the language of the source; which sentence is said when is left to `desk/wording` and
to the window. Catalogues are gettext's, in resources/locale/<code>/LC_MESSAGES/smsdesk.mo.
"""

import gettext
from functools import cache

from smsdesk.system.paths import resource

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


@cache
def _catalogue(code: str | None) -> gettext.NullTranslations:
    languages = None if code is None else [code]
    return gettext.translation("smsdesk", resource("locale"), languages, fallback=True)
