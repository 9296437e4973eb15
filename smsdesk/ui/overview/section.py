"""The parts of the overview page: a key figure, and a headed picture with its legend."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from smsdesk.desk.wording_overview import KeyFigure
from smsdesk.ui import plain
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.picture import Picture, Series, Swatch
from smsdesk.ui.room import set_margins
from smsdesk.ui.theme import GRID


class Tile(QWidget):
    """One figure, what it is, and of what it speaks."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"overview.key.{name}")
        self._title = plain.label(tone="muted")
        self.value = plain.label()
        self.value.setFont(plain.sized(self.value.font(), 6.0, weight=QFont.Weight.DemiBold))
        self.value.setWordWrap(True)
        self.base = plain.label(tone="muted", wraps=True)
        self.base.setAlignment(plain.at_start(Qt.AlignmentFlag.AlignTop))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 4)
        layout.addWidget(self._title)
        layout.addWidget(self.value)
        layout.addWidget(self.base)
        layout.addStretch()

    def show_figure(self, figure: KeyFigure) -> None:
        self._title.setText(figure.title)
        self.value.setText(figure.value)
        self.base.setText(figure.base)
        self.setAccessibleName(f"{figure.title}: {figure.value}, {figure.base}")


_Picture = TypeVar("_Picture", bound=Picture)


class Section(QWidget, Generic[_Picture]):
    """A heading, which is the picture's name, and a line that tells the chosen bar."""

    def __init__(self, picture: _Picture) -> None:
        super().__init__()
        self.picture = picture
        self._note = ""
        self._heading = plain.label(picture.accessibleName())
        self._heading.setFont(
            plain.sized(self._heading.font(), 0, weight=QFont.Weight.DemiBold)
        )
        self._legend = QWidget()
        self._entries = FlowLayout(self._legend, gap=GRID // 2)
        self._entries.setContentsMargins(0, 0, 0, 0)
        self._nothing = plain.label(tone="muted")
        self._told = plain.ElidedLabel(tone="muted")
        self._told.setObjectName(f"{picture.objectName()}.told")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._heading)
        layout.addWidget(self._legend)
        layout.addWidget(picture)
        layout.addWidget(self._nothing)
        layout.addWidget(self._told)
        layout.addStretch()
        picture.told.connect(self._tell)
        self.say_nothing("")

    def say_nothing(self, words: str) -> None:
        """There is nothing to draw, and why; "": there is."""
        self._nothing.setText(words)
        self._nothing.setVisible(bool(words))
        self.picture.setVisible(not words)
        self._legend.setVisible(not words)
        self._told.setVisible(bool(self._note) and not words)

    def set_note(self, note: str) -> None:
        """What is said while no bar is chosen. Without a note there is no such line: the bars
        say all of themselves."""
        self._note = note
        self._tell("")
        self._told.setVisible(bool(note) and self._nothing.isHidden())

    def show_legend(self, entries: Sequence[tuple[Series, str]]) -> None:
        while self._entries.count():
            widget = self._entries.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for series, word in entries:
            self._entries.addWidget(_Entry(series, word))

    def _tell(self, words: str) -> None:
        self._told.setText(words or self._note)
        plain.set_tip(self._told, words or self._note)


class _Entry(QWidget):
    """A look, and the word for it."""

    def __init__(self, series: Series, word: str) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        set_margins(layout, 0, 0, GRID, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(Swatch(series))
        layout.addWidget(plain.label(word, tone="muted"))
