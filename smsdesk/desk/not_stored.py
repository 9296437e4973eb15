"""The refusal that all drawers of the desk share: the log could not take what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smsdesk.store.errors import StoreError


class NotStoredError(Exception):
    """What was asked for is surely not in the log; the draft must be kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def told() -> Iterator[None]:
    """Errors of the store as this room's own, which the faces of the program know."""
    try:
        yield
    except StoreError as error:
        raise NotStoredError(error.code) from error
