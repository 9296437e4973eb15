"""The rooms of a desk that are built when they are first asked for: whatever has nothing to say
before the first paint is dear to import (docs/decisions/0009).

`opening` says which of them there are, and what they tell each other.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from smsdesk.delivery.identity import ulids
from smsdesk.desk.attention import Attention
from smsdesk.desk.changes import Change, ChangeKind, Changes
from smsdesk.desk.channels import Channels, throughput_of
from smsdesk.desk.compose import Compose
from smsdesk.desk.late import late
from smsdesk.store.database import Database
from smsdesk.system.clock import Clock
from smsdesk.system.settings import (
    KEEP_EVENTS_DAYS,
    KEEP_MESSAGES_DAYS,
    KEEP_TEXT_DAYS,
    LINES,
    OPT_OUT_SCOPE,
    OPT_OUT_WORDS,
    RECEIPTS,
    REPLIES_BY_REPORTS,
    REPORT_RECORDS_A_DAY,
    SENDER_THROUGHPUT,
)

if TYPE_CHECKING:  # start-up time
    from smsdesk.delivery.heard import Heard
    from smsdesk.delivery.indexing import Indexing
    from smsdesk.delivery.outbox import Outbox
    from smsdesk.delivery.reply_reports import ReplyLookup
    from smsdesk.delivery.report_budget import ReportBudget
    from smsdesk.delivery.reports import ReportLookup, Timetable
    from smsdesk.delivery.sender import Sender
    from smsdesk.delivery.status import ReceiptsStatus
    from smsdesk.delivery.upkeep import Upkeep
    from smsdesk.desk.account import Account
    from smsdesk.desk.attachments import Attachments
    from smsdesk.desk.batches import Batches
    from smsdesk.desk.bulk import Bulk
    from smsdesk.desk.connecting import Connecting
    from smsdesk.desk.contacts import Contacts
    from smsdesk.desk.conversations import Conversations
    from smsdesk.desk.copies import Copies
    from smsdesk.desk.doctor import Doctor
    from smsdesk.desk.erasing import Erasing
    from smsdesk.desk.exports import Chosen, Exports
    from smsdesk.desk.glance import AccountWatch
    from smsdesk.desk.history import History
    from smsdesk.desk.opt_outs import OptOuts
    from smsdesk.desk.overdue import Overdue
    from smsdesk.desk.overview import Overview
    from smsdesk.desk.prices import Prices
    from smsdesk.desk.profiles import Profiles
    from smsdesk.desk.receiving import Receiving
    from smsdesk.desk.rotation import KeyRotation
    from smsdesk.desk.support import Support
    from smsdesk.desk.templates import Templates
    from smsdesk.desk.timing import Timing
    from smsdesk.desk.trail import AuditTrail
    from smsdesk.desk.way_in import WayIn
    from smsdesk.store.history import HistoryView
    from smsdesk.store.identities import IdentityBook
    from smsdesk.store.inbound import InboundBook
    from smsdesk.store.message_log import MessageLog
    from smsdesk.store.search_index import SearchIndex
    from smsdesk.store.waiting import WaitingRoom
    from smsdesk.system.paths import Paths
    from smsdesk.system.settings import Settings
    from smsdesk.system.vault import Vault


_log = logging.getLogger(__name__)

NO_LIMIT = 10**9
"""Reports of the simulator cost nothing."""


@dataclass(frozen=True, slots=True)
class Backroom:
    """What works behind the desk, and what it is built from. The imports are late because of
    start-up time: with these rooms come sockets, mail parsing and hashing."""

    paths: Paths
    settings: Settings
    vault: Vault
    database: Database
    log: MessageLog
    changes: Changes
    clock: Clock
    is_demo: bool
    trails: list[AuditTrail] = field(default_factory=list)
    """The trail, once it has been asked for."""

    def know_identities(self, on_change: Callable[[], None]) -> IdentityBook:
        from smsdesk.store.identities import IdentityBook

        return IdentityBook(self.database, on_change)

    def keep_contacts(
        self, on_change: Callable[[], None], on_exported: Callable[[int], None]
    ) -> Contacts:
        from smsdesk.desk.contacts import Contacts
        from smsdesk.store.contacts import ContactBook

        return Contacts(ContactBook(self.database, on_change), on_exported=on_exported)

    def keep_templates(self, on_change: Callable[[], None]) -> Templates:
        from smsdesk.desk.templates import Templates
        from smsdesk.store.templates import TemplateShelf

        return Templates(TemplateShelf(self.database, on_change), self.clock)

    def keep_opt_outs(
        self,
        channels: Channels,
        on_list: Callable[[], None],
        on_exported: Callable[[int], None],
    ) -> OptOuts:
        from smsdesk.desk.opt_outs import OptOuts
        from smsdesk.store.suppression import SuppressionList

        return OptOuts(
            SuppressionList(self.database, self.changes.announce_messages, on_list),
            self.clock,
            channels=channels,
            on_exported=on_exported,
        )

    def open_log(self, on_list: Callable[[], None]) -> MessageLog:
        from smsdesk.store.message_log import MessageLog

        return MessageLog(
            self.database,
            self.changes.announce_messages,
            boot_id=os.urandom(16).hex(),
            on_list=on_list,
        )

    def open_view(self) -> HistoryView:
        from smsdesk.store.history import HistoryView

        return HistoryView(self.database)

    def open_index(self) -> SearchIndex:
        from smsdesk.store.search_index import SearchIndex

        return SearchIndex(self.database)

    def make_outbox(self, needs_confirmation: Callable[[int], bool]) -> Outbox:
        from smsdesk.delivery.outbox import Outbox

        return Outbox(self.log, needs_confirmation=needs_confirmation)

    def wait_in_line(self) -> WaitingRoom:
        from smsdesk.store.waiting import WaitingRoom

        return WaitingRoom(self.database, self.changes.announce_messages)

    def keep_time(self, room: WaitingRoom, *, wake_sender: Callable[[], None]) -> Timing:
        from smsdesk.desk.timing import Timing

        return Timing(
            room=room, settings=self.settings, clock=self.clock, wake_sender=wake_sender
        )

    def look_back(
        self,
        view: HistoryView,
        outbox: Outbox,
        timing: Timing,
        index: SearchIndex,
        *,
        wake_sender: Callable[[], None],
        receipts: Callable[[], ReceiptsStatus],
        channels_on: Callable[[], Collection[str]],
    ) -> History:
        from smsdesk.desk.history import History
        from smsdesk.desk.saved_searches import SavedSearches
        from smsdesk.store.lookups import LookupTable
        from smsdesk.store.saved_searches import SavedSearchShelf

        return History(
            view=view,
            log=self.log,
            outbox=outbox,
            lookups=LookupTable(self.database),
            timing=timing,
            settings=self.settings,
            clock=self.clock,
            wake_sender=wake_sender,
            saved=SavedSearches(SavedSearchShelf(self.database)),
            index=index,
            receipts=receipts,
            channels_on=channels_on,
        )

    def keep_conversations(
        self,
        view: HistoryView,
        channels: Channels,
        identities: IdentityBook,
        on_opt_out: Callable[[], None],
    ) -> Conversations:
        from smsdesk.desk.conversations import Conversations

        return Conversations(
            view=view,
            channels=channels,
            identities=identities,
            replies=late(lambda: self.keep_replies(on_opt_out)),
            clock=self.clock,
        )

    def keep_trail(self) -> AuditTrail:
        from smsdesk.desk.trail import AuditTrail

        trail = AuditTrail(
            self.database,
            self.paths.backups,
            self.clock,
            on_change=lambda: self.changes.announce(Change(ChangeKind.TRAIL)),
        )
        self.trails.append(trail)
        return trail

    def close_trail(self) -> None:
        for trail in self.trails:
            trail.close()

    def erase_people(self, on_change: Callable[[], None]) -> Erasing:
        from smsdesk.desk.erasing import Erasing

        return Erasing(self.paths, self.database, self.clock, on_change=on_change)

    def keep_copies(self, trail: AuditTrail) -> Copies:
        from smsdesk.desk.copies import Copies

        return Copies(self.paths, self.database, trail, self.clock)

    def open_account(
        self,
        api_url: str | None,
        hide: Callable[[str], None],
        on_saved: Callable[[], None],
    ) -> Account:
        from smsdesk.desk.account import Account

        return Account(
            vault=self.vault,
            settings=self.settings,
            clock=self.clock,
            api_url=api_url,
            hide=hide,
            on_saved=on_saved,
        )

    def hire_sender(
        self,
        account: Account,
        checkpoint: Callable[[str], None],
        webhooks_come: Callable[[], bool],
        room: WaitingRoom,
        timing: Timing,
    ) -> Sender:
        from smsdesk.delivery.sender import Sender, SenderFiles, SenderSettings
        from smsdesk.system.lock import ProcessLock

        def first_lookup(*, is_unknown: bool) -> timedelta:
            timetable = self._timetable(webhooks_come())
            return timetable.wait(is_unknown=is_unknown, asked=0)

        def read_settings() -> SenderSettings:
            per_sender: dict[str, float] = self.settings.get(SENDER_THROUGHPUT)
            throughput = throughput_of(self.settings)
            return SenderSettings(throughput, self.settings.get(LINES), per_sender)

        return Sender(
            database=self.database,
            log=self.log,
            lock=ProcessLock(self.paths.sender_lock),
            files=SenderFiles(high_water=self.paths.high_water, ballast=self.paths.ballast),
            connect=lambda: account.connect(),
            settings=read_settings,
            on_status=lambda _status: self.changes.announce(Change(ChangeKind.SENDER)),
            first_lookup=first_lookup,
            clock=self.clock,
            waiting=room,
            quiet_until=timing.quiet_until,
            checkpoint=checkpoint,
        )

    def see_what_is_overdue(
        self, room: WaitingRoom, timing: Timing, *, wake_sender: Callable[[], None]
    ) -> Overdue:
        from smsdesk.delivery.waiting import notice_due
        from smsdesk.desk.overdue import Overdue
        from smsdesk.store.overdue import OverdueLog

        return Overdue(
            log=OverdueLog(self.database, self.changes.announce_messages),
            timing=timing,
            settings=self.settings,
            clock=self.clock,
            notice=lambda: notice_due(self.log, room, self.clock),
            wake_sender=wake_sender,
        )

    def ask_for_receipts(
        self,
        account: Account,
        budget: ReportBudget,
        tell_of_opt_outs: Callable[[], None],
        webhooks_come: Callable[[], bool],
    ) -> ReportLookup:
        from smsdesk.delivery.reports import ReportLookup

        return ReportLookup(
            database=self.database,
            heard=self.hear(tell_of_opt_outs),
            budget=budget,
            on_change=self.changes.announce_messages,
            connect=lambda: account.connect(),
            timetable=lambda: self._timetable(webhooks_come()),
            is_wanted=lambda: self.settings.get(RECEIPTS) == "reports",
            on_status=lambda _status: self.changes.announce(Change(ChangeKind.RECEIPTS)),
            clock=self.clock,
        )

    def ask_for_replies(
        self, account: Account, budget: ReportBudget, tell_of_opt_outs: Callable[[], None]
    ) -> ReplyLookup:
        from smsdesk.delivery.reply_reports import EVERY_IN_DEMO_S, EVERY_S, ReplyLookup

        return ReplyLookup(
            database=self.database,
            heard=self.hear(tell_of_opt_outs),
            budget=budget,
            connect=lambda: account.connect(),
            is_wanted=lambda: self.is_demo or self.settings.get(REPLIES_BY_REPORTS),
            every_s=EVERY_IN_DEMO_S if self.is_demo else EVERY_S,
            clock=self.clock,
        )

    def keep_replies(self, tell_of_opt_outs: Callable[[], None]) -> InboundBook:
        from smsdesk.store.inbound import InboundBook

        return InboundBook(
            self.database,
            self.changes.announce_messages,
            on_list=tell_of_opt_outs,
            make_id=ulids.make,
        )

    def receive(self, account: Account, tell_of_opt_outs: Callable[[], None]) -> Receiving:
        from smsdesk.desk.receiving import Receiving

        heard = self.hear(tell_of_opt_outs)
        return Receiving(
            account=account,
            settings=self.settings,
            take=heard.take,
            on_status=lambda: self.changes.announce(Change(ChangeKind.RECEIVER)),
            clock=self.clock,
            close_thread=self.database.close_thread,
        )

    def budget_reports(self) -> ReportBudget:
        from smsdesk.delivery.report_budget import ReportBudget

        return ReportBudget(
            database=self.database,
            most_a_day=lambda: (
                NO_LIMIT if self.is_demo else self.settings.get(REPORT_RECORDS_A_DAY)
            ),
            clock=self.clock,
        )

    def hear(self, tell_of_opt_outs: Callable[[], None]) -> Heard:
        from smsdesk.delivery.heard import Heard

        return Heard(
            database=self.database,
            on_change=self.changes.announce_messages,
            on_list=tell_of_opt_outs,
            clock=self.clock,
            stop_is_for_all=lambda: self.settings.get(OPT_OUT_SCOPE) == "all",
            stop_words=lambda: self.settings.get(OPT_OUT_WORDS),
        )

    def keep_up(self, sender: Sender, erasing: Erasing, attention: Attention) -> Upkeep:
        from smsdesk.delivery.upkeep import Upkeep
        from smsdesk.store.retention import KeptDays, Retention
        from smsdesk.system.lock import ProcessLock

        def finish_erasing() -> None:
            from smsdesk.desk.erasing import ErasingError

            try:
                erasing.go_on()
            except ErasingError as error:
                _log.warning("an erasure could not be finished: %s", error.code)

        def read_settings() -> KeptDays:
            return KeptDays(
                texts=self.settings.get(KEEP_TEXT_DAYS),
                messages=self.settings.get(KEEP_MESSAGES_DAYS),
                events=self.settings.get(KEEP_EVENTS_DAYS),
            )

        return Upkeep(
            database=self.database,
            backups=self.paths.backups,
            clock=self.clock,
            on_damage=lambda: sender.distrust(),
            retention=Retention(self.database, self.changes.announce_messages),
            kept=read_settings,
            finish=finish_erasing,
            lock=ProcessLock(self.paths.copies_lock),
            is_left_alone=attention.is_left_alone,
        )

    def make_index(self, index: SearchIndex) -> Indexing:
        from smsdesk.delivery.indexing import Indexing

        return Indexing(
            database=self.database,
            index=index,
            on_progress=lambda: self.changes.announce(Change(ChangeKind.SEARCH_INDEX)),
            clock=self.clock,
        )

    def connect(self, account: Account, compose: Compose) -> Connecting:
        from smsdesk.desk.connecting import Connecting

        return Connecting(account=account, compose=compose, settings=self.settings)

    def watch_batches(
        self,
        profile: str,
        outbox: Outbox,
        opt_outs: OptOuts,
        *,
        wake_sender: Callable[[], None],
    ) -> Batches:
        from smsdesk.desk.batches import Batches
        from smsdesk.desk.other_accounts import OtherAccounts
        from smsdesk.desk.profiles import RESERVED
        from smsdesk.desk.second_person import SecondPerson
        from smsdesk.store.batches import BatchLog

        log = BatchLog(self.database, self.changes.announce_messages)
        return Batches(
            log=log,
            outbox=outbox,
            opt_outs=opt_outs,
            second_person=SecondPerson(self.settings, self.clock),
            elsewhere=OtherAccounts(
                root=self.paths.root,
                current=profile,
                log=log,
                clock=self.clock,
                reserved=RESERVED,
            ),
            settings=self.settings,
            clock=self.clock,
            wake_sender=wake_sender,
        )

    def look_over(self) -> Overview:
        from smsdesk.desk.overview import Overview
        from smsdesk.store.overview import OverviewCounts

        return Overview(OverviewCounts(self.database), self.clock)

    def export(
        self, history: History, batches: Batches, contacts: Contacts, trail: AuditTrail
    ) -> Exports:
        from smsdesk.desk.exports import Exports, WholeBatch
        from smsdesk.store.trail import Act

        def note(chosen: Chosen, count: int) -> None:
            if isinstance(chosen, WholeBatch):
                trail.note_soon(
                    Act.EXPORTED, kind="batch", messages=count, batch=chosen.batch_id
                )
            else:
                trail.note_soon(Act.EXPORTED, kind="messages", messages=count)

        return Exports(history=history, batches=batches, contacts=contacts, on_exported=note)

    def save_attachments(self, account: Account, trail: AuditTrail) -> Attachments:
        from smsdesk.desk.attachments import Attachments
        from smsdesk.store.trail import Act

        def note(message_id: str, kind: str, size: int) -> None:
            trail.note_soon(Act.FILE_SAVED, message=message_id, kind=kind, bytes=size)

        return Attachments(account, on_saved=note)

    def send_in_bulk(
        self,
        compose: Compose,
        outbox: Outbox,
        opt_outs: OptOuts,
        prices: Prices,
        *,
        wake_sender: Callable[[], None],
    ) -> Bulk:
        from smsdesk.desk.bulk import Bulk
        from smsdesk.store.imports import Imports

        return Bulk(
            compose=compose,
            outbox=outbox,
            imports=Imports(self.database),
            opt_outs=opt_outs,
            prices=prices,
            settings=self.settings,
            clock=self.clock,
            wake_sender=wake_sender,
        )

    def know_prices(self, account: Account, view: HistoryView) -> Prices:
        from smsdesk.desk.prices import Prices

        return Prices(
            database=self.database,
            history=view,
            account=account,
            clock=self.clock,
            on_change=lambda: self.changes.announce(Change(ChangeKind.PRICES)),
        )

    def watch_account(self, account: Account, sender: Sender) -> AccountWatch:
        from smsdesk.delivery.status import Closed
        from smsdesk.desk.glance import AccountWatch

        return AccountWatch(
            account=account,
            settings=self.settings,
            clock=self.clock,
            is_offline=lambda: sender.status.closed is Closed.NETWORK,
            on_change=lambda: self.changes.announce(Change(ChangeKind.GLANCE)),
        )

    def find_a_way_in(
        self,
        receiving: Receiving,
        account: Account,
        connecting: Connecting,
        sender: Sender,
    ) -> WayIn:
        from smsdesk.delivery.status import Closed
        from smsdesk.desk.way_in import WayIn

        return WayIn(
            receiver=receiving,
            account=account,
            connecting=connecting,
            settings=self.settings,
            clock=self.clock,
            is_offline=lambda: sender.status.closed is Closed.NETWORK,
            on_change=lambda: self.changes.announce(Change(ChangeKind.WAY_IN)),
            on_name=lambda: receiving.reload(),
        )

    def rotate_keys(
        self, account: Account, connecting: Connecting, trail: AuditTrail
    ) -> KeyRotation:
        from smsdesk.desk.rotation import KeyRotation
        from smsdesk.store.trail import Act

        return KeyRotation(
            account=account,
            connecting=connecting,
            settings=self.settings,
            on_step=lambda step: trail.note_soon(Act.KEY_CHANGED, step=step),
        )

    def list_profiles(self, current: str, trail: AuditTrail) -> Profiles:
        from smsdesk.desk.profiles import Profiles
        from smsdesk.store.trail import Act
        from smsdesk.system.vault import KeyringVault

        return Profiles(
            root=self.paths.root,
            current=current,
            vault_of=KeyringVault,
            on_removed=lambda name: trail.note_soon(Act.PROFILE_REMOVED, profile=name),
        )

    def call_doctor(
        self, account: Account, connecting: Connecting, trail: AuditTrail
    ) -> Doctor:
        from smsdesk.desk.doctor import Doctor

        return Doctor(
            account=account,
            connecting=connecting,
            database=self.database,
            settings=self.settings,
            trail=trail,
        )

    def help_out(self, doctor: Doctor, mask: Callable[[str], str]) -> Support:
        from smsdesk.desk.support import Support

        return Support(
            doctor=doctor,
            database=self.database,
            settings=self.settings,
            paths=self.paths,
            mask=mask,
        )

    def _timetable(self, webhooks_come: bool) -> Timetable:
        from smsdesk.delivery.reports import BESIDE_WEBHOOKS, PATIENT, QUICK

        if self.is_demo:
            return QUICK
        return BESIDE_WEBHOOKS if webhooks_come else PATIENT
