"""A place that scrolls up and down, and never sideways."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from smsdesk.ui import plain


class DownScroll(QScrollArea):
    """As wide as what is in it, at least, so that nothing there is cut off at its side."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        plain.see_through(self)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the focus
        inside.setAutoFillBackground(False)  # the scroll area has just turned it on

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        width = self._inside.minimumSizeHint().width() + bar + 2 * self.frameWidth()
        return QSize(max(least.width(), width), 2 * self.fontMetrics().lineSpacing())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # what is in it may be wider now
            self.updateGeometry()
        return super().event(event)
