"""Knows the settings: each declared once with its name, its check, its default and a sentence,
and kept together in one small file.

Secrets are not settings (they are in the vault); what a setting does is left to its reader.
"""

import json
import os
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One thing a person may choose. `check` turns a value from outside into a right one of
    its own, or raises ValueError."""

    name: str
    default: T
    sentence: str
    check: Callable[[object], T]


def _text(longest: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise ValueError(f"needs a text of at most {longest} characters")
        return value

    return check


def _one_of(*choices: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"needs one of {', '.join(choices)}")
        return value

    return check


def _number(least: float, most: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("needs a number")
        if least <= value <= most:  # never true of NaN
            return float(value)
        raise ValueError(f"needs a number from {least:g} to {most:g}")

    return check


def _whole_number(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise ValueError(f"needs a whole number from {least} to {most}")

    return check


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("needs yes or no")
    return value


def _rates(value: object) -> dict[str, float]:
    if not isinstance(value, dict) or len(value) > 100:
        raise ValueError("needs at most a hundred names with numbers")
    rate = _number(0.1, 100)
    return {str(name): rate(entry) for name, entry in value.items()}


def _region(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"([A-Z]{2})?", value):
        raise ValueError("needs two capital letters, or nothing")
    return value


def _last_ten(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError("needs a list of texts")
    return value[:10]


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError("needs a list of texts")
    return value[:1000]


def _named_texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(key, str) and isinstance(entry, str) for key, entry in value.items()
    ):
        raise ValueError("needs names with texts")
    return dict(value)


def _quiet_hours(value: object) -> dict[str, str]:
    texts = _named_texts(value)
    if len(texts) > 300 or not all(
        re.fullmatch(r"[A-Z]{2}|\*", name) and _HOURS.fullmatch(entry)
        for name, entry in texts.items()
    ):
        raise ValueError("needs countries with hours, such as US: 21:00-08:00")
    return texts


_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_HOURS = re.compile(f"{_CLOCK}-{_CLOCK}(?: {_DAY}(?:,{_DAY})*)?")

DEFAULT_REGION = Setting(
    "default_region", "", "The country that numbers without a country code belong to.", _region
)
SENDER = Setting("sender", "", "The sender ID a new message starts with.", _text(32))
SENDERS = Setting(
    "senders", list[str](), "The sender IDs used lately, newest first, at most ten.", _last_ten
)
THROUGHPUT = Setting(
    "throughput", 10.0, "How many messages a second may be submitted.", _number(0.1, 100)
)
SENDER_THROUGHPUT = Setting(
    "sender_throughput",
    dict[str, float](),
    "How many messages a second may be submitted for a sender ID that is slower than the rest.",
    _rates,
)
EXPIRY_HOURS = Setting(
    "expiry_hours",
    24,
    "How many hours a message may wait before it fails.",
    _whole_number(1, 72),
)
RECEIPTS = Setting(
    "receipts", "reports", "Where delivery receipts come from.", _one_of("reports", "off")
)
LINES = Setting(
    "lines", 4, "How many connections may submit at the same time.", _whole_number(1, 8)
)
API_URL = Setting("api_url", "", "The address of the API; empty for Vonage's own.", _text(2000))
PROXY = Setting(
    "proxy", "", "The proxy to go through where it is named here; empty for none.", _text(2000)
)
PROXY_MODE = Setting(
    "proxy_mode",
    "manual",
    "Whether to go through the proxy named here, the system's, or none.",
    _one_of("none", "system", "manual"),
)
BALANCE_WARNING = Setting(
    "balance_warning",
    5.0,
    "Below this balance, in the account's currency, the program says that it is low.",
    _number(0, 1_000_000),
)
OWN_NUMBERS = Setting(
    "own_numbers",
    list[str](),
    "The account's numbers as they were last listed, each with what it can do.",
    _texts,
)
REGISTERED_SENDERS = Setting(
    "registered_senders",
    list[str](),
    "US numbers that are registered with the carriers there, as the person says.",
    _texts,
)
KEY_ROTATION = Setting(
    "key_rotation",
    dict[str, str](),
    "How far the exchange of the private key has come; it holds no secret.",
    _named_texts,
)
RECEIVER = Setting(
    "receiver", False, "Whether this program listens for webhooks from Vonage.", _flag
)
RECEIVER_PORT = Setting(
    "receiver_port",
    8420,
    "The port on this computer that webhooks are brought to; 0 takes any that is free.",
    _whole_number(0, 65535),
)
WAY_IN = Setting(
    "way_in",
    "address",
    "How Vonage reaches this computer: by an address of one's own, or by a tunnel.",
    _one_of("address", "tunnel"),
)
PUBLIC_URL = Setting(
    "public_url",
    "",
    "The address from which webhooks are passed on to this computer.",
    _text(2000),
)
TUNNEL_COMMAND = Setting(
    "tunnel_command",
    "",
    "The command that opens the tunnel; {port} in it stands for the port on this computer.",
    _text(2000),
)
REPORT_RECORDS_A_DAY = Setting(
    "report_records_a_day",
    5_000,
    "How many records of Vonage's reports may be asked for in a day; each costs a little.",
    _whole_number(0, 10_000_000),
)
REPLIES_BY_REPORTS = Setting(
    "replies_by_reports",
    False,
    "Whether replies are fetched from Vonage's reports, where no webhook brings them.",
    _flag,
)
OPT_OUT_SCOPE = Setting(
    "opt_out_scope",
    "sender",
    "Whether STOP ends messages from the number it was sent to, or from all senders.",
    _one_of("sender", "all"),
)
OPT_OUT_WORDS = Setting(
    "opt_out_words",
    list[str](),
    "Words that mean STOP to this desk, besides those that are known everywhere.",
    _texts,
)
NOTIFY = Setting(
    "notify",
    "full",
    "What a notification shows: all, no text and no number, or nothing at all.",
    _one_of("full", "private", "off"),
)
UNDO_S = Setting(
    "undo_s",
    10,
    "How many seconds a message can be taken back after Send; 0 for none.",
    _whole_number(0, 60),
)
CHANNELS = Setting(
    "channels",
    ["sms"],
    "The channels that messages are sent on, by Vonage's names. With SMS alone nothing is seen of "
    "the others.",
    _texts,
)
CHANNEL_SENDERS = Setting(
    "channel_senders",
    dict[str, str](),
    "What a new message on a channel other than SMS is sent from.",
    _named_texts,
)
QUIET_MODE = Setting(
    "quiet_mode",
    "warn",
    "What happens to a message that would leave in quiet hours: nothing, a warning before Send, "
    "or it waits until they are over.",
    _one_of("off", "warn", "hold"),
)
QUIET_HOURS = Setting(
    "quiet_hours",
    {"US": "21:00-08:00", "FR": "20:30-08:00 sun", "IN": "21:00-09:00"},
    "When people of a country are not to be written to, by their clocks; * is for all others.",
    _quiet_hours,
)
CONFIRM_COUNT_ABOVE = Setting(
    "confirm_count_above",
    50,
    "Above how many messages to a list their number must be typed before Send; 0 always asks.",
    _whole_number(0, 100_000),
)
DLT_ENTITY_ID = Setting(
    "dlt_entity_id",
    "",
    "The ID of the sender's registration in India, as last used.",
    _text(30),
)
DLT_CONTENT_ID = Setting(
    "dlt_content_id", "", "The ID of a text registered in India, as last used.", _text(30)
)
KEEP_TEXT_DAYS = Setting(
    "keep_text_days",
    90,
    "After how many days the texts of messages are removed; 0 keeps them.",
    _whole_number(0, 36_500),
)
KEEP_MESSAGES_DAYS = Setting(
    "keep_messages_days",
    396,
    "After how many days messages are removed from the log; 0 keeps them.",
    _whole_number(0, 36_500),
)
KEEP_EVENTS_DAYS = Setting(
    "keep_events_days",
    396,
    "After how many days receipts are removed, as they came; 0 keeps them.",
    _whole_number(0, 36_500),
)
CONFIRM_ABOVE = Setting(
    "confirm_above",
    0,
    "Above how many messages a batch waits until a second person confirms it; 0 for never.",
    _whole_number(0, 1_000_000),
)
CONFIRM_PIN = Setting(
    "confirm_pin",
    "",
    "The salted hash of the PIN that a second person confirms a batch with; never the PIN.",
    _text(300),
)
LANGUAGE = Setting(
    "language", "", "The language of the program; empty for the system's.", _text(20)
)
THEME = Setting(
    "theme", "system", "Light, dark, or as the system is.", _one_of("system", "light", "dark")
)
TEXT_PERCENT = Setting(
    "text_percent",
    100,
    "How large the text is, in hundredths of the system's size.",
    _whole_number(100, 200),
)
ASSISTANT = Setting(
    "assistant",
    "new",
    "Whether the assistant of the first start has been shown.",
    _one_of("new", "shown"),
)
WINDOW = Setting(
    "window",
    dict[str, str](),
    "Where the window was, and how it was divided.",
    _named_texts,
)


class Settings:
    """The chosen values, read once and saved at every change. Any thread may ask or set.

    `notice` is a code for what was odd at reading: "settings_damaged" (the file is kept beside
    as settings.json.damaged), "settings_unreadable", or None.
    """

    def __init__(self, path: Path | None) -> None:
        """Without a path the settings are only remembered until the end."""
        self._path = path
        self._guard = threading.Lock()
        self._values: dict[str, object] = {}
        self._on_set: Callable[[Setting[Any], object, object], None] | None = None
        self.notice: str | None = None
        try:
            self._read_again()
        except OSError:
            self.notice = "settings_unreadable"

    def get(self, setting: Setting[T]) -> T:
        """The chosen value, or the default where there is none or a wrong one."""
        with self._guard:
            value = self._values.get(setting.name, setting.default)
        try:
            return setting.check(value)
        except ValueError:
            return setting.check(setting.default)

    def set(self, setting: Setting[T], value: T) -> None:
        """Checks and saves. Raises ValueError for a wrong value, and OSError when the file
        cannot be written; then both the file and the value stay as they were."""
        checked = setting.check(value)
        before = self.get(setting)
        with self._guard:
            # another process (the command line beside the window) may have changed its own
            self._read_again()
            values = {**self._values, setting.name: checked}
            if self._path is not None:
                _save(self._path, json.dumps(values, indent=2))
            self._values = values
        if self._on_set is not None and before != checked:
            self._on_set(setting, before, checked)

    def tell(self, on_set: Callable[[Setting[Any], object, object], None] | None) -> None:
        """From now on call `on_set` with a setting that is another one now, the old value and
        the new, on whichever thread set it."""
        self._on_set = on_set

    def _read_again(self) -> None:
        """Takes over what the file says, names of a newer version included."""
        if self._path is None:
            return
        try:
            values = json.loads(self._path.read_bytes())
            if not isinstance(values, dict):
                raise ValueError("no object")
        except FileNotFoundError:
            return
        except (ValueError, RecursionError):
            self._path.replace(self._path.with_name(self._path.name + ".damaged"))
            self.notice = "settings_damaged"
            return
        self._values = values


def read_one(path: Path, setting: Setting[T]) -> T:
    """One value from a file, before anything is opened; the default where there is none.

    It touches nothing, and leaves it to `Settings` to say what is wrong with a file.
    """
    try:
        values = json.loads(path.read_bytes())
        return setting.check(values[setting.name])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return setting.check(setting.default)


def _save(path: Path, text: str) -> None:
    """Replaces the file in one step, so that a crash leaves the old one or the new one."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
