"""Something that is built at its first use, so that the window need not wait for it.

Which parts of the desk may come late is decided in `opening`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

_T = TypeVar("_T")


def late(build: Callable[[], _T]) -> _T:
    """Stands for what `build` will give, and has it built when anything is asked of it.

    Built once, on whichever thread asks first; another one waits.
    """
    return cast(_T, _Late(build))


class _Late:
    __slots__ = ("_build", "_built", "_lock")

    def __init__(self, build: Callable[[], object]) -> None:
        self._build: Callable[[], object] | None = build
        self._built: object = None
        self._lock = threading.RLock()

    def __getattr__(self, name: str) -> Any:
        if self._build is not None:
            with self._lock:
                if self._build is not None:
                    self._built, self._build = self._build(), None
        return getattr(self._built, name)
