"""The table of senders that are slower than the account: a sender ID, and messages a second."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.account_form import check_sender
from smsdesk.system.i18n import _
from smsdesk.system.settings import SENDER_THROUGHPUT
from smsdesk.ui.account.settings.page import WrongValueError, make_button
from smsdesk.ui.theme import GRID

_FIELD = "sender_throughput"
_ROWS = 3


class PaceTable(QWidget):
    """Rows that are typed into; a row left empty counts for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.table = QTableWidget(0, 2)
        self.table.setObjectName(f"settings.{_FIELD}")
        self.table.setAccessibleName(_("Pace per sender"))
        self.table.setHorizontalHeaderLabels([_("Sender"), _("Messages a second")])
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.add_button = make_button(f"{_FIELD}.add", _("&Add a sender"))
        self.remove_button = make_button(f"{_FIELD}.remove", _("&Remove"))
        self.remove_button.setAccessibleName(_("Remove the selected sender's pace"))

        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.table)
        layout.addLayout(buttons)
        layout.addStretch()
        self.setFocusProxy(self.table)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.table.itemSelectionChanged.connect(self._show)
        self._show()

    def set_rates(self, rates: dict[str, float]) -> None:
        self.table.setRowCount(0)
        for sender, rate in rates.items():
            self._put(sender, f"{rate:g}")
        self._show()

    def rates(self, region: str | None) -> dict[str, float]:
        """What is typed. Raises WrongValueError.

        `region` is the country of a number that is typed without one.
        """
        self.table.setCurrentCell(-1, -1)  # takes over what is still being typed
        found: dict[str, float] = {}
        for row in range(self.table.rowCount()):
            sender, rate = self._text(row, 0), self._text(row, 1)
            if not sender and not rate:
                continue
            checked = self._sender(row, sender, region)
            if checked in found:
                sentence = _("{sender} is there twice. Remove one of the two.")
                self._refuse(row, 0, sentence.replace("{sender}", sender))
            try:
                one = {checked: float(rate.replace(",", "."))}
                found |= SENDER_THROUGHPUT.check(one)
            except ValueError:
                self._refuse(row, 1, _("Enter a number from 0.1 to 100."))
        return found

    def _sender(self, row: int, text: str, region: str | None) -> str:
        try:
            checked = check_sender(text, region)
        except AccountError as error:
            self._refuse(row, 0, wording.account_sentence(error))
        if not checked:
            self._refuse(row, 0, _("Enter the number or name of the sender."))
        return checked or ""

    def _refuse(self, row: int, column: int, sentence: str) -> None:
        self.table.setCurrentCell(row, column)
        raise WrongValueError(_FIELD, sentence)

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item else ""

    def _put(self, sender: str, rate: str) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate((sender, rate)):
            self.table.setItem(row, column, QTableWidgetItem(text))

    def _add(self) -> None:
        self._put("", "1")
        self._show()
        self.table.setFocus()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.editItem(self.table.currentItem())

    def _remove(self) -> None:
        self.table.removeRow(self.table.currentRow())
        self._show()

    def _show(self) -> None:
        rows = self.table.rowCount()
        row_height = self.fontMetrics().lineSpacing() + 2 * GRID
        self.table.verticalHeader().setDefaultSectionSize(row_height)
        shown = max(1, min(rows, _ROWS))
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(shown * row_height + header + GRID // 2)
        self.table.setVisible(rows > 0)
        self.setFocusProxy(self.table if rows else self.add_button)
        self.remove_button.setVisible(rows > 0)
        self.remove_button.setEnabled(bool(self.table.selectedItems()))
