"""Where in a long list each message has its row, known without knowing the messages.

The log is divided into blocks by key; of each block only the least key and the number of
messages are kept, a few kilobytes for a million messages. A row leads to a block by addition and
a key by bisection, so that nothing is ever looked for by its distance from an end. What stands
in a block is read by whoever needs it.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from smsdesk.desk.acting import Span

BLOCK = 64
"""As many messages a block has when it is made; it is divided when it has grown to the double."""


class Outline:
    """Rows are counted from the newest message, keys grow with time; blocks are numbered from
    the oldest, so that what comes in above changes nothing below."""

    def __init__(self) -> None:
        self._floors = array("q")
        self._counts = array("q")
        self._starts: list[int] | None = None
        self.newest = 0
        """The key up to which the outline reaches; what is above it came later."""
        self.is_complete = False

    @property
    def count(self) -> int:
        """How many messages are known to be there."""
        return self._sums()[-1]

    def complete(self) -> None:
        """What is known reaches down to the oldest message."""
        self.is_complete = True
        if not self._floors:  # the place of whatever comes to fit
            self._floors.append(0)
            self._counts.append(0)
            self._starts = None

    @property
    def oldest(self) -> int:
        """The key down to which the outline reaches; what is below it is not known yet."""
        return self._floors[0] if self._floors else self.newest + 1

    # finding

    def place(self, row: int) -> tuple[int, int]:
        """The block of a row, and its distance from the newest of the block."""
        from_end = self.count - 1 - row
        block = bisect_right(self._sums(), from_end, hi=len(self._counts)) - 1
        return block, self._counts[block] - 1 - (from_end - self._sums()[block])

    def block_of(self, key: int) -> int | None:
        """The block to which a key belongs; None if it lies outside what is known."""
        if not self._floors or key > self.newest:
            return None
        block = bisect_right(self._floors, key) - 1
        if block < 0:
            return 0 if self.is_complete else None
        return block

    def block_from(self, floor: int) -> int | None:
        """The block that begins with this key, if there is such a block still."""
        block = bisect_left(self._floors, floor)
        is_there = block < len(self._floors) and self._floors[block] == floor
        return block if is_there else None

    def floor(self, block: int) -> int:
        return self._floors[block]

    def span(self, block: int) -> Span:
        """All keys that belong to the block, whether there are messages with them or not."""
        is_last = block + 1 == len(self._floors)
        newest = self.newest if is_last else self._floors[block + 1] - 1
        is_lowest = block == 0 and self.is_complete
        return Span(newest, 0 if is_lowest else self._floors[block])

    def size(self, block: int) -> int:
        return self._counts[block]

    def first_row(self, block: int) -> int:
        """The row of the newest message in the block."""
        return self.count - self._sums()[block] - self._counts[block]

    # changing

    def extend_down(self, keys: Sequence[int]) -> None:
        """The next older messages, newest first."""
        floors, counts = array("q"), array("q")
        for start in range(0, len(keys), BLOCK):
            some = keys[start : start + BLOCK]
            floors.append(some[-1])
            counts.append(len(some))
        floors.reverse()
        counts.reverse()
        if keys and not self._floors:
            self.newest = max(self.newest, keys[0])
        self._floors, self._counts = floors + self._floors, counts + self._counts
        self._starts = None

    def fill_down(self, oldest: int) -> None:
        """The older messages are all there are from `oldest` on, without a gap."""
        self.is_complete = True
        floors = array("q", range(oldest, self.oldest, BLOCK))
        counts = array("q", [BLOCK]) * len(floors)
        if floors:
            counts[-1] = self.oldest - floors[-1]
        self._floors, self._counts = floors + self._floors, counts + self._counts
        self._starts = None

    def extend_up(self, keys: Sequence[int]) -> None:
        """The next newer messages, newest first: into the last block while there is room."""
        ours = keys[::-1]
        if self._counts:
            room = max(0, BLOCK - self._counts[-1])
            self._counts[-1] += len(ours[:room])
            ours = ours[room:]
        for start in range(0, len(ours), BLOCK):
            self._floors.append(ours[start])
            self._counts.append(len(ours[start : start + BLOCK]))
        if keys:
            self.newest = max(self.newest, keys[0])
        self._starts = None

    def change(self, block: int, by: int) -> None:
        """So many more messages, or fewer, are in the block now."""
        self._counts[block] += by
        self._starts = None

    def divide(self, block: int, keys: Sequence[int]) -> None:
        """Make several blocks of one that has grown too large; `keys` are all of it, newest
        first. What is in the first row of each stays there."""
        ours = keys[::-1]
        floor = self._floors[block]
        parts = [ours[start : start + BLOCK] for start in range(0, len(ours), BLOCK)]
        floors = array("q", (floor, *(part[0] for part in parts[1:])))
        counts = array("q", (len(part) for part in parts))
        self._floors[block : block + 1] = floors
        self._counts[block : block + 1] = counts
        self._starts = None

    def __len__(self) -> int:
        """How many blocks there are."""
        return len(self._counts)

    def _sums(self) -> list[int]:
        """How many messages are older than each block, and at the end how many there are."""
        if self._starts is None:
            self._starts = list(accumulate(self._counts, initial=0))
        return self._starts
