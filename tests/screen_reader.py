"""A screen reader for tests: AT-SPI over its own bus, as Orca speaks it.

It knows roles and names, acts on what it has found by them, and hears what is announced:
https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.support import until

PATIENCE_S = 60.0
_ATSPI = "org.a11y.atspi"
_REGISTRY = f"{_ATSPI}.Registry"
_ROOT = "/org/a11y/atspi/accessible/root"
_NOBODY = "/org/a11y/atspi/null"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class GoneError(Exception):
    """What was asked is not there any more, or never was."""


@dataclass(frozen=True)
class Control:
    """Something on the screen, as a screen reader has it."""

    reader: ScreenReader
    program: str
    path: str

    @property
    def name(self) -> str:
        (value,) = self._ask("Get", "ss", (f"{_ATSPI}.Accessible", "Name"), _PROPERTIES)
        return str(value[1])

    @property
    def role(self) -> str:
        return str(self._ask("GetRoleName")[0])

    @property
    def children(self) -> list[Control]:
        (found,) = self._ask("GetChildren")
        return [Control(self.reader, *one) for one in found if one[1] != _NOBODY]

    def press(self) -> None:
        """Its first action, which is the one that a mouse would cause."""
        assert self._ask("DoAction", "i", (0,), f"{_ATSPI}.Action")[0]

    def write(self, text: str) -> None:
        assert self._ask("SetTextContents", "s", (text,), f"{_ATSPI}.EditableText")[0]

    def everything(self) -> Iterator[Control]:
        """Itself and all that is in it."""
        todo = [self]
        while todo:
            one = todo.pop(0)
            yield one
            with suppress(GoneError):
                todo += one.children

    def _ask(
        self,
        method: str,
        signature: str | None = None,
        arguments: tuple[object, ...] = (),
        interface: str = f"{_ATSPI}.Accessible",
    ) -> tuple[Any, ...]:
        address = DBusAddress(self.path, bus_name=self.program, interface=interface)
        return self.reader.call(address, method, signature, arguments)


class ScreenReader:
    """Looks, acts and listens. Programs that start from now on know that somebody does."""

    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus
        registry = DBusAddress("/org/a11y/atspi/registry", _REGISTRY, _REGISTRY)
        self.call(registry, "RegisterEvent", "sass", ("object:announcement", [], ""))
        rule = MatchRule(type="signal", interface=f"{_ATSPI}.Event.Object")
        self._bus.send_and_get_reply(message_bus.AddMatch(rule))
        self._news: deque[Message] = deque()
        self._bus.filter(rule, queue=self._news)

    @property
    def heard(self) -> list[str]:
        """What was announced so far."""
        announced = [
            message
            for message in self._news
            if message.header.fields[HeaderFields.member] == "Announcement"
        ]
        return [str(message.body[3][1]) for message in announced]

    def find(self, role: str, name: str) -> Control:
        """The control with that role and name, as soon as there is one."""
        found: list[Control] = []

        def look() -> bool:
            found.extend(self._look_for(role, name))
            return bool(found)

        until(look, timeout_s=PATIENCE_S)
        return found[0]

    def hear(self, words: str) -> None:
        """Wait until something with those words in it is announced."""

        def listen() -> bool:
            with suppress(TimeoutError):
                self._bus.recv_messages(timeout=0.1)
            return any(words in said for said in self.heard)

        until(listen, timeout_s=PATIENCE_S)

    def call(
        self, address: DBusAddress, method: str, signature: str | None, body: tuple[object, ...]
    ) -> tuple[Any, ...]:
        """Raises GoneError."""
        message = new_method_call(address, method, signature, body)
        answer = self._bus.send_and_get_reply(message, timeout=PATIENCE_S)
        if answer.header.message_type is MessageType.error:
            raise GoneError(method, answer.body)
        return tuple(answer.body)

    def _look_for(self, role: str, name: str) -> Iterator[Control]:
        for control in Control(self, _REGISTRY, _ROOT).everything():
            with suppress(GoneError):
                if control.name == name and control.role == role:
                    yield control


@contextmanager
def screen_reader(session_bus: str) -> Iterator[ScreenReader]:
    """One that has just been switched on, on the desktop with that bus."""
    with open_dbus_connection(session_bus) as session:
        place = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        address = session.send_and_get_reply(new_method_call(place, "GetAddress")).body[0]
        status = Properties(place.with_interface("org.a11y.Status"))
        for switch in ("IsEnabled", "ScreenReaderEnabled"):
            session.send_and_get_reply(status.set(switch, "b", True))
        with open_dbus_connection(address) as bus:
            yield ScreenReader(bus)
