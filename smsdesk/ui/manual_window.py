"""The manual in a window: contents and search on the left, a page on the right.

The pages are our own and came with the program, so that they may be shown as rich text, which
nothing else is. Nothing is fetched: a link to the web is given to the browser.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFont,
    QFontMetrics,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk.manual import INDEX, Manual, ManualPage, anchor_of, longest_run
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_NAME = Qt.ItemDataRole.UserRole
_SIZE = (1000, 720)
_SIDE = 38
"""Letters of a title that are seen in full."""
_LINE = 125.0
"""Per cent of a line's height."""
_PICTURE = "\ufffc"
"""Stands for it in a document's text."""
_NARROWEST = 400
_AGAIN_AFTER_MS = 100


class ManualWindow(Dialog):
    """Stays beside the main window, which can be worked in meanwhile."""

    def __init__(self, manual: Manual, parent: QWidget | None) -> None:
        super().__init__(_("Manual"), parent)
        self.setObjectName("manual")
        self._manual = manual
        self._been: list[tuple[str, int]] = []
        self._shown = ""
        self.search = QLineEdit()
        self.search.setObjectName("manual.search")
        self.search.setAccessibleName(_("Search the manual"))
        plain.set_hint(self.search, _("Search, or paste a sentence"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.contents = QListWidget()
        self.contents.setObjectName("manual.contents")
        self.contents.setAccessibleName(_("Contents"))
        self.contents.setWordWrap(True)
        self.page = _Page(manual.folder)
        self.page.setObjectName("manual.page")
        self.page.setAccessibleName(_("Page"))
        self.back_button = push_button(_("&Back"), "manual.back")
        self.close_button = push_button(_("&Close"), "manual.close")
        self._arrange()
        self._connect()
        self._list(manual.pages)
        self.show_page(INDEX)

    def _arrange(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(GRID)
        side.addWidget(self.search)
        side.addWidget(self.contents, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self.back_button)
        bottom.addStretch()
        bottom.addWidget(self.close_button)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addWidget(self.page, 1)
        right.addLayout(bottom)
        layout = QHBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addLayout(side)
        layout.addLayout(right, 1)
        self.contents.setFixedWidth(_SIDE * self.fontMetrics().averageCharWidth())
        self.search.setFixedWidth(self.contents.width())
        self.open_at(*_SIZE)
        self.search.setFocus()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._open_first)
        self.contents.currentItemChanged.connect(self._choose)
        self.page.anchorClicked.connect(self.follow)
        self.back_button.clicked.connect(self.go_back)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Back, self, self.go_back)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)

    # contents and search

    def _list(self, pages: Sequence[ManualPage]) -> None:
        """Below the heads of their chapters, unless they were searched for."""
        is_searched = bool(self.search.text().strip())
        self.contents.blockSignals(True)
        self.contents.clear()
        chapter = ""
        for page in pages:
            if page.chapter != chapter and not is_searched:
                chapter = page.chapter
                self.contents.addItem(_head(chapter, self.contents.font()))
            item = QListWidgetItem(page.title)
            item.setData(_NAME, page.name)
            item.setToolTip(plain.tip(page.about))
            self.contents.addItem(item)
        if not pages:
            self.contents.addItem(_head(_("Nothing found"), self.contents.font()))
        self.contents.blockSignals(False)
        self._mark_shown()

    def _search(self, text: str) -> None:
        self._list(self._manual.search(text) if text.strip() else self._manual.pages)

    def _open_first(self) -> None:
        for row in range(self.contents.count()):
            item = self.contents.item(row)
            if item.data(_NAME):
                self.contents.setCurrentItem(item)
                self._choose(item)
                break

    def _choose(self, item: QListWidgetItem | None, *_before: object) -> None:
        name = item.data(_NAME) if item is not None else None
        if not name:
            return
        if name != self._shown:
            self._leave()
            self.show_page(name)
        self.page.look_for(longest_run(self.search.text()))

    def _mark_shown(self) -> None:
        self.contents.blockSignals(True)
        self.contents.setCurrentRow(-1)
        for row in range(self.contents.count()):
            if self.contents.item(row).data(_NAME) == self._shown:
                self.contents.setCurrentRow(row)
        self.contents.blockSignals(False)

    # pages

    def show_page(self, name: str, anchor: str = "") -> None:
        """Show a page from its top, or from the heading that an anchor names."""
        self._shown = name
        self.page.show_page(name)
        if anchor:
            self.page.go_to(anchor)
        self._mark_shown()
        self.back_button.setEnabled(bool(self._been))

    def follow(self, address: QUrl) -> None:
        """Go where a link leads: within the manual, or to the browser."""
        if address.scheme() in ("http", "https"):
            QDesktopServices.openUrl(address)
            return
        name = address.path() or self._shown
        if not address.scheme() and self._manual.has(name):
            self._leave()
            self.show_page(name, address.fragment())

    def go_back(self) -> None:
        if self._been:
            name, place = self._been.pop()
            self.show_page(name)
            self.page.verticalScrollBar().setValue(place)

    def _leave(self) -> None:
        self._been.append((self._shown, self.page.verticalScrollBar().value()))

    def show_again(self) -> None:
        """After a change of colours."""
        place = self.page.verticalScrollBar().value()
        self.show_page(self._shown)
        self.page.verticalScrollBar().setValue(place)


class _Page(QTextBrowser):
    """A page of Markdown. A picture is at most as wide as there is room."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._text = self._sought = ""
        self._room = 0
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(3 * GRID)
        # Not at once: a resize may come while the document is being filled.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_AFTER_MS)
        self._again.timeout.connect(self._show_again)

    def show_page(self, name: str) -> None:
        self._text = (self._folder / name).read_text(encoding="utf-8")
        self._sought = ""
        self._show()

    def _show(self) -> None:
        self._room = self.viewport().width()
        self._again.stop()
        self.document().clear()
        self.document().setMarkdown(self._text)
        self._dress()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def _dress(self) -> None:
        """Room around what stands in a page, for Qt gives none to Markdown."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            shape = block.blockFormat()
            level = shape.headingLevel()
            cursor.setPosition(block.position())
            if level:
                shape.setTopMargin(GRID if level == 1 else 3 * GRID)
                shape.setBottomMargin(GRID)
            elif cursor.currentTable() is None and block.textList() is None:
                shape.setBottomMargin(GRID)
            if _PICTURE not in block.text():
                proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
                shape.setLineHeight(_LINE, proportional.value)
            cursor.setBlockFormat(shape)
            block = block.next()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._dress_table(frame)
        cursor.endEditBlock()

    def _dress_table(self, table: QTextTable) -> None:
        shape = QTextTableFormat()
        shape.setBorder(1)
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        shape.setBorderBrush(QColor(theme.current().line))
        shape.setBorderCollapse(True)
        shape.setCellPadding(GRID - 2)
        shape.setTopMargin(GRID // 2)
        shape.setBottomMargin(2 * GRID)
        table.setFormat(shape)

    def loadResource(self, kind: int, address: QUrl | str) -> Any:
        """A picture of the manual's, from its folder and from nowhere else."""
        path = self._folder / QUrl(address).path()
        if kind != QTextDocument.ResourceType.ImageResource.value or not path.is_file():
            return None
        picture = QImage(str(path))
        ratio = self.devicePixelRatioF()
        most = round((max(self._room, _NARROWEST) - 8 * GRID) * ratio)
        if picture.width() > most:
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaledToWidth(most, smooth)
        picture.setDevicePixelRatio(ratio)
        return picture

    def go_to(self, anchor: str) -> None:
        """Scroll until a heading is on top."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                self.setTextCursor(QTextCursor(block))
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(top))
                return
            block = block.next()

    def look_for(self, text: str) -> None:
        """Mark where a text stands first, if it stands in the page as it is, and go there."""
        self._sought = text
        found = self.document().find(text) if text else QTextCursor()
        mark = QTextEdit.ExtraSelection()
        mark.cursor = found
        mark.format.setBackground(QColor(theme.current().mark))
        self.setExtraSelections([] if found.isNull() else [mark])
        if not found.isNull():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.cursorRect(found).top() - self.height() // 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._text and self.viewport().width() != self._room:
            self._again.start()

    def _show_again(self) -> None:
        place = self.verticalScrollBar().value()
        self._show()
        self.verticalScrollBar().setValue(place)
        self.look_for(self._sought)


def _head(title: str, font: QFont) -> QListWidgetItem:
    """The head of a chapter, which is nothing to choose."""
    item = QListWidgetItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    bold = plain.sized(font, 0, weight=QFont.Weight.DemiBold)
    item.setFont(bold)
    item.setTextAlignment(Qt.AlignmentFlag.AlignBottom)
    item.setSizeHint(QSize(0, QFontMetrics(bold).height() + GRID + GRID // 2))
    item.setForeground(QColor(theme.current().muted))
    return item
