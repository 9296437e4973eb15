"""One window a profile: a second start asks the first window to come to the front, and may hand
it the address it was started with.

Who is first is decided by a lock elsewhere; here is only the word between the two. Nothing but
that word is understood, and only from the same user; an address can fill a draft, never send.
"""

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_RAISE = b"raise\n"
_LONGEST = 4096
_TRIES = 20
_PAUSE_MS = 100


def server_name(home: Path) -> str:
    """A name of its own for each user and folder, short enough for every system."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return "smsdesk-" + hashlib.sha256(f"{user}:{home}".encode()).hexdigest()[:20]


class RaiseServer(QObject):
    """Listens for a second start. Only for the one that holds the window's lock."""

    # Emitted when the program was started once more, with the address it was given, or "".
    raised = Signal(str)

    def __init__(self, home: Path, parent: QObject) -> None:
        super().__init__(parent)
        name = server_name(home)
        self._heard: dict[QLocalSocket, bytes] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # what a killed first instance left behind; we hold the lock, so it is nobody's
        QLocalServer.removeServer(name)
        self._server.newConnection.connect(self._accept)
        self._server.listen(name)

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            self._heard[connection] = b""
            connection.readyRead.connect(lambda c=connection: self._read(c))
            connection.disconnected.connect(lambda c=connection: self._understand(c))
            self._read(connection)

    def _read(self, connection: QLocalSocket) -> None:
        if connection in self._heard and connection.isOpen():
            self._heard[connection] += connection.read(_LONGEST + 1).data()
            if len(self._heard[connection]) > _LONGEST:
                del self._heard[connection]
                connection.disconnectFromServer()

    def _understand(self, connection: QLocalSocket) -> None:
        self._read(connection)
        said = self._heard.pop(connection, b"")
        connection.deleteLater()
        if said.startswith(_RAISE) and len(said) <= _LONGEST:
            self.raised.emit(said.removeprefix(_RAISE).decode(errors="replace"))


def raise_first(home: Path, *, address: str = "") -> bool:
    """Ask the first window to come to the front. It may be just starting, so try for a while;
    False if it never answered."""
    for _try in range(_TRIES):
        socket = QLocalSocket()
        socket.connectToServer(server_name(home))
        if socket.waitForConnected(_PAUSE_MS):
            socket.write(_RAISE + address.encode(errors="replace"))
            socket.disconnectFromServer()
            return (
                socket.state() is QLocalSocket.LocalSocketState.UnconnectedState
                or socket.waitForDisconnected(_PAUSE_MS * _TRIES)
            )
        QThread.msleep(_PAUSE_MS)
    return False
