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
        keep = super().__setattr__
        keep("_build", build)
        keep("_built", None)
        keep("_lock", threading.RLock())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._get(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._get(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._get(), name)

    def _get(self) -> object:
        if self._build is not None:
            with self._lock:
                if self._build is not None:
                    keep = super().__setattr__
                    keep("_built", self._build())
                    keep("_build", None)
        return self._built
