"""The binding to Qt keeps its hands off the references of `True`.

One version did not, and ended the process after some hundred signals:
docs/decisions/0007-not-pyside-6-12-0.md.
"""

import sys

from PySide6.QtCore import QObject, Signal

EMITS = 200


class Source(QObject):
    """Something that signals."""

    # Emitted by the test alone, with a number.
    told = Signal(int)


def test_a_signal_costs_no_reference_to_true() -> None:
    source, heard = Source(), list[int]()
    source.told.connect(heard.append)
    before = sys.getrefcount(True)

    for number in range(EMITS):
        source.told.emit(number)

    assert len(heard) == EMITS
    assert abs(sys.getrefcount(True) - before) < EMITS // 2
