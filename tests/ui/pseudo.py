"""A language that nobody speaks: every vowel twice, which makes texts about 40% longer, as German
or Finnish may be. It is for looking at layouts, and is made from the English sentences."""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from smsdesk.system import i18n

_KEPT = re.compile(r"(\{\w*\}|&\w|'[^']*' d+ M+ y+)")
_VOWEL = re.compile(r"([aeiou])", re.IGNORECASE)


def stretch(text: str) -> str:
    """The text, longer; gaps, letters for Alt and forms of dates stay as they are."""
    return "".join(
        part if _KEPT.fullmatch(part) else _VOWEL.sub(r"\1\1", part)
        for part in _KEPT.split(text)
    )


class _Pseudo(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return stretch(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return stretch(msgid1 if n == 1 else msgid2)


@contextmanager
def speaking(app: QApplication, translation: gettext.NullTranslations) -> Iterator[None]:
    """The program speaks by this translation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "_catalogue", lambda _code: translation)
        yield


@contextmanager
def pseudo(app: QApplication) -> Iterator[None]:
    """Stretched, and written from right to left."""
    with speaking(app, _Pseudo()):
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        yield
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
