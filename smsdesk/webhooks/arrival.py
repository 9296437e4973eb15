"""One request as its bytes come in: is it all here, and is it within bounds?

It knows only where a request ends (RFC 9112, 6 and 7). What the request says is read from it by
the web server, once it is whole.
"""

from __future__ import annotations

import re

LARGEST_HEAD = 16 * 1024
LARGEST_BODY = 64 * 1024

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"[0-9]{1,10}")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,6}")
_LONGEST_SIZE_LINE = 8


class Arrival:
    """Feed it what came until `is_over`: then `refusal` is a status to answer with, or None
    for a request that is whole and lies in `request`."""

    def __init__(self) -> None:
        self.refusal: int | None = None
        self.wants_go_ahead = False
        """The head asks whether the body may come (`Expect: 100-continue`)."""
        self._bytes = bytearray()
        self._is_whole = False
        self._body_at = 0
        self._body_length: int | None = None
        """None while the head is not here, and for a body in chunks."""
        self._chunk_at = 0
        self._chunked_length = 0

    @property
    def is_over(self) -> bool:
        return self._is_whole or self.refusal is not None

    @property
    def request(self) -> bytes:
        """Head and body, without anything that came behind them."""
        return bytes(self._bytes)

    def feed(self, data: bytes) -> None:
        """Take in what came."""
        looked_through = len(self._bytes)
        self._bytes += data
        if not self._body_at:
            self._find_head(max(0, looked_through - len(_END_OF_HEAD) + 1))
        if not self._body_at or self.is_over:
            return
        if self._body_length is None:
            self._find_last_chunk()
        elif len(self._bytes) >= self._body_at + self._body_length:
            self._finish(self._body_at + self._body_length)

    def _find_head(self, begin: int) -> None:
        end = self._bytes.find(_END_OF_HEAD, begin)
        if (len(self._bytes) if end < 0 else end) > LARGEST_HEAD:
            self.refusal = 431
        elif end >= 0:
            self._body_at = self._chunk_at = end + len(_END_OF_HEAD)
            self._read_head(bytes(self._bytes[:end]))

    def _read_head(self, head: bytes) -> None:
        lengths, encodings = [], []
        for line in head.split(b"\r\n")[1:]:
            name, colon, value = line.partition(b":")
            if not colon or name != name.strip():  # a folded line too: RFC 9112, 5.2
                self.refusal = 400
                return
            match name.lower():
                case b"content-length":
                    lengths.append(value.strip())
                case b"transfer-encoding":
                    encodings.append(value.strip().lower())
                case b"expect":
                    self.wants_go_ahead = value.strip().lower() == b"100-continue"
        if encodings:
            self.refusal = 400 if lengths else None if encodings == [b"chunked"] else 501
        elif len(lengths) > 1 or (lengths and not _LENGTH.fullmatch(lengths[0])):
            self.refusal = 400
        else:
            self._body_length = int(lengths[0]) if lengths else 0
            self.refusal = 413 if self._body_length > LARGEST_BODY else None

    def _find_last_chunk(self) -> None:
        while not self.is_over:
            end = self._bytes.find(b"\r\n", self._chunk_at, self._chunk_at + _LONGEST_SIZE_LINE)
            if end < 0:
                if len(self._bytes) >= self._chunk_at + _LONGEST_SIZE_LINE:
                    self.refusal = 400
                return
            line = bytes(self._bytes[self._chunk_at : end])
            if not _CHUNK_SIZE.fullmatch(line):
                self.refusal = 400
                return
            size = int(line, 16)
            if self._chunked_length + size > LARGEST_BODY:
                self.refusal = 413
                return
            next_at = end + 2 + size + 2
            if len(self._bytes) < next_at:
                return
            if self._bytes[next_at - 2 : next_at] != b"\r\n":
                self.refusal = 400  # trailers too: nobody sends us any
            elif size == 0:
                self._finish(next_at)
            self._chunk_at, self._chunked_length = next_at, self._chunked_length + size

    def _finish(self, end: int) -> None:
        del self._bytes[end:]
        self._is_whole = True
