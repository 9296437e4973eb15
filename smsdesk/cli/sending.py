"""What `send` and `batch` share: reading what was asked, and waiting for what becomes of it."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from smsdesk.cli.exits import CliError, Exit
from smsdesk.desk import wording
from smsdesk.desk.desk import Desk, SenderPhase, Service
from smsdesk.sms.message import DraftLeg, Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.system.clock import Clock
from smsdesk.system.i18n import _

_log = logging.getLogger(__name__)

LOOK_S = 0.2
LONGEST_PAUSE_S = 30.0
WITHOUT_NEWS = frozenset({State.ACCEPTED, State.SUBMITTED, State.UNKNOWN})
_STILL_MOVING = frozenset({State.QUEUED, State.SENDING})
_REFUSED = frozenset({State.FAILED, State.REJECTED, State.UNDELIVERABLE, State.CANCELLED})
_WAITS = frozenset({State.QUEUED, State.HELD, State.SCHEDULED, State.SENDING})
_NEEDS_ACCOUNT = frozenset({HeldReason.AUTH, HeldReason.KEY_LOCKED})


# Reading what was asked -----------------------------------------------------------------


def read_failover(options: argparse.Namespace, text: str | None) -> tuple[DraftLeg, ...]:
    """The channels to be tried next, as "whatsapp" or "viber_service:SENDER"."""
    legs = []
    for typed in options.failover:
        channel, _colon, sender = typed.partition(":")
        legs.append(DraftLeg(channel.strip(), sender.strip(), text))
    return tuple(legs)


def read_text_file(name: str) -> str:
    """The text of a UTF-8 file, or of standard input for "-"."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        sentence = _("{name} cannot be read: {why}.").replace("{name}", name)
        raise CliError(sentence.replace("{why}", error.strerror or "")) from error
    except UnicodeDecodeError as error:
        sentence = _("{name} is not UTF-8 text (byte {place}). Save it as UTF-8.")
        sentence = sentence.replace("{name}", name).replace("{place}", str(error.start + 1))
        raise CliError(sentence) from error
    # Editors end a file with a line break that nobody means to send.
    return text.removesuffix("\n").removesuffix("\r")


def expect_account(desk: Desk) -> None:
    """Raise CliError unless there is an account with which something may be queued."""
    problem = desk.account.problem()
    if problem is not None:
        sentence = wording.cause_sentence(problem) or problem
        told = f"{sentence.rstrip('.')}. {_('Nothing was queued.')}"
        raise CliError(told, Exit.NOT_CONFIGURED)


def wait_for_outcomes(
    desk: Desk, ids: Sequence[str], options: argparse.Namespace
) -> list[Message]:
    """Run the sender until every message has an outcome, or time is up.

    The sender itself waits while a window, or another command, has the role; then that one
    sends, and here only the log is watched.
    """
    asks_receipts = options.until == "delivered"
    moving = _STILL_MOVING | WITHOUT_NEWS if asks_receipts else _STILL_MOVING
    clock = Clock()
    give_up_at = clock.monotonic() + options.wait
    news = threading.Event()
    unsubscribe = desk.changes.subscribe(lambda _change: news.set())
    # Where no window is ever open, nobody else makes the search index.
    services = {"sender", "indexing", *(("receipts",) if asks_receipts else ())}
    moving_ids = list(reversed(ids))
    with _running(desk, services) as interrupted:
        while not interrupted.is_set() and _is_at_work(desk, moving_ids, moving):
            left = give_up_at - clock.monotonic()
            if left <= 0:
                break
            clock.wait(news, min(left, LOOK_S))
            news.clear()
        if interrupted.is_set():
            print(
                _("smsdesk: Waiting for what is on the wire. Interrupt again to end at once."),
                file=sys.stderr,
                flush=True,
            )
    unsubscribe()
    desk.history.index_a_little()
    return desk.history.get_many(ids)


def _is_at_work(desk: Desk, ids: list[str], moving: frozenset[State]) -> bool:
    """Is the sender still starting, or any of the messages still moving?

    Of `ids`, the last of which is looked at first, those that have come to rest are dropped: a
    list of 100,000 is not gone through five times a second.
    """
    if desk.sender.status.phase is SenderPhase.STARTING:
        return True
    while ids:
        if any(message.state in moving for message in desk.history.get_many(ids[-1:])):
            return True
        ids.pop()
    return False


@contextmanager
def _running(desk: Desk, names: Collection[str]) -> Iterator[threading.Event]:
    """Services on threads of their own; the event is set when the person breaks off.

    The second time the person means it, and the process dies: what is on the wire is then in
    doubt, as after any other crash.
    """
    stop, interrupted = threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=_serve, args=(service, stop), name=service.name)
        for service in desk.services
        if service.name in names
    ]

    def break_off(number: int, _frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(number, signal.SIG_DFL)

    old = {number: signal.signal(number, break_off) for number in _SIGNALS}
    for thread in threads:
        thread.start()
    try:
        yield interrupted
    finally:
        stop.set()
        desk.sender.wake()
        for thread in threads:
            thread.join()
        for number, handler in old.items():
            signal.signal(number, handler)


def _serve(service: Service, stop: threading.Event) -> None:
    """One service; if an error ends it (the log was busy at its start), it is begun again, as in
    the window, for somebody waits for what it does."""
    pause_s = 1.0
    while not stop.is_set():
        try:
            service.run(stop)
        except Exception:  # noqa: BLE001 - the top of a service's loop
            _log.exception("the service %s ended with an error", service.name)
            stop.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            return


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def exit_code(messages: Sequence[Message], *, cause: str) -> Exit:
    """The worst of the outcomes, doubt first."""
    states = {message.state for message in messages}
    reasons = {message.held_reason for message in messages}
    if State.UNKNOWN in states:
        return Exit.UNKNOWN
    if reasons & _NEEDS_ACCOUNT or (HeldReason.CONFIG in reasons and cause == "not_configured"):
        return Exit.NOT_CONFIGURED
    if states & _REFUSED:
        return Exit.REFUSED
    if states & _WAITS:
        return Exit.WAITING
    return Exit.OK
