"""Shows notifications on the desktop, and hears what a person does with them.

The only door to D-Bus: https://specifications.freedesktop.org/notification-spec/latest/. Which
words are shown, and what a click means, is decided by whoever asks. Where there is no bus, or
nobody on it who shows notifications, nothing happens and nothing is said.
"""

import html
import logging
import queue
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney import Message

_log = logging.getLogger(__name__)

LOOK_S = 0.25
"""How long the thread sleeps at most; an order or the end is noticed this fast."""
RETRY_S = 30.0
"""Without a bus, when to look again whether there is one."""
PATIENCE_S = 5.0
"""How long a bus may take to let a message in."""
LONGEST = 1000
"""Characters of a body; nobody reads more, and a bus refuses what is far too long."""

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_BUS = "org.freedesktop.DBus"
_SIGNALS = ("ActionInvoked", "ActivationToken", "NotificationClosed")
_DEFAULT_ACTION = "default"
"""What a click on the notification itself means, by the specification."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What is to be shown, as plain text."""

    slot: str
    """It takes the place of the one that was shown before under the same name."""
    title: str
    body: str
    token: str
    """Given back when the person opens it."""


class Notifier:
    """A service: `run` shows what is asked for and listens until it is told to stop.

    `on_open` is called on that thread, with the token of the notification that was clicked and
    the desktop's leave to come to the front ("" where it gives none). Every other method may be
    called from any thread, and returns at once.
    """

    name = "notifications"

    def __init__(
        self,
        *,
        program: str,
        open_word: str,
        icon: Path,
        on_open: Callable[[str, str], None],
    ) -> None:
        self._program = program
        self._open_word = open_word
        self._icon = icon
        self._on_open = on_open
        self._orders: queue.SimpleQueue[Notification | None] = queue.SimpleQueue()
        self._is_there: bool | None = None

    @property
    def is_there(self) -> bool | None:
        """Whether somebody shows notifications; None until that is known."""
        return self._is_there

    def show(self, notification: Notification) -> None:
        self._orders.put(notification)

    def withdraw(self) -> None:
        """Take away all that is still shown."""
        self._orders.put(None)

    def run(self, stop: threading.Event) -> None:
        """Show and listen until `stop` is set."""
        while not stop.is_set():
            try:
                self._serve(stop)
            # No address of a bus, one that is no address, or a bus that does not let us in.
            except (OSError, LookupError, RuntimeError, ValueError) as error:
                _log.info("no notifications are shown: %s", type(error).__name__)
            self._is_there = False
            stop.wait(RETRY_S)
            while not self._orders.empty():
                self._orders.get()  # by now it is old news

    def _serve(self, stop: threading.Event) -> None:
        with closing(_Daemon(self._program, self._open_word, self._icon)) as daemon:
            while not stop.is_set():
                while not self._orders.empty():
                    order = self._orders.get()
                    if order is None:
                        daemon.withdraw()
                    else:
                        daemon.show(order)
                opened = daemon.listen(LOOK_S)
                self._is_there = daemon.is_there
                if opened is not None:
                    self._on_open(*opened)


@dataclass(slots=True)
class _Bubble:
    """One slot: what is shown in it, and what is to be shown next."""

    id: int = 0
    """The daemon's; 0 while nothing is shown."""
    token: str = ""
    activation: str = ""
    next: Notification | None = None
    is_asked: bool = False
    """A notification is on its way, and its id not known yet."""
    is_unwanted: bool = False
    """To be taken away as soon as its id is known."""


class _Daemon:
    """Whoever shows notifications, seen over one connection. Nothing here waits for an answer:
    a daemon that hangs must hold up nobody."""

    def __init__(self, program: str, open_word: str, icon: Path) -> None:
        from jeepney import MatchRule, message_bus  # start-up time, and Linux only
        from jeepney.io.blocking import open_dbus_connection

        self.is_there: bool | None = None
        self._program = program
        self._open_word = open_word
        self._icon = icon
        self._bubbles: dict[str, _Bubble] = {}
        self._asked: dict[int, Callable[[Message], None]] = {}
        self._skills: frozenset[str] | None = None
        self._connection = open_dbus_connection("SESSION")
        self._connection.sock.settimeout(PATIENCE_S)
        for member in _SIGNALS:
            rule = MatchRule(type="signal", interface=_NAME, member=member, path=_PATH)
            self._connection.send(message_bus.AddMatch(rule))
        arrival = MatchRule(type="signal", sender=_BUS, member="NameOwnerChanged")
        arrival.add_arg_condition(0, _NAME)
        self._connection.send(message_bus.AddMatch(arrival))
        self._ask_skills()

    def close(self) -> None:
        self._connection.close()

    def show(self, notification: Notification) -> None:
        bubble = self._bubbles.setdefault(notification.slot, _Bubble())
        bubble.next, bubble.is_unwanted = notification, False
        if self.is_there is False:
            self._ask_skills()  # perhaps somebody has come, or can be called, by now
        self._show_next(bubble)

    def withdraw(self) -> None:
        for bubble in self._bubbles.values():
            bubble.next = None
            if bubble.is_asked:
                bubble.is_unwanted = True
            elif bubble.id:
                self._take_away(bubble)

    def listen(self, timeout_s: float) -> tuple[str, str] | None:
        """Hear one message of the bus; the token and the leave if a person opened something."""
        from jeepney import HeaderFields, MessageType

        try:
            message = self._connection.receive(timeout=timeout_s)
        except TimeoutError:
            return None
        fields = message.header.fields
        if message.header.message_type is MessageType.signal:
            return self._hear(fields[HeaderFields.member], message.body)
        then = self._asked.pop(fields.get(HeaderFields.reply_serial, -1), None)
        if then is not None:
            then(message)
        return None

    def _hear(self, member: str, body: tuple[Any, ...]) -> tuple[str, str] | None:
        if member == "NameOwnerChanged":
            self._change_owner(has_owner=bool(body[2]))
            return None
        # Everybody on the bus hears of everybody's notifications.
        bubble = next((b for b in self._bubbles.values() if b.id and b.id == body[0]), None)
        if bubble is None:
            return None
        if member == "ActivationToken":
            bubble.activation = str(body[1])
        elif member == "NotificationClosed":
            bubble.id, bubble.activation = 0, ""
        elif member == "ActionInvoked" and body[1] == _DEFAULT_ACTION:
            leave, bubble.activation = bubble.activation, ""
            return bubble.token, leave
        return None

    def _change_owner(self, *, has_owner: bool) -> None:
        """Another daemon knows nothing of what the last one showed."""
        self._asked.clear()
        for bubble in self._bubbles.values():
            bubble.id, bubble.is_asked, bubble.is_unwanted = 0, False, False
        self._skills = None
        if has_owner:
            self._ask_skills()
        else:
            self.is_there = False

    def _ask_skills(self) -> None:
        self.is_there = None
        self._call("GetCapabilities", None, (), self._hear_skills)

    def _hear_skills(self, answer: "Message") -> None:
        self.is_there = not _is_error(answer)
        self._skills = frozenset(answer.body[0]) if self.is_there else None
        for bubble in self._bubbles.values():
            if self.is_there:
                self._show_next(bubble)
            else:
                bubble.next = None

    def _show_next(self, bubble: _Bubble) -> None:
        """What came while another one was on its way waits, so that its id is known by then."""
        if bubble.next is None or bubble.is_asked or self._skills is None:
            return
        shown, bubble.next = bubble.next, None
        bubble.is_asked, bubble.token, bubble.activation = True, shown.token, ""
        body = _sound(shown.body)[:LONGEST]
        arguments = (
            self._program,
            bubble.id,
            self._icon.as_uri(),
            _sound(shown.title),
            # Who knows no markup shows it as it stands, so there nothing may be escaped.
            html.escape(body, quote=False) if "body-markup" in self._skills else body,
            [_DEFAULT_ACTION, self._open_word] if "actions" in self._skills else [],
            {"desktop-entry": ("s", "smsdesk"), "urgency": ("y", 1)},
            -1,
        )
        self._call("Notify", "susssasa{sv}i", arguments, lambda m: self._hear_id(bubble, m))

    def _hear_id(self, bubble: _Bubble, answer: "Message") -> None:
        bubble.is_asked = False
        bubble.id = 0 if _is_error(answer) else int(answer.body[0])
        if bubble.is_unwanted:
            bubble.is_unwanted = False
            self._take_away(bubble)
        self._show_next(bubble)

    def _take_away(self, bubble: _Bubble) -> None:
        if bubble.id:
            self._call("CloseNotification", "u", (bubble.id,), lambda _answer: None)
            bubble.id = 0

    def _call(
        self,
        method: str,
        signature: str | None,
        arguments: tuple[object, ...],
        then: "Callable[[Message], None]",
    ) -> None:
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
        serial = next(self._connection.outgoing_serial)
        self._asked[serial] = then
        message = new_method_call(address, method, signature, arguments)
        self._connection.send(message, serial=serial)


def _is_error(answer: "Message") -> bool:
    from jeepney import MessageType

    return bool(answer.header.message_type is MessageType.error)


def _sound(text: str) -> str:
    """Without what a bus does not carry, and closes the connection for."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
