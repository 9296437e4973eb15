"""Changing the private key: a new one is made, uploaded, tested and put in the old one's place.

An application at Vonage knows one key, so from the upload on the old one is refused. What is
queued then waits, and goes out with the new key. How far it has come is kept among the settings:
each step may be repeated, so a crash, or a person who closes the window, loses nothing. The old
file stays until the person has it removed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smsdesk.desk.account import Account, AccountError, AccountForm
from smsdesk.desk.connecting import Connecting, MadeKey, Proof
from smsdesk.system.settings import KEY_ROTATION, Settings


class RotationStep(StrEnum):
    """How far the change has come."""

    NONE = "none"
    """No change is under way."""
    MADE = "made"
    """The new key lies in its file, and Vonage does not know it yet."""
    UPLOADED = "uploaded"
    """Vonage takes the new key alone; this computer still signs with the old one."""
    SWITCHED = "switched"
    """Done, but for the old file."""


@dataclass(frozen=True, slots=True)
class RotationState:
    """The change that is under way."""

    step: RotationStep = RotationStep.NONE
    application_id: str = ""
    old_path: str = ""
    new_path: str = ""
    fingerprint: str = ""
    """Of the new key."""


class KeyRotation:
    """One profile's change of keys. Every method but `state` is slow and raises AccountError."""

    def __init__(
        self,
        *,
        account: Account,
        connecting: Connecting,
        settings: Settings,
        on_step: Callable[[str], None] = lambda _step: None,
    ) -> None:
        """`on_step` is told how far the exchange is, each time it has come further."""
        self._on_step = on_step
        self._account = account
        self._connecting = connecting
        self._settings = settings
        self._on_step = on_step

    @property
    def state(self) -> RotationState:
        """How far it has come; asks only the settings."""
        kept: dict[str, str] = self._settings.get(KEY_ROTATION)
        try:
            return RotationState(RotationStep(kept["step"]), *(kept[name] for name in _FIELDS))
        except (KeyError, ValueError):
            return RotationState()

    def propose_path(self) -> str:
        """A new file beside the old one, of a name that is still free."""
        stored = self._account.load().private_key_path
        old = Path(stored) if stored else Path.home() / "smsdesk-private.key"
        stem = re.sub(r"-\d+$", "", old.stem)
        names = (old.with_name(f"{stem}-{n}{old.suffix}") for n in itertools.count(2))
        return str(next(path for path in names if not path.exists()))

    def begin(self, path: str, passphrase: str | None = None) -> MadeKey:
        """Make the new key in a new file. Vonage is asked first whether it would listen."""
        if self.state.step in (RotationStep.MADE, RotationStep.UPLOADED):
            raise AccountError("private_key_path", "rotation_under_way")
        stored = self._account.load()
        self._connecting.application(stored.application_id)
        made = self._connecting.make_key(path, passphrase)
        self._keep(
            RotationState(
                RotationStep.MADE,
                stored.application_id,
                stored.private_key_path,
                str(made.path),
                made.fingerprint,
            )
        )
        return made

    def go_on(
        self,
        passphrase: str | None = None,
        *,
        on_uploaded: Callable[[], None] = lambda: None,
    ) -> Proof:
        """Upload, test and switch; begins where it was broken off.

        `passphrase` is the new key's; `on_uploaded` is called between the first step and the
        second. When the test fails the old key is still in use here, and
        `go_back` puts it back at Vonage.
        """
        state = self._under_way()
        new = AccountForm(
            application_id=state.application_id,
            private_key_path=state.new_path,
            passphrase=passphrase or "",
        )
        if state.step is RotationStep.MADE:
            self._upload(new)
            self._keep(_at(state, RotationStep.UPLOADED))
        on_uploaded()
        proof = self._connecting.prove(new)
        self._account.save(new)
        self._keep(_at(state, RotationStep.SWITCHED))
        return proof

    def go_back(self) -> None:
        """Give the change up. The old key counts at Vonage again; the new file stays."""
        state = self._under_way()
        if state.step is RotationStep.UPLOADED:
            self._upload(
                AccountForm(
                    application_id=state.application_id, private_key_path=state.old_path
                )
            )
        self._keep(RotationState())

    def remove_old(self) -> None:
        """Delete the old key's file, after the switch. It is of no use to anybody."""
        state = self._done()
        if state.old_path != self._account.load().private_key_path:
            try:
                Path(state.old_path).unlink(missing_ok=True)
            except OSError:
                path = Path(state.old_path)
                raise AccountError("private_key_path", "not_writable", path) from None
        self._keep(RotationState())

    def keep_old(self) -> None:
        """End the change, and leave the old key's file where it is."""
        self._done()
        self._keep(RotationState())

    def _upload(self, form: AccountForm) -> None:
        signer = self._account.signer(form)
        self._connecting.replace_public_key(signer.application_id, signer.key.public_pem())

    def _under_way(self) -> RotationState:
        state = self.state
        if state.step not in (RotationStep.MADE, RotationStep.UPLOADED):
            raise AccountError("private_key_path", "rotation_not_begun")
        return state

    def _done(self) -> RotationState:
        state = self.state
        if state.step is not RotationStep.SWITCHED:
            raise AccountError("private_key_path", "rotation_not_done")
        return state

    def _keep(self, state: RotationState) -> None:
        kept = {"step": state.step.value, **{name: getattr(state, name) for name in _FIELDS}}
        try:
            self._settings.set(KEY_ROTATION, kept)
        except OSError:
            raise AccountError("settings", "not_saved") from None
        self._on_step(state.step.value)


_FIELDS = ("application_id", "old_path", "new_path", "fingerprint")


def _at(state: RotationState, step: RotationStep) -> RotationState:
    return RotationState(
        step, state.application_id, state.old_path, state.new_path, state.fingerprint
    )
