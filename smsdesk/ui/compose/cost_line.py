"""What the draft would cost, in a few words beside the meter; country by country when pressed.

The desk estimates, from prices that it keeps; here its answer is fetched away from the GUI
thread, a moment after the last key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from smsdesk.desk import wording
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, plain

if TYPE_CHECKING:  # start-up time
    from smsdesk.sms.message import Draft
    from smsdesk.sms.prices import CostEstimate
    from smsdesk.ui.background import Worker

_AFTER_MS = 150
_MOST_COUNTRIES = 20


class CostLine(QPushButton):
    """Empty while there is nothing to estimate. `draft` gives what is written now."""

    def __init__(
        self,
        estimate: Callable[[Draft], CostEstimate],
        *,
        draft: Callable[[], Draft],
        worker: Worker,
    ) -> None:
        super().__init__()
        self.setObjectName("compose.cost")
        self.setProperty("quiet", True)
        self._estimate = estimate
        self._draft = draft
        self._worker = worker
        self._asked = 0
        self._countries = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        self.clicked.connect(self._tell)
        self.hide()

    def look_again(self) -> None:
        """The draft or the prices have changed."""
        self._asked += 1
        self._timer.start()

    def _ask(self) -> None:
        draft, ticket = self._draft(), self._asked
        if not draft.recipients or not draft.text:
            self.hide()
            return

        def show(found: CostEstimate) -> None:
            if ticket == self._asked:
                self._show(found)

        self._worker.run(lambda: self._estimate(draft), show)

    def _show(self, found: CostEstimate) -> None:
        said = wording.estimate_sentence(found)
        lines = [wording.country_cost_sentence(cost) for cost in found.countries]
        more = len(lines) - _MOST_COUNTRIES
        if more > 0:
            lines[_MOST_COUNTRIES:] = [_("… and {count} more.").format(count=more)]
        self._countries = "\n".join(lines)
        self.setText(plain.typed(said))
        self.setAccessibleName(_("Estimated price: {price}").replace("{price}", said))
        self.setAccessibleDescription(self._countries)
        plain.set_tip(
            self, f"{self._countries}\n{_('An estimate: parts × recipients × price.')}"
        )
        self.setVisible(bool(said))

    def _tell(self) -> None:
        dialogs.tell(
            self.window(),
            _("Estimated price"),
            self._countries
            + "\n\n"
            + _(
                "Prices are Vonage's own for your account, asked for at most once a day. What is "
                "charged depends on the network that delivers the message."
            ),
        )
