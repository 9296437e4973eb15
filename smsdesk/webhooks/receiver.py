"""Listens for what Vonage brings by itself, and says yes only to what is genuine and stored.

In this order: size, method, path and host, signature, content, stored, 200. Whatever is our own
fault is answered 503, for Vonage repeats a webhook after 429 and 5xx alone, for a day
(https://api.support.vonage.com/hc/en-us/articles/360028543292). What is heard is handed on; where
it is kept is known to others.
"""

from __future__ import annotations

import errno
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.system.clock import Clock
from smsdesk.vonage.errors import ForgedError, PayloadError, UnverifiedError
from smsdesk.vonage.signature import WebhookKeys, derive_path, verify_webhook
from smsdesk.vonage.webhook_payloads import read_inbound, read_status
from smsdesk.webhooks.probe import Probe, Probes
from smsdesk.webhooks.routes import (
    Call,
    Paths,
    Route,
    TurnedAwayError,
    check_caller,
    find_route,
    paths_with,
)
from smsdesk.webhooks.status import ReceiverPhase, ReceiverSettings, ReceiverStatus

if TYPE_CHECKING:
    from smsdesk.webhooks.server import WebhookServer

_Trouble = tuple[ReceiverPhase, str]
Event = DeliveryReceipt | InboundMessage

_log = logging.getLogger(__name__)

LOOK_S = 0.5
TRY_AGAIN_S = 3.0
"""After the port was taken."""
ASK_AGAIN_S = 60.0
"""A locked keyring asks the person each time it is looked at."""
FATE_S = 10.0
"""Vonage waits 15 s for an answer."""
LARGEST_BATCH = 500
_TELL_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class _Opened:
    """The keys, and the paths that follow from them."""

    keys: WebhookKeys
    paths: Paths


class _Waiting:
    """An event whose fate a worker waits for."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self._answer = 503
        self._is_decided = threading.Event()
        self.is_given_up = False

    def decide(self, answer: int) -> None:
        self._answer = answer
        self._is_decided.set()

    def wait(self) -> int:
        self.is_given_up = not self._is_decided.wait(FATE_S)
        return self._answer


class Receiver:
    """A service: `run` listens until it is told to stop.

    `read_keys` gives what webhooks are judged by; None where there is no secret, and it may
    raise. `take` stores events, in one durable commit, and says of each whether it was right:
    False for one whose token was used before with another body. It may raise. Both are called on
    the thread of `run`, whose connections `close_thread` closes. `on_status` is called there too.
    """

    name = "receiver"

    def __init__(
        self,
        *,
        read_keys: Callable[[], WebhookKeys | None],
        settings: Callable[[], ReceiverSettings],
        take: Callable[[Sequence[Event]], Sequence[bool]],
        on_status: Callable[[ReceiverStatus], None],
        clock: Clock,
        close_thread: Callable[[], None] = lambda: None,
    ) -> None:
        self._read_keys = read_keys
        self._read_settings = settings
        self._take = take
        self._on_status = on_status
        self._clock = clock
        self._close_thread = close_thread
        self._probes = Probes(clock.monotonic)
        self._inbox: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        """None in it only wakes."""
        self._has_changed = threading.Event()
        self._wants_keys = threading.Event()
        """A webhook came, and could not be judged."""
        self._settings = ReceiverSettings(is_on=False, port=0)
        self._opened: _Opened | None = None
        self._server: WebhookServer | None = None
        self._listener: threading.Thread | None = None
        self._asked_keys_at: float | None = None
        self._try_at: float | None = None
        self._key_trouble: _Trouble | None = None
        self._port_trouble: _Trouble | None = None
        self._counts = threading.Lock()
        self._accepted = self._refused = 0
        self._last_at: datetime | None = None
        self._told: ReceiverStatus | None = None
        self._told_at = 0.0

    @property
    def status(self) -> ReceiverStatus:
        """How it stands now."""
        opened, server = self._opened, self._server
        phase, cause, paths = ReceiverPhase.OFF, "", Paths("", "")
        # A missing secret is the graver trouble: without it nothing could be taken anyway.
        trouble = self._key_trouble or self._port_trouble
        if self._settings.is_on and trouble is not None:
            phase, cause = trouble
        elif self._settings.is_on and server is not None and opened is not None:
            phase, paths = ReceiverPhase.LISTENING, opened.paths
        return ReceiverStatus(
            phase=phase,
            port=self._settings.port if server is None else server.port,
            status_path=paths.status,
            inbound_path=paths.inbound,
            cause=cause,
            last_at=self._last_at,
            accepted=self._accepted,
            refused=self._refused,
        )

    def reload(self) -> None:
        """Settings or credentials have changed: look at both again."""
        self._has_changed.set()
        self._inbox.put(None)

    def expect_probe(self, nonce: str) -> Probe:
        """Listen for a word that is sent to the status path as the whole body of a POST.

        Raises ValueError for a word that could be guessed.
        """
        return self._probes.expect(nonce)

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set. What goes wrong is told as status and tried again."""
        self._has_changed.set()
        try:
            while not stop.is_set():
                self._adjust()
                self._hear(LOOK_S)
                self._tell()
        finally:
            self._close()
            self._settings = replace(self._settings, is_on=False)
            self._opened = None
            self._tell()
            self._close_thread()

    # On the thread of `run` -------------------------------------------------------------

    def _adjust(self) -> None:
        """Be what settings and keys want, as far as it can be had."""
        if self._has_changed.is_set():
            self._has_changed.clear()
            self._look_at_settings()
        if not self._settings.is_on:
            return
        if self._listener is not None and not self._listener.is_alive():
            self._close()  # it died of something nobody foresaw, and begins anew
        if self._is_time_to_ask():
            self._ask_for_keys()
        if self._server is None and self._is_time(self._try_at):
            self._open()

    def _look_at_settings(self) -> None:
        settings = self._read_settings()
        if self._server is not None and (
            not settings.is_on or settings.port not in (0, self._server.port)
        ):
            self._close()
        self._settings = settings
        self._asked_keys_at = self._try_at = None
        if not settings.is_on:
            self._opened = self._key_trouble = self._port_trouble = None

    def _is_time(self, moment: float | None) -> bool:
        return moment is None or self._clock.monotonic() >= moment

    def _is_time_to_ask(self) -> bool:
        """Whether to read the keys: at first, and when they are missed, but not all the time."""
        if self._asked_keys_at is None:
            return True
        is_missed = self._opened is None and self._wants_keys.is_set()
        return is_missed and self._is_time(self._asked_keys_at + ASK_AGAIN_S)

    def _ask_for_keys(self) -> None:
        self._wants_keys.clear()
        opened, trouble = None, (ReceiverPhase.NO_SECRET, "")
        try:
            keys = self._read_keys()
        except Exception as error:  # noqa: BLE001 - whatever it is, webhooks must come again
            cause = str(getattr(error, "code", "failed"))
            _log.warning("webhooks cannot be judged now: %s", cause)
            trouble = ReceiverPhase.NO_SECRET, cause
        else:
            if keys is not None and keys.is_short:
                trouble = ReceiverPhase.SECRET_SHORT, "signature_secret_short"
            elif keys is not None:
                opened = _Opened(keys, paths_with(derive_path(keys.signature_secret)))
        self._asked_keys_at = self._clock.monotonic()
        self._opened, self._key_trouble = opened, None if opened else trouble

    def _open(self) -> None:
        """Open the port, or note what is in the way."""
        from smsdesk.webhooks.server import WebhookServer, serve_on_a_thread  # start-up time

        server = WebhookServer(self._settings.port, self.answer)
        try:
            server.prepare()
        except OSError:
            phase = ReceiverPhase.PORT_TAKEN if server.is_taken else ReceiverPhase.FAILED
            self._port_trouble = phase, errno.errorcode.get(server.errno or 0, "")
            self._try_at = self._clock.monotonic() + TRY_AGAIN_S
            return
        self._listener = serve_on_a_thread(server)
        self._server, self._try_at, self._port_trouble = server, None, None

    def _close(self) -> None:
        """Close the port; whoever waits for an answer gets it first."""
        server, listener = self._server, self._listener
        if server is None or listener is None:
            return
        closer = threading.Thread(target=server.stop, name="webhooks closing")
        closer.start()
        while closer.is_alive():
            self._hear(0.02)
            server.wake()
        closer.join()
        listener.join()
        self._server = self._listener = None

    def _hear(self, timeout_s: float) -> None:
        """Wait for events, and hand on what has gathered, as one batch."""
        gathered: list[_Waiting | None] = []
        try:
            gathered.append(self._inbox.get(timeout=timeout_s))
            while len(gathered) < LARGEST_BATCH:
                gathered.append(self._inbox.get_nowait())
        except queue.Empty:
            pass
        batch = [waiting for waiting in gathered if waiting is not None]
        if batch:
            self._hand_on(batch)

    def _hand_on(self, batch: Sequence[_Waiting]) -> None:
        try:
            is_right = self._take([waiting.event for waiting in batch])
            for waiting, right in zip(batch, is_right, strict=True):
                waiting.decide(200 if right else 401)
        except Exception as error:  # noqa: BLE001 - whatever it is, the webhook must come again
            self._close_thread()
            if len(batch) > 1:
                for waiting in batch:
                    if not waiting.is_given_up:
                        self._hand_on([waiting])
                return
            cause = getattr(error, "code", type(error).__name__)
            _log.warning("a webhook cannot be stored now: %s", cause)
            batch[0].decide(503)
        else:
            self._last_at = self._clock.now()

    def _tell(self) -> None:
        """Tell how it stands, if that is news; mere counts at most once a second."""
        status, told = self.status, self._told
        if status == told:
            return
        now = self._clock.monotonic()
        is_other = told is None or _without_counts(status) != _without_counts(told)
        if is_other or now - self._told_at >= _TELL_EVERY_S:
            self._told, self._told_at = status, now
            self._on_status(status)

    # On the server's threads ------------------------------------------------------------

    def answer(self, call: Call) -> int:
        """The status with which a call is answered; for the web server, on any thread."""
        try:
            status = self._judge(call)
        except TurnedAwayError as away:
            status = away.status
        except ForgedError as error:
            _log.info("a webhook was refused: %s", error.code)
            status = 401
        except UnverifiedError as error:
            _log.warning("a webhook could not be judged: %s", error.code)
            status = 503
        except PayloadError as error:
            _log.warning("a genuine webhook could not be read: %s", error.code)
            status = 400
        except Exception as error:  # noqa: BLE001 - our own fault: it must come again
            _log.error("a webhook met an error nobody foresaw: %s", type(error).__name__)
            status = 503
        with self._counts:
            self._accepted += status == 200
            self._refused += status >= 400
        return status

    def _judge(self, call: Call) -> int:
        check_caller(call, public_host=self._settings.public_host)
        opened = self._opened
        if opened is None:
            if not self._wants_keys.is_set():
                self._wants_keys.set()
                self._inbox.put(None)
            return 503
        route = find_route(call, opened.paths)
        if route is Route.STATUS and self._probes.take(call.body):
            return 204
        jti = verify_webhook(
            call.headers.get("authorization"),
            call.body,
            opened.keys,
            now=self._clock.epoch(),
        )
        read = read_status if route is Route.STATUS else read_inbound
        waiting = _Waiting(read(call.body, jti=jti))
        self._inbox.put(waiting)
        return waiting.wait()


def _without_counts(status: ReceiverStatus) -> tuple[object, ...]:
    return status.phase, status.port, status.status_path, status.cause
