"""The first part: which list, how it is read, and what became of each of its rows.

Reading is the dialog's errand; here its answers are shown, and what a person wants otherwise is
said.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_list
from smsdesk.desk.sheets.table import Table
from smsdesk.desk.wording_places import country_name
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import icons, plain
from smsdesk.ui.bulk.models import LeftOut, LeftOutModel, RowsModel
from smsdesk.ui.bulk.outlook import Outlook, ReadList, all_regions
from smsdesk.ui.bulk.parts import Choice, Rows, button, tabs
from smsdesk.ui.controls import CheckBox
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.theme import GRID

ROWS, MEND, MERGED, OPTED_OUT = range(4)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person wants read otherwise; the field's name is that of ReadingOptions."""

    field: str
    value: object


class ListPage(QWidget):
    """Empty, reading, or with a list."""

    # Emitted with a Wish.
    wished = Signal(object)
    # Emitted when the person wants to say which file.
    browse_asked = Signal()
    # Emitted when a table is to be taken from the clipboard.
    paste_asked = Signal()
    # Emitted when the person does not want to wait for the end of the reading.
    cancel_asked = Signal()
    # Emitted when the rows that need mending are to be written to a file.
    save_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bulk.list")
        self.name = plain.heading(_("No list yet"), points=1.0)
        self.facts = plain.label(tone="muted", name="bulk.list.facts")
        self.browse = button(_("Choose a &file…"), "bulk.list.browse")
        icons.dress(self.browse, "folder-open")
        self.paste = button(_("&Paste a table"), "bulk.list.paste")
        self.column = Choice(
            _("Column of n&umbers"), "bulk.list.column", _("Column of numbers")
        )
        self.region = Choice(
            _("Countr&y of national numbers"),
            "bulk.list.region",
            _("Country of national numbers"),
        )
        self.sheet = Choice(_("S&heet"), "bulk.list.sheet", _("Sheet of the workbook"))
        self.encoding = Choice(_("&Encoding"), "bulk.list.encoding", _("Encoding of the file"))
        self.delimiter = Choice(
            _("Sepa&rator"), "bulk.list.delimiter", _("What separates the cells")
        )
        self.header = CheckBox(_("The first row &names the columns"))
        self.header.setObjectName("bulk.list.header")
        self.said = plain.label(tone="bad", name="bulk.list.said", wraps=True)
        self.said.setAccessibleName(_("What is wrong with the list"))
        self.busy = plain.label(tone="muted", name="bulk.list.busy")
        self.bar = QProgressBar()
        self.bar.setObjectName("bulk.list.progress")
        self.bar.setAccessibleName(_("How much has been read"))
        self.bar.setTextVisible(False)
        self.cancel = button(_("Cancel"), "bulk.list.cancel", small=True)
        self.tabs = tabs("bulk.list.tabs", _("Which rows are shown"))
        for place in range(4):
            self.tabs.addTab("")
            self.tabs.setTabVisible(place, place == ROWS)
        self.save = button(_("Sa&ve the problems…"), "bulk.list.save", small=True)
        self.rows = RowsModel()
        self.left_out = LeftOutModel()
        self.table = Rows(self.rows, "bulk.list.rows", _("Rows of the list"))
        self.out_table = Rows(
            self.left_out, "bulk.list.left_out", _("Rows that get no message")
        )
        self.empty = EmptyState()
        self.empty.setObjectName("bulk.list.empty")
        self.empty.button.setObjectName("bulk.list.empty.act")
        self._groups: dict[int, Sequence[LeftOut]] = {}
        self._options = QWidget()
        self._under = QWidget()
        self._reading = QWidget()
        self._arrange()
        self._connect()
        self.show_nothing()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.facts)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addLayout(words, 1)
        top.addWidget(self.browse)
        top.addWidget(self.paste)
        options = FlowLayout(self._options, gap=2 * GRID)
        options.setContentsMargins(0, 0, 0, 0)
        for choice in (self.column, self.region, self.sheet, self.encoding, self.delimiter):
            options.addWidget(choice)
        reading = QHBoxLayout(self._reading)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(GRID + GRID // 2)
        reading.addWidget(self.busy)
        reading.addWidget(self.bar, 1)
        reading.addWidget(self.cancel)
        under = QHBoxLayout(self._under)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(GRID)
        under.addWidget(self.tabs, 1)
        under.addWidget(self.save)
        self._tables = QStackedWidget()
        for page in (self.table, self.out_table, self.empty):
            self._tables.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addLayout(top)
        layout.addWidget(self._options)
        layout.addWidget(self.header)
        layout.addWidget(self.said)
        layout.addWidget(self._reading)
        layout.addWidget(self._under)
        layout.addWidget(self._tables, 1)
        self._reading.hide()
        self.said.hide()
        number = "+49 1512 3456789, opted out"
        self.table.set_widths("100,000", "+49 1512 3456789", number)
        self.out_table.set_widths("100,000", "+49 1512 3456789")
        self.empty.say(
            "notebook-text",
            _("Whom should the message go to?"),
            _(
                "Choose a list, drop it here, or paste a table from a spreadsheet. CSV, Excel "
                "(.xlsx) and OpenDocument (.ods) are read; the file stays as it is."
            ),
        )

    def _connect(self) -> None:
        self.browse.clicked.connect(self.browse_asked)
        self.paste.clicked.connect(self.paste_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.save.clicked.connect(self.save_asked)
        self.tabs.currentChanged.connect(self._show_group)
        for choice, field in (
            (self.column, "number_column"),
            (self.region, "default_region"),
            (self.sheet, "sheet"),
            (self.encoding, "encoding"),
            (self.delimiter, "delimiter"),
        ):
            choice.combo.activated.connect(
                lambda _index, choice=choice, field=field: self.wished.emit(
                    Wish(field, choice.combo.currentData())
                )
            )
        self.header.clicked.connect(
            lambda is_on: self.wished.emit(Wish("has_header", bool(is_on)))
        )

    # what is shown

    def show_nothing(self) -> None:
        self.name.setText(_("No list yet"))
        self.facts.setText("")
        self.rows.show(None)
        self.left_out.show((), None)
        self._groups = {}
        for part in (self._options, self.header, self._under, self.facts):
            part.hide()
        self._tables.setCurrentWidget(self.empty)

    def show_list(self, read: ReadList) -> None:
        """Show a list; only its head, perhaps, with the rest still on its way."""
        table, numbers = read.sheet.table, read.sheet.numbers
        self.name.setText(plain.one_line(table.path.name))
        self.facts.setText(wording_list.table_sentence(table) if read.is_whole else "")
        self.rows.show(read)
        self._offer(table, read.sheet.region, is_whole=read.is_whole)
        self._groups = {MEND: numbers.problems, MERGED: numbers.duplicates, OPTED_OUT: ()}
        for part in (self._options, self.header, self._under, self.facts):
            part.show()
        for part in (self._options, self.header):
            part.setEnabled(read.is_whole)
        self._title_tabs(read.is_whole)
        self._show_group(self.tabs.currentIndex())

    def show_outlook(self, outlook: Outlook) -> None:
        """Who has opted out, and what is to be mended for the sake of the text."""
        plan = outlook.plan
        self._groups = {
            MEND: plan.row_problems,
            MERGED: plan.duplicates,
            OPTED_OUT: plan.opted_out,
        }
        self.rows.mark_opted_out(outlook.opted_out)
        self._title_tabs(is_whole=True)
        if self.tabs.currentIndex() != ROWS:
            self._show_group(self.tabs.currentIndex())

    def show_reading(self, sentence: str, *, done: int = 0, of: int = 0) -> None:
        self._reading.show()
        self.busy.setText(sentence)
        self.bar.setMaximum(of)
        self.bar.setValue(done)

    def show_read(self) -> None:
        """Nothing is being read any more."""
        self._reading.hide()

    def say(self, sentence: str, tone: str = "bad") -> None:
        self.said.setText(plain.sentence(sentence))
        plain.set_tone(self.said, tone)
        self.said.setVisible(bool(sentence))

    def show_problems(self) -> None:
        """Show who gets no message: first of all what can be mended."""
        for group in (MEND, MERGED, OPTED_OUT):
            if self.tabs.isTabVisible(group):
                self.tabs.setCurrentIndex(group)
                self.out_table.setFocus()
                return

    def _title_tabs(self, is_whole: bool) -> None:
        count = self.rows.rowCount()
        self.tabs.setTabText(
            ROWS, _("All {count}").format(count=grouped(count)) if is_whole else _("First rows")
        )
        for group, title in (
            (MEND, _("To mend {count}")),
            (MERGED, _("Merged {count}")),
            (OPTED_OUT, _("Opted out {count}")),
        ):
            rows = self._groups.get(group, ())
            self.tabs.setTabText(group, title.replace("{count}", grouped(len(rows))))
            self.tabs.setTabVisible(group, bool(rows) and is_whole)
        self.save.setVisible(is_whole and bool(self._groups.get(MEND)))

    def _show_group(self, group: int) -> None:
        if group == ROWS or not self._groups.get(group):
            shown = self.table if self.rows.rowCount() else self.empty
            self._tables.setCurrentWidget(shown)
            return
        self.left_out.show(self._groups[group], self.column.combo.currentData())
        self._tables.setCurrentWidget(self.out_table)

    def _offer(self, table: Table, region: str | None, *, is_whole: bool) -> None:
        columns: list[tuple[str, object]] = [
            (plain.one_line(wording_list.column_word(table, place)), place)
            for place in range(len(table.columns))
        ]
        self.column.offer(columns, table.number_column)
        # Until the list is whole nobody can choose, and the worker has not read the countries.
        known = [(country_name(region), region)] if region else []
        self.region.offer([*all_regions()] if is_whole else [*known], region)
        sheets: list[tuple[str, object]] = [(plain.one_line(s), s) for s in table.sheets]
        self.sheet.offer(sheets, table.sheet)
        self.sheet.setVisible(len(sheets) > 1)
        is_text = table.form == "text"
        self.encoding.offer(
            _known(wording_list.ENCODING_NAMES, table.encoding, wording_list.encoding_name),
            table.encoding,
        )
        self.delimiter.offer(
            _known(wording_list.SEPARATOR_NAMES, table.delimiter, wording_list.separator_name),
            table.delimiter,
        )
        self.encoding.setVisible(is_text)
        self.delimiter.setVisible(is_text)
        self.header.setChecked(table.has_header)


def _known(
    names: Iterable[str], found: str, word: Callable[[str], str]
) -> list[tuple[str, object]]:
    """The choices that are known, and what was found in the file even if it is none of them."""
    every = dict.fromkeys([*names, found])
    return [(word(name), name) for name in every]
