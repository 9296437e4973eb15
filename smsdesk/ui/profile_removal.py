"""Removing an account of this computer's user: which one, what happens to it, and what came of it.

What is forgotten and what is kept is the desk's; nothing here deletes a message.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.profiles import ProfileError
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.desk.profiles import Profiles

_SIZE = (520, 400)
_MOST_ROWS = 6


class ProfileRemoval(dialogs.Dialog):
    """The list leaves out the account that is shown and the default one: both stay."""

    def __init__(self, profiles: "Profiles", *, worker: Worker, parent: QWidget | None) -> None:
        super().__init__(_("Remove an account"), parent)
        self.setObjectName("profile_removal")
        self._profiles = profiles
        self._errands = Errands(worker)
        self.list = QListWidget()
        self.list.setObjectName("profile_removal.list")
        self.list.setAccessibleName(_("Accounts that can be removed"))
        self.words = plain.label(name="profile_removal.words", wraps=True)
        self.said = plain.label(name="profile_removal.said", wraps=True)
        self.close_button = QPushButton(_("Close"))
        self.remove_button = QPushButton(_("&Remove…"))
        self._arrange()
        self.list.currentRowChanged.connect(lambda _row: self._show())
        self.remove_button.clicked.connect(self._ask)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._errands.end())
        self._fill()
        self.open_at(*_SIZE)

    def _arrange(self) -> None:
        self.close_button.setObjectName("profile_removal.close")
        self.remove_button.setObjectName("profile_removal.remove")
        self.close_button.setAccessibleName(_("Close"))
        self.remove_button.setAccessibleName(_("Remove the selected account"))
        self.remove_button.setAutoDefault(False)
        self.close_button.setDefault(True)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addStretch()
        bottom.addWidget(self.remove_button)
        bottom.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addWidget(plain.heading(_("Remove an account from this computer")))
        layout.addWidget(self.list, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.said)
        layout.addLayout(bottom)

    def _fill(self) -> None:
        self.list.clear()
        for entry in self._profiles.list():
            if entry.is_removable:
                item = QListWidgetItem(entry.name, self.list)
                item.setSizeHint(QSize(0, self.fontMetrics().height() + 2 * GRID))
        self.list.setVisible(self.list.count() > 0)
        self.list.setCurrentRow(0)
        self._show()

    def _show(self) -> None:
        name = self._name()
        self.remove_button.setEnabled(bool(name))
        if not name:
            self.words.setText(
                _("There is no other account. The default one, and the one shown, stay.")
            )
            return
        self.words.setText(
            _(
                "Its secrets are forgotten by the keyring. Its folder is renamed and stays, with "
                "all messages and settings in it; the key file stays where it is, and nothing "
                "changes at Vonage.\nThe folder is {folder}"
            ).replace("{folder}", plain.path(str(self._profiles.folder(name))))
        )

    def _ask(self) -> None:
        name = self._name()
        if not dialogs.ask(
            self,
            _("Remove the account “{name}”?").replace("{name}", name),
            _(
                "To use it again you would have to connect it anew. No message is deleted, but "
                "what still waits in it is not sent."
            ),
            act=_("&Remove it"),
        ):
            return
        for part in (self.list, self.remove_button):
            part.setEnabled(False)
        self._say(_("Forgetting its secrets…"), "muted")
        self._errands.run(
            lambda: self._profiles.remove(name),
            lambda folder: self._note_removed(name, folder),
            self._refuse,
        )

    def _note_removed(self, name: str, folder: Path) -> None:
        self.list.setEnabled(True)
        self._fill()
        self._say(
            _("“{name}” is removed. Its messages are in {folder}")
            .replace("{name}", name)
            .replace("{folder}", plain.one_line(str(folder))),
            "good",
        )
        self.close_button.setFocus()

    def _refuse(self, error: Exception) -> None:
        for part in (self.list, self.remove_button):
            part.setEnabled(True)
        if not isinstance(error, ProfileError):
            self._say(_("That did not work, because of an error inside SMS Desk."), "bad")
            raise error
        self._say(wording.profile_sentence(error), "bad")

    def _name(self) -> str:
        item = self.list.currentItem()
        return item.text() if item is not None else ""

    def _say(self, sentence: str, tone: str) -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))
