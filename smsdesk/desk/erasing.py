"""Erases one person from everything that the program keeps, and looks for their bytes afterwards.

First the log, in one commit. Then every copy of it, which is written anew without the person, or
deleted where it cannot be read. Then the trail is told, and last all files are searched. Whoever is
interrupted in between is noted in the log, and the next start goes on (`go_on`).
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from smsdesk.desk.copies import CopiesError, copies_lock
from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.sms.recipients import IDENTITY
from smsdesk.store.copies import (
    copies,
    key_of,
    remove_copy,
    remove_unfinished,
    take_person_out,
    write_anew,
)
from smsdesk.store.database import Database
from smsdesk.store.erasure import Erasure, Holding, InDoubtError, Person
from smsdesk.store.errors import StoreError
from smsdesk.system.byte_search import SearchError, search_files
from smsdesk.system.clock import Clock
from smsdesk.system.paths import Paths

__all__ = ["Erased", "Erasing", "ErasingError", "Holding", "Preview"]

_log = logging.getLogger(__name__)

_NEEDLE = 80
"""Of a long text its beginning and its end are looked for: SQLite cuts it up in between."""
_SHORTEST_TEXT = 12
"""Shorter texts stand in many places, whoever was written to."""
_TRIES = 50
_PAUSE_S = 0.2


class ErasingError(Exception):
    """Somebody cannot be erased; `code` is for wording, `count` for how many messages."""

    def __init__(self, code: str, count: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.count = count


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be erased."""

    number: str
    """E.164, or an ID of somebody of whom no number is known."""
    held: Holding
    ids: tuple[str, ...]
    """The IDs that are joined to the contact of the number; what went under them goes too."""
    copies: int
    """Backups and logs set aside, each of which is written anew if the person is in it."""
    mentions: int
    """Texts of others, templates and notes in which the number stands. They stay."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it."""

    held: Holding
    rewritten: int = 0
    """Copies that the person was in, and is no more."""
    deleted: int = 0
    """Copies that could not be read."""
    searched: int = 0
    """Files that were searched afterwards; 0 when they could not be."""
    found_in: tuple[str, ...] = field(default=())
    """The names of those in which something was found."""


class Erasing:
    """Erases persons from one profile. Slow: for a thread that may take its time. What fails on
    disk raises ErasingError."""

    def __init__(
        self,
        paths: Paths,
        database: Database,
        clock: Clock,
        *,
        on_change: Callable[[], None],
    ) -> None:
        """`on_change` is called when the log, the contacts and the opt-outs are others."""
        self._paths = paths
        self._database = database
        self._erasure = Erasure(database)
        self._clock = clock
        self._on_change = on_change

    def look(self, typed: str, *, default_region: str | None) -> Preview:
        """What would be erased of the person with this number or ID, as it is typed."""
        with _told():
            person = self._person(typed, default_region)
            return Preview(
                person.number,
                self._erasure.look(person),
                person.ids,
                len(copies(self._paths.database, self._paths.backups)),
                self._erasure.mentions(person),
            )

    def erase(
        self, number: str, *, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Erased:
        """Erase the person with this E.164 number, or with an ID that is known here. `progress`
        is told how many steps of how many are done. What waits for them is not sent; with a
        message in doubt nothing is done."""
        with _told(), copies_lock(self._paths):
            person = self._erasure.person(number) or Person(number)
            texts = self._erasure.texts(person)
            try:
                held = self._erasure.erase(person, at=self._clock.now())
            except InDoubtError as error:
                raise ErasingError("in_doubt", error.count) from None
            self._on_change()
            return self._finish(person, held, texts, progress)

    def go_on(self) -> bool:
        """Finish what an earlier run has begun; says whether there was anything."""
        with _told():
            person = self._erasure.unfinished()
            if person is None:
                return False
            with copies_lock(self._paths):
                self._finish(person, Holding(), [], lambda _done, _all: None)
        return True

    def _person(self, typed: str, default_region: str | None) -> Person:
        """An ID that is known here is that, however much it looks like a number."""
        known = (
            self._erasure.person(typed.strip()) if IDENTITY.fullmatch(typed.strip()) else None
        )
        if known is not None:
            return known
        try:
            number = parse_phone(typed, default_region=default_region).e164
        except PhoneNumberError as error:
            raise ErasingError(error.problem) from None
        return self._erasure.person(number) or Person(number)

    def _finish(
        self,
        person: Person,
        held: Holding,
        texts: list[str],
        progress: Callable[[int, int], None],
    ) -> Erased:
        found = copies(self._paths.database, self._paths.backups)
        steps = len(found) + 2
        remove_unfinished(self._paths.database, self._paths.backups)
        rewritten = deleted = 0
        for done, copy in enumerate(found, 1):
            progress(done, steps)
            is_held = self._take_out_of(copy.path, person)
            rewritten += is_held is True
            deleted += is_held is None
        self._erasure.finish(
            person, held, {"rewritten": rewritten, "deleted": deleted}, at=self._clock.now()
        )
        progress(steps - 1, steps)
        self._empty_wal()
        searched, found_in = self._search(person, texts)
        progress(steps, steps)
        return Erased(held, rewritten, deleted, searched, found_in)

    def _take_out_of(self, copy: Path, person: Person) -> bool | None:
        """Whether the person was in a copy; None for one that cannot be read, and is gone."""
        try:
            return take_person_out(
                copy, person, key=key_of(self._database), at=self._clock.now()
            )
        except StoreError as error:
            if error.code in _NOT_THE_COPY_S_FAULT:
                raise
            remove_copy(copy)
            return None

    def _search(self, person: Person, texts: list[str]) -> tuple[int, tuple[str, ...]]:
        """In how many files was looked, and which of them still hold something of the person."""
        needles = self._needles(person, texts)
        files = self._files()
        try:
            found = search_files(files, list(needles))
            if self._write_anew(found):
                found = search_files(files, list(needles))
        except SearchError as error:
            _log.warning("the files could not be searched: %s", error)
            return 0, ()
        names = list(needles.values())
        # A text that others have got as well is in the log by right.
        left = {
            path.name
            for path, places in found.items()
            if any(not self._is_held_by_others(names[place]) for place in places)
        }
        self._erasure.note_check(person, len(files), len(left), at=self._clock.now())
        return len(files), tuple(sorted(left))

    def _write_anew(self, found: Collection[Path]) -> bool:
        """Write those databases anew in which something was found: SQLite moves rows about, and
        does not always overwrite the place where one was (`secure_delete` is about deleted ones).
        Says whether there were any."""
        is_in_log = any(path in found for path in _with_companions(self._paths.database))
        if is_in_log:
            self._erasure.vacuum()
            self._empty_wal()
        held = [
            copy.path
            for copy in copies(self._paths.database, self._paths.backups)
            if copy.path in found
        ]
        for path in held:
            write_anew(path)
        return is_in_log or bool(held)

    def _is_held_by_others(self, text: str | None) -> bool:
        return text is not None and self._erasure.is_held_by_others(text)

    def _needles(self, person: Person, texts: list[str]) -> dict[bytes, str | None]:
        """What is looked for; with a text, the text that it is a piece of."""
        needles: dict[bytes, str | None] = {form.encode(): None for form in person.forms}
        for text in texts:
            if len(text) < _SHORTEST_TEXT:
                continue
            for written in {text, json.dumps(text)[1:-1]}:
                needles[written[:_NEEDLE].encode()] = text
                needles[written[-_NEEDLE:].encode()] = text
        return needles

    def _files(self) -> list[Path]:
        """Everything that the program keeps for this profile. The demo's pretend Vonage keeps a
        book of its own, as the real one does."""
        home = self._paths.home
        mine = (self._paths.settings, self._paths.high_water)
        return [
            *(path for path in _with_companions(self._paths.database) if path.exists()),
            *sorted(path for path in self._paths.backups.glob("*") if path.is_file()),
            *sorted(home.glob(f"{self._paths.database.stem}-*")),
            *sorted(path for path in self._paths.logs.glob("*") if path.is_file()),
            *(path for path in mine if path.exists()),
        ]

    def _empty_wal(self) -> None:
        """Readers are in the way for a moment only, so it is tried for some seconds."""
        never = threading.Event()
        for _try in range(_TRIES):
            if self._database.empty_wal():
                return
            self._clock.wait(never, _PAUSE_S)


_NOT_THE_COPY_S_FAULT = frozenset({"busy", "disk_full", "read_only"})


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (StoreError, CopiesError) as error:
        raise ErasingError(error.code) from error
    except OSError as error:
        raise ErasingError("io_error") from error


def _with_companions(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(database.name + end) for end in ("", "-wal", "-shm"))
