"""The tables of the page: the rows as they stand in the file with what their numbers came to, the
rows that are left out, the countries, and the rows whose time zone is uncertain. All of them are
held by the desk already; only what is in sight is put into words.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from smsdesk.desk import wording, wording_bulk, wording_list
from smsdesk.desk.bulk_plan import BulkCountry
from smsdesk.desk.bulk_times import DoubtfulTime
from smsdesk.desk.sheets.numbers import Duplicate, Entry, RowProblem
from smsdesk.desk.sheets.table import Row
from smsdesk.desk.wording_places import country_name
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import plain, theme
from smsdesk.ui.bulk.outlook import ReadList
from smsdesk.ui.numbers import show_number

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ALIGNED_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MOST_COLUMNS = 12
"""More are not needed to see whether something has slipped."""

PLACE, TYPED, READ = range(3)

LeftOut = RowProblem | Duplicate | Entry


class _Table(QAbstractTableModel):
    """What all of them have in common: titles, and cells of plain text."""

    titles: tuple[str, ...] = ()
    right: frozenset[int] = frozenset()

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.titles)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(self.titles[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self.right:
            return _ALIGNED_RIGHT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNED_RIGHT if index.column() in self.right else None
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = self.tone(index.row(), index.column())
            return QBrush(QColor(getattr(theme.current(), tone))) if tone else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self.text(index.row(), index.column())
            return plain.tip(text) if role == Qt.ItemDataRole.ToolTipRole else _shown(text)
        return None

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, as it is."""
        raise NotImplementedError

    def tone(self, _row: int, _column: int) -> str:
        """The colour of a cell's words; "" for the usual one."""
        return ""


class RowsModel(_Table):
    """Every row of the list, with its number as typed and as it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.right = frozenset((PLACE,))
        self._read: ReadList | None = None
        self._rows: tuple[Row, ...] = ()
        self._others: tuple[int, ...] = ()
        self._opted_out: frozenset[int] = frozenset()
        self._name()

    def show(self, read: ReadList | None) -> None:
        self.beginResetModel()
        self._read = read
        self._rows = () if read is None else read.sheet.table.rows
        self._opted_out = frozenset()
        self._name()
        self.endResetModel()

    def mark_opted_out(self, places: frozenset[int]) -> None:
        """Say of these rows that their people have opted out."""
        if places != self._opted_out and self._rows:
            self._opted_out = places
            last = self.index(len(self._rows) - 1, READ)
            self.dataChanged.emit(self.index(0, READ), last)

    def _name(self) -> None:
        headers: list[str] = []
        if self._read is not None:
            table = self._read.sheet.table
            places = (p for p in range(len(table.columns)) if p != table.number_column)
            self._others = tuple(places)[:_MOST_COLUMNS]
            headers = [_shown(wording_list.column_word(table, place)) for place in self._others]
        self.titles = (_("Row"), _("As it stands there"), _("Read as"), *headers)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def text(self, row: int, column: int) -> str:
        found = self._rows[row]
        if column == PLACE:
            return grouped(found.place)
        if self._read is None:
            return ""
        number_column = self._read.sheet.table.number_column
        if column == TYPED:
            return "" if number_column is None else found.cell(number_column)
        if column == READ:
            return self._read_as(found)
        return found.cell(self._others[column - READ - 1])

    def _read_as(self, row: Row) -> str:
        fate = self._read.fates.get(row.place) if self._read is not None else None
        if isinstance(fate, RowProblem):
            return wording_bulk.row_reason(fate)
        if isinstance(fate, Duplicate):
            merged = _("{number}, as in row {row}").replace("{row}", grouped(fate.first))
            return merged.replace("{number}", show_number(fate.e164))
        if isinstance(fate, Entry):
            number = show_number(fate.number.e164)
            if row.place in self._opted_out:
                return _("{number}, opted out").replace("{number}", number)
            return number
        return ""

    def tone(self, row: int, column: int) -> str:
        if column == PLACE:
            return "muted"
        if column != READ or self._read is None:
            return ""
        place = self._rows[row].place
        fate = self._read.fates.get(place)
        if isinstance(fate, RowProblem):
            return "bad"
        return "muted" if isinstance(fate, Duplicate) or place in self._opted_out else ""


class LeftOutModel(_Table):
    """Rows that get no message, each with the reason."""

    def __init__(self) -> None:
        super().__init__()
        self.right = frozenset((PLACE,))
        self.titles = (_("Row"), _("As it stands there"), _("Why it gets no message"))
        self._rows: Sequence[LeftOut] = ()
        self._number_column: int | None = None

    def show(self, rows: Sequence[LeftOut], number_column: int | None) -> None:
        self.beginResetModel()
        self._rows = rows
        self._number_column = number_column
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def text(self, row: int, column: int) -> str:
        found = self._rows[row]
        if column == PLACE:
            return grouped(found.row.place)
        if column == TYPED:
            column_of_numbers = self._number_column
            return "" if column_of_numbers is None else found.row.cell(column_of_numbers)
        if isinstance(found, RowProblem):
            return wording_bulk.row_reason(found)
        if isinstance(found, Duplicate):
            return wording_list.merged_reason(found)
        return wording_list.opted_out_reason(found)

    def tone(self, _row: int, column: int) -> str:
        return "muted" if column == PLACE else ""


class CountriesModel(_Table):
    """What goes where, and what it costs there."""

    def __init__(self) -> None:
        super().__init__()
        self.right = frozenset((1, 2, 3, 4))
        self.titles = (_("Country"), _("Messages"), _("Parts"), _("A part"), _("Together"))
        self._countries: Sequence[BulkCountry] = ()

    def show(self, countries: Sequence[BulkCountry]) -> None:
        self.beginResetModel()
        self._countries = countries
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._countries)

    def text(self, row: int, column: int) -> str:
        country = self._countries[row]
        if column == 0:
            return (
                country_name(country.region) if country.region else _("International numbers")
            )
        if column in (1, 2):
            return grouped(country.messages if column == 1 else country.parts)
        amount = country.price if column == 3 else country.total
        if amount is None:
            return _("unknown")
        told = wording.money(amount, country.currency)
        if column == 3 and country.is_old:
            return _("{price} (old)").replace("{price}", told)
        return told if column == 3 else f"≈ {told}"

    def tone(self, row: int, column: int) -> str:
        is_known = self._countries[row].price is not None
        return "muted" if column > 2 and not is_known else ""


class DoubtfulModel(_Table):
    """Rows whose messages leave by a clock that is uncertain."""

    def __init__(self, rows: Sequence[DoubtfulTime]) -> None:
        super().__init__()
        self.right = frozenset((0,))
        self.titles = (_("Row"), _("Number"), _("Country"), _("Time zone"))
        self._rows = rows

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def text(self, row: int, column: int) -> str:
        found = self._rows[row]
        number = found.message.number
        if column == 0:
            return grouped(found.message.row.place)
        if column == 1:
            return show_number(number.e164)
        if column == 2:
            return country_name(number.region) if number.region else _("International numbers")
        return wording_bulk.doubtful_reason(found)

    def tone(self, _row: int, column: int) -> str:
        return "muted" if column == 0 else ""


def _shown(text: str) -> str:
    return plain.one_line(text) if text else ""
