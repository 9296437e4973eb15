"""Opening and closing, told once: folder, database, migrations, rooms, services.

Recovery belongs to the sender, which runs it as soon as it has the role of the one sender.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from smsdesk.delivery.outbox import Outbox
from smsdesk.delivery.reports import PATIENT, QUICK, ReportLookup
from smsdesk.delivery.sender import Sender, SenderFiles, SenderSettings
from smsdesk.delivery.upkeep import Upkeep
from smsdesk.desk.account import Account
from smsdesk.desk.changes import Change, ChangeKind, Changes
from smsdesk.desk.compose import Compose
from smsdesk.desk.connecting import Connecting
from smsdesk.desk.desk import Desk
from smsdesk.desk.doctor import Doctor
from smsdesk.desk.history import History
from smsdesk.store import migrations
from smsdesk.store.database import (
    CHECKED_AT_OPENING_BYTES,
    Database,
    check_header,
    create_file,
    integrity_check,
    quick_check,
)
from smsdesk.store.drafts import DraftShelf
from smsdesk.store.errors import DatabaseDamagedError, DatabaseIOError, StoreError
from smsdesk.store.history import HistoryView
from smsdesk.store.lookups import LookupTable
from smsdesk.store.message_log import MessageLog
from smsdesk.store.upkeep import back_up, backups, set_aside
from smsdesk.system.clock import Clock
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import FolderError, Paths, prepare
from smsdesk.system.settings import LINES, RECEIPTS, THROUGHPUT, Settings
from smsdesk.system.vault import Vault


class OpeningError(Exception):
    """The desk cannot be opened; `code` names the state, `path` the file or folder.

    Codes are those of FolderError and StoreError. Nothing was changed on disk.
    """

    def __init__(self, code: str, path: Path, detail: str = "") -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path
        self.detail = detail

    @property
    def is_repairable(self) -> bool:
        """The database can be set aside, and a backup or a new one put in its place."""
        return self.code in (DatabaseDamagedError.code, DatabaseIOError.code)


def open_desk(
    *,
    paths: Paths,
    settings: Settings,
    vault: Vault,
    profile: str,
    is_demo: bool = False,
    api_url: str | None = None,
    demo_hints: tuple[tuple[str, str], ...] = (),
    clock: Clock | None = None,
    hide: Callable[[str], None] = lambda _secret: None,
    checkpoint: Callable[[str], None] = lambda _name: None,
) -> Desk:
    """Open everything; the services are made, and started by whoever holds the desk.

    Raises OpeningError.
    """
    clock = clock or Clock()
    database = _open_database(paths, clock)
    changes = Changes()
    log = MessageLog(database, changes.announce_messages, boot_id=uuid.uuid4().hex)
    timetable = QUICK if is_demo else PATIENT

    def apply_new_account() -> None:
        desk.apply_settings()
        changes.announce(Change(ChangeKind.ACCOUNT))

    account = Account(
        vault=vault,
        settings=settings,
        clock=clock,
        api_url=api_url,
        hide=hide,
        on_saved=apply_new_account,
    )
    sender = Sender(
        database=database,
        log=log,
        lock=ProcessLock(paths.sender_lock),
        files=SenderFiles(high_water=paths.high_water, ballast=paths.ballast),
        connect=account.connect,
        settings=lambda: SenderSettings(settings.get(THROUGHPUT), settings.get(LINES)),
        on_status=lambda _status: changes.announce(Change(ChangeKind.SENDER)),
        first_lookup=lambda: timetable.wait(is_unknown=False, asked=0),
        clock=clock,
        checkpoint=checkpoint,
    )
    receipts = ReportLookup(
        database=database,
        on_change=changes.announce_messages,
        connect=account.connect,
        timetable=timetable,
        is_wanted=lambda: settings.get(RECEIPTS) == "reports",
        on_status=lambda _status: changes.announce(Change(ChangeKind.RECEIPTS)),
        clock=clock,
    )
    upkeep = Upkeep(
        database=database, backups=paths.backups, clock=clock, on_damage=sender.distrust
    )
    outbox = Outbox(log)
    view = HistoryView(database)
    compose = Compose(
        outbox=outbox,
        history=view,
        drafts=DraftShelf(database),
        settings=settings,
        clock=clock,
        wake_sender=sender.wake,
    )
    connecting = Connecting(account=account, compose=compose, settings=settings)
    desk = Desk(
        profile=profile,
        is_demo=is_demo,
        compose=compose,
        history=History(
            view=view,
            log=log,
            outbox=outbox,
            lookups=LookupTable(database),
            settings=settings,
            clock=clock,
            wake_sender=sender.wake,
        ),
        account=account,
        connecting=connecting,
        doctor=Doctor(account=account, connecting=connecting, database=database),
        settings=settings,
        changes=changes,
        services=(sender, receipts, upkeep),
        notices=(settings.notice,) if settings.notice else (),
        sender=sender,
        receipts=receipts,
        close=database.close_thread,
        demo_hints=demo_hints,
    )
    return desk


def replace_damaged_database(paths: Paths, *, clock: Clock | None = None) -> Path | None:
    """Set the damaged database aside and put the newest sound backup in its place.

    Returns the backup used, or None when there was none and a new log begins. Messages that
    come back with a backup are on hold until a person looks, for they may have been sent since:
    the sender sees that the epoch is behind.

    Raises OSError when the folder does not let us.
    """
    restored = _restored(paths)
    backup = _copy_newest_sound_backup(paths.backups, to=restored)
    set_aside(paths.database, at=(clock or Clock()).now())
    if backup is not None:
        restored.rename(paths.database)
    return backup


def _restored(paths: Paths) -> Path:
    return paths.database.with_name(paths.database.name + ".restored")


def _copy_newest_sound_backup(folder: Path, *, to: Path) -> Path | None:
    for backup in backups(folder):
        to.unlink(missing_ok=True)
        create_file(to)
        shutil.copyfile(backup, to)
        copy = Database(to)
        try:
            check_header(to, newest=migrations.NEWEST)
            integrity_check(copy)
        except StoreError:
            continue
        finally:
            copy.close_thread()
        return backup
    to.unlink(missing_ok=True)
    return None


def _open_database(paths: Paths, clock: Clock) -> Database:
    try:
        prepare(paths)
    except FolderError as error:
        raise OpeningError(error.code, error.path, error.detail) from None
    database = Database(paths.database)
    try:
        if not paths.database.exists():
            # A write-ahead log that lost its database would be taken for the new one's.
            set_aside(paths.database, at=clock.now())
            if _restored(paths).exists():
                # A repair was broken off between setting aside and putting in place.
                _restored(paths).rename(paths.database)
            else:
                migrations.create(paths.database)
        check_header(paths.database, newest=migrations.NEWEST)
        if paths.database.stat().st_size <= CHECKED_AT_OPENING_BYTES:
            quick_check(database)
        if migrations.schema_version(database) < migrations.NEWEST:
            back_up(database, paths.backups, at=clock.now(), why="before-migration")
            migrations.migrate(database)
    except StoreError as error:
        database.close_thread()
        raise OpeningError(error.code, paths.database, str(error)) from error
    except OSError as error:
        database.close_thread()
        raise OpeningError("read_only", paths.database, error.strerror or "") from error
    return database
