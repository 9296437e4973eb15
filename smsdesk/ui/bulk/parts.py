"""The small things that the three parts of the page are made of."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QPushButton,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from smsdesk.ui import plain
from smsdesk.ui.controls import ComboBox, fit_column
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_LETTERS = 14


class Rows(QTableView):
    """Rows of one height, so that a list of any length can be scrolled through."""

    def __init__(self, model: QAbstractItemModel, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("rows", True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID + GRID // 2)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(True)
        columns.setDefaultSectionSize(scaled(columns.defaultSectionSize()))
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setModel(model)

    def set_widths(self, *widest: str) -> None:
        """Make the first columns wide enough for these."""
        for column, text in enumerate(widest):
            fit_column(self.horizontalHeader(), column, text)


class Choice(QWidget):
    """A combo box below its name. It asks for the width of a word, however long its choices."""

    def __init__(self, title: str, name: str, accessible: str) -> None:
        super().__init__()
        self.combo = ComboBox()
        self.combo.setObjectName(name)
        self.combo.setAccessibleName(accessible)
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(_LETTERS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(plain.field_label(title, self.combo))
        layout.addWidget(self.combo)

    def offer(self, choices: list[tuple[str, object]], chosen: object) -> None:
        """Show these, without telling anybody that something was chosen."""
        self.combo.blockSignals(True)
        self.combo.clear()
        for title, value in choices:
            self.combo.addItem(title, value)
        self.combo.setCurrentIndex(self.combo.findData(chosen))
        self.combo.blockSignals(False)


def button(title: str, name: str, *, small: bool = False) -> QPushButton:
    made = QPushButton(title)
    made.setObjectName(name)
    made.setAutoDefault(False)
    retitle(made, title)
    if small:
        made.setProperty("small", True)
    return made


def retitle(made: QPushButton, title: str) -> None:
    made.setText(title)
    made.setAccessibleName(title.replace("&&", "\0").replace("&", "").replace("\0", "&"))


def tabs(name: str, title: str) -> QTabBar:
    made = QTabBar()
    made.setObjectName(name)
    made.setAccessibleName(title)
    made.setProperty("pills", True)
    made.setDrawBase(False)
    made.setExpanding(False)
    made.setUsesScrollButtons(False)
    return made
