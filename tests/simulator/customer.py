"""A customer of the simulator: a plain HTTP client, and a receiver of its webhooks.

It imports nothing of the program but the simulator that it looks at.
"""

import hashlib
import json
import queue
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import jwt
import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smsdesk.simulator.book import MessageRecord
from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET, Simulator

APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
BASIC = ("demo", "demo")

Start = Callable[..., Simulator]


@dataclass(frozen=True)
class Keys:
    """An RSA key pair, both halves PEM."""

    private: str
    public: str


def token(keys: Keys, **claims: object) -> str:
    """A good token, with claims replaced, or left out where they are None."""
    now = int(time.time())
    good = {"application_id": APPLICATION_ID, "iat": now, "jti": str(uuid.uuid4())}
    given = {name: value for name, value in {**good, **claims}.items() if value is not None}
    return jwt.encode(given, keys.private, algorithm="RS256")


def bearer(keys: Keys, **claims: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(keys, **claims)}"}


def message(**fields: object) -> dict[str, object]:
    """A good request body, with fields replaced, or left out where they are None."""
    good = {
        "channel": "sms",
        "message_type": "text",
        "to": "447700900000",
        "from": "447700900001",
        "text": "The van is here.",
    }
    return {name: value for name, value in {**good, **fields}.items() if value is not None}


def send(simulator: Simulator, **fields: object) -> requests.Response:
    """Send a good message (see `message`) with Basic credentials."""
    return requests.post(
        f"{simulator.url}/v1/messages", json=message(**fields), auth=BASIC, timeout=10
    )


def ask_reports(simulator: Simulator, **query: str) -> requests.Response:
    """Ask Reports for outbound messages unless the query says otherwise."""
    good = {"account_id": "demo", "product": "MESSAGES", "direction": "outbound"}
    return requests.get(
        f"{simulator.url}/v2/reports/records",
        params={**good, **query},
        auth=BASIC,
        timeout=10,
    )


def wait_until_delivered(simulator: Simulator, *, count: int = 1) -> None:
    """Wait until so many messages, one if nothing is said, were delivered."""

    def holds(messages: list[MessageRecord]) -> bool:
        return sum(m.status == "delivered" for m in messages) >= count

    assert simulator.wait_for_messages(holds), "waited in vain"


@dataclass
class Receiver:
    """Receives webhooks over real HTTP; `answers` are the statuses of the first answers."""

    server: HTTPServer
    answers: list[int] = field(default_factory=list)
    calls: "queue.Queue[tuple[str, str, bytes]]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        for path in ("/status", "/inbound", "/special"):
            self.server.expect_request(path, method="POST").respond_with_handler(self._take)

    def url(self, path: str = "/status") -> str:
        return self.server.url_for(path)

    def next(self) -> tuple[str, str, bytes]:
        """Path, token and raw body of the next call."""
        return self.calls.get(timeout=10)

    def next_payload(self) -> dict[str, object]:
        payload = json.loads(self.next()[2])
        assert isinstance(payload, dict)
        return payload

    def _take(self, request: Request) -> Response:
        scheme, _, credentials = request.headers["Authorization"].partition(" ")
        assert scheme == "Bearer"
        self.calls.put((request.path, credentials, request.get_data()))
        return Response(status=self.answers.pop(0) if self.answers else 200)


def claims_of(credentials: str, body: bytes) -> dict[str, object]:
    """Verify a webhook's token by hand and return its claims."""
    claims: dict[str, object] = jwt.decode(
        credentials, DEMO_SIGNATURE_SECRET, algorithms=["HS256"]
    )
    assert claims["payload_hash"] == hashlib.sha256(body).hexdigest()
    return claims
