"""Who may be meant by what is being typed in To: a short list below the field.

It is looked at while typing goes on elsewhere, so it never has the focus, and nothing in it is
chosen until the person chooses. Who fits is the desk's to say.
"""

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from smsdesk.desk import wording_contacts
from smsdesk.desk.contacts import Completion
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import reads_from_right, scaled
from smsdesk.ui.theme import GRID

MOST_SHOWN = 8
_FEWEST_LINES = 2
_ICON = 16
_WIDEST = 480
_GAP = 2

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ROLE = int(Qt.ItemDataRole.UserRole) + 1

Complete = Callable[[str], Sequence[Completion]]


class Completer(QListView):
    """The list. It lies over the window it belongs to, and goes away with the field's focus."""

    # Emitted with the completion that the person has chosen.
    chosen = Signal(object)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self.setObjectName("compose.to.completer")
        self.setAccessibleName(_("Who may be meant"))
        self.setProperty("overlay", True)
        self.hide()
        self._field = field
        self._found = _Completions(self)
        self._delegate = _CompletionDelegate(self)
        self.setModel(self._found)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self._choose(index))
        field.installEventFilter(self)

    # what the field asks

    def offer(self, completions: Sequence[Completion]) -> None:
        """Show these, none of them chosen; or nothing, when there are none."""
        self._found.show(completions)
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        if not completions:
            self.hide()
            return
        self._place()
        self.show()
        self.raise_()
        self.scrollToTop()

    def is_choosing(self) -> bool:
        """Something in it is chosen, so that Enter is meant for it."""
        return self.isVisible() and self.currentIndex().isValid()

    def walk(self, step: int) -> None:
        """Up or down; above the first and below the last nothing is chosen."""
        count = self._found.rowCount()
        row = self.currentIndex().row() if self.currentIndex().isValid() else -1
        row = (row + 1 + step) % (count + 1) - 1
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self._found.index(row))

    def take(self) -> None:
        """Choose what is current."""
        self._choose(self.currentIndex())

    def said(self) -> str:
        """The current one in words, for a screen reader; "" when none is."""
        index = self.currentIndex()
        spoken = index.data(Qt.ItemDataRole.AccessibleTextRole) if index.isValid() else ""
        return str(spoken or "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list follows its field, and does not outlive it."""
        if watched is self._field and self.isVisible():
            if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
                self._place()
            elif event.type() == QEvent.Type.Hide:
                self.hide()
        return super().eventFilter(watched, event)

    # where it lies

    def _place(self) -> None:
        """Below the field, or above it where there is no room; what is typed stays in sight."""
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        field = QRect(self._field.mapTo(window, QPoint(0, 0)), self._field.size())
        line = self._delegate.line_height
        self.ensurePolished()
        edge = 2 * self.frameWidth()  # the style sheet's border, and the room inside it
        wanted = self._found.rowCount() * line + edge
        below = window.height() - GRID - (field.bottom() + 1 + _GAP)
        above = field.top() - _GAP - GRID
        is_above = below < min(wanted, _FEWEST_LINES * line + edge) and above > below
        height = min(wanted, above if is_above else below)
        top = field.top() - _GAP - height if is_above else field.bottom() + 1 + _GAP
        width = min(field.width(), scaled(_WIDEST))
        left = field.right() + 1 - width if reads_from_right(self) else field.left()
        self.setGeometry(left, top, width, height)

    def _choose(self, index: QModelIndex) -> None:
        found = index.data(_ROLE) if index.isValid() else None
        if isinstance(found, Completion):
            self.hide()
            self.chosen.emit(found)


def without(completions: Sequence[Completion], taken: Collection[str]) -> list[Completion]:
    """Those that are not in the field already."""
    return [one for one in completions if one.contact is None or address_of(one) not in taken]


def address_of(found: Completion) -> str:
    """Where a contact that is offered is written to; "" for a group."""
    number = "" if found.contact is None else found.contact.number
    return found.address or number


class _Completions(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: Sequence[Completion] = ()

    def show(self, completions: Sequence[Completion]) -> None:
        self.beginResetModel()
        self._all = completions
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._all)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._all):
            return None
        if role == _ROLE:
            return self._all[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(_words(self._all[index.row()]))
        return None


def _words(found: Completion) -> tuple[str, str]:
    """A name, and what tells it from others of that name."""
    if found.contact is not None:
        return plain.one_line(found.contact.name), show_number(address_of(found))
    assert found.group is not None
    return plain.one_line(found.group.name), wording_contacts.people_words(found.group.size)


class _CompletionDelegate(QStyledItemDelegate):
    """One line: a sign, the name, and at the right the number or how many there are."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._font = QFont(view.font())
        self._metrics = QFontMetrics(self._font)

    @property
    def line_height(self) -> int:
        return self._metrics.height() + GRID + GRID // 2

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, self.line_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        found = index.data(_ROLE)
        if not isinstance(found, Completion):
            return
        from PySide6.QtWidgets import QStyle  # start-up time: it has many enumerations

        colours = theme.current()
        painter.save()
        painter.setClipRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.selected))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(colours.raised))
        room, side = option.rect.adjusted(GRID, 0, -GRID, 0), scaled(_ICON)

        def put(place: QRect) -> QRect:
            return QStyle.visualRect(option.direction, option.rect, place)

        device = painter.device()
        scale = device.devicePixelRatioF() if device is not None else 1.0
        sign = icons.picture("user" if found.contact else "users", colours.muted, side, scale)
        place = QRect(room.left(), room.center().y() - side // 2, side, side)
        painter.drawPixmap(put(place).topLeft(), sign)
        room.setLeft(room.left() + side + GRID)
        name, also = _words(found)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.setFont(self._font)
        painter.setPen(QColor(colours.muted))
        painter.drawText(put(room), int(Qt.AlignmentFlag.AlignRight | middle), also)
        room.setRight(room.right() - self._metrics.horizontalAdvance(also) - 2 * GRID)
        painter.setPen(QColor(colours.text))
        painter.setClipRect(put(room), Qt.ClipOperation.IntersectClip)
        line = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(put(room), int(Qt.AlignmentFlag.AlignLeft | middle), line)
        painter.restore()
