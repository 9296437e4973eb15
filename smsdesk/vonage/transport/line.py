"""What the rest of the program sees of the wire: a transport to one origin, and its lines.

Nothing is sent twice here: no retry, no redirect. The libraries below load with the first line.
"""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from smsdesk.vonage.exchange import BODY_CAP, Answer, Phase

if TYPE_CHECKING:
    import ssl

    from smsdesk.vonage.transport.wire import Stream, Wire

LONGEST_REST_S = 3.0  # after that a kept-alive connection may be dead without our knowing


class Transport:
    """The way to one origin, such as `https://api.nexmo.com`.

    `proxy` is the only proxy ever used, and only for https. `trust` replaces the system's
    certificate authorities; it is there for tests with an authority of their own. With
    `only_public` an origin within somebody's own network is not asked.
    """

    def __init__(
        self,
        origin: str,
        *,
        proxy: str | None = None,
        connect_timeout_s: float = 8.0,
        deadline_s: float = 60.0,
        trust: "ssl.SSLContext | None" = None,
        only_public: bool = False,
    ) -> None:
        self.origin = origin
        self._proxy = proxy or ""
        self._connect_timeout_s = connect_timeout_s
        self._deadline_s = deadline_s
        self._trust = trust
        self._only_public = only_public
        self._lock = threading.Lock()
        self._resting: list[Line] = []
        self._is_closed = False

    def __repr__(self) -> str:
        return f"Transport({self.origin!r})"  # the proxy may carry a password

    def line(self) -> "Line":
        """A connection of one's own, for one thread, to be closed by whoever asked for it."""
        # start-up time: requests, urllib3 and truststore load with the first line
        from smsdesk.vonage.transport.wire import Wire

        return Line(
            Wire(
                self.origin,
                proxy=self._proxy,
                connect_timeout_s=self._connect_timeout_s,
                deadline_s=self._deadline_s,
                trust=self._trust,
                only_public=self._only_public,
            )
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        deadline_s: float | None = None,
        body_cap: int = BODY_CAP,
    ) -> Answer:
        """One exchange that may be repeated without harm, on a line of this transport's.

        May be called from several threads at once. Raises NotSent or NoAnswer.
        """
        line = self._borrow()
        try:
            line.open()
            return line._wire.exchange(
                method,
                f"{path}?{urlencode(query)}" if query else path,
                headers=headers or {},
                body=body,
                deadline_s=deadline_s,
                body_cap=body_cap,
            )
        finally:
            self._give_back(line)

    def close(self) -> None:
        """Closes the connections at rest; those in use close when they are given back."""
        with self._lock:
            self._is_closed = True
            resting, self._resting = self._resting, []
        for line in resting:
            line.close()

    def _borrow(self) -> "Line":
        with self._lock:
            if self._resting:
                return self._resting.pop()
        return self.line()

    def _give_back(self, line: "Line") -> None:
        with self._lock:
            if not self._is_closed:
                self._resting.append(line)
                return
        line.close()


class Line:
    """One connection, used by one thread; only `abort` may be called from another.

    The order is: `open`, then claim a message, then `post` it. What goes wrong in `open`
    touches no message.
    """

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire

    @property
    def phase(self) -> Phase:
        """How far the last `open` or `post` got."""
        return self._wire.progress.phase

    def open(self) -> None:
        """Makes the connection ready: name, TCP, proxy and TLS. Raises NotSent.

        A connection that rested for more than `LONGEST_REST_S`, or was closed by the server
        meanwhile, is replaced.
        """
        self._wire.warm(longest_rest_s=LONGEST_REST_S)

    def post(self, path: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Posts once and waits for the answer, whatever its status.

        Raises NotSent when no byte of the request left, NoAnswer when some may have. An answer
        whose head came is an answer, even when its body was cut.
        """
        return self._wire.exchange("POST", path, headers=headers, body=body)

    def stream(
        self, path: str, *, headers: Mapping[str, str], deadline_s: float, stall_s: float
    ) -> "Stream":
        """Asks for something large, whose body is read in pieces; raises as `post`.

        It has until the deadline, and its head and each piece no longer than `stall_s`.
        """
        return self._wire.stream(path, headers=headers, deadline_s=deadline_s, stall_s=stall_s)

    def abort(self) -> None:
        """Ends what the line does now, from any thread. The line is of no use afterwards."""
        self._wire.progress.abort()

    def close(self) -> None:
        """Closes the connection."""
        self._wire.close()
