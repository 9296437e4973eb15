"""Batches that wait for a second person in the other accounts of this computer's user, so that
this person can confirm them from the account that is their own.

Whoever may open one account may open them all, so an account proves nothing about who sits before
it: the PIN of the account that the batch is in is asked for here too. Nothing is handed over in
files; a confirmation is one commit in the log of that account, whose sender finds it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smsdesk.desk.batches import Progress, tally_states, vouch
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.second_person import SecondPerson
from smsdesk.sms.state import State
from smsdesk.store.batches import BatchLog
from smsdesk.store.database import Actor, Database, check_header
from smsdesk.store.errors import StoreError
from smsdesk.store.migrations import NEWEST, schema_version
from smsdesk.system.clock import Clock
from smsdesk.system.os_user import user_name
from smsdesk.system.paths import DEFAULT_PROFILE, Paths, find_paths, profile_names
from smsdesk.system.settings import CONFIRM_ABOVE, Settings, read_one

MOST = 20
"""More that wait in one account are shown when these are done."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One batch that waits in another account."""

    account: str
    progress: Progress


class OtherAccounts:
    """Everything here reads and writes files; it is for a worker."""

    def __init__(
        self, *, root: Path, current: str, log: BatchLog, clock: Clock, reserved: str
    ) -> None:
        """`current` is this account, and `log` is its own. `reserved` is no account: in it, and
        about it, nothing is told."""
        self._root = root
        self._current = current
        self._own_log = log
        self._clock = clock
        self._reserved = reserved
        self._persons: dict[str, SecondPerson] = {}

    def waiting(self) -> list[Waiting]:
        """What waits in the accounts that have the rule, oldest first. An account whose log
        cannot be read just now, or is of another version, is passed over."""
        found: list[Waiting] = []
        for account in self._others():
            paths = self._paths(account)
            if not read_one(paths.settings, CONFIRM_ABOVE) or not paths.database.is_file():
                continue
            try:
                with _opened(paths) as log:
                    found += [Waiting(account, one) for one in _unconfirmed(log)]
            except StoreError:
                continue
        return found

    def confirm(self, waiting: Waiting, *, by: str, pin: str) -> int:
        """Let it go, in the name of a person who knows the PIN of its account; returns how many
        messages go. Both accounts remember it.

        Raises PinError, or NotStoredError; ValueError for a batch of this account itself.
        """
        account = waiting.account
        if account not in self._others():
            raise ValueError("that is not another account")
        person = self._persons.get(account)
        if person is None:  # kept, so that wrong tries are counted
            settings = Settings(self._paths(account).settings)
            person = self._persons[account] = SecondPerson(settings, self._clock)
        batch_id, now = waiting.progress.batch.id, self._clock.now()
        try:
            with _opened(self._paths(account)) as log:
                name = vouch(log, person, batch_id, by=by, pin=pin, at=now)
                count = log.confirm_whole(batch_id, by=f"{name} ({self._current})", at=now)
            if count:
                self._own_log.note_confirmed_elsewhere(account, batch_id, count, at=now)
        except StoreError as error:
            raise NotStoredError(error.code) from error
        return count

    def _others(self) -> list[str]:
        if self._current == self._reserved:
            return []
        names = [DEFAULT_PROFILE, *profile_names(self._root)]
        return [name for name in names if name not in (self._current, self._reserved)]

    def _paths(self, account: str) -> Paths:
        return find_paths(data_dir=self._root, profile=account)


@contextmanager
def _opened(paths: Paths) -> Iterator[BatchLog]:
    """The log of an account, beside whoever else has it open. Raises StoreError."""
    check_header(paths.database, newest=NEWEST)
    database = Database(paths.database, actor=Actor(user_name(), paths.profile))
    try:
        if schema_version(database) != NEWEST:
            raise StoreError("the log is of an earlier version, and nobody has opened it since")
        yield BatchLog(database, lambda _ids: None)
    finally:
        database.close_thread()


def _unconfirmed(log: BatchLog) -> Iterator[Progress]:
    for batch in log.unconfirmed(limit=MOST):
        counts = tally_states(log.tally(batch.id))
        if counts.get(State.HELD):  # else it was cancelled
            yield Progress(batch, counts, (), rate=None, left=None)
