"""Writing messages to a file: which form, where, what leaves the log with it, and how far it is.

The desk counts and writes, on the worker given, which is for exports alone.
"""

import threading
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_export
from smsdesk.desk.exports import Chosen, Exports, ExportStoppedError, Form
from smsdesk.desk.sheets.table import SheetError
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, icons, plain, room, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.beside import short_turns
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.room import set_margins
from smsdesk.ui.theme import GRID

_WIDTH = 560
_LOOK_EVERY_MS = 100
_ENDINGS = frozenset(form.ending for form in Form)
_HINT_INDENT = 24
"""As far as the words of a radio button are from its left edge."""


class ExportDialog(Dialog):
    """Counts at once; writes when asked to. While it writes, Esc stops that; else it closes."""

    # Emitted with what came of it, for the status bar.
    told = Signal(str)

    def __init__(
        self,
        exports: Exports,
        chosen: Chosen,
        *,
        worker: Worker,
        folder: Path,
        form: Form,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Export messages"), parent)
        self.setObjectName("export")
        self._exports = exports
        self._chosen = chosen
        self._worker = worker
        self._count: int | None = None
        self._done = 0
        self._stop = threading.Event()
        self.is_writing = False
        self.facts = plain.heading("", points=1.0)
        self.facts.setObjectName("export.facts")
        self.facts.setWordWrap(True)
        self.forms = QButtonGroup(self)
        for number, one in enumerate(Form):
            button = QRadioButton(wording_export.form_word(one))
            button.setObjectName(f"export.form.{one.value}")
            button.setAccessibleDescription(wording_export.form_sentence(one))
            button.setChecked(one is form)
            self.forms.addButton(button, number)
        today = datetime.now(UTC).astimezone()
        self.path = QLineEdit(str(folder / f"messages-{today:%Y-%m-%d}{form.ending}"))
        self.path.setObjectName("export.path")
        self.path.setAccessibleName(_("File"))
        self.choose_button = push_button(_("C&hoose…"), "export.choose")
        self.protection = plain.label(
            wording_export.protection_sentence(), name="export.protection", wraps=True
        )
        self.bar = QProgressBar()
        self.bar.setObjectName("export.progress")
        self.bar.setAccessibleName(_("How much has been written"))
        self.bar.setTextVisible(False)
        self.said = plain.label(name="export.said", wraps=True)
        self.said.setMinimumHeight(2 * self.said.fontMetrics().lineSpacing())
        self.said.setAlignment(plain.at_start(Qt.AlignmentFlag.AlignTop))
        # A name of 200 letters has no place to be broken at, and must not widen the dialog.
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cancel_button = push_button(_("Cancel"), "export.cancel")
        self.write_button = push_button(_("&Export"), "export.write")
        self.write_button.setProperty("primary", True)
        self.write_button.setDefault(True)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._arrange()
        self._connect()
        self._begin_count()

    def _arrange(self) -> None:
        forms = QVBoxLayout()
        forms.setSpacing(0)
        for number, form in enumerate(Form):
            hint = plain.label(wording_export.form_sentence(form), tone="muted", wraps=True)
            set_margins(hint, _HINT_INDENT, 0, 0, GRID)
            forms.addWidget(self.forms.button(number))
            forms.addWidget(hint)
        where = QGridLayout()
        where.setHorizontalSpacing(GRID)
        where.setVerticalSpacing(GRID // 2)
        where.addWidget(plain.field_label(_("&File"), self.path), 0, 0)
        where.addWidget(self.path, 1, 0)
        where.addWidget(self.choose_button, 1, 1)
        sign = QLabel()
        sign.setPixmap(
            icons.picture("triangle-alert", theme.current().warn, 16, self.devicePixelRatioF())
        )
        warning = QHBoxLayout()
        warning.setSpacing(GRID)
        warning.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self.protection, 1)
        room = self.bar.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(room)
        self.bar.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.write_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self.facts)
        layout.addLayout(forms)
        layout.addLayout(where)
        layout.addLayout(warning)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        layout.addStretch()
        layout.addLayout(buttons)
        self.be_at_least(_WIDTH)

    def _connect(self) -> None:
        self.forms.idToggled.connect(lambda _number, is_on: self._fit_ending(is_on))
        self.path.textChanged.connect(lambda _text: self._offer())
        self.choose_button.clicked.connect(self._choose)
        self.write_button.clicked.connect(lambda: self.write())
        self.cancel_button.clicked.connect(self.reject)
        self._timer.timeout.connect(self._show_progress)

    # what is to be written, and where

    @property
    def form(self) -> Form:
        """Which form is chosen."""
        return list(Form)[self.forms.checkedId()]

    @property
    def target(self) -> Path:
        """The file as it is typed: within the home folder unless another one is said."""
        typed = self.path.text().strip()
        path = Path.home() / (typed[2:] if typed.startswith("~/") else typed)
        has_ending = bool(path.suffix) or not path.name
        return path if has_ending else path.with_name(path.name + self.form.ending)

    def _begin_count(self) -> None:
        self.facts.setText(_("Counting…"))
        self._fit_buttons()
        self._worker.run(
            lambda: self._exports.count(self._chosen), self._show_count, self._refuse
        )

    def _show_count(self, count: int) -> None:
        self._count = count
        self.facts.setText(wording_export.count_sentence(self._chosen, count))
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        has_name = bool(self.path.text().strip())
        self.write_button.setEnabled(has_name and bool(self._count) and not self.is_writing)

    def _offer(self) -> None:
        """Another place: it may be written there too."""
        self.write_button.show()
        self._fit_buttons()

    def _fit_ending(self, is_on: bool) -> None:
        """Another form was chosen: the name ends as its names do, unless it has an ending that
        none of them has."""
        typed = self.path.text()
        for ending in _ENDINGS if is_on else ():
            if typed.casefold().endswith(ending):
                self.path.setText(typed[: -len(ending)] + self.form.ending)

    def _choose(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Export messages"),
            str(self.target),
            _("All files (*)"),
            # We ask ourselves, for the name may also be typed.
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.path.setText(path)

    # writing

    def write(self, *, may_replace: bool = False) -> None:
        """Write the file; what is there already is replaced only after a question."""
        self._stop = stop = threading.Event()
        self._done = 0
        exports, chosen, path, form = self._exports, self._chosen, self.target, self.form

        def write() -> int:
            with short_turns():
                return exports.write(
                    chosen,
                    path,
                    form=form,
                    may_replace=may_replace,
                    tell=self._note_progress,
                    stop=stop.is_set,
                )

        self._set_writing(True)
        self._worker.run(write, lambda count: self._written(count, path), self._refuse)

    def stop(self) -> None:
        """Nobody waits for it any more; the worker ends after the page it is at."""
        self._stop.set()

    def _note_progress(self, done: int) -> None:
        self._done = done  # on the worker; the timer looks at it

    def _set_writing(self, is_writing: bool) -> None:
        self.is_writing = is_writing
        for part in (*self.forms.buttons(), self.path, self.choose_button):
            part.setEnabled(not is_writing)
        self._fit_buttons()
        self.bar.setVisible(is_writing)
        if is_writing:
            self.cancel_button.setText(_("&Stop"))
            self.cancel_button.setFocus()
            self._show_progress()
            self._timer.start()
        else:
            self.cancel_button.setText(_("Cancel"))
            self._timer.stop()
        self.cancel_button.setAccessibleName(self.cancel_button.text().replace("&", ""))

    def _show_progress(self) -> None:
        count = self._count or 0
        self.bar.setRange(0, count if self._done < count else 0)
        self.bar.setValue(self._done)
        self._say(wording_export.progress_sentence(self._done, count), "muted")

    def _written(self, count: int, path: Path) -> None:
        self._set_writing(False)
        sentence = wording_export.written_sentence(count, path)
        self._say(sentence, "good")
        self.told.emit(sentence)
        self.write_button.hide()
        self.cancel_button.setText(_("&Close"))
        self.cancel_button.setAccessibleName(_("Close"))
        self.cancel_button.setFocus()

    def _refuse(self, error: Exception) -> None:
        self._set_writing(False)
        self.write_button.setFocus()
        if isinstance(error, ExportStoppedError):
            self._say(wording_export.stopped_sentence())
        elif isinstance(error, SheetError) and error.code == "exists":
            self._say("")
            self._ask_to_replace(error.path)
        else:
            sentence = wording_export.trouble_sentence(error)
            if sentence is None:
                raise error
            self._say(sentence, "bad")

    def _ask_to_replace(self, path: Path) -> None:
        if dialogs.ask(
            self,
            _("Replace the file?"),
            wording_export.replace_question(path),
            act=_("Replace"),
        ):
            self.write(may_replace=True)

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.sentence(sentence))
        plain.set_tone(self.said, tone)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its words are at this width; before now nobody knows their font."""
        layout = self.layout()
        if layout is not None and not event.spontaneous():
            layout.activate()
            width = max(self.width(), self.minimumWidth())
            height = layout.totalHeightForWidth(width)
            self.resize(QSize(width, height).boundedTo(room.screen_room()))
        super().showEvent(event)

    def reject(self) -> None:
        """While it writes: stop, and stay until it is known whether that came in time."""
        if self.is_writing:
            self.stop()
        else:
            super().reject()
