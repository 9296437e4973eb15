"""What became of it, and what they answered: over real HTTP both ways, without a window.

The desk's services run as they do behind the window, before a simulator whose webhooks get
lost, come twice, late and out of order, while the desk is closed and opened again.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.opening import open_desk
from smsdesk.desk.way_in_values import AtVonage, WayInPhase
from smsdesk.simulator.scenarios import Scenario, WebhookTrouble
from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET
from smsdesk.sms.message import Direction, Draft, Message
from smsdesk.sms.state import State
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import (
    PUBLIC_URL,
    RECEIPTS,
    RECEIVER,
    RECEIVER_PORT,
    REPLIES_BY_REPORTS,
    Settings,
)
from tests.journeys.desk_at_work import Account, open_account
from tests.support import until

OURS = "+447700900000"
REPLIES, STOPS, ANSWERS_LONG = "+447700900200", "+447700900201", "+447700900202"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Room:
    """A desk whose services run until it is closed; it may be opened again and again."""

    folder: Path
    account: Account
    settings: Settings = field(default_factory=lambda: Settings(None))
    port: int = field(default_factory=free_port)

    def desk(self) -> Desk:
        """Everything as behind the window, asking as often as in the demo; nothing runs yet."""
        vault = self.account.vault()
        vault.set("signature_secret", DEMO_SIGNATURE_SECRET)
        return open_desk(
            paths=find_paths(data_dir=self.folder, profile="default"),
            settings=self.settings,
            vault=vault,
            profile="default",
            is_demo=True,
            api_url=self.account.simulator.url,
        )

    @contextmanager
    def open(self) -> Iterator[Desk]:
        """With its services, as far as they are wanted."""
        desk = self.desk()
        stop = threading.Event()
        threads = [
            threading.Thread(target=service.run, args=(stop,), name=service.name)
            for service in desk.services
            if service.name != "upkeep" and (service.name != "replies" or self.fetches_replies)
        ]
        with ExitStack() as stack:
            stack.callback(desk.close)
            for thread in threads:
                thread.start()
                stack.callback(thread.join, 30)
            stack.callback(stop.set)
            yield desk
        assert not any(thread.is_alive() for thread in threads)

    @property
    def fetches_replies(self) -> bool:
        return self.settings.get(REPLIES_BY_REPORTS)

    def listen(self, desk: Desk) -> None:
        """Switch the receiver on, and give Vonage its address."""
        self.settings.set(RECEIVER_PORT, self.port)
        self.settings.set(PUBLIC_URL, f"http://127.0.0.1:{self.port}")
        self.settings.set(RECEIVER, True)
        desk.apply_settings()
        until(lambda: desk.way_in.status.phase is WayInPhase.OPEN)
        desk.way_in.write()
        assert desk.way_in.status.at_vonage is AtVonage.OURS


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_account(tmp_path) as account:
        room = Room(tmp_path / "data", account)
        room.settings.set(RECEIPTS, "off")
        yield room


def send(desk: Desk, *to: str, text: str = "The van is here.") -> list[str]:
    result = desk.compose.send(Draft(OURS, "\n".join(to), text))
    assert [one for one in result.problems if not one.is_warning] == []
    return [message.id for message in result.messages]


def states(desk: Desk, ids: list[str]) -> set[State]:
    return {message.state for message in desk.history.get_many(ids)}


def is_any_delivered(desk: Desk, ids: list[str]) -> bool:
    return State.DELIVERED in states(desk, ids)


def replies(desk: Desk) -> list[Message]:
    return desk.history.page(HistoryFilter(direction=Direction.INBOUND))


def test_a_message_is_delivered_and_answered_by_webhooks_alone(room: Room) -> None:
    with room.open() as desk:
        room.listen(desk)

        ids = send(desk, REPLIES)

        until(lambda: states(desk, ids) == {State.DELIVERED})
        until(lambda: bool(replies(desk)))
        (reply,) = replies(desk)
        talk = desk.conversations.load(REPLIES)
        assert [message.text for message in talk.messages] == ["The van is here.", "Thanks!"]
        assert talk.reply_from == OURS
        assert desk.history.unread(at_most=9) == 1
        assert [event.source for event in desk.history.events(reply.id)] == ["desk", "webhook"]
        desk.conversations.mark_read(REPLIES)
        assert desk.history.unread(at_most=9) == 0


def test_stop_is_heeded_at_once(room: Room) -> None:
    with room.open() as desk:
        room.listen(desk)
        send(desk, STOPS)
        until(lambda: desk.opt_outs.count() == 1)

        refused = desk.compose.send(Draft(OURS, STOPS, "One more thing"))
        other = desk.compose.send(Draft("ACME", STOPS, "From somebody else"))

        assert refused.messages == ()
        assert [one.code for one in refused.problems if not one.is_warning] == ["opted_out"]
        assert len(other.messages) == 1


def test_replies_are_fetched_where_no_webhook_brings_them(room: Room) -> None:
    room.settings.set(RECEIPTS, "reports")
    room.settings.set(REPLIES_BY_REPORTS, True)
    with room.open() as desk:
        ids = send(desk, ANSWERS_LONG)

        until(lambda: states(desk, ids) == {State.DELIVERED})
        until(lambda: bool(replies(desk)))

        (reply,) = replies(desk)
        assert [event.source for event in desk.history.events(reply.id)] == ["desk", "report"]


def test_nothing_is_missed_though_webhooks_are_lost_late_twice_and_the_desk_is_closed(
    room: Room,
) -> None:
    room.settings.set(RECEIPTS, "reports")
    room.settings.set(REPLIES_BY_REPORTS, True)
    room.account.simulator.scenario = Scenario(
        webhooks=WebhookTrouble(lost=0.3, repeated=0.4, late_s=20.0), seed=11
    )
    numbers = [f"+4477009008{n:02}" for n in range(40)]
    ids: list[str] = []
    for round_ in range(3):
        with room.open() as desk:
            if round_ == 0:
                room.listen(desk)
            sent = send(desk, *numbers, REPLIES, text=f"Round {round_}")
            ids += sent
            # Closed in the middle of everything: some have left, of some there is news.
            until(partial(is_any_delivered, desk, sent))

    with room.open() as desk:
        until(lambda: states(desk, ids) == {State.DELIVERED}, timeout_s=60)
        messages = desk.history.get_many(ids)
        assert all(message.alarm is None for message in messages)
        assert {len(desk.history.attempts(message.id)) for message in messages} == {1}
        until(lambda: len(replies(desk)) == 3)

    taken = [m for m in room.account.simulator.messages if m.direction == "outbound"]
    assert len(taken) == len(ids), "each was sent once"
