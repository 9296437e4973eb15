"""Asks a public address of ours, from outside, whether it still leads here.

It goes the way of all other requests (proxy, trusted authorities), keeps a time limit for the
whole, and follows no redirect. Whether the question arrived is known only to whoever listens.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.transport import Transport

if TYPE_CHECKING:
    import ssl

CONNECT_S, ANSWER_S = 5.0, 10.0
LARGEST_ANSWER = 1024


def post_probe(
    url: str, body: bytes, *, proxy: str | None, trust: "ssl.SSLContext | None" = None
) -> Answer:
    """Post a few bytes that mean nothing to anybody else. Raises NotSent or NoAnswer.

    Whatever answers may be a stranger, so no more than a little of it is read.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    transport = Transport(origin, proxy=proxy, connect_timeout_s=CONNECT_S, trust=trust)
    try:
        return transport.request(
            "POST",
            parts.path or "/",
            headers={"Content-Type": "text/plain", "User-Agent": "SMSDesk"},
            body=body,
            deadline_s=ANSWER_S,
            body_cap=LARGEST_ANSWER,
        )
    finally:
        transport.close()
