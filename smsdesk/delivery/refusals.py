"""Notices when a whole batch is being refused, so that one mistake does not burn it all."""

from __future__ import annotations

from collections import deque

IN_A_ROW = 20
SAMPLE = 100
SHARE = 0.3


class RefusalWatch:
    """Counts refusals by batch: twenty in a row, or three in ten of the last hundred."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[bool]] = {}

    def is_suspicious(self, batch_id: str, *, is_refused: bool) -> bool:
        """Add one outcome, and say whether the rest of the batch should wait for a person."""
        recent = self._recent.setdefault(batch_id, deque(maxlen=SAMPLE))
        recent.append(is_refused)
        if not is_refused:
            return False
        last = list(recent)
        in_a_row = len(last) >= IN_A_ROW and all(last[-IN_A_ROW:])
        too_many = len(last) == SAMPLE and sum(last) > SHARE * SAMPLE
        if in_a_row or too_many:
            recent.clear()
        return in_a_row or too_many
