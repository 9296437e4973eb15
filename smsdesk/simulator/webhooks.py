"""The webhooks Vonage calls: their bodies, their signature, their repetition.

When one is due, and to whom it goes, is known by `carrier`.
"""

import contextlib
import hashlib
import http.client
import json
import logging
import socket
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from smsdesk.simulator.book import MessageRecord
from smsdesk.simulator.prices import CURRENCY, country_of
from smsdesk.simulator.samples import sample
from smsdesk.simulator.timetable import Timetable
from smsdesk.simulator.wire import ERRORS, Json

FIRST_RETRY_S, LONGEST_RETRY_S, GIVE_UP_S = 5.0, 900.0, 24 * 3600.0
CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S = 3.0, 15.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One call that was made; `status` is None when no answer came."""

    url: str
    body: bytes
    attempt: int
    status: int | None


class Postman:
    """Signs webhooks and brings them, again and again until they are taken.

    A call is repeated after 429, a 5xx or no answer: after 5 s, then doubling to 15 minutes,
    for a day (Vonage support article 360028543292). The repeated call is the same to the byte,
    signature included. `ways` says for each webhook after how many seconds it is brought:
    usually once and at once.
    """

    def __init__(
        self,
        timetable: Timetable,
        *,
        api_key: str,
        signature_secret: str,
        now: Callable[[], float],
        ways: Callable[[], tuple[float, ...]] = lambda: (0.0,),
    ) -> None:
        self._ways = ways
        self.calls: deque[WebhookCall] = deque(maxlen=100_000)
        self._timetable = timetable
        self._api_key = api_key
        self._secret = signature_secret
        self._now = now
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()
        self._is_closed = False

    def open(self) -> None:
        self._is_closed = False

    def post(self, url: str, payload: Json, *, application_id: str | None) -> None:
        """Bring one webhook, on a thread of the timetable."""
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": "Nexmo/MessagingHUB/v1.0",
            "Authorization": f"Bearer {self._sign(body, application_id)}",
        }
        for wait_s in self._ways():
            self._timetable.after(
                wait_s, lambda: self._try(url, body, headers, attempt=1, waited_s=0.0)
            )

    def close(self) -> None:
        """Let go of every connection, so that nobody waits for an answer any more."""
        with self._lock:
            self._is_closed = True
            for connection in self._open:
                if connection.sock is not None:
                    _hang_up(connection.sock)

    def _try(
        self, url: str, body: bytes, headers: dict[str, str], *, attempt: int, waited_s: float
    ) -> None:
        status = self._call(url, body, headers)
        self.calls.append(WebhookCall(url, body, attempt, status))
        if status is not None and status != 429 and status < 500:
            return
        delay_s = min(FIRST_RETRY_S * 2 ** (attempt - 1), LONGEST_RETRY_S)
        if waited_s + delay_s > GIVE_UP_S:
            _log.info("a webhook was given up after a day")
            return
        self._timetable.after(
            delay_s,
            lambda: self._try(
                url, body, headers, attempt=attempt + 1, waited_s=waited_s + delay_s
            ),
        )

    def _call(self, url: str, body: bytes, headers: dict[str, str]) -> int | None:
        parts = urlsplit(url)
        kind = (
            http.client.HTTPSConnection
            if parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_TIMEOUT_S)
        with self._lock:
            if self._is_closed:
                return None
            self._open.add(connection)
        try:
            connection.connect()
            connection.sock.settimeout(ANSWER_TIMEOUT_S)
            target = parts.path or "/"
            connection.request(
                "POST", f"{target}?{parts.query}" if parts.query else target, body, headers
            )
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _sign(self, body: bytes, application_id: str | None) -> str:
        import jwt  # start-up time

        claims: Json = {
            "iat": int(self._now()),
            "jti": str(uuid.uuid4()),
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(body).hexdigest(),
            "api_key": self._api_key,
        }
        if application_id is not None:
            claims["application_id"] = application_id
        return jwt.encode(claims, self._secret, algorithm="HS256")


def status_payload(record: MessageRecord, status: str, *, code: str | None, at: float) -> Json:
    """The body of a message status webhook."""
    payload: Json = {
        "message_uuid": record.message_uuid,
        "to": record.to,
        "from": record.sender,
        "timestamp": timestamp(at),
        "status": status,
        "channel": record.channel,
    }
    if record.client_ref is not None:
        payload["client_ref"] = record.client_ref
    if code is not None:
        payload["error"] = {
            "type": f"{ERRORS}/messages#{code}",
            "title": code,
            "detail": ERROR_DETAILS.get(code, "The message was not delivered."),
            "instance": f"urn:uuid:{uuid.uuid4()}",
        }
    if record.workflow_id is not None:
        payload["workflow"] = {
            "workflow_id": record.workflow_id,
            "items_number": str(record.workflow_item),
            "items_total": str(record.workflow_items),
        }
    if record.channel != "rcs":  # its status has no `usage` in the document
        payload["usage"] = {"currency": CURRENCY, "price": record.price}
    if record.channel == "sms":
        payload["destination"] = {"network_code": country_of(record.to).network}
        payload["sms"] = {"count_total": str(record.parts)}
    return payload


def inbound_payload(record: MessageRecord, *, base_url: str) -> Json:
    """The body of an inbound message webhook; its media are fetched below `base_url`."""
    payload: Json = {
        "channel": record.channel,
        "message_uuid": record.message_uuid,
        "to": record.to,
        "from": record.sender,
        "timestamp": timestamp(record.received_at),
        **sample(
            record.message_type,
            text=record.text,
            answers=record.in_reply_to,
            base_url=base_url,
        ),
    }
    if record.channel == "whatsapp":
        payload["profile"] = {"name": "Jane Smith"}
        payload["context_status"] = "available" if "context" in payload else "none"
    if record.channel == "sms":
        words = record.text.split()
        payload["sms"] = {
            "num_messages": str(record.parts),
            "keyword": words[0].upper() if words else "",
        }
        payload["usage"] = {"currency": CURRENCY, "price": record.price}
    if record.channel in ("sms", "mms"):
        payload["origin"] = {"network_code": country_of(record.sender).network}
    return payload


ERROR_DETAILS = {
    "1000": "Throttled: the capacity of the account was exceeded.",
    "1050": "The recipient's number is barred.",
    "1240": "The recipient has opted out of messages from this sender.",
    "1260": "The destination could not be reached.",
    "1280": "The message was blocked by the carrier.",
    "1300": "Nobody uses this channel at that address.",
    "1310": "The recipient's device cannot take the message.",
    "1340": "The message was sent outside of the allowed reply window.",
    "1360": "The message expired before it could be delivered.",
    "1490": "Not every part of the message was confirmed.",
}


def timestamp(at: float) -> str:
    """ISO 8601 in UTC with milliseconds, as the webhooks have it."""
    text = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # The plain socket's own shutdown: that of a TLS socket would pull the rug from under
        # the thread that is reading it.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
