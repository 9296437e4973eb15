"""The support bundle: all that is in it, shown before anything is saved."""

from pathlib import Path

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_support
from smsdesk.desk.support import FILE_NAME, BundleError, BundlePart, Support
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIZE = (820, 560)
_LIST_WIDTH = 210


class SupportDialog(Dialog):
    """Gathers at once, shows file by file, and saves exactly what it has shown."""

    def __init__(
        self, support: Support, *, worker: Worker, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Support bundle"), parent)
        self.setObjectName("support")
        self._support = support
        self._errands = Errands(worker)
        self._parts: tuple[BundlePart, ...] = ()
        self.told = plain.label(_("Gathering…"), name="support.told", wraps=True, tone="muted")
        self.parts = QListWidget()
        self.parts.setObjectName("support.parts")
        self.parts.setAccessibleName(_("Files in the bundle"))
        self.parts.setFixedWidth(scaled(_LIST_WIDTH))
        self.text = QPlainTextEdit()
        self.text.setObjectName("support.text")
        self.text.setAccessibleName(_("What is in the file"))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        self.said = plain.label(name="support.said", wraps=True)
        self.said.hide()
        self.save_button = push_button(_("&Save…"), "support.save")
        self.save_button.setProperty("primary", True)
        self.save_button.setEnabled(False)
        self.close_button = push_button(_("&Close"), "support.close")
        self._arrange()
        self.parts.currentRowChanged.connect(self._show_part)
        self.save_button.clicked.connect(self._ask_where)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._errands.end())
        self._errands.run(support.gather, self._show_all, self._tell_trouble)

    def save_as(self, path: Path) -> None:
        """Write what is shown."""
        self.save_button.setEnabled(False)
        self._errands.run(
            lambda: self._support.write(self._parts, path),
            lambda _none: self._tell_saved(path),
            self._tell_trouble,
        )

    def _arrange(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(GRID)
        middle.addWidget(self.parts)
        middle.addWidget(self.text, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(_("Support bundle")))
        layout.addWidget(self.told)
        layout.addLayout(middle, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.open_at(*_SIZE)

    def _show_all(self, parts: tuple[BundlePart, ...]) -> None:
        self._parts = parts
        self.told.setText(wording_support.before_saving_sentence())
        self.parts.addItems([wording_support.part_sentence(part) for part in parts])
        self.parts.setCurrentRow(0)
        self.parts.setFocus()
        self.save_button.setEnabled(True)

    def _show_part(self, row: int) -> None:
        self.text.setPlainText(plain.visible(self._parts[row].text))

    def _ask_where(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Save the support bundle"),
            str(Path.home() / FILE_NAME),
            _("ZIP file (*.zip)"),
        )
        if path:
            self.save_as(Path(path))

    def _tell_saved(self, path: Path) -> None:
        self.save_button.setEnabled(True)
        self._say(wording_support.saved_sentence(str(path)))

    def _tell_trouble(self, error: Exception) -> None:
        self.save_button.setEnabled(bool(self._parts))
        if isinstance(error, BundleError):
            self._say(wording_support.bundle_trouble_sentence(error), "bad")
        else:
            self._say(wording_support.not_gathered_sentence(), "bad")

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.sentence(sentence))
        plain.set_tone(self.said, tone)
        self.said.show()
