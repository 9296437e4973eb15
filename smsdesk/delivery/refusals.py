"""Notices when a whole batch is being refused, so that one mistake does not burn it all."""

from __future__ import annotations

from collections import deque

IN_A_ROW = 20
SAMPLE = 100
SHARE = 0.3
MOST_BATCHES = 1000
"""A message sent alone is a batch of its own: of so many nobody need remember more."""


class RefusalWatch:
    """Counts refusals by batch: twenty in a row, or three in ten of the last hundred."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[bool]] = {}

    def __len__(self) -> int:
        """How many batches are remembered."""
        return len(self._recent)

    def is_suspicious(self, batch_id: str, *, is_refused: bool) -> bool:
        """Add one outcome, and say whether the rest of the batch should wait for a person."""
        recent = self._recent.pop(batch_id, None) or deque(maxlen=SAMPLE)
        self._recent[batch_id] = recent  # the newest last
        if len(self._recent) > MOST_BATCHES:
            del self._recent[next(iter(self._recent))]
        recent.append(is_refused)
        if not is_refused:
            return False
        last = list(recent)
        in_a_row = len(last) >= IN_A_ROW and all(last[-IN_A_ROW:])
        too_many = len(last) == SAMPLE and sum(last) > SHARE * SAMPLE
        if in_a_row or too_many:
            recent.clear()
        return in_a_row or too_many
