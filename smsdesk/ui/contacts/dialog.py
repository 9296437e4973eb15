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
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_contact_files, wording_contacts
from smsdesk.desk.changes import ChangeKind
from smsdesk.desk.contact_files import write_file
from smsdesk.desk.contacts import ContactError, Contacts, Merged
from smsdesk.desk.conversations import Conversations
from smsdesk.sms.contact import Contact, ContactGroup
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import dialogs, icons, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.contacts.contact_dialog import ContactDialog
from smsdesk.ui.contacts.import_dialog import ImportDialog
from smsdesk.ui.contacts.model import NAME, NUMBER, ContactsModel
from smsdesk.ui.controls import ClippedDelegate, DropButton, push_button
from smsdesk.ui.list_dialog import ListDialog, ListTable
from smsdesk.ui.name_dialog import NameDialog
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIZE = (860, 540)
_SIDE_WIDTH = 200
MOST_AT_ONCE = 1000
"""So many chosen contacts are acted upon; who means more, means a group."""
_GROUP_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class ContactsDialog(ListDialog[ContactsModel]):
    """The address book of one profile."""

    # Emitted with the contacts that are to be written to.
    written_to = Signal(list)
    # Emitted with the number of somebody of whom nothing is to be left.
    erase_asked = Signal(str)

    table: "_Table"

    def __init__(
        self,
        contacts: Contacts,
        *,
        conversations: Conversations,
        worker: Worker,
        news: SignalInstance,
        default_region: Callable[[], str | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Address book"),
            "contacts",
            model=ContactsModel(contacts, worker=worker),
            table=_Table(),
            export=_("E&xport…"),
            worker=worker,
            follows=ChangeKind.CONTACTS,
            parent=parent,
        )
        self._contacts = contacts
        self._conversations = conversations
        self._default_region = default_region
        self._kept: Contact | None = None
        self._groups: Sequence[ContactGroup] = ()
        self.search.setAccessibleName(_("Search the address book"))
        self.search.setPlaceholderText(_("Search name or number"))
        self.table.set_columns(
            (NAME, "Maximiliane Mustermann-Meyer"), (NUMBER, "+880 1000 000000")
        )
        self.side = QListWidget()
        self.side.setObjectName("contacts.groups")
        self.side.setAccessibleName(_("Groups"))
        self.side.setItemDelegate(ClippedDelegate(self.side))
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.edit_button = push_button(_("&Edit…"), "contacts.edit")
        self.remove_button = push_button(_("&Remove…"), "contacts.remove")
        self.group_button = DropButton(_("&Group"))
        self.group_button.setObjectName("contacts.group")
        self.group_button.setAccessibleName(_("Group"))
        self.group_button.setAutoDefault(False)
        self.write_button = push_button(_("&Write to"), "contacts.write")
        self.write_button.setProperty("primary", True)
        self.new_group = _tool("plus", _("New group…"), "contacts.groups.new")
        self.rename_group = _tool("pencil", _("Rename the group…"), "contacts.groups.rename")
        self.remove_group = _tool("trash-2", _("Remove the group…"), "contacts.groups.remove")
        self._arrange()
        self._connect(news)
        self._load_groups()
        self.model.show("", None)

    def _arrange(self) -> None:
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
        self.side.setFixedWidth(scaled(_SIDE_WIDTH))
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
        self.open_at(*_SIZE)
        self.search.setFocus()

    def _connect(self, news: SignalInstance) -> None:
        super()._connect(news)
        self.side.currentRowChanged.connect(lambda _row: self._show_search())
        self.table.selectionModel().selectionChanged.connect(self._note_chosen)
        self.table.doubleClicked.connect(lambda _index: self.open_edit())
        self.table.opened.connect(self.open_edit)
        self.edit_button.clicked.connect(self.open_edit)
        self.remove_button.clicked.connect(self.erase)
        self.group_button.drop.aboutToShow.connect(self._fill_group_menu)
        self.write_button.clicked.connect(self._write_to)
        self.new_group.clicked.connect(lambda: self._ask_group(None))
        self.rename_group.clicked.connect(lambda: self._ask_group(self.group()))
        self.remove_group.clicked.connect(self._drop_group)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, self.erase)

    # the list

    def _look_again(self) -> None:
        if self.isVisible():
            self._load_groups()
        super()._look_again()

    def _show_search(self) -> None:
        self._search_timer.stop()
        group = self.group()
        self.model.show(self.search.text(), group.id if group is not None else None)
        self._note_chosen()

    def _remember_chosen(self) -> None:
        self._kept = next(iter(self.chosen()), None)

    def _row_of_chosen(self) -> int | None:
        return None if self._kept is None else self.model.row_of(self._kept)

    def _count_sentence(self, count: int) -> str:
        return wording_contacts.count_sentence(count, searched=bool(self.model.search))

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

    def _note_chosen(
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
                _("At most {count} at once; choose fewer, or use a group.").format(
                    count=grouped(MOST_AT_ONCE)
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
            conversations=self._conversations,
            worker=self._worker,
            default_region=self._default_region,
            number=number,
            name=name,
            group=group.name if group is not None else "",
            parent=self,
        )
        dialog.saved.connect(self._saved)
        dialog.erase_asked.connect(self.erase_asked)
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
            heading = _("Remove {count} contacts?").format(count=grouped(len(chosen)))
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
                title = f"{plain.one_line(group.name)}  {grouped(group.size)}"
                item = _side_item(title, "users", group)
                item.setToolTip(plain.tip(group.name))
                self.side.addItem(item)
            row = next(
                (n for n, one in enumerate(groups, 1) if shown and one.id == shown.id), 0
            )
            self.side.setCurrentRow(row)
        if shown is not None and row == 0:
            self._show_search()  # the group has gone
        self._note_chosen()

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
        path = self._ask_source(
            _("Import contacts"),
            _("Contacts (*.csv *.txt *.tsv *.vcf *.vcard);;All files (*)"),
        )
        if path is not None:
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Read a file, and show what it would bring in."""
        dialog = ImportDialog(
            self._contacts,
            path,
            worker=self._worker,
            default_region=self._default_region(),
            parent=self,
        )
        dialog.brought_in.connect(self._brought_in)
        self._open_import(dialog)

    def _brought_in(self, merged: Merged) -> None:
        self._say(wording_contact_files.merged_sentence(merged))

    def _browse_export(self) -> None:
        path = self._ask_target(
            _("Export contacts"), "contacts.csv", _("CSV files (*.csv);;vCard files (*.vcf)")
        )
        if path is not None:
            self.export_file(path)

    def export_file(self, path: Path) -> None:
        """Write everybody, or the group that is shown, whatever is searched for just now."""
        shown = self.group()
        group = shown.id if shown is not None else None
        self._write(
            lambda: write_file(self._contacts, path, group=group),
            lambda count: wording_contact_files.written_sentence(count, str(path)),
        )

    def _explain(self, error: Exception) -> str | None:
        return wording_contact_files.trouble_sentence(error)


class _Table(ListTable):
    """Several rows may be chosen."""

    # Emitted when Enter is pressed on a row.
    opened = Signal()

    def __init__(self) -> None:
        super().__init__("contacts.table", _("Contacts"))
        self.setProperty("rows", True)
        self.setItemDelegate(ClippedDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

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


def _tool(icon: str, title: str, name: str) -> QToolButton:
    tool = QToolButton()
    tool.setObjectName(name)
    tool.setAccessibleName(title.rstrip("…"))
    plain.set_tip(tool, title)
    icons.dress(tool, icon, "muted")
    return tool
