"""One exchange with Vonage: how far it got, and the answer when one came.

Plain values without a library behind them; `transport` makes them, others read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

BODY_CAP = 1_000_000


class Phase(IntEnum):
    """How far a request got. Before `WRITING` no byte of it has left this program."""

    IDLE = 0
    CONNECTING = 1
    CONNECTED = 2
    WRITING = 3
    WRITTEN = 4
    WAITING = 5
    HEADERS = 6
    DONE = 7


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers under lower-case names, and as much body as is allowed.

    Unless more was asked for, that is `BODY_CAP` bytes. `is_complete` is false when the body
    was cut, came too late or was longer.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_complete: bool = True

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case, "" when the server named none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
