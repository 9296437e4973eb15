"""What a new run of the sender does first: no doubt is lost, no message is sent again.

Whatever an earlier run left `sending` becomes `unknown`, for its process is gone and nobody can
say whether a byte left it. A database older than the one last used holds everything.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smsdesk.sms.state import HeldReason
from smsdesk.store.batches import settle_batches
from smsdesk.store.message_log import MessageLog
from smsdesk.store.meta import Meta

_RETRIED_AT_START = (
    HeldReason.AUTH,
    HeldReason.BALANCE,
    HeldReason.CONFIG,
    HeldReason.DISK,
    HeldReason.KEY_LOCKED,
    HeldReason.QUIET_HOURS,
)
"""Conditions that are simply looked at again: a refusal costs nothing and sends nothing."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found at the start of a run."""

    interrupted: tuple[str, ...]
    """Messages that an earlier run left in doubt."""
    is_older_database: bool
    """The file is behind what was last used: a restored copy, perhaps."""


def recover(log: MessageLog, meta: Meta, *, high_water: Path, at: datetime) -> Recovery:
    """Bring the log into a state from which sending is safe.

    Doing it twice, or being killed in the middle and doing it again, ends the same.

    Raises StoreError or OSError.
    """
    interrupted = log.interrupt("crash", at=at, this_boot=False)
    last_used = read_high_water(high_water)
    is_older = meta.epoch < last_used
    settle_batches(log.database, at=at)
    log.release(_RETRIED_AT_START, at=at)
    if is_older:
        log.hold_waiting(HeldReason.RESTORED_DB, at=at)
    write_high_water(high_water, meta.advance_epoch(last_used))
    return Recovery(tuple(interrupted), is_older)


def read_high_water(path: Path) -> int:
    """The highest epoch seen on this computer; 0 when there is no note of it."""
    try:
        noted = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return 0
    epoch = noted.get("epoch") if isinstance(noted, dict) else None
    return epoch if isinstance(epoch, int) else 0


def write_high_water(path: Path, epoch: int) -> None:
    """Note the epoch, durably and in one step."""
    unfinished = path.with_name(path.name + ".new")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"epoch": epoch}, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
