"""A desktop for tests: a session bus of their own, and somebody on it who shows notifications."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
ALL_SKILLS = ("actions", "body", "body-markup")
LOOK_S = 0.02
PATIENCE_S = 20.0

needs_bus = pytest.mark.skipif(
    not shutil.which("dbus-run-session"), reason="needs dbus-run-session"
)


@contextmanager
def private_bus(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a session bus that nobody else is on."""
    bus = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    with bus:
        assert bus.stdout is not None
        yield bus.stdout.readline().strip()


@contextmanager
def virtual_screen() -> Iterator[str]:
    """A screen that no other program uses; gives what DISPLAY has to say."""
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        screen.kill()
        screen.wait()


@dataclass(frozen=True, slots=True)
class Shown:
    """One call of Notify, as it came over the wire."""

    id: int
    program: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, Any]


@dataclass
class NotificationDaemon:
    """Shows nothing, but notes what it is asked to show, and clicks when it is told to."""

    address: str
    skills: tuple[str, ...] = ALL_SKILLS
    is_deaf: bool = False
    """It takes every call and answers none."""
    shown: queue.SimpleQueue[Shown] = field(default_factory=queue.SimpleQueue)
    closed: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._orders: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._ids = 0
        self._thread = threading.Thread(target=self._serve)
        self._is_ready = threading.Event()

    def __enter__(self) -> NotificationDaemon:
        self._thread.start()
        assert self._is_ready.wait(PATIENCE_S)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def next(self) -> Shown:
        return self.shown.get(timeout=PATIENCE_S)

    def click(self, notification_id: int, *, action: str = "default", leave: str = "") -> None:
        """A person clicks; a daemon of today gives leave to come to the front first."""
        if leave:
            self._signal("ActivationToken", "us", (notification_id, leave))
        self._signal("ActionInvoked", "us", (notification_id, action))

    def dismiss(self, notification_id: int) -> None:
        self._signal("NotificationClosed", "uu", (notification_id, 2))

    def _signal(self, member: str, signature: str, body: tuple[object, ...]) -> None:
        emitter = DBusAddress(PATH, interface=NAME)
        self._orders.put(new_signal(emitter, member, signature, body))

    def _serve(self) -> None:
        with open_dbus_connection(self.address) as connection:
            connection.send_and_get_reply(message_bus.RequestName(NAME))
            self._is_ready.set()
            while not self._stop.is_set():
                while not self._orders.empty():
                    connection.send(self._orders.get())
                try:
                    message = connection.receive(timeout=LOOK_S)
                except TimeoutError:
                    continue
                if message.header.message_type is MessageType.method_call and not self.is_deaf:
                    self._answer(connection, message)

    def _answer(self, connection: DBusConnection, message: Message) -> None:
        match message.header.fields[HeaderFields.member], message.body:
            case "GetCapabilities", _:
                answer = new_method_return(message, "as", ([*self.skills],))
            case "Notify", (program, replaces, icon, title, body, actions, hints, _timeout):
                self._ids = self._ids if replaces else self._ids + 1
                known = replaces or self._ids
                answer = new_method_return(message, "u", (known,))
                self.shown.put(
                    Shown(known, program, replaces, icon, title, body, actions, hints)
                )
            case "CloseNotification", (notification_id,):
                self.closed.put(notification_id)
                answer = new_method_return(message)
            case _:
                answer = new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        connection.send(answer)
