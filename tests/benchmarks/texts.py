"""The texts that are counted and typed into: 1,600 characters each."""

from __future__ import annotations

from collections.abc import Mapping

LENGTH = 1_600


def _filled(pattern: str) -> str:
    return (pattern * (LENGTH // len(pattern) + 1))[:LENGTH]


_PLAIN = _filled("Your engineer is on the way and will be with you between 10 and 12. ")

TEXTS: Mapping[str, str] = {
    "GSM-7": _PLAIN,
    "one emoji": _PLAIN[:-1] + "🙂",
    "all extension characters": _filled("^{}\\[]~|€"),
    "Russian": _filled("Мастер уже в пути и будет у вас между 10 и 12 часами. "),
}
