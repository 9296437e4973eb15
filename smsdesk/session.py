"""One profile, opened: folders, log, settings, vault and desk, and the simulator of a demo.

Both faces begin here. What they show, and which services they run, is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smsdesk.desk.opening import OpeningError, open_desk
from smsdesk.sms.channels.short_message import SMS
from smsdesk.system.i18n import choose_language
from smsdesk.system.logs import keep_secrets_out_of_dumps, open_logs
from smsdesk.system.paths import FolderError, find_paths, prepare
from smsdesk.system.settings import CHANNELS, LANGUAGE, SENDER, SENDERS, Settings, read_one
from smsdesk.system.vault import KeyringVault, SessionVault

if TYPE_CHECKING:
    from smsdesk.desk.desk import Desk
    from smsdesk.system.logs import Logs
    from smsdesk.system.paths import Paths
    from smsdesk.system.vault import Vault

DEMO_PROFILE = "demo"
DEMO_SENDERS = ("+447700900000", "SMSDesk")
"""The demo starts with the number, which the simulated account owns: nobody can answer a name."""
DEMO_HINTS = ("447700900001", "447700900200", "447700900100", "447700900101", "447700900700")
"""The test numbers that the window offers: each shows another way a message may go."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Which account and which folder are meant."""

    name: str = "default"
    data_dir: Path | None = None
    is_demo: bool = False

    def find_paths(self) -> Paths:
        """Where its files are. Raises ProfileNameError."""
        name = DEMO_PROFILE if self.is_demo else self.name
        return find_paths(data_dir=self.data_dir, profile=name)


def speak_language_of(profile: Profile) -> None:
    """Choose the profile's language, before the first sentence is made. Raises
    ProfileNameError."""
    choose_language(read_one(profile.find_paths().settings, LANGUAGE) or None)


@dataclass(frozen=True, slots=True)
class Session:
    """An opened profile."""

    profile: Profile
    paths: Paths
    desk: Desk
    logs: Logs


@contextmanager
def open_session(
    profile: Profile,
    *,
    checkpoint: Callable[[str], None] = lambda _name: None,
    on_update: Callable[[float], None] = lambda _share: None,
) -> Iterator[Session]:
    """Open a profile, and close it again in the opposite order. `on_update` hears how far the
    update of an older log has come (`desk.opening`).

    Raises OpeningError, or ProfileNameError for a name that cannot be one.
    """
    keep_secrets_out_of_dumps()
    paths = profile.find_paths()
    with ExitStack() as stack:
        try:
            prepare(paths)
            logs = open_logs(paths.logs)
        except FolderError as error:
            raise OpeningError(error.code, error.path, error.detail) from None
        except OSError as error:
            raise OpeningError("read_only", paths.logs, error.strerror or "") from None
        stack.callback(logs.close)
        settings = Settings(paths.settings)
        way_back = _WayBack()
        if profile.is_demo:
            account = _open_demo(stack, paths, settings, way_back)
        else:
            account = _Account(KeyringVault(profile.name))
        desk = open_desk(
            paths=paths,
            settings=settings,
            vault=account.vault,
            profile=DEMO_PROFILE if profile.is_demo else profile.name,
            is_demo=profile.is_demo,
            api_url=account.api_url,
            demo_hints=account.hints,
            hide=logs.add_secret,
            mask=logs.redact,
            checkpoint=checkpoint,
            on_update=on_update,
        )
        stack.callback(desk.close)
        way_back.desk = desk
        yield Session(profile, paths, desk, logs)


@dataclass(frozen=True, slots=True)
class _Account:
    vault: Vault
    api_url: str | None = None
    hints: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _WayBack:
    """How the simulator of a demo reaches the desk, which is opened after it."""

    desk: Desk | None = None

    def find(self) -> str:
        """Where it is to bring what people send. With SMS alone its reports tell all there is."""
        desk = self.desk
        if desk is None or desk.settings.get(CHANNELS) == [SMS.name]:
            return ""
        return desk.receiving.address_on_this_computer()


def _open_demo(
    stack: ExitStack, paths: Paths, settings: Settings, way_back: _WayBack
) -> _Account:
    """Start the built-in simulator, with throw-away keys in a vault that forgets."""
    from smsdesk.simulator.demo import demo_account  # start-up time, and only for a demo
    from smsdesk.simulator.outcomes import OUTCOMES, TEST_NUMBERS

    account = stack.enter_context(
        demo_account(records=paths.home / "simulator.jsonl", inbound_url=way_back.find)
    )
    # UNDO_S stays as it is: the seconds after Send are part of what a demo is to show, and the
    # pane counts them; a person in a hurry sets fewer.
    if not settings.get(SENDER):
        settings.set(SENDER, DEMO_SENDERS[0])
        settings.set(SENDERS, list(DEMO_SENDERS))
    vault = SessionVault(
        {
            "application_id": account.application_id,
            "private_key_path": str(account.private_key_path),
            "api_key": account.api_key,
            "api_secret": account.api_secret,
            "signature_secret": account.signature_secret,
        }
    )
    hints = tuple(
        (f"+{number}", TEST_NUMBERS.get(number, OUTCOMES["delivered"]).means)
        for number in DEMO_HINTS
    )
    return _Account(vault, account.api_url, hints)
