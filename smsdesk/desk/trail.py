"""The trail of what persons did: noted, paged, written to a file, and held against its anchors.

An act on the log notes itself, in its own commit (`store.trail`). What is done elsewhere, such as
an export or a change of a setting, is noted here right after it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from smsdesk.store.copies import copies
from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.trail import (
    Act,
    Detail,
    Entry,
    Head,
    Outline,
    Trail,
    TrailFilter,
    Verdict,
    read_head,
)
from smsdesk.system.clock import Clock
from smsdesk.system.settings import (
    ASSISTANT,
    CONFIRM_ABOVE,
    CONFIRM_PIN,
    DEFAULT_REGION,
    DLT_CONTENT_ID,
    DLT_ENTITY_ID,
    KEY_ROTATION,
    LANGUAGE,
    NOTIFY,
    OPT_OUT_SCOPE,
    OWN_NUMBERS,
    PROXY_MODE,
    PUBLIC_URL,
    QUIET_MODE,
    RECEIPTS,
    SENDER,
    SENDERS,
    THEME,
    WAY_IN,
    WINDOW,
    Setting,
)

__all__ = ["Act", "Detail", "Entry", "Head", "Outline", "TrailFilter", "Verdict"]

_log = logging.getLogger(__name__)

COLUMNS = ("id", "time", "who", "profile", "act", "detail", "previous_hash", "hash")

_NOT_CHOSEN = frozenset(
    setting.name
    for setting in (ASSISTANT, DLT_CONTENT_ID, DLT_ENTITY_ID, KEY_ROTATION, OWN_NUMBERS)
) | {PUBLIC_URL.name, SENDER.name, SENDERS.name, WINDOW.name}
"""What the program remembers for itself, anew with every message or every start of a tunnel."""
_TOLD_BY_BATCHES = frozenset({CONFIRM_ABOVE.name, CONFIRM_PIN.name})
_WORDS = frozenset(
    setting.name
    for setting in (
        *(DEFAULT_REGION, LANGUAGE, NOTIFY, OPT_OUT_SCOPE, PROXY_MODE),
        *(QUIET_MODE, RECEIPTS, THEME, WAY_IN),
    )
)
"""Settings that hold one of a few words. What any other text holds, the trail does not tell."""


class TrailError(Exception):
    """The trail cannot be read or written; `code` is for wording."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Strayed:
    """A copy whose last entry is not in the trail: the trail was written anew, or cut off."""

    copy: str
    head: Head


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise TrailError(error.code) from error


class AuditTrail:
    """The trail of one profile. What fails on disk raises TrailError."""

    def __init__(
        self, database: Database, folder: Path, clock: Clock, *, on_change: Callable[[], None]
    ) -> None:
        """`folder` is where the backups are."""
        self._database = database
        self._trail = Trail(database)
        self._folder = folder
        self._clock = clock
        self._on_change = on_change
        self._guard = threading.Lock()
        self._pending: queue.SimpleQueue[tuple[Act, Detail, datetime]] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None

    # Noting -------------------------------------------------------------------------------

    def note(self, what: Act, **detail: str | int | float | bool) -> None:
        """Write one entry now. Never a number or a text in `detail`, nor a path that may hold
        one: counts, ids and names of settings."""
        with _told():
            self._trail.note(what, detail, at=self._clock.now())
        self._on_change()

    def note_soon(self, what: Act, **detail: str | int | float | bool) -> None:
        """The same from a thread that must not wait for the disk; `close` waits for it."""
        self._pending.put((what, detail, self._clock.now()))
        with self._guard:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_pending, name="trail")
                self._writer.start()

    def note_setting(self, setting: Setting[Any], old: object, new: object) -> None:
        """A setting is another one. What it holds is told only where it is a number, yes or no,
        or one of a few words."""
        name = setting.name
        if name in _NOT_CHOSEN or name in _TOLD_BY_BATCHES:
            return
        told = {
            when: value
            for when, value in (("from", old), ("to", new))
            if isinstance(value, int | float) or (isinstance(value, str) and name in _WORDS)
        }
        self.note_soon(Act.SETTING_CHANGED, setting=name, **told)

    def close(self) -> None:
        """Wait until all has been written."""
        with self._guard:
            writer = self._writer
        if writer is not None:
            writer.join()

    # Reading ------------------------------------------------------------------------------

    def page(
        self, which: TrailFilter, *, before: int | None = None, limit: int = 200
    ) -> list[Entry]:
        """Entries from before `before` on, the newest first."""
        with _told():
            return self._trail.page(which, before=before, limit=limit)

    def outline(self, which: TrailFilter, *, size: int = 200) -> Outline:
        """How many entries fit, and where each page of `size` ends."""
        with _told():
            return self._trail.outline(which, size=size)

    def entries(self, which: TrailFilter) -> Iterator[Entry]:
        """All that fit, the oldest first."""
        with _told():
            yield from self._trail.entries(which)

    def head(self) -> Head | None:
        """The last entry. Who keeps its hash elsewhere can tell later whether all before it is
        as it was."""
        with _told():
            return self._trail.head()

    def verify(self) -> Verdict:
        """Go through the whole chain; some seconds for a million entries."""
        with _told():
            return self._trail.verify()

    def strayed(self) -> list[Strayed]:
        """The copies that remember another trail. A restore that could not take the trail along
        says so in it, and explains the copies that were made before."""
        with _told():
            explained = [
                entry.at
                for entry in self._trail.entries(TrailFilter(what=Act.RESTORED))
                if entry.details().get("continued") is False
            ]
            found = []
            for copy in copies(self._database.path, self._folder):
                head = self._read_head(copy.path)
                if head is None or any(copy.made_at <= at for at in explained):
                    continue
                if self._trail.hash_of(head.id) != head.hash:
                    found.append(Strayed(copy.path.name, head))
            return found

    def write_file(self, which: TrailFilter, path: Path) -> int:
        """Write all that fits as CSV, whole or not at all; returns how many entries.
        Raises TrailError."""
        from smsdesk.desk.sheets.table import SheetError  # start-up time
        from smsdesk.desk.sheets.writing import harmless, write_csv

        rows = (tuple(map(harmless, row)) for row in as_rows(self.entries(which)))
        try:
            count = write_csv(path, rows) - 1
        except SheetError as error:
            raise TrailError(error.code) from error
        self.note(Act.EXPORTED, kind="trail", entries=count)
        return count

    def _read_head(self, path: Path) -> Head | None:
        """None for a copy that cannot be read: that is another finding than a wrong one."""
        try:
            return read_head(path)
        except StoreError:
            return None

    def _write_pending(self) -> None:
        try:
            while True:
                with self._guard:
                    if self._pending.empty():
                        self._writer = None
                        return
                    what, detail, at = self._pending.get()
                try:
                    self._trail.note(what, detail, at=at)
                except StoreError as error:
                    _log.error("an act could not be noted in the trail: %s", error.code)
        finally:
            self._database.close_thread()
            self._on_change()


def as_rows(entries: Iterator[Entry]) -> Iterator[Sequence[str]]:
    """The entries as the rows of a table, with their titles."""
    yield COLUMNS
    for one in entries:
        time = one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield (
            *(str(one.id), time, one.who, one.profile, one.what, one.detail),
            *(one.previous, one.hash),
        )


def code_of(verdict: Verdict, strayed: Sequence[Strayed]) -> tuple[str, str]:
    """What came of checking, as a code with a value for wording: "trail_whole" and "trail_empty"
    are good news."""
    found = verdict.first_break
    if found is not None:
        time = "?" if found.at is None else f"{found.at.astimezone():%Y-%m-%d %H:%M:%S}"
        return f"trail_{found.code}", f"{found.id} {time}"
    if strayed:
        return "trail_strayed", strayed[0].copy
    if verdict.head is None:
        return "trail_empty", ""
    return "trail_whole", f"{verdict.head.id} {verdict.head.hash}"
