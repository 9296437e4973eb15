"""What stands above the list: the search field, the row of state filters, the panel with more of
them, and what is in force.

It says what is wanted; reading it is for the pane.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTabBar, QToolButton, QVBoxLayout, QWidget

from smsdesk.desk import wording, wording_history
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.history.narrowing import ChipBar, Narrowing, narrowing_of
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:  # start-up time: it is made when it is first opened
    from smsdesk.ui.history.more_filters import FilterPanel

_SEARCH_AFTER_MS = 120


class Head(QWidget):
    """`wanted` is the filter as it stands."""

    # Emitted when something else is wanted.
    changed = Signal()
    # Emitted when Enter is pressed in the search field.
    entered = Signal()
    # Emitted when the panel with more filters is opened, to be told what there is.
    choices_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._narrowing = Narrowing()
        self.search = self._make_search()
        self.filter = self._make_filter()
        self.more_button = QToolButton()
        self.more_button.setObjectName("history.more.open")
        self.more_button.setAccessibleName(_("More filters"))
        self.more_button.setCheckable(True)
        plain.set_tip(
            self.more_button, _("More filters: dates, recipient, sender, batch, failure")
        )
        icons.dress(self.more_button, "list-filter", "muted")
        self.panel: FilterPanel | None = None
        self.chips = ChipBar()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_AFTER_MS)

        self.row = QHBoxLayout()
        self.row.setSpacing(GRID // 2)
        self.row.addWidget(self.search, 1)
        self.row.addWidget(self.more_button)
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 0)
        self.lines.setSpacing(GRID)
        self.lines.addLayout(self.row)
        self.lines.addWidget(self.filter)
        self.lines.addWidget(self.chips)

        self.search.textChanged.connect(self._note_search)
        self._clear_action.triggered.connect(self.search.clear)
        self._timer.timeout.connect(self._tell)
        self.search.returnPressed.connect(self.entered)
        self.filter.currentChanged.connect(lambda _index: self._choose_group())
        self.more_button.toggled.connect(self._show_panel)
        self.chips.removed.connect(lambda key: self.narrow(self._narrowing.without(key)))
        self.chips.cleared.connect(self.clear)

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setObjectName("history.search")
        search.setAccessibleName(_("Search messages"))
        plain.set_hint(search, _("Search number, name or text"))
        self._search_icon = search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self._clear_action = search.addAction(
            icons.icon("x", theme.current().muted), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear_action.setToolTip(plain.tip(_("Clear the search (Esc)")))
        self._clear_action.setVisible(False)
        return search

    def _make_filter(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("history.filter")
        tabs.setAccessibleName(_("Show only"))
        tabs.setProperty("pills", True)
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.setElideMode(Qt.TextElideMode.ElideNone)
        tabs.setUsesScrollButtons(True)
        for group in FILTER_GROUPS:
            tabs.setTabData(tabs.addTab(wording.filter_word(group)), group)
        return tabs

    # what is wanted

    @property
    def group(self) -> str:
        return str(self.filter.tabData(self.filter.currentIndex()))

    @property
    def narrowing(self) -> Narrowing:
        return self._narrowing

    @property
    def wanted(self) -> HistoryFilter:
        """All conditions together. States that are meant by the narrowing go before the group's."""
        which = self._narrowing.which
        return replace(
            which,
            search=self.search.text().strip(),
            states=which.states or FILTER_GROUPS[self.group],
        )

    @property
    def is_narrowed(self) -> bool:
        return self.wanted != HistoryFilter()

    def show_wanted(self, which: HistoryFilter) -> None:
        """Take over a whole filter, say a saved one."""
        narrowing, group = narrowing_of(which)
        self._set(which.search, group, narrowing)

    def narrow(self, narrowing: Narrowing) -> None:
        """Take over other conditions, and keep the search and the group."""
        self._set(self.search.text(), self.group, narrowing)

    def show_only(self, narrowing: Narrowing, *, group: str = "all") -> None:
        """Take over these conditions and none besides."""
        self._set("", group, narrowing)

    def clear(self) -> None:
        """Everything is wanted again."""
        self._set("", "all", Narrowing())

    def _set(self, search: str, group: str, narrowing: Narrowing) -> None:
        with QSignalBlocker(self.search), QSignalBlocker(self.filter):
            if self.search.text() != search:
                self.search.setText(search)
            self.filter.setCurrentIndex(list(FILTER_GROUPS).index(group))
        self._clear_action.setVisible(bool(search))
        self._narrowing = narrowing
        if self.panel is not None:
            self.panel.show_narrowing(narrowing)
        self._tell()

    def _tell(self) -> None:
        self._timer.stop()
        chips = self._narrowing.chips()
        self.chips.show_chips(chips, is_narrowed=self.is_narrowed)
        self.changed.emit()

    def tell_now(self) -> None:
        """Enter does not wait for the pause in typing."""
        if self._timer.isActive():
            self._tell()

    def _note_search(self, text: str) -> None:
        self._clear_action.setVisible(bool(text))
        self._timer.start()

    def _choose_group(self) -> None:
        """Another group: which states were meant besides is forgotten."""
        which = self._narrowing.which
        if which.states or self._narrowing.what:
            failure = None if self._narrowing.what else which.failure
            self._narrowing = replace(
                self._narrowing,
                which=replace(which, states=frozenset(), failure=failure),
                what="",
            )
        self._tell()

    # what is shown

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Beside the groups: how many replies are unread, and so on."""
        for index in range(self.filter.count()):
            group = self.filter.tabData(index)
            shown = counts.get(group, 0)
            title = wording.filter_word(group) + (f" {grouped(shown)}" if shown else "")
            if self.filter.tabText(index) != title:
                self.filter.setTabText(index, title)

    def show_count(self, count: int, *, is_all: bool) -> None:
        """How many messages fit what is wanted."""
        self._say(wording_history.count_sentence(count, is_all=is_all))

    def show_waiting(self, *, is_stuck: bool = False) -> None:
        """Nothing is known yet of what is wanted; `is_stuck` if that cannot be read just now."""
        self._say("" if is_stuck else _("Searching…"))

    def _say(self, words: str) -> None:
        if self.chips.count.text() != words:
            self.chips.count.setText(words)
            self.chips.updateGeometry()

    def show_again(self) -> None:
        """After a change of colours."""
        colours = theme.current()
        self._search_icon.setIcon(icons.icon("search", colours.muted))
        self._clear_action.setIcon(icons.icon("x", colours.muted))

    def _show_panel(self, is_wanted: bool) -> None:
        if is_wanted and self.panel is None:
            from smsdesk.ui.history.more_filters import FilterPanel  # start-up time

            self.panel = FilterPanel()
            self.lines.insertWidget(2, self.panel)
            self.panel.changed.connect(self.narrow)
            self.panel.closed.connect(self._close_panel)
        if self.panel is None:
            return
        self.panel.show_narrowing(self._narrowing)
        self.panel.setVisible(is_wanted)
        if is_wanted:
            self.choices_asked.emit()
            self.panel.dates.setFocus()

    def _close_panel(self) -> None:
        self.more_button.setChecked(False)
        self.more_button.setFocus()
