"""Opening and closing, told once: folder, database, migrations, rooms, services.

Recovery belongs to the sender, which runs it as soon as it has the role of the one sender.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from smsdesk.desk.attention import Attention
from smsdesk.desk.backroom import Backroom
from smsdesk.desk.changes import Change, ChangeKind, Changes
from smsdesk.desk.channels import Channels
from smsdesk.desk.compose import Compose
from smsdesk.desk.desk import Desk
from smsdesk.desk.late import late
from smsdesk.desk.way_in_values import WayInPhase
from smsdesk.store import migrations
from smsdesk.store.database import (
    CHECKED_AT_OPENING_BYTES,
    Actor,
    Database,
    check_header,
    quick_check,
    watched,
)
from smsdesk.store.drafts import DraftShelf
from smsdesk.store.errors import DatabaseDamagedError, DatabaseIOError, StoreError
from smsdesk.store.upkeep import (
    back_up,
    backups,
    ready_copy,
    set_aside,
)
from smsdesk.system.clock import Clock
from smsdesk.system.os_user import user_name
from smsdesk.system.paths import FolderError, prepare
from smsdesk.system.settings import (
    RECEIVER,
)

if TYPE_CHECKING:  # start-up time
    from smsdesk.system.paths import Paths
    from smsdesk.system.settings import Settings
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
    mask: Callable[[str], str] = lambda line: line,
    checkpoint: Callable[[str], None] = lambda _name: None,
    on_update: Callable[[float], None] = lambda _share: None,
) -> Desk:
    """Open everything; the services are made, and started by whoever holds the desk.

    `hide` is told each secret; `mask` takes them out of a line that is to leave the program.

    `on_update` is called, again and again, while a log of an earlier version is brought up to
    this one: with how much of that is done, from 0 to 1. It must be quick.

    Raises OpeningError.
    """
    clock = clock or Clock()
    database = _open_database(paths, clock, on_update)
    changes = Changes()

    def tell_of_opt_outs() -> None:
        opt_outs.forget_answers()
        changes.announce(Change(ChangeKind.OPT_OUTS))

    def tell_of_contacts() -> None:
        contacts.forget_answers()
        changes.announce(Change(ChangeKind.CONTACTS))

    def tell_of_templates() -> None:
        templates.forget_answers()
        changes.announce(Change(ChangeKind.TEMPLATES))

    def note_export(kind: str) -> Callable[[int], None]:
        def note(count: int) -> None:
            from smsdesk.store.trail import Act

            trail.note_soon(Act.EXPORTED, kind=kind, entries=count)

        return note

    # Whatever is asked nothing before the first paint is dear to import: built when first used.
    identities = late(lambda: backroom.know_identities(tell_of_contacts))
    contacts = late(lambda: backroom.keep_contacts(tell_of_contacts, note_export("contacts")))
    templates = late(lambda: backroom.keep_templates(tell_of_templates))
    log = late(lambda: backroom.open_log(tell_of_opt_outs))
    view = late(lambda: backroom.open_view())
    channels = Channels(settings=settings, view=view, identities=identities, clock=clock)
    opt_outs = late(
        lambda: backroom.keep_opt_outs(channels, tell_of_opt_outs, note_export("opt_outs"))
    )
    backroom = Backroom(paths, settings, vault, database, log, changes, clock, is_demo=is_demo)
    trail = late(lambda: backroom.keep_trail())
    settings.tell(lambda *change: trail.note_setting(*change))

    def apply_new_account() -> None:
        desk.apply_settings()
        prices.reload()
        watch.reload()
        changes.announce(Change(ChangeKind.ACCOUNT))

    def note_new_account() -> None:
        from smsdesk.store.trail import Act

        apply_new_account()
        trail.note_soon(Act.ACCOUNT_CHANGED)

    def erased() -> None:
        tell_of_opt_outs()
        tell_of_contacts()
        changes.announce_messages(None)

    def close() -> None:
        settings.tell(None)
        backroom.close_trail()
        database.close_thread()

    def webhooks_come() -> bool:
        return settings.get(RECEIVER) and way_in.status.phase is WayInPhase.OPEN

    account = late(lambda: backroom.open_account(api_url, hide, note_new_account))
    room = late(lambda: backroom.wait_in_line())
    timing = late(lambda: backroom.keep_time(room, wake_sender=lambda: sender.wake()))
    sender = late(
        lambda: backroom.hire_sender(account, checkpoint, webhooks_come, room, timing)
    )
    budget = late(lambda: backroom.budget_reports())
    receipts = late(
        lambda: backroom.ask_for_receipts(account, budget, tell_of_opt_outs, webhooks_come)
    )
    replies = late(lambda: backroom.ask_for_replies(account, budget, tell_of_opt_outs))
    receiving = late(lambda: backroom.receive(account, tell_of_opt_outs))
    erasing = late(lambda: backroom.erase_people(erased))
    attention = Attention(clock)
    upkeep = late(lambda: backroom.keep_up(sender, erasing, attention))
    outbox = late(
        lambda: backroom.make_outbox(
            lambda size: size > 1 and batches.second_person.is_needed(size)
        )
    )
    batches = late(
        lambda: backroom.watch_batches(
            profile, outbox, opt_outs, wake_sender=lambda: sender.wake()
        )
    )
    index = late(lambda: backroom.open_index())
    indexing = late(lambda: backroom.make_index(index))
    compose = Compose(
        outbox=outbox,
        history=view,
        drafts=DraftShelf(database),
        opt_outs=opt_outs,
        timing=timing,
        channels=channels,
        settings=settings,
        clock=clock,
        wake_sender=lambda: sender.wake(),
    )
    connecting = late(lambda: backroom.connect(account, compose))
    prices = late(lambda: backroom.know_prices(account, view))
    watch = late(lambda: backroom.watch_account(account, sender))
    doctor = late(lambda: backroom.call_doctor(account, connecting, trail))
    way_in = late(lambda: backroom.find_a_way_in(receiving, account, connecting, sender))
    desk = Desk(
        profile=profile,
        is_demo=is_demo,
        compose=compose,
        bulk=late(
            lambda: backroom.send_in_bulk(
                compose, outbox, opt_outs, prices, wake_sender=lambda: sender.wake()
            )
        ),
        history=late(
            lambda: backroom.look_back(
                view,
                outbox,
                timing,
                index,
                wake_sender=lambda: sender.wake(),
                receipts=lambda: receipts.status,
                channels_on=lambda: {one.name for one in channels.on},
            )
        ),
        batches=batches,
        overdue=late(
            lambda: backroom.see_what_is_overdue(
                room, timing, wake_sender=lambda: sender.wake()
            )
        ),
        overview=late(lambda: backroom.look_over()),
        exports=late(lambda: backroom.export(desk.history, batches, contacts, trail)),
        attachments=late(lambda: backroom.save_attachments(account, trail)),
        opt_outs=opt_outs,
        conversations=late(
            lambda: backroom.keep_conversations(view, channels, identities, tell_of_opt_outs)
        ),
        contacts=contacts,
        templates=templates,
        account=account,
        connecting=connecting,
        prices=prices,
        rotation=late(lambda: backroom.rotate_keys(account, connecting, trail)),
        watch=watch,
        way_in=way_in,
        profiles=late(lambda: backroom.list_profiles(profile, trail)),
        doctor=doctor,
        support=late(lambda: backroom.help_out(doctor, mask)),
        trail=trail,
        erasing=erasing,
        copies=late(lambda: backroom.keep_copies(trail)),
        settings=settings,
        changes=changes,
        attention=attention,
        services=(
            sender,
            receipts,
            replies,
            upkeep,
            indexing,
            prices,
            watch,
            receiving,
            way_in,
        ),
        settings_readers=(sender, receipts, replies, receiving, way_in),
        notices=(settings.notice,) if settings.notice else (),
        sender=sender,
        receipts=receipts,
        receiving=receiving,
        close=close,
        close_thread=database.close_thread,
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
    from smsdesk.desk.copies import put_in_place  # start-up time

    clock = clock or Clock()
    for backup in backups(paths.backups):
        try:
            put_in_place(paths, backup, clock=clock, is_log_damaged=True)
        except StoreError:
            continue
        return backup
    set_aside(paths.database, at=clock.now())
    return None


def _open_database(paths: Paths, clock: Clock, on_update: Callable[[float], None]) -> Database:
    try:
        prepare(paths)
    except FolderError as error:
        raise OpeningError(error.code, error.path, error.detail) from None
    database = Database(paths.database, actor=Actor(user_name(), paths.profile))
    try:
        if not paths.database.exists():
            # A write-ahead log that lost its database would be taken for the new one's.
            set_aside(paths.database, at=clock.now())
            if ready_copy(paths.database).exists():
                # A restore was broken off between setting aside and putting in place.
                ready_copy(paths.database).rename(paths.database)
            else:
                migrations.create(paths.database)
        check_header(paths.database, newest=migrations.NEWEST)
        if paths.database.stat().st_size <= CHECKED_AT_OPENING_BYTES:
            quick_check(database)
        if migrations.schema_version(database) < migrations.NEWEST:
            _bring_up_to_date(database, paths, clock, on_update)
        migrations.check_tables(database)
    except StoreError as error:
        database.close_thread()
        raise OpeningError(error.code, paths.database, str(error)) from error
    except OSError as error:
        database.close_thread()
        raise OpeningError("read_only", paths.database, error.strerror or "") from error
    return database


def _bring_up_to_date(
    database: Database, paths: Paths, clock: Clock, on_update: Callable[[float], None]
) -> None:
    """Each step of the schema is one commit: a process that ends here, in whatever way, leaves
    the log as it was before a step or after it, and the next start goes on."""
    back_up(
        database,
        paths.backups,
        at=clock.now(),
        why="before-migration",
        on_progress=lambda share: on_update(_COPY_OF_ALL * share),
    )
    operations = migrations.operations_left(database)
    with watched(
        database.connection,
        operations,
        lambda share: on_update(_COPY_OF_ALL + (1 - _COPY_OF_ALL) * share),
    ):
        migrations.migrate(database)
    on_update(1.0)


_COPY_OF_ALL = 0.8
"""How much of an update is the copy that is made first."""
