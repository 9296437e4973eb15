"""A sender at work: real HTTP to a simulator, a real database, and a clock a test can turn."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from smsdesk.delivery.sender import Sender, SenderFiles, SenderSettings
from smsdesk.delivery.status import SenderStatus
from smsdesk.delivery.waiting import QuietUntil, never_quiet
from smsdesk.simulator.ledger import LedgerEntry
from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import MESSAGES_PATH, Rule, Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter
from smsdesk.store.waiting import WaitingRoom
from smsdesk.system.lock import ProcessLock
from smsdesk.vonage.auth import load_private_key
from smsdesk.vonage.client import Client, open_client
from smsdesk.vonage.credentials import AccountCredentials, ApplicationCredentials, Secret
from tests.support import Log, TurnedClock, until

APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
PLENTY = 10**12


@dataclass
class Station:
    """Everything around one sender; the fields may be changed before it starts."""

    simulator: Simulator
    database: Database
    key_file: Path
    clock: TurnedClock
    secret: str | None = "demo"
    settings: SenderSettings = field(default_factory=lambda: SenderSettings(100.0, 4))
    connect: Callable[[], Client] | None = None
    free_bytes: int = PLENTY
    quiet_until: QuietUntil = never_quiet
    checkpoints: dict[str, Callable[[], None]] = field(default_factory=dict)
    statuses: list[SenderStatus] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = Log(self.database, boot_id="watcher")
        self.sender_database: Database = Database(self.database.path)
        self.boots = 0

    # Before it starts

    def queue(self, *numbers: str, **fields: Any) -> list[str]:
        """Queue one message for each recipient, in one batch each."""
        return [
            self.log.queue(at=self.clock.now(), to=f"+{number}", **fields)[0]
            for number in numbers
        ]

    def queue_batch(self, count: int, number: str = "447700900000") -> list[str]:
        return self.log.queue(count, at=self.clock.now(), to=f"+{number}")

    def play(
        self, *rules: tuple[str, dict[str, object]] | str, on_connect: str = "serve"
    ) -> None:
        """Let the simulator answer so; a plain word is what becomes of every message."""
        read = [(rule, {}) if isinstance(rule, str) else rule for rule in rules]
        self.simulator.scenario = Scenario(
            rules=tuple(Rule(OUTCOMES[name], **options) for name, options in read),  # type: ignore[arg-type]
            uses_test_numbers=not rules,
            on_connect=on_connect,
        )

    def open_client(self) -> Client:
        account = AccountCredentials("demo", Secret(self.secret)) if self.secret else None
        return open_client(
            application=ApplicationCredentials(APPLICATION_ID, self.key_file, None),
            key=load_private_key(self.key_file, passphrase=None),
            account=account,
            api_url=self.simulator.url,
            proxy=None,
            now=self.clock.epoch,
        )

    # At work

    def make(self) -> Sender:
        """A sender as a new start of the program makes it."""
        self.boots += 1
        home = self.database.path.parent
        log = Log(self.sender_database, boot_id=f"boot {self.boots}")
        return Sender(
            database=self.sender_database,
            log=log.log,
            lock=ProcessLock(home / "sender.lock"),
            files=SenderFiles(high_water=home / "high-water.json", ballast=home / "ballast"),
            connect=lambda: (self.connect or self.open_client)(),
            settings=lambda: self.settings,
            on_status=self.statuses.append,
            first_lookup=lambda *, is_unknown: timedelta(seconds=1),
            clock=self.clock,
            waiting=WaitingRoom(self.sender_database, log.news.append),
            quiet_until=lambda number, at: self.quiet_until(number, at),
            free_bytes=lambda _folder: self.free_bytes,
            checkpoint=lambda name: self.checkpoints.get(name, lambda: None)(),
        )

    @contextmanager
    def running(self) -> Iterator[Sender]:
        """A sender on a thread of its own, ended properly at the end of the block."""
        sender, stop = self.make(), threading.Event()
        thread = threading.Thread(target=sender.run, args=(stop,), name="sender")
        thread.start()
        try:
            yield sender
        finally:
            stop.set()
            sender.wake()
            thread.join(30)
        assert not thread.is_alive()

    def set(self, **changes: float) -> None:
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]

    # What is seen

    def message(self, message_id: str) -> Message:
        found = self.log.view.get(message_id)
        assert found is not None
        return found

    def states(self) -> dict[State, int]:
        """How many messages are in each state."""
        counts: dict[State, int] = {}
        for message in self.log.view.page(HistoryFilter(), limit=100_000):
            counts[message.state] = counts.get(message.state, 0) + 1
        return counts

    def reasons(self) -> frozenset[HeldReason]:
        """What the held messages wait for."""
        page = self.log.view.page(HistoryFilter(), limit=100_000)
        return frozenset(one.held_reason for one in page if one.held_reason)

    def until_states(self, **counts: int) -> None:
        """Wait until so many messages are in these states, and none in any other."""
        wanted = {State(name): count for name, count in counts.items()}
        try:
            until(lambda: self.states() == wanted)
        except AssertionError:
            assert self.states() == wanted, self.statuses[-1:]
            raise

    def let_time_pass(
        self, until_so: Callable[[], bool], *, step_s: float, timeout_s: float = 20.0
    ) -> None:
        """Turn the clock on, again and again, until it is so."""

        def look() -> bool:
            if until_so():
                return True
            self.clock.turn(step_s)
            return False

        until(look, timeout_s=timeout_s)

    def until_held(self, reason: HeldReason, sender: Sender) -> None:
        until(lambda: sender.status.hold is reason)

    @property
    def submissions(self) -> list[LedgerEntry]:
        """Requests to send that were fully received, oldest first."""
        return [entry for entry in self.simulator.requests if entry.path == MESSAGES_PATH]

    @property
    def questions(self) -> list[LedgerEntry]:
        """Read-only requests about the account."""
        return [entry for entry in self.simulator.requests if "/account/" in entry.path]

    @property
    def open_connections(self) -> list[str]:
        """The simulator has a thread for each."""
        names = [thread.name for thread in threading.enumerate()]
        return [name for name in names if name.startswith("simulator-connection")]

    def sent_per_reference(self) -> list[int]:
        """How often each reference was received: never more than once (I1)."""
        refs = [entry.client_ref for entry in self.submissions]
        return sorted({refs.count(ref) for ref in refs})
