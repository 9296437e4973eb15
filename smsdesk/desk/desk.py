"""The desk: its drawers, the news, and the services behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from smsdesk.delivery.status import (
    ReceiptSource,
    ReceiptsStatus,
    ReportEstimate,
    SenderPhase,
    SenderStatus,
)

if TYPE_CHECKING:  # start-up time: with them come the doors to Vonage
    from smsdesk.desk.account import Account
    from smsdesk.desk.attachments import Attachments
    from smsdesk.desk.attention import Attention
    from smsdesk.desk.batches import Batches
    from smsdesk.desk.bulk import Bulk
    from smsdesk.desk.changes import Changes
    from smsdesk.desk.compose import Compose
    from smsdesk.desk.connecting import Connecting
    from smsdesk.desk.contacts import Contacts
    from smsdesk.desk.conversations import Conversations
    from smsdesk.desk.copies import Copies
    from smsdesk.desk.doctor import Doctor
    from smsdesk.desk.erasing import Erasing
    from smsdesk.desk.exports import Exports
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
    from smsdesk.desk.trail import AuditTrail
    from smsdesk.desk.way_in import WayIn
    from smsdesk.system.settings import Settings

__all__ = [
    "Desk",
    "ReceiptSource",
    "ReceiptsControl",
    "ReceiptsStatus",
    "ReportEstimate",
    "SenderControl",
    "SenderPhase",
    "SenderStatus",
    "Service",
    "SettingsReader",
]


class Service(Protocol):
    """Something that works on a thread of its own until it is told to stop."""

    @property
    def name(self) -> str:
        """A word for the log."""
        ...

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; returns when everything is put away."""
        ...


class SenderControl(Protocol):
    """What the desk asks of the sender."""

    @property
    def status(self) -> SenderStatus: ...

    def wake(self) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def give_up(self) -> None: ...


class ReceiptsControl(Protocol):
    """What the desk asks of the receipt look-up."""

    @property
    def status(self) -> ReceiptsStatus: ...

    def estimate(self) -> ReportEstimate: ...


class SettingsReader(Protocol):
    """What looks at settings or credentials now and then, and is told when they are others."""

    def reload(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a face of the program needs; made by `desk.opening`."""

    profile: str
    is_demo: bool
    compose: Compose
    bulk: Bulk
    history: History
    batches: Batches
    overdue: Overdue
    overview: Overview
    exports: Exports
    attachments: Attachments
    opt_outs: OptOuts
    conversations: Conversations
    contacts: Contacts
    templates: Templates
    account: Account
    connecting: Connecting
    prices: Prices
    rotation: KeyRotation
    watch: AccountWatch
    way_in: WayIn
    profiles: Profiles
    doctor: Doctor
    support: Support
    trail: AuditTrail
    erasing: Erasing
    copies: Copies
    settings: Settings
    changes: Changes
    attention: Attention
    services: Sequence[Service]
    settings_readers: Sequence[SettingsReader]
    notices: tuple[str, ...]
    """Codes of what was odd at opening, for wording."""
    sender: SenderControl
    receipts: ReceiptsControl
    receiving: Receiving
    close: Callable[[], None]
    """Put the log away; called last, on the thread that opened the desk."""
    close_thread: Callable[[], None]
    """Put away a thread's own connection to the log; called on any other thread that has asked
    the desk something, before it ends."""
    demo_hints: tuple[tuple[str, str], ...] = ()
    """Test numbers of the simulator, each with what it does."""

    def apply_settings(self) -> None:
        """Settings or credentials have changed: let the services look again."""
        for reader in self.settings_readers:
            reader.reload()
