"""A stand-in for the receiver: a real server on loopback that waits for its word, and no more.

It is for tests of the way in alone; what the real one refuses is tested beside it.
"""

import http.server
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

SECRET_PATH = "/4b1d-nobody-knows"


@dataclass
class Word:
    """A nonce that is waited for."""

    seen: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout_s: float) -> bool:
        return self.seen.wait(timeout_s)


@dataclass(frozen=True, slots=True)
class Listening:
    port: int
    phase: str = "listening"


class StandIn:
    """Listens while it is open; `answers` may be set to what a proxy before it would say."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.words: dict[bytes, Word] = {}
        stand_in = self

        class Answering(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stand_in.bodies.append(body)
                word = stand_in.words.pop(body, None) if self.path.endswith("/status") else None
                is_known = self.path.startswith(SECRET_PATH)
                self.send_response(204 if is_known else 404)
                self.end_headers()
                if word is not None and is_known:
                    word.seen.set()

            def log_message(self, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.status = Listening(self._server.server_port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def urls(self, public_url: str) -> tuple[str, str]:
        return f"{public_url}{SECRET_PATH}/inbound", f"{public_url}{SECRET_PATH}/status"

    def expect_probe(self, nonce: str) -> Word:
        return self.words.setdefault(nonce.encode(), Word())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
