"""A receiver at work on a thread of its own, and what Vonage, and others, send to it.

It signs by hand, with nothing of ours: what is wanted is written down here once more.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt

from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.signature import WebhookKeys
from smsdesk.webhooks.receiver import Receiver
from smsdesk.webhooks.routes import Call
from smsdesk.webhooks.status import ReceiverPhase, ReceiverSettings, ReceiverStatus
from tests.support import TurnedClock, until

SECRET = "a-signature-secret-of-64-bytes-so-that-every-HMAC-can-be-tried-with-it"
API_KEY = "abcd1234"
APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
KEYS = WebhookKeys(API_KEY, APPLICATION_ID, Secret(SECRET))
PUBLIC_HOST = "sms.example.com"

Event = DeliveryReceipt | InboundMessage


def status_body(**fields: object) -> bytes:
    """The body of a status webhook, each another one unless told what to be."""
    good = {
        "message_uuid": str(uuid.uuid4()),
        "to": "447700900000",
        "from": "447700900001",
        "timestamp": "2026-11-23T12:30:00.250Z",
        "status": "delivered",
        "channel": "sms",
    }
    return json.dumps({**good, **fields}).encode()


def inbound_body(**fields: object) -> bytes:
    """The body of an inbound webhook, likewise."""
    good = {
        "channel": "sms",
        "message_uuid": str(uuid.uuid4()),
        "to": "447700900001",
        "from": "447700900000",
        "timestamp": "2026-11-23T12:30:00.250Z",
        "text": "Yes please.",
        "sms": {"num_messages": "1", "keyword": "YES"},
        "usage": {"currency": "EUR", "price": "0.0057"},
        "origin": {"network_code": "23410"},
    }
    return json.dumps({**good, **fields}).encode()


def claims(body: bytes, *, now: float | None = None, **changed: object) -> dict[str, object]:
    """The claims of a good token for this body; a None among the changed ones leaves it out."""
    good = {
        "iat": int(time.time() if now is None else now),
        "jti": str(uuid.uuid4()),
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": API_KEY,
        "application_id": APPLICATION_ID,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def sign(
    said: Mapping[str, object],
    *,
    secret: str | bytes = SECRET,
    algorithm: str = "HS256",
    headers: dict[str, Any] | None = None,
) -> str:
    """The `Authorization` header of a token with these claims."""
    payload = json.dumps(said).encode()
    return "Bearer " + jwt.api_jws.encode(payload, secret, algorithm, headers)


@dataclass
class Station:
    """A receiver with settings and keys that a test may change, and a pile for what it heard."""

    clock: TurnedClock = field(default_factory=TurnedClock)
    settings: ReceiverSettings = field(
        default_factory=lambda: ReceiverSettings(is_on=True, port=0, public_host=PUBLIC_HOST)
    )
    keys: Callable[[], WebhookKeys | None] = lambda: KEYS
    heard: list[Event] = field(default_factory=list)
    told: list[ReceiverStatus] = field(default_factory=list)
    take: Callable[[Sequence[Event]], Sequence[bool]] | None = None
    closed: int = 0

    def __post_init__(self) -> None:
        self.receiver = Receiver(
            read_keys=lambda: self.keys(),
            settings=lambda: self.settings,
            take=lambda events: (self.take or self._take)(events),
            on_status=self.told.append,
            clock=self.clock,
            close_thread=self._close_thread,
        )

    def _take(self, events: Sequence[Event]) -> Sequence[bool]:
        self.heard.extend(events)
        return [True] * len(events)

    def _close_thread(self) -> None:
        self.closed += 1

    @contextmanager
    def running(self, phase: ReceiverPhase = ReceiverPhase.LISTENING) -> Iterator[Station]:
        """Work until the end of the block; it begins once the receiver is in this phase."""
        stop = threading.Event()
        thread = threading.Thread(target=self.receiver.run, args=(stop,))
        thread.start()
        try:
            self.until_phase(phase)
            yield self
        finally:
            stop.set()
            self.receiver.reload()
            thread.join()

    def until_phase(self, phase: ReceiverPhase) -> None:
        until(lambda: self.status.phase is phase)

    @property
    def status(self) -> ReceiverStatus:
        return self.receiver.status

    @property
    def port(self) -> int:
        return self.status.port

    def call(
        self,
        body: bytes = b"",
        *,
        path: str | None = None,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        authorization: str | None = "",
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Make one call over a real socket; "" signs it as Vonage would, None not at all."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if authorization is not None:
            sent["Authorization"] = authorization or sign(claims(body, now=self.clock.epoch()))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path or self.status.status_path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.headers)
        finally:
            connection.close()

    def post(self, body: bytes = b"", **options: Any) -> int:
        """The status of the answer to one call."""
        return self.call(body, **options)[0]

    def inside(self, body: bytes, authorization: str | None, *, path: str = "") -> int:
        """The status of a call that is made without a socket."""
        headers = {"host": "127.0.0.1"}
        if authorization is not None:
            headers["authorization"] = authorization
        target = path or self.status.status_path
        return self.receiver.answer(Call("POST", target, headers, body))

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def say(self, data: bytes) -> bytes:
        """Send bytes as they are, and return all that is answered."""
        with self.connect() as sock:
            sock.sendall(data)
            return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    """Everything until the other side closes."""
    answered = b""
    try:
        while some := sock.recv(65536):
            answered += some
    except ConnectionResetError:
        pass
    return answered


def raw_call(
    body: bytes, path: str, *, headers: Sequence[str] = (), length: int | None = None
) -> bytes:
    """A signed call as the bytes it is on the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {sign(claims(body))}",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
