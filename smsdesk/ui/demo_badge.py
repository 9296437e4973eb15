"""The badge of the demo: nothing leaves this computer, and these numbers are worth trying."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain
from smsdesk.ui.controls import DropButton
from smsdesk.ui.theme import GRID


class DemoBadge(QFrame):
    """Says that this is the demo, and offers its numbers."""

    # Emitted with a number that the person wants to try.
    chosen = Signal(str)

    def __init__(self, hints: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName("demo.badge")
        self.setProperty("ground", "strip")
        words = plain.label(_("Demo: nothing leaves this computer"), name="demo.words")
        self.try_button = DropButton(_("Try a num&ber"))
        self.try_button.setObjectName("demo.try")
        self.try_button.setAccessibleName(_("Try a number"))
        self.try_button.setProperty("small", True)
        icons.dress(self.try_button, "flask-conical", "accent", 14)
        menu = self.try_button.drop
        menu.setObjectName("demo.menu")
        for number, sentence in hints:
            action = menu.addAction(plain.typed(f"{number}   {sentence}"))
            action.triggered.connect(lambda _=False, number=number: self.chosen.emit(number))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        layout.addWidget(words)
        layout.addStretch()
        layout.addWidget(self.try_button)
