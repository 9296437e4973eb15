"""The slow calls of a dialog, which may be closed before they are answered.

What is called, and what the answer means, is for whoever asked.
"""

from collections.abc import Callable
from typing import TypeVar

from smsdesk.ui.background import Worker

T = TypeVar("T")


class Errands:
    """Calls on the worker. Once the dialog is closed nobody hears their answers."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._is_over = False

    def run(
        self,
        call: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._worker.run(call, self._unless_over(then), self._unless_over(failed))

    def end(self) -> None:
        self._is_over = True

    def _unless_over(self, callback: Callable[[T], None]) -> Callable[[T], None]:
        def call_back(value: T) -> None:
            if not self._is_over:
                callback(value)

        return call_back
