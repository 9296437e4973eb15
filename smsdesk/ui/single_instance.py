"""One window a profile: a second start asks the first window to come to the front.

Who is first is decided by a lock elsewhere; here is only the word between the two. Nothing but
that one word is understood, and only from the same user.
"""

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_RAISE = b"raise"
_TRIES = 20
_PAUSE_MS = 100


def server_name(home: Path) -> str:
    """A name of its own for each user and folder, short enough for every system."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return "smsdesk-" + hashlib.sha256(f"{user}:{home}".encode()).hexdigest()[:20]


class RaiseServer(QObject):
    """Listens for a second start. Only for the one that holds the window's lock."""

    # Emitted when the program was started once more.
    raised = Signal()

    def __init__(self, home: Path, parent: QObject) -> None:
        super().__init__(parent)
        name = server_name(home)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # what a killed first instance left behind; we hold the lock, so it is nobody's
        QLocalServer.removeServer(name)
        self._server.newConnection.connect(self._hear)
        self._server.listen(name)

    def close(self) -> None:
        self._server.close()

    def _hear(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.readyRead.connect(lambda c=connection: self._read(c))
            connection.disconnected.connect(connection.deleteLater)
            if connection.bytesAvailable():
                self._read(connection)

    def _read(self, connection: QLocalSocket) -> None:
        word = connection.read(len(_RAISE) + 1).data()
        connection.disconnectFromServer()
        if word == _RAISE:
            self.raised.emit()


def raise_first(home: Path) -> bool:
    """Ask the first window to come to the front. It may be just starting, so try for a while;
    False if it never answered."""
    for _try in range(_TRIES):
        socket = QLocalSocket()
        socket.connectToServer(server_name(home))
        if socket.waitForConnected(_PAUSE_MS):
            socket.write(_RAISE)
            socket.waitForBytesWritten(_PAUSE_MS)
            socket.waitForDisconnected(_PAUSE_MS)
            return True
        QThread.msleep(_PAUSE_MS)
    return False
