"""Bringing in a list from elsewhere: read, looked at, and then all of it or nothing.

The file is read by the desk on the worker. What is stored is only what has been shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_opt_outs
from smsdesk.desk.opt_out_files import BadLine, OptOutFile, read_file, write_bad_lines
from smsdesk.desk.opt_outs import Entered, OptOuts
from smsdesk.sms.suppression import Suppression
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import import_dialog
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import push_button
from smsdesk.ui.import_dialog import LinesView
from smsdesk.ui.numbers import show_number
from smsdesk.ui.theme import GRID

_SIZE = (520, 420)


@dataclass(frozen=True, slots=True)
class _Preview:
    """What a file would bring in, and how many of it are on the list already."""

    file: OptOutFile
    known: int


class _NotWantedError(Exception):
    """The dialog was closed while the file was being read."""


class ImportDialog(import_dialog.ImportDialog):
    """Reads `path` at once; all of it is brought in, or nothing."""

    # Emitted, on the worker, with how many of how many lines have been read.
    _read_so_far = Signal(int, int)

    def __init__(
        self,
        opt_outs: OptOuts,
        path: Path,
        *,
        worker: Worker,
        default_region: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Import opt-outs"), "opt_outs", path, worker=worker, parent=parent)
        self._opt_outs = opt_outs
        self._found: OptOutFile | None = None
        self._is_storing = False
        self.bar = QProgressBar()
        self.bar.setObjectName("opt_outs.import.progress")
        self.bar.setAccessibleName(_("How much has been read"))
        self.bar.setTextVisible(False)
        self.list = LinesView(self.bad, "opt_outs.import.bad", _("Lines that are left out"))
        self.save_bad = push_button(_("&Save the bad lines…"), "opt_outs.import.save_bad")
        for button in (self.act, self.cancel):
            button.setAutoDefault(False)
        self._arrange()
        self._connect()
        self._read(path, default_region)

    def _arrange(self) -> None:
        for part in (self.facts, self.list, self.save_bad, self.said):
            part.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.save_bad)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.act)
        self._middle = QVBoxLayout()
        self._middle.addStretch()
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self.heading)
        layout.addWidget(self.bar)
        layout.addWidget(self.facts)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.said)
        layout.addLayout(self._middle)
        layout.addLayout(buttons)
        self.open_at(*_SIZE)

    def _connect(self) -> None:
        self._read_so_far.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self.save_bad.clicked.connect(self._browse_bad)

    def reject(self) -> None:
        """Not while it is being stored: that cannot be half done, nor called back."""
        if not self._is_storing:
            super().reject()

    def _read(self, path: Path, default_region: str | None) -> None:
        now, opt_outs = datetime.now(UTC), self._opt_outs
        is_not_wanted, tell = self._is_not_wanted, self._read_so_far.emit

        def progress(read: int, lines: int) -> None:
            if is_not_wanted.is_set():
                raise _NotWantedError
            tell(read, lines)

        def while_wanted(entries: Iterable[Suppression]) -> Iterator[Suppression]:
            for entry in entries:
                if is_not_wanted.is_set():
                    raise _NotWantedError
                yield entry

        def read() -> _Preview:
            found = read_file(path, now=now, default_region=default_region, progress=progress)
            return _Preview(found, opt_outs.known(while_wanted(found.entries)))

        self._worker.run(read, self._show, self._not_read)

    def _show_progress(self, read: int, lines: int) -> None:
        self.bar.setMaximum(lines)
        self.bar.setValue(read)

    def _show(self, preview: _Preview) -> None:
        found = preview.file
        self._found = found
        new = len(found.entries) - preview.known
        self.heading.setText(self._named)
        self.bar.hide()
        told = []
        if found.entries:
            told.append(_reach(found))
        told += wording_opt_outs.preview_sentences(found, known=preview.known)
        self.facts.setText("\n".join(told))
        self.facts.show()
        self.bad.show(len(found.bad), lambda row: _bad_line(found.bad[row]))
        has_bad = bool(found.bad)
        self.list.setVisible(has_bad)
        self.save_bad.setVisible(has_bad)
        self._middle.setStretch(0, 0 if has_bad else 1)
        self.act.setText(
            ngettext("&Bring in {count} entry", "&Bring in {count} entries", new).format(
                count=grouped(new)
            )
            if new
            else _("Nothing new")
        )
        self.act.setAccessibleName(self.act.text().replace("&", ""))
        self.act.setEnabled(new > 0)
        (self.act if new else self.cancel).setFocus()

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, _NotWantedError):
            return
        self.bar.hide()
        self.act.hide()
        self.cancel.setText(_("Close"))
        self.cancel.setAccessibleName(_("Close"))
        self.heading.setText(self._named)
        self._tell(error)

    def _bring_in(self) -> None:
        if self._found is None or self._is_storing:
            return
        entries, opt_outs = self._found.entries, self._opt_outs
        self._is_storing = True
        for button in (self.act, self.cancel, self.save_bad):
            button.setEnabled(False)
        self.heading.setText(_("Storing…"))
        self.bar.setMaximum(0)  # how far it is nobody knows: it happens all at once
        self.bar.show()
        self._worker.run(lambda: opt_outs.bring_in(entries), self._stored, self._not_stored)

    def _stored(self, entered: Entered) -> None:
        self._is_storing = False
        self.accept()
        self.brought_in.emit(entered)

    def _not_stored(self, error: Exception) -> None:
        self._is_storing = False
        self.bar.hide()
        self.heading.setText(self._named)
        for button in (self.act, self.cancel, self.save_bad):
            button.setEnabled(True)
        self._tell(error)

    # the lines that are left out

    def _browse_bad(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Save the bad lines"),
            str(Path.home() / _("bad-lines.csv")),
            _("CSV files (*.csv);;All files (*)"),
        )
        if path:
            self.write_bad(Path(path))

    def write_bad(self, path: Path) -> None:
        bad = self._found.bad if self._found is not None else ()
        self._worker.run(
            lambda: write_bad_lines(bad, path, tell=wording_opt_outs.bad_line_sentence),
            lambda _none: self._say(_("Saved as {path}.").replace("{path}", str(path))),
            self._tell,
        )

    def _tell(self, error: Exception) -> None:
        sentence = wording_opt_outs.trouble_sentence(error)
        if sentence is None:
            raise error
        self._say(sentence, "bad")


def _bad_line(bad: BadLine) -> str:
    told = _("Line {line}: {problem}").replace("{line}", grouped(bad.line))
    return told.replace("{problem}", wording_opt_outs.bad_line_sentence(bad))


def _reach(found: OptOutFile) -> str:
    """The first and the last number, by which a person sees whether it is the right column."""
    first, last = (show_number(found.entries[place].number) for place in (0, -1))
    ends = first if len(found.entries) == 1 else _("{first} to {last}")
    ends = ends.replace("{first}", first).replace("{last}", last)
    scope = wording_opt_outs.scope_sentence(found)
    return _("{numbers}. {scope}").replace("{numbers}", ends).replace("{scope}", scope)
