"""What goes over the wire: a request that was read whole, and the reply to be written.

How bytes are read and written, and every fault on the way, is `connection`'s business.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

JSON = "application/json"
PROBLEM = "application/problem+json"
ERRORS = "https://developer.vonage.com/api-errors"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Request:
    """One fully received request; `headers` have lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """Number of the connection it came on, so that tests can see connections being reused."""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """The body as a form; undecodable bytes are replaced."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json_object(self) -> Json | None:
        """The body as a JSON object; None when it is not JSON, or is JSON of another kind."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, content type, body and the headers beyond the usual ones."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def head(self, *, now: float, keep_alive: bool) -> bytes:
        """The status line and headers as they are written; `now` is the epoch for Date."""
        lines = [
            f"HTTP/1.1 {self.status} {_phrase(self.status)}",
            f"Date: {formatdate(now, usegmt=True)}",
            f"X-Request-Id: {uuid.uuid4()}",
            f"Content-Length: {len(self.body)}",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
        ]
        if self.body:
            lines.append(f"Content-Type: {self.content_type}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def json_reply(value: object, *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value, separators=(",", ":")).encode())


def problem(
    status: int,
    title: str,
    *,
    detail: str = "",
    anchor: str = "",
    invalid: list[tuple[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An RFC 7807 reply; `anchor` is what follows the address of Vonage's error page.

    422 goes out as plain JSON and the others as problem+json, as the Messages API document
    1.20.0 has it; the older 1.11.0 says plain JSON for all.
    """
    value: Json = {"type": ERRORS + anchor, "title": title}
    if detail:
        value["detail"] = detail
    value["instance"] = uuid.uuid4().hex
    if invalid:
        value["invalid_parameters"] = [{"name": n, "reason": r} for n, r in invalid]
    return Reply(
        status,
        json.dumps(value).encode(),
        content_type=JSON if status == HTTPStatus.UNPROCESSABLE_ENTITY else PROBLEM,
        headers=headers or {},
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"
