"""The address book: searched, read, changed, brought in from files and written to them.

Groups stand at the side. What a contact may be is the desk's to say; nothing here is stored
before somebody has pressed a button that says so.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionRange,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_contact_files, wording_contacts
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.contact_files import write_file
from smsdesk.desk.contacts import ContactError, Contacts, Merged
from smsdesk.sms.contact import Contact, ContactGroup
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, icons, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.contacts.contact_dialog import ContactDialog
from smsdesk.ui.contacts.import_dialog import ImportDialog
from smsdesk.ui.contacts.model import NAME, NUMBER, ContactsModel
from smsdesk.ui.controls import ClippedDelegate, DropButton
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.name_dialog import NameDialog
from smsdesk.ui.theme import GRID

_SIZE = (860, 540)
_SIDE_WIDTH = 200
_SEARCH_AFTER_MS = 120
_LOOK_AFTER_MS = 250
"""While a file comes in, the list is read anew four times a second and not more often."""
MOST_AT_ONCE = 1000
"""So many chosen contacts are acted upon; who means more, means a group."""
_GROUP_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class ContactsDialog(Dialog):
    """The address book of one profile."""

    # Emitted with what came of a change, for the status bar.
    told = Signal(str)
    # Emitted with the contacts that are to be written to.
    written_to = Signal(list)

    def __init__(
        self,
        contacts: Contacts,
        *,
        worker: Worker,
        news: SignalInstance,
        default_region: Callable[[], str | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Address book"), parent)
        self.setObjectName("contacts")
        self._contacts = contacts
        self._worker = worker
        self._default_region = default_region
        self._kept: tuple[list[Contact], int] = ([], 0)
        self._groups: Sequence[ContactGroup] = ()
        self._import: ImportDialog | None = None

        self.model = ContactsModel(contacts, worker=worker, parent=self)
        self.search = QLineEdit()
        self.search.setObjectName("contacts.search")
        self.search.setAccessibleName(_("Search the address book"))
        self.search.setPlaceholderText(_("Search name or number"))
        self.search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.side = QListWidget()
        self.side.setObjectName("contacts.groups")
        self.side.setAccessibleName(_("Groups"))
        self.side.setItemDelegate(ClippedDelegate(self.side))
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table = _Table()
        self.table.setModel(self.model)
        self.table.set_columns()
        self.empty = EmptyState()
        self.empty.setObjectName("contacts.empty")
        self.empty.button.setObjectName("contacts.empty.act")
        self.count = plain.label(tone="muted", name="contacts.count")
        self.said = plain.label(name="contacts.said", wraps=True)
        self.said.hide()
        self.add_button = _button(_("&Add…"), "contacts.add")
        self.edit_button = _button(_("&Edit…"), "contacts.edit")
        self.remove_button = _button(_("&Remove…"), "contacts.remove")
        self.group_button = DropButton(_("&Group"))
        self.group_button.setObjectName("contacts.group")
        self.group_button.setAccessibleName(_("Group"))
        self.group_button.setAutoDefault(False)
        self.write_button = _button(_("&Write to"), "contacts.write")
        self.write_button.setProperty("primary", True)
        self.import_button = _button(_("&Import…"), "contacts.import")
        self.export_button = _button(_("E&xport…"), "contacts.export")
        self.close_button = _button(_("&Close"), "contacts.close")
        self.new_group = _tool("plus", _("New group…"), "contacts.groups.new")
        self.rename_group = _tool("pencil", _("Rename the group…"), "contacts.groups.rename")
        self.remove_group = _tool("trash-2", _("Remove the group…"), "contacts.groups.remove")
        self._search_timer = _timer(self, _SEARCH_AFTER_MS, self._show_search)
        self._look_timer = _timer(self, _LOOK_AFTER_MS, self._look_again)
        self._arrange()
        self._connect()
        news.connect(self._follow)
        self._load_groups()
        self.model.show("", None)

    def _arrange(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        under = QHBoxLayout()
        under.setSpacing(GRID // 2)
        for tool in (self.new_group, self.rename_group, self.remove_group):
            under.addWidget(tool)
        under.addStretch()
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(self.side, 1)
        left.addLayout(under)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.search, 1)
        top.addWidget(self.count)
        acts = QHBoxLayout()
        acts.setSpacing(GRID)
        for button in (
            self.add_button,
            self.edit_button,
            self.remove_button,
            self.group_button,
        ):
            acts.addWidget(button)
        acts.addStretch()
        acts.addWidget(self.write_button)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addLayout(top)
        right.addWidget(self.pages, 1)
        right.addLayout(acts)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addLayout(left)
        middle.addLayout(right, 1)
        self.side.setFixedWidth(_SIDE_WIDTH)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self.import_button)
        bottom.addWidget(self.export_button)
        bottom.addWidget(self.said, 1)
        bottom.addStretch()
        bottom.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("Address book")))
        layout.addLayout(middle, 1)
        layout.addLayout(bottom)
        self.resize(*_SIZE)
        self.search.setFocus()

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._search_timer.start())
        self.search.returnPressed.connect(self._enter_list)
        self.side.currentRowChanged.connect(lambda _row: self._show_search())
        self.model.modelAboutToBeReset.connect(self._keep_place)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._tell_trouble)
        self.table.selectionModel().selectionChanged.connect(self._note_selection)
        self.table.doubleClicked.connect(lambda _index: self.open_edit())
        self.table.opened.connect(self.open_edit)
        self.add_button.clicked.connect(lambda: self.open_add())
        self.empty.acted.connect(lambda: self.open_add())
        self.edit_button.clicked.connect(self.open_edit)
        self.remove_button.clicked.connect(self.erase)
        self.group_button.drop.aboutToShow.connect(self._fill_group_menu)
        self.write_button.clicked.connect(self._write_to)
        self.new_group.clicked.connect(lambda: self._ask_group(None))
        self.rename_group.clicked.connect(lambda: self._ask_group(self.group()))
        self.remove_group.clicked.connect(self._drop_group)
        self.import_button.clicked.connect(self._browse_import)
        self.export_button.clicked.connect(self._browse_export)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self, self._start_search)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, self.erase)

    # the list

    def _follow(self, change: Change) -> None:
        if change.kind is ChangeKind.CONTACTS and not self._look_timer.isActive():
            self._look_timer.start()

    def _look_again(self) -> None:
        if self.isVisible():
            self._load_groups()
            self.model.look_again()

    def _show_search(self) -> None:
        self._search_timer.stop()
        group = self.group()
        self.model.show(self.search.text(), group.id if group is not None else None)
        self._note_selection()

    def _start_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _enter_list(self) -> None:
        self._show_search()
        self.table.setFocus()
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _keep_place(self) -> None:
        """Before the list is read anew: who is chosen, and what is on top."""
        self._kept = (self.chosen()[:1], self.table.verticalScrollBar().value())

    def _loaded(self) -> None:
        kept, scrolled = self._kept
        row = self.model.row_of(kept[0]) if kept else None
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self.table.verticalScrollBar().setValue(scrolled)
        count = self.model.rowCount()
        is_searched = bool(self.model.search)
        self.count.setText(wording_contacts.count_sentence(count, searched=is_searched))
        self.export_button.setEnabled(count > 0 or is_searched)
        if not count:
            self._say_empty()
        self.pages.setCurrentWidget(self.table if count else self.empty)
        self._note_selection()

    def _say_empty(self) -> None:
        if self.model.search:
            self.empty.say(
                "search-x",
                _("Nobody found"),
                _("No name has a word that begins like that, and no number has it in it."),
            )
        elif self.model.group is not None:
            self.empty.say(
                "users",
                _("Nobody is in this group"),
                _("Choose people under All contacts, and put them in with Group."),
            )
        else:
            self.empty.say(
                "book-user",
                _("No contacts yet"),
                _(
                    "Add people here, import them from a CSV or vCard file, or save a number "
                    "as a contact where you see it."
                ),
                act=_("Add a contact…"),
            )

    def chosen(self) -> list[Contact]:
        """Who is chosen, by name; of very many, the first ones."""
        rows: list[int] = []
        for span in self._spans():
            rows += range(span.top(), min(span.bottom(), span.top() + MOST_AT_ONCE) + 1)
        found = (self.model.entry(row) for row in sorted(set(rows))[: MOST_AT_ONCE + 1])
        return [one for one in found if one is not None]

    def _spans(self) -> list[QItemSelectionRange]:
        selection = self.table.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    def _note_selection(
        self, _new: QItemSelection | None = None, _old: QItemSelection | None = None
    ) -> None:
        count = sum(span.height() for span in self._spans())
        self.edit_button.setEnabled(count == 1)
        for button in (self.remove_button, self.group_button):
            button.setEnabled(count > 0)
        is_group = count == 0 and self.group() is not None
        title = _("&Write to group") if is_group else _("&Write to")
        self.write_button.setText(title)
        self.write_button.setAccessibleName(title.replace("&", ""))
        self.write_button.setEnabled(count > 0 or is_group)
        for tool in (self.rename_group, self.remove_group):
            tool.setEnabled(self.group() is not None)

    def _chosen_few(self) -> list[Contact]:
        """Who is chosen, if they are not too many to be meant one by one."""
        chosen = self.chosen()
        if len(chosen) > MOST_AT_ONCE:
            self._say(
                _("At most {count:,} at once; choose fewer, or use a group.").format(
                    count=MOST_AT_ONCE
                ),
                "bad",
            )
            return []
        return chosen

    # one contact

    def open_add(self, number: str = "", *, name: str = "") -> None:
        """Ask who is to be added; `number` and `name` are what is known already."""
        self._open_contact(None, number=number, name=name)

    def open_edit(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1:
            self._open_contact(chosen[0])

    def _open_contact(
        self, contact: Contact | None, *, number: str = "", name: str = ""
    ) -> None:
        group = self.group()
        dialog = ContactDialog(
            self._contacts,
            contact,
            worker=self._worker,
            default_region=self._default_region,
            number=number,
            name=name,
            group=group.name if group is not None else "",
            parent=self,
        )
        dialog.saved.connect(self._saved)
        self._open(dialog)

    def _saved(self, contact: Contact) -> None:
        self._say(_("{name} is saved.").format(name=contact.name))

    def erase(self) -> None:
        """Remove who is chosen, after asking."""
        chosen = self._chosen_few()
        if not chosen:
            return
        name = chosen[0].name
        if len(chosen) == 1:
            heading = _("Remove {name}?").format(name=plain.one_line(name))
        else:
            heading = _("Remove {count:,} contacts?").format(count=len(chosen))
        sentence = _(
            "They are erased from the address book and from its groups. Messages stay in the log "
            "as long as it keeps them, under their number."
        )
        if dialogs.ask(self, heading, sentence, act=_("Remove")):
            self._worker.run(
                lambda: self._contacts.erase(chosen),
                lambda count: self._say(wording_contacts.erased_sentence(count, name)),
                self._tell_trouble,
            )

    def _write_to(self) -> None:
        """To who is chosen, or to the whole group that is shown."""
        chosen, group = self._chosen_few(), self.group()
        if chosen:
            self._hand_over(chosen)
        elif group is not None and not self.table.selectionModel().hasSelection():
            self._worker.run(
                lambda: self._contacts.members(group), self._hand_over, self._tell_trouble
            )

    def _hand_over(self, people: list[Contact]) -> None:
        self.written_to.emit(people)
        self.accept()

    # groups

    def group(self) -> ContactGroup | None:
        """The group that is shown; None for everybody."""
        item = self.side.currentItem()
        found = item.data(_GROUP_ROLE) if item is not None else None
        return found if isinstance(found, ContactGroup) else None

    def _load_groups(self) -> None:
        self._worker.run(self._contacts.groups, self._show_groups, self._tell_trouble)

    def _show_groups(self, groups: Sequence[ContactGroup]) -> None:
        shown = self.group()
        self._groups = groups
        with QSignalBlocker(self.side):
            self.side.clear()
            self.side.addItem(_side_item(_("All contacts"), "book-user", None))
            for group in groups:
                title = f"{plain.one_line(group.name)}  {group.size:,}"
                item = _side_item(title, "users", group)
                item.setToolTip(plain.tip(group.name))
                self.side.addItem(item)
            row = next(
                (n for n, one in enumerate(groups, 1) if shown and one.id == shown.id), 0
            )
            self.side.setCurrentRow(row)
        if shown is not None and row == 0:
            self._show_search()  # the group has gone
        self._note_selection()

    def _fill_group_menu(self) -> None:
        menu = self.group_button.drop
        menu.clear()
        shown = self.group()
        for group in self._groups:
            if shown is None or group.id != shown.id:
                title = _("Put into {group}").format(
                    group=plain.typed(plain.one_line(group.name))
                )
                menu.addAction(title, partial(self._put_in, group))
        if shown is not None:
            title = _("&Take out of {group}").format(
                group=plain.typed(plain.one_line(shown.name))
            )
            menu.addAction(title, partial(self._take_out, shown))
        menu.addSeparator()
        menu.addAction(_("Put into a &new group…"), lambda: self._ask_group(None, is_for=True))

    def _put_in(self, group: ContactGroup) -> None:
        chosen = self._chosen_few()
        if chosen:
            self._worker.run(
                lambda: self._contacts.put_in(group, chosen),
                lambda count: self._say(wording_contacts.put_in_sentence(group, count)),
                self._tell_trouble,
            )

    def _take_out(self, group: ContactGroup) -> None:
        chosen = self._chosen_few()
        if chosen:
            self._worker.run(
                lambda: self._contacts.take_out(group, chosen),
                lambda count: self._say(wording_contacts.taken_out_sentence(group, count)),
                self._tell_trouble,
            )

    def _ask_group(self, group: ContactGroup | None, *, is_for: bool = False) -> None:
        """A name for a new group, perhaps for who is chosen; or another one for a group."""
        members = self._chosen_few() if is_for else []

        def save(name: str) -> None:
            if group is not None:
                self._contacts.rename_group(group, name)
            else:
                made = self._contacts.add_group(name)
                if members:
                    self._contacts.put_in(made, members)

        dialog = NameDialog(
            _("New group") if group is None else _("Rename the group"),
            label=_("&Name"),
            act=_("&Save"),
            save=save,
            explain=_group_trouble,
            worker=self._worker,
            name=group.name if group is not None else "",
            parent=self,
        )
        self._open(dialog)

    def _drop_group(self) -> None:
        group = self.group()
        if group is not None and dialogs.ask(
            self,
            _("Remove the group {group}?").format(group=plain.one_line(group.name)),
            _("Its members stay in the address book."),
            act=_("Remove"),
        ):
            self._worker.run(
                lambda: self._contacts.remove_group(group), None, self._tell_trouble
            )

    # files

    def _browse_import(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self,
            _("Import contacts"),
            str(Path.home()),
            _("Contacts (*.csv *.txt *.tsv *.vcf *.vcard);;All files (*)"),
        )
        if path:
            self.import_file(Path(path))

    def import_file(self, path: Path) -> None:
        """Read a file, and show what it would bring in."""
        self._import = ImportDialog(
            self._contacts,
            path,
            worker=self._worker,
            default_region=self._default_region(),
            parent=self,
        )
        self._import.brought_in.connect(self._brought_in)
        self._open(self._import)

    def _brought_in(self, merged: Merged) -> None:
        self._say(wording_contact_files.merged_sentence(merged))

    def _browse_export(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Export contacts"),
            str(Path.home() / "contacts.csv"),
            _("CSV files (*.csv);;vCard files (*.vcf)"),
        )
        if path:
            self.export_file(Path(path))

    def export_file(self, path: Path) -> None:
        """Write everybody, or the group that is shown, whatever is searched for just now."""
        group = self.group()
        self.export_button.setEnabled(False)
        self._worker.run(
            lambda: write_file(
                self._contacts, path, group=group.id if group is not None else None
            ),
            lambda count: self._written(
                wording_contact_files.written_sentence(count, str(path))
            ),
            self._not_written,
        )

    def _written(self, sentence: str) -> None:
        self.export_button.setEnabled(True)
        self._say(sentence)

    def _not_written(self, error: Exception) -> None:
        self.export_button.setEnabled(True)
        self._tell_trouble(error)

    # what is said, and the end

    def _open(self, dialog: QDialog) -> None:
        self.said.hide()
        dialog.finished.connect(lambda _result: self._put_away(dialog))
        dialog.open()

    def _put_away(self, dialog: QDialog) -> None:
        """Delete it when all that it asked the worker for has been answered."""
        if dialog is self._import:
            self._import = None
        self._worker.run(lambda: None, lambda _none: dialog.deleteLater())

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.visible(sentence))
        plain.set_tone(self.said, tone)
        self.said.show()
        if not tone:
            self.told.emit(sentence)

    def _tell_trouble(self, error: Exception) -> None:
        sentence = wording_contact_files.trouble_sentence(error)
        if sentence is None:
            raise error
        self._say(sentence, "bad")

    def reject(self) -> None:
        """A file that is being read is not wanted any more either."""
        if self._import is not None and self._import.isVisible():
            self._import.reject()
        super().reject()


class _Table(QTableView):
    """Rows of one height, so that a list of any length can be scrolled through."""

    # Emitted when Enter is pressed on a row.
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("contacts.table")
        self.setAccessibleName(_("Contacts"))
        self.setProperty("rows", True)
        self.setItemDelegate(ClippedDelegate(self))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID + GRID // 2)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def set_columns(self) -> None:
        """The number as wide as the longest; the note takes what is left."""
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(True)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, widest in (
            (NAME, "Maximiliane Mustermann-Meyer"),
            (NUMBER, "+880 1000 000000"),
        ):
            width = self.fontMetrics().horizontalAdvance(widest) + 3 * GRID
            columns.resizeSection(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def _group_trouble(error: Exception) -> str | None:
    if isinstance(error, ContactError):
        return wording_contacts.contact_sentence(error)
    return wording_contacts.trouble_sentence(error)


def _side_item(title: str, icon: str, group: ContactGroup | None) -> QListWidgetItem:
    item = QListWidgetItem(icons.icon(icon, theme.current().muted), title)
    item.setData(_GROUP_ROLE, group)
    return item


def _button(title: str, name: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(name)
    button.setAccessibleName(title.replace("&", "").rstrip("…"))
    button.setAutoDefault(False)
    return button


def _tool(icon: str, title: str, name: str) -> QToolButton:
    tool = QToolButton()
    tool.setObjectName(name)
    tool.setAccessibleName(title.rstrip("…"))
    plain.set_tip(tool, title)
    icons.dress(tool, icon, "muted")
    return tool


def _timer(parent: QWidget, milliseconds: int, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer
