"""One contact: entered, or changed.

What may be entered is the desk's to say; what it says is shown beside the field.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_contacts
from smsdesk.desk.contacts import ContactError, Contacts
from smsdesk.desk.conversations import Conversations
from smsdesk.sms.contact import Contact
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.contacts.identities import IdentityLines
from smsdesk.ui.controls import CheckBox
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.numbers import show_number
from smsdesk.ui.theme import GRID

_WIDTH = 420
_MOST_LINES = 5


class ContactDialog(Dialog):
    """`contact` is who is changed; None asks for somebody new, with what is known filled in."""

    # Emitted with the contact, after it has been stored.
    saved = Signal(object)
    # Emitted with the number of the contact, after the dialog has closed, when nothing is to be
    # left of them anywhere.
    erase_asked = Signal(str)

    def __init__(
        self,
        contacts: Contacts,
        contact: Contact | None,
        *,
        conversations: Conversations,
        worker: Worker,
        default_region: Callable[[], str | None],
        name: str = "",
        number: str = "",
        group: str = "",
        parent: QWidget | None = None,
    ) -> None:
        title = _("New contact") if contact is None else _("Edit contact")
        super().__init__(title, parent)
        self.setObjectName("contact")
        self._contacts = contacts
        self._contact = contact
        self._worker = worker
        self._default_region = default_region
        self._is_storing = False
        shown = show_number(contact.number if contact is not None else number)
        self.name = _line("contact.name", contact.name if contact is not None else name)
        self.number = _line("contact.number", shown)
        self.note = _line("contact.note", contact.note if contact is not None else "")
        self.identities = IdentityLines(conversations, contact, worker=worker)
        self.boxes: dict[str, CheckBox] = {}
        self.groups = QScrollArea()
        self.groups.setObjectName("contact.groups")
        self.groups.setAccessibleName(_("Groups"))
        self.groups.setWidgetResizable(True)
        self.groups.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.groups.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._groups_label = plain.field_label(_("&Groups"), self.groups)
        self._problems: dict[str, QLabel] = {}
        self.save = QPushButton(_("&Save"))
        self.save.setObjectName("contact.save")
        self.save.setAccessibleName(_("Save"))
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.erase = QPushButton(_("&Erase this person…"))
        self.erase.setObjectName("contact.erase")
        self.erase.setAccessibleName(_("Erase this person"))
        self.erase.setProperty("quiet", True)
        self.erase.setVisible(contact is not None)
        self.cancel = QPushButton(_("Cancel"))
        self.cancel.setObjectName("contact.cancel")
        self._arrange(title)
        self.save.clicked.connect(self._store)
        self.cancel.clicked.connect(self.reject)
        self.erase.clicked.connect(self._ask_erase)
        self._load_groups(group)
        (self.number if self.name.text() and not self.number.text() else self.name).setFocus()

    def _arrange(self, title: str) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID // 2)
        layout.addWidget(plain.heading(title))
        layout.addSpacing(GRID)
        for label, line, field in (
            (_("&Name"), self.name, "name"),
            (_("N&umber"), self.number, "number"),
            (_("N&ote"), self.note, "note"),
        ):
            line.setAccessibleName(label.replace("&", ""))
            problem = plain.label(tone="bad", name=f"contact.{field}.problem", wraps=True)
            problem.hide()
            self._problems[field] = problem
            layout.addWidget(plain.field_label(label, line))
            layout.addWidget(line)
            layout.addWidget(problem)
            layout.addSpacing(GRID // 2)
            line.textEdited.connect(lambda _text, field=field: self._say(field, ""))
        layout.addWidget(self.identities)
        layout.addWidget(self._groups_label)
        layout.addWidget(self.groups)
        self._said = plain.label(tone="bad", name="contact.problem", wraps=True)
        self._said.hide()
        layout.addWidget(self._said)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.erase)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout.addSpacing(GRID)
        layout.addLayout(buttons)
        self._groups_label.hide()
        self.groups.hide()
        self.be_at_least(_WIDTH)

    def _load_groups(self, chosen: str) -> None:
        contact, contacts = self._contact, self._contacts

        def read() -> tuple[list[str], set[str]]:
            every = [group.name for group in contacts.groups()]
            joined = contacts.groups_of(contact) if contact is not None else (chosen,)
            return every, set(joined)

        self._worker.run(read, lambda found: self._show_groups(*found), self._tell)

    def _show_groups(self, every: Sequence[str], joined: set[str]) -> None:
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        lines.setSpacing(GRID // 2)
        for name in every:
            box = CheckBox(plain.typed(plain.one_line(name)))
            box.setObjectName("contact.group")
            box.setAccessibleName(_("In the group {name}").format(name=plain.visible(name)))
            box.setChecked(name in joined)
            plain.set_tip(box, name)
            lines.addWidget(box)
            self.boxes[name] = box
        lines.addStretch()
        self.groups.setWidget(inside)
        self._groups_label.setVisible(bool(every))
        self.groups.setVisible(bool(every))
        if every:
            line = next(iter(self.boxes.values())).sizeHint().height() + GRID // 2
            self.groups.setFixedHeight(min(len(every), _MOST_LINES) * line + GRID)
            self._groups_label.setBuddy(next(iter(self.boxes.values())))

    def _chosen_groups(self) -> list[str]:
        return [name for name, box in self.boxes.items() if box.isChecked()]

    def _store(self) -> None:
        if self._is_storing:
            return
        self._is_storing = True
        self.save.setEnabled(False)
        self._said.hide()
        for field in self._problems:
            self._say(field, "")
        contact, contacts = self._contact, self._contacts
        name, number, note = self.name.text(), self.number.text(), self.note.text()
        groups, region = self._chosen_groups(), self._default_region()
        ids, saved = self.identities.typed(), []

        def store() -> Contact:
            stored = contacts.save(
                contact,
                name=name,
                number=number,
                note=note,
                groups=groups,
                default_region=region,
            )
            saved.append(stored)
            self.identities.store(stored, ids)
            return stored

        def refuse(error: Exception) -> None:
            if saved:
                # Only an ID will not do; the rest is kept, and is not somebody new any more.
                self._contact = saved[0]
            self._tell(error)

        self._worker.run(store, self._stored, refuse)

    def _ask_erase(self) -> None:
        """Messages, receipts, copies: another dialog shows all there is, and asks."""
        self.reject()
        if self._contact is not None:
            self.erase_asked.emit(self._contact.number)

    def _stored(self, contact: Contact) -> None:
        self._is_storing = False
        if self.isVisible():
            self.accept()
        self.saved.emit(contact)

    def _tell(self, error: Exception) -> None:
        self._is_storing = False
        self.save.setEnabled(True)
        if isinstance(error, ContactError) and error.field in self._problems:
            sentence = wording_contacts.contact_sentence(error, self.number.text())
            self._say(error.field, sentence)
            {"name": self.name, "number": self.number, "note": self.note}[
                error.field
            ].setFocus()
            return
        if isinstance(error, ContactError):
            sentence = plain.sentence(wording_contacts.contact_sentence(error))
            if self.identities.refuse(error, sentence):
                return
        told = wording_contacts.trouble_sentence(error)
        if told is None:
            raise error
        self._said.setText(plain.sentence(told))
        self._said.show()

    def _say(self, field: str, sentence: str) -> None:
        problem = self._problems[field]
        problem.setText(plain.sentence(sentence))
        problem.setVisible(bool(sentence))
        line = {"name": self.name, "number": self.number, "note": self.note}[field]
        plain.set_style_property(line, "wrong", bool(sentence))
        line.setAccessibleDescription(plain.sentence(sentence))


def _line(name: str, text: str) -> QLineEdit:
    line = QLineEdit(text)
    line.setObjectName(name)
    return line
