"""Bringing contacts in from a file: read, looked at, and then stored.

The file is read by the desk on the worker. What is stored is only what has been shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from smsdesk.desk import wording_contact_files
from smsdesk.desk.contact_files import ContactFile, NotWantedError, read_file
from smsdesk.desk.contacts import Comparison, Contacts, Merged
from smsdesk.sms.contact import ContactEntry
from smsdesk.system.i18n import _
from smsdesk.ui import import_dialog, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import CheckBox, ClippedDelegate
from smsdesk.ui.import_dialog import LinesModel, LinesView
from smsdesk.ui.numbers import show_number
from smsdesk.ui.theme import GRID

_SIZE = (560, 480)
_PAUSE_S = 0.01
"""Between two commits, so that the sender gets its turn."""


@dataclass(frozen=True, slots=True)
class _Preview:
    file: ContactFile
    compared: Comparison


class ImportDialog(import_dialog.ImportDialog):
    """Reads `path` at once; it is stored a thousand at a time."""

    def __init__(
        self,
        contacts: Contacts,
        path: Path,
        *,
        worker: Worker,
        default_region: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Import contacts"), "contacts", path, worker=worker, parent=parent)
        self._contacts = contacts
        self._preview: _Preview | None = None
        self.entries = LinesModel()
        self.list = _list(self.entries, "contacts.import.entries", _("Who comes in"))
        self.bad_label = plain.label(wraps=True)
        self.bad_list = _list(self.bad, "contacts.import.bad", _("What is left out"))
        self.replace = CheckBox(_("&Take the name and note from the file where they differ"))
        self.replace.setObjectName("contacts.import.replace")
        self.replace.setAccessibleName(
            _("Take the name and note from the file where they differ")
        )
        self._arrange()
        self._read(path, default_region)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.act)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(self.heading)
        layout.addWidget(self.facts)
        layout.addWidget(self.list, 3)
        layout.addWidget(self.replace)
        layout.addWidget(self.bad_label)
        layout.addWidget(self.bad_list, 2)
        layout.addWidget(self.said)
        layout.addStretch()
        layout.addSpacing(GRID // 2)
        layout.addLayout(buttons)
        for part in (self.list, self.replace, self.bad_label, self.bad_list, self.said):
            part.hide()
        self.open_at(*_SIZE)

    def _read(self, path: Path, region: str | None) -> None:
        contacts, is_not_wanted = self._contacts, self._is_not_wanted

        def read() -> _Preview:
            file = read_file(
                path, default_region=region, go_on=lambda: not is_not_wanted.is_set()
            )
            return _Preview(file, contacts.compare(file.entries))

        self._worker.run(read, self._show, self._tell)

    def _show(self, preview: _Preview) -> None:
        self._preview = preview
        file, compared = preview.file, preview.compared
        self.heading.setText(self._named)
        said = wording_contact_files.file_sentences(file, compared)
        self.facts.setText("\n".join(said))
        lines = _entry_lines(file.entries, compared)
        self.entries.show(len(lines), lambda row: _entry_sentence(*lines[row]))
        self.list.setVisible(bool(file.entries))
        self.replace.setVisible(bool(compared.changed))
        self.bad.show(
            len(file.bad),
            lambda row: wording_contact_files.bad_entry_sentence(file.bad[row]),
        )
        self.bad_label.setText(wording_contact_files.bad_sentence(len(file.bad)))
        self.bad_label.setVisible(bool(file.bad))
        self.bad_list.setVisible(bool(file.bad))
        self.act.setEnabled(bool(file.entries))
        (self.act if file.entries else self.cancel).setFocus()

    def _bring_in(self) -> None:
        preview = self._preview
        if preview is None:
            return
        self.act.setEnabled(False)
        self.replace.setEnabled(False)
        self.heading.setText(_("Bringing in…"))
        contacts, is_not_wanted = self._contacts, self._is_not_wanted
        replaces = self.replace.isChecked()
        self._worker.run(
            lambda: contacts.bring_in(
                preview.file.entries,
                replaces=replaces,
                go_on=lambda: not is_not_wanted.wait(_PAUSE_S),
            ),
            self._brought_in,
            self._tell,
        )

    def _brought_in(self, merged: Merged) -> None:
        if self.isVisible():
            self.accept()
        self.brought_in.emit(merged)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, NotWantedError):
            return
        sentence = wording_contact_files.trouble_sentence(error)
        if sentence is None:
            raise error
        self.heading.setText(_("Nothing was brought in"))
        self._say(sentence, "bad")


def _entry_lines(
    entries: Sequence[ContactEntry], compared: Comparison
) -> list[tuple[ContactEntry, str]]:
    """Who comes in, with the name they have here; those who have another one first."""
    names = {entry.number: contact.name for contact, entry in compared.changed}
    lines = [(entry, names.get(entry.number, "")) for entry in entries]
    return sorted(lines, key=lambda line: not line[1])


def _entry_sentence(entry: ContactEntry, here: str) -> str:
    shown = show_number(entry.number)
    if not here or here == entry.name:
        return f"{entry.name}  {shown}"
    return _("{name}, here {known}  {number}").format(name=entry.name, known=here, number=shown)


def _list(model: LinesModel, name: str, accessible: str) -> LinesView:
    view = LinesView(model, name, accessible)
    view.setItemDelegate(ClippedDelegate(view))
    return view
