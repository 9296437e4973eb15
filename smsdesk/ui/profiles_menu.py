"""The menu of the accounts of this computer's user; choosing one opens its window instead.

What a profile is, and what its name may be, is the desk's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from smsdesk.desk import wording
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, plain

if TYPE_CHECKING:
    from smsdesk.desk.profiles import Profiles
    from smsdesk.ui.background import Worker


class ProfilesMenu(QMenu):
    """Filled each time it opens, for another window may have made one."""

    # Emitted with the name of a profile that is not the one shown.
    chosen = Signal(str)

    def __init__(self, profiles: Profiles, parent: QWidget, *, worker: Worker) -> None:
        super().__init__(_("&Accounts"), parent)
        self.setObjectName("profiles.menu")
        self._profiles = profiles
        self._worker = worker
        self.new_action = QAction(_("&New…"), parent)
        self.remove_action = QAction(_("&Remove…"), parent)
        self.aboutToShow.connect(self.fill)
        self.new_action.triggered.connect(self._make)
        self.remove_action.triggered.connect(self._remove)

    def fill(self) -> None:
        self.clear()
        entries = self._profiles.list()
        for entry in entries:
            action = self.addAction(plain.typed(entry.name))
            action.setCheckable(True)
            action.setChecked(entry.is_current)
            action.setEnabled(not entry.is_current)
            action.triggered.connect(lambda _=False, name=entry.name: self.chosen.emit(name))
        self.addSeparator()
        self.addAction(self.new_action)
        self.addAction(self.remove_action)
        self.remove_action.setEnabled(any(entry.is_removable for entry in entries))

    def _remove(self) -> None:
        from smsdesk.ui.profile_removal import ProfileRemoval  # start-up time

        dialog = ProfileRemoval(self._profiles, worker=self._worker, parent=self.parentWidget())
        # it goes when all that it asked the keyring for has been answered
        dialog.finished.connect(
            lambda _result: self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
        )
        dialog.open()

    def _make(self) -> None:
        from smsdesk.desk.profiles import ProfileError  # start-up time

        name, is_given = QInputDialog.getText(
            self.parentWidget(),
            _("A new account"),
            _("A short name for it: letters a to z, digits, - and _"),
        )
        if not is_given:
            return
        try:
            made = self._profiles.create(name)
        except ProfileError as error:
            dialogs.tell(
                self.parentWidget(), _("Nothing was made"), wording.profile_sentence(error)
            )
        else:
            self.chosen.emit(made.name)
