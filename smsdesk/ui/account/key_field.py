"""The field for the private key's file: browsed for, dropped or typed, and checked on the spot.

Whether a file will do is the desk's to say; only the path is kept, never the key.
"""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.account import Account, AccountError, KeyFacts
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import GRID


class KeyField(QWidget):
    """A path, what is to be said about the file, and the repair where there is one."""

    def __init__(
        self,
        account: Account,
        *,
        worker: Worker,
        passphrase: SecretField,
        name: str = "settings",
    ) -> None:
        super().__init__()
        self._account = account
        self._worker = worker
        self._passphrase = passphrase
        self._asked = 0
        self.line = QLineEdit()
        self.line.setObjectName(f"{name}.private_key_path")
        self.line.setAccessibleName(_("Private key file"))
        self.line.setPlaceholderText(_("Choose the file, or drop it here"))
        browse = QPushButton(_("Br&owse…"))
        browse.setObjectName(f"{name}.private_key_browse")
        browse.setAccessibleName(_("Browse for the private key file"))
        icons.dress(browse, "folder-open")
        self.verdict = plain.label(tone="muted", name=f"{name}.key_verdict", wraps=True)
        self.repair = QPushButton(_("&Make it private"))
        self.repair.setObjectName(f"{name}.key_repair")
        self.repair.setAccessibleName(_("Make the private key file private"))
        plain.set_style_property(self.repair, "small", True)
        self.verdict.hide()
        self.repair.hide()

        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.line, 1)
        row.addWidget(browse)
        below = QHBoxLayout()
        below.addWidget(self.verdict, 1)
        below.addWidget(self.repair)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(row)
        layout.addLayout(below)
        self.setFocusProxy(self.line)
        self.setAcceptDrops(True)
        self.line.setAcceptDrops(False)

        browse.clicked.connect(self._browse)
        self.repair.clicked.connect(self._repair)
        self.line.installEventFilter(self)
        passphrase.finished.connect(self.check)

    def text(self) -> str:
        return self.line.text().strip()

    def set_text(self, text: str) -> None:
        self.line.setText(text)
        self.check()

    def check(self) -> None:
        """Have the desk look at the file; what it says is shown below the line."""
        self._asked += 1
        ticket, path = self._asked, self.text()
        passphrase = self._passphrase.value()
        self.repair.hide()
        if not path:
            self.verdict.hide()
            return

        def show(facts: KeyFacts) -> None:
            if ticket == self._asked:
                self._say(_facts(facts), "good")

        def refuse(error: Exception) -> None:
            if ticket == self._asked:
                self._refuse(error)

        self._worker.run(lambda: self._account.check_key(path, passphrase), show, refuse)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.FocusOut:
            self.check()
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _dropped(event):
            event.acceptProposedAction()
            self.set_text(path)

    def _browse(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self,
            _("Private key file"),
            str(Path(self.text()).parent if self.text() else Path.home()),
            _("Key files (*.key *.pem);;All files (*)"),
        )
        if path:
            self.set_text(path)

    def _repair(self) -> None:
        path = self.text()
        self._worker.run(
            lambda: self._account.repair_key(path), lambda _none: self.check(), self._refuse
        )

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, AccountError):
            raise error
        if error.code == "needs_passphrase" and self._passphrase.keeps_stored:
            self._say(_("The file is encrypted; the stored passphrase belongs to it."), "muted")
            return
        self._say(wording.account_sentence(error), "bad")
        self.repair.setVisible(error.code == "open_to_others")

    def _say(self, sentence: str, tone: str) -> None:
        self.verdict.setText(plain.sentence(sentence))
        plain.set_tone(self.verdict, tone)
        plain.set_style_property(self.line, "wrong", tone == "bad")
        self.line.setAccessibleDescription(self.verdict.text())
        self.verdict.show()


def _facts(facts: KeyFacts) -> str:
    said = _("RSA key, {bits} bits, fingerprint {fingerprint}").format(
        bits=facts.bits, fingerprint=facts.fingerprint
    )
    return said + _(", encrypted") if facts.is_encrypted else said


def _dropped(event: QDropEvent) -> str:
    """The one local file that is being dropped, or ""."""
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
