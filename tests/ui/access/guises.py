"""Guises in which every place must be whole: the words of a language that is longer and read from
the right, and letters of another size.

The language is nobody's. It is made from the sentences themselves, so that it is always complete.
"""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from smsdesk.system import i18n

LONGER = 0.4
"""What a language may need beyond English."""
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_HEBREW = "אבצדעפגהיחקלמנטסרשתוזשקסאז"
_TO_HEBREW = str.maketrans(_LATIN + _LATIN.upper(), _HEBREW * 2)
_WORD = re.compile(r"\{[^{}]*\}|[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Guise:
    """How the program looks to somebody else."""

    screen: QSize
    is_mirrored: bool = False
    letters: float = 1
    """How much larger the platform's letters are."""


@contextmanager
def wear(guise: Guise, app: QApplication) -> Iterator[None]:
    """What is built from now on is built in it."""
    before = app.font()
    letters = app.font()
    letters.setPointSizeF(guise.letters * before.pointSizeF())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smsdesk.ui.room.screen", lambda: guise.screen)
        if guise.is_mirrored:
            patch.setattr(i18n, "_catalogue", lambda _code: Stretched())
            app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        app.setFont(letters)
        try:
            yield
        finally:
            app.setFont(before)
            app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


class Stretched(gettext.NullTranslations):
    """Each word longer, in letters that are read from the right; gaps and `&` stay."""

    def gettext(self, message: str) -> str:
        return _WORD.sub(lambda word: _stretch(word[0]), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _stretch(word: str) -> str:
    if word.startswith("{"):
        return word
    more = -int(-len(word) * LONGER // 1)
    return (word + word[:more]).translate(_TO_HEBREW)
