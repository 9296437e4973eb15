"""The list of messages as a widget: it paints the rows that are seen, however many there are.

Qt's table keeps a section for every row, and moves all of them when one comes in above. Here all
rows have one height, so that a row's place is a multiplication; selection, keyboard, mouse and
what a screen reader hears stay the table's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QFrame,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
)

from smsdesk.desk.acting import Span
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import icons, plain
from smsdesk.ui.history.delegate import MessageDelegate
from smsdesk.ui.history.model import HistoryModel
from smsdesk.ui.history.when import day_word
from smsdesk.ui.theme import GRID

_NEWS_SHOWN = 9_999
_LEAST_HEIGHT = 96
_MOST_RANGES = 24
"""As many ends of a selection are kept in memory wherever the list is scrolled to."""

_STEPS = {"j": 1, "k": -1}
_Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction


class MessageTable(QTableView):
    """One column, rows of one height; arrows walk, Enter opens, Esc closes. What is chosen and
    what is seen stay where they are when messages come in above."""

    # Emitted when Enter is pressed on a row.
    opened = Signal()
    # Emitted when Esc is pressed.
    dismissed = Signal()
    # Emitted when other rows are selected, or as many others.
    selected = Signal()

    def __init__(self, model: HistoryModel) -> None:
        super().__init__()
        self.setObjectName("history.table")
        self.setAccessibleName(_("Messages"))
        self._messages = model
        self._delegate = MessageDelegate(self)
        self._kept: _Place | None = None
        self.is_restoring = False
        """The rows are found again after all was read anew; nobody has chosen anything."""
        self._selects_all = False
        self._unseen = 0
        for corner in self.findChildren(QAbstractButton):
            corner.hide()  # where Qt's own headers would meet
        self.news = QPushButton(self)
        self.news.setObjectName("history.news")
        self.news.setProperty("pill", True)
        icons.dress(self.news, "arrow-up", "on_accent", 14)
        self.news.hide()
        self.day = QLabel(self)
        self.day.setObjectName("history.day")
        self.day.setTextFormat(Qt.TextFormat.PlainText)
        self.day.setProperty("bubble", True)
        self.day.hide()

        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.verticalHeader().setModel(QStringListModel(self))  # no section for every row
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        # two rows; of large letters, of which a screen has not many, at least one
        self.setMinimumHeight(max(self.row_height, min(2 * self.row_height, _LEAST_HEIGHT)))
        model.kept_rows = self._kept_rows
        model.renewing.connect(self._note_place)
        model.renewed.connect(self._find_place)
        model.loaded.connect(self._start_at_top)
        model.counted.connect(self._select_the_rest)
        bar = self.verticalScrollBar()
        bar.sliderMoved.connect(self._show_day)
        bar.sliderReleased.connect(self.day.hide)
        bar.valueChanged.connect(self._note_scrolled)
        self.news.clicked.connect(self._show_news)

    @property
    def row_height(self) -> int:
        return self._delegate.row_height

    @property
    def selected_count(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges())

    def selected_spans(self) -> list[Span] | None:
        """The keys of what is selected, ends included; None while an end is being read."""
        spans = []
        last_row = self._messages.rowCount() - 1
        for first, last in self._ranges():
            newest, oldest = self._messages.message(first), self._messages.message(last)
            reaches_end = last == last_row and self._messages.is_counted
            if newest is None or (oldest is None and not reaches_end):
                return None
            spans.append(Span(newest.seq, 0 if oldest is None or reaches_end else oldest.seq))
        return spans

    def _ranges(self) -> list[tuple[int, int]]:
        selection = self.selectionModel().selection()
        return sorted((one.top(), one.bottom()) for one in _each(selection))

    # where the rows are

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid():
            return QRect()
        top = index.row() * self.row_height - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self.row_height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = (point.y() + self.verticalOffset()) // self.row_height
        is_row = 0 <= row < self._messages.rowCount()
        return self._messages.index(row, 0) if is_row else QModelIndex()

    def isIndexHidden(self, index: _Index) -> bool:
        return False

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    @property
    def _first_row(self) -> int:
        return self.verticalOffset() // self.row_height

    # going there

    def setCurrentIndex(self, index: _Index) -> None:
        """Choose one message and no other, whichever keys are held down just now."""
        command = QItemSelectionModel.SelectionFlag.ClearAndSelect
        if not index.isValid():
            command = QItemSelectionModel.SelectionFlag.Clear
        self.selectionModel().setCurrentIndex(index, command)

    def scrollTo(
        self,
        index: _Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid():
            return
        hints, bar = QAbstractItemView.ScrollHint, self.verticalScrollBar()
        top, height = index.row() * self.row_height, self.viewport().height()
        at_bottom = top + self.row_height - height
        if hint == hints.PositionAtTop:
            bar.setValue(top)
        elif hint == hints.PositionAtBottom:
            bar.setValue(at_bottom)
        elif hint == hints.PositionAtCenter:
            bar.setValue((top + at_bottom) // 2)
        else:
            bar.setValue(max(min(bar.value(), top), at_bottom))

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._messages.rowCount()
        if not count:
            return QModelIndex()
        current = self.currentIndex()
        page = max(1, self.viewport().height() // self.row_height - 1)
        row = current.row() if current.isValid() else -1
        match action:
            case _Move.MoveHome:
                row = 0
            case _Move.MoveEnd:
                row = count - 1
            case _Move.MovePageUp:
                row -= page
            case _Move.MovePageDown:
                row += page
            case _Move.MoveUp | _Move.MovePrevious | _Move.MoveLeft:
                row -= 1
            case _:
                row += 1
        return self._messages.index(min(max(row, 0), count - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        count = self._messages.rowCount()
        rect, offset = rect.normalized(), self.verticalOffset()
        first = max(0, (rect.top() + offset) // self.row_height)
        last = min(count - 1, (rect.bottom() + offset) // self.row_height)
        chosen = QItemSelection()
        if first <= last:
            chosen.select(self._messages.index(first, 0), self._messages.index(last, 0))
        self.selectionModel().select(chosen, command)

    def keyboardSearch(self, search: str) -> None:
        """Letters are not looked for: that would read the whole log."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming into the list chooses nothing by itself; the first arrow does."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
        else:
            QAbstractScrollArea.focusInEvent(self, event)
            self.viewport().update()

    # painting

    def updateGeometries(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setSingleStep(self.row_height)
        bar.setPageStep(height)
        bar.setRange(0, max(0, self._messages.rowCount() * self.row_height - height))
        QAbstractItemView.updateGeometries(self)

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain_state = option.state & ~(
            QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver
        )
        area, offset = event.rect(), self.verticalOffset()
        first = (area.top() + offset) // self.row_height
        last = min((area.bottom() + offset) // self.row_height, self._messages.rowCount() - 1)
        selection, current = self.selectionModel(), self.currentIndex().row()
        hovered = self._hovered_row()
        for row in range(first, last + 1):
            index = self._messages.index(row, 0)
            option.rect = self.visualRect(index)
            state = plain_state
            if selection.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if row == current and self.hasFocus():
                state |= QStyle.StateFlag.State_HasFocus
            if row == hovered:
                state |= QStyle.StateFlag.State_MouseOver
            option.state = state
            self._delegate.paint(painter, option, index)
        painter.end()

    def _hovered_row(self) -> int:
        if not self.viewport().underMouse():
            return -1
        return self.indexAt(self.viewport().mapFromGlobal(QCursor.pos())).row()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """When the details open below, the row they are about must stay in sight."""
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        self._place_news()

    # what comes and goes

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:
        """New messages come in at the top; who has scrolled down, or has chosen one, keeps it
        where it is."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        bar, count = self.verticalScrollBar(), end - start + 1
        first = self._first_row
        has_place = bar.value() > 0 or self.selectionModel().hasSelection()
        self.updateGeometries()
        if start <= first and has_place and count < self._messages.rowCount():
            bar.setValue(bar.value() + count * self.row_height)
            if start == 0 and bar.value() > 0:
                self._tell_news(self._unseen + count)
        self.viewport().update()

    def rowsAboutToBeRemoved(self, parent: _Index, start: int, end: int) -> None:
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)
        above = max(0, min(end + 1, self._first_row) - start)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() - above * self.row_height)

    def selectAll(self) -> None:
        """All that fit, also those that have not been counted yet."""
        super().selectAll()
        self._selects_all = not self._messages.is_counted

    def _select_the_rest(self) -> None:
        if self._selects_all and self._messages.is_counted:
            self.selectAll()

    def selectionChanged(self, chosen: QItemSelection, left: QItemSelection) -> None:
        QAbstractItemView.selectionChanged(self, chosen, left)
        self._selects_all = False
        self.selected.emit()

    def _kept_rows(self) -> Iterator[int]:
        yield self._first_row
        if self.currentIndex().isValid():
            yield self.currentIndex().row()
        for first, last in self._ranges()[:_MOST_RANGES]:
            yield from (first, last)

    def _note_place(self) -> None:
        model, bar = self._messages, self.verticalScrollBar()
        if not model.rowCount():
            return
        current = self.currentIndex().row()
        self._kept = _Place(
            top=model.key_near(self._first_row) if bar.value() else None,
            offset=bar.value() % self.row_height,
            current=model.held_key(current) if current >= 0 else None,
            spans=[
                Span(newest, oldest)
                for first, last in self._ranges()
                if (newest := model.held_key(first)) is not None
                and (oldest := model.held_key(last)) is not None
            ],
        )

    def _find_place(self) -> None:
        """The same messages are seen and chosen as before, if they are still in the list."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        self.is_restoring = True
        self.updateGeometries()
        top = None if kept.top is None else self._messages.row_near(kept.top)
        if top is not None:
            self.verticalScrollBar().setValue(top * self.row_height + kept.offset)
        chosen = QItemSelection()
        for span in kept.spans:
            first, last = self._row_of(span.newest), self._row_of(span.oldest)
            if first is not None and last is not None:
                chosen.append(
                    QItemSelectionRange(
                        self._messages.index(first, 0), self._messages.index(last, 0)
                    )
                )
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        current = None if kept.current is None else self._row_of(kept.current)
        if current is not None:
            self.selectionModel().setCurrentIndex(
                self._messages.index(current, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.is_restoring = False

    def _row_of(self, key: int) -> int | None:
        """Exactly this message's row: a neighbour is not what somebody has chosen."""
        row = self._messages.row_near(key)
        message = None if row is None else self._messages.message(row)
        return row if message is not None and message.seq == key else None

    def _start_at_top(self) -> None:
        self._delegate.search = self._messages.filter.search
        self.verticalScrollBar().setValue(0)
        self._tell_news(0)

    # what is new above

    def _tell_news(self, count: int) -> None:
        self._unseen = count
        shown = grouped(min(count, _NEWS_SHOWN)) + ("+" if count > _NEWS_SHOWN else "")
        self.news.setText(ngettext("{count} new", "{count} new", count).format(count=shown))
        self.news.setAccessibleName(
            ngettext("Show {count} new message", "Show {count} new messages", count).format(
                count=shown
            )
        )
        self.news.setVisible(count > 0)
        self._place_news()

    def _place_news(self) -> None:
        self.news.adjustSize()
        self.news.move((self.viewport().width() - self.news.width()) // 2, GRID)

    def _show_news(self) -> None:
        self.verticalScrollBar().setValue(0)
        self.setFocus()

    def _note_scrolled(self, value: int) -> None:
        if value == 0 and self._unseen:
            self._tell_news(0)

    # which day it is

    def _show_day(self, value: int) -> None:
        """While the scroll bar is dragged: the day of the message that would come first."""
        row = min(value // self.row_height, self._messages.rowCount() - 1)
        at = self._messages.moment_of(row) if row >= 0 else None
        if at is None:
            return
        self.day.setText(plain.one_line(day_word(at, now=datetime.now(UTC))))
        self.day.adjustSize()
        bar = self.verticalScrollBar()
        share = value / max(1, bar.maximum())
        room = self.viewport().height() - self.day.height()
        self.day.move(self.viewport().width() - self.day.width() - GRID, round(share * room))
        self.day.show()
        self.day.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        elif event.text() in _STEPS and not event.modifiers():
            row = self.currentIndex().row() + _STEPS[event.text()]
            if 0 <= row < self._messages.rowCount():
                self.setCurrentIndex(self._messages.index(row, 0))
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True, slots=True)
class _Place:
    """What was seen and chosen, by keys."""

    top: int | None
    """None at the top of the list, which stays the top."""
    offset: int
    current: int | None
    spans: list[Span]


def _each(selection: QItemSelection) -> Iterator[QItemSelectionRange]:
    return (selection.at(number) for number in range(selection.count()))
