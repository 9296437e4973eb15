"""The front door of the windowed face: the application, the first window, and the way out when
the log cannot be opened.

What the window shows is `ui`; what opening means is `session`.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, QUrl, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from smsdesk.desk import wording
from smsdesk.desk.opening import OpeningError, replace_damaged_database
from smsdesk.session import open_session, speak_language_of
from smsdesk.system.i18n import _
from smsdesk.system.lock import ProcessLock
from smsdesk.system.logs import log_uncaught
from smsdesk.system.settings import TEXT_PERCENT, THEME
from smsdesk.ui import dialogs, icons
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.qt_language import speak_in_qt
from smsdesk.ui.shutdown import ShutdownSignals
from smsdesk.ui.theme import Choice, Theme

if TYPE_CHECKING:
    from smsdesk.session import Profile, Session
    from smsdesk.ui.single_instance import RaiseServer
    from smsdesk.ui.update_dialog import UpdateNews

_QT_LOG = logging.getLogger("smsdesk.qt")


def run_window(profile: Profile, *, address: str = "", in_background: bool = False) -> int:
    """Open the window of a profile and stay until it is closed; gives the exit code.

    An `sms:` address fills the draft. A second start of the same profile only hands it to the
    first window, and brings that to the front; one in the background leaves it where it is.
    Raises ProfileNameError for a name that cannot be one.
    """
    speak_language_of(profile)
    app = _make_application()
    theme = Theme(app)
    shown: Profile | None = profile
    code = 0
    while shown is not None:
        opening = _Opening(address, in_background=in_background)
        code, shown = _run_profile(app, theme, shown, opening)
        address, in_background = "", False
    return code


def end_process(code: int) -> None:
    """Leave the process at once if threads are still running that nobody waits for.

    Everything has been put away by now but them. Python would wait for what they are waiting
    for; whatever they hold, the system takes back, and the log stands up to it: its next start
    finds what they had not finished, as after a crash.
    """
    from smsdesk.ui.services import is_any_left_behind

    if is_any_left_behind():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@dataclass(frozen=True, slots=True)
class _Opening:
    """How a window is to open."""

    address: str
    in_background: bool


def _run_profile(
    app: QApplication, theme: Theme, profile: Profile, opening: _Opening
) -> tuple[int, Profile | None]:
    """One profile's window, until it is closed; gives the exit code, and the profile that the
    person wants to see instead."""
    speak_language_of(profile)
    speak_in_qt(app)
    lock = ProcessLock(profile.find_paths().window_lock)
    if not _is_first(lock):
        return _raise_first(profile, opening), None
    news = _UpdateNews()
    while True:
        try:
            with open_session(profile, on_update=news) as session:
                news.end()
                lock.try_acquire()
                code, wanted, copy = _show(app, theme, session, opening)
            if copy is None:
                return code, wanted
            _restore(profile, copy)
        except OpeningError as error:
            news.end()
            if not _find_way_out(error, profile):
                return 1, None
        finally:
            lock.release()


class _UpdateNews:
    """Passes on how far the update of an older log has come to a dialog, which hardly any start
    needs: it is imported when there is something to tell."""

    def __init__(self) -> None:
        self._shown: UpdateNews | None = None

    def __call__(self, share: float) -> None:
        if self._shown is None:
            from smsdesk.ui.update_dialog import UpdateNews  # start-up time

            self._shown = UpdateNews()
        self._shown(share)

    def end(self) -> None:
        if self._shown is not None:
            self._shown.end()


def _make_application() -> QApplication:
    """Qt reads options such as -platformpluginpath and -stylesheet from the command line;
    whoever can put something there (a link, a file association) must not reach it."""
    app = QApplication(["smsdesk"])
    app.setApplicationName("smsdesk")
    app.setApplicationDisplayName(_("SMS Desk"))
    app.setDesktopFileName("smsdesk")
    # The window says itself when it is done: it hides before the last message is finished.
    app.setQuitOnLastWindowClosed(False)
    return app


def _show(
    app: QApplication, theme: Theme, session: Session, opening: _Opening
) -> tuple[int, Profile | None, Path | None]:
    """The exit code, the profile that is wanted instead, and the copy that is to take the place
    of the log."""
    desk = session.desk
    wanted: list[Profile] = []
    copies: list[Path] = []
    theme.choose(Choice(desk.settings.get(THEME)))
    theme.enlarge(desk.settings.get(TEXT_PERCENT))
    with theme.put_on_at_the_end():
        window = MainWindow(desk, theme=theme)
    server: list[RaiseServer] = []

    def fill_in() -> None:
        if opening.address:
            window.open_address(opening.address)

    def listen() -> None:
        from smsdesk.ui.single_instance import RaiseServer  # start-up time: QtNetwork

        app.setWindowIcon(icons.program_icon())
        server.append(RaiseServer(session.paths.home, window))
        server[0].raised.connect(window.raise_up)

    def change_to(profile: Profile) -> None:
        wanted.append(profile)
        window.close()

    def put_back(copy: Path) -> None:
        copies.append(copy)
        window.close()

    own = session.profile
    window.restore_asked.connect(put_back)
    window.anew_asked.connect(lambda: change_to(own))
    window.demo_asked.connect(lambda: change_to(replace(own, is_demo=True)))
    window.profile_asked.connect(lambda name: change_to(replace(own, name=name, is_demo=False)))
    window.account_asked.connect(lambda: change_to(replace(own, is_demo=False)))
    window.painted.connect(fill_in)
    window.settled.connect(listen)
    # later: a window that is closed before the loop runs must end it all the same
    window.closed.connect(lambda: QTimer.singleShot(0, app.exit))
    put_hooks_back = _watch_for_trouble(window)
    signals = ShutdownSignals(window.close, window)
    if opening.in_background:
        window.show_in_background()
    else:
        window.show()
    try:
        code = app.exec()
        if window.is_cut_short:
            return code, None, None
        return code, wanted[-1] if wanted else None, copies[-1] if copies else None
    finally:
        signals.put_back()
        put_hooks_back()
        for one in server:
            one.close()


def _watch_for_trouble(window: MainWindow) -> Callable[[], None]:
    """An error in a slot or a thread is logged, redacted, and told; the program lives on."""
    put_hooks_back = log_uncaught(lambda _error: window.troubled.emit())
    qInstallMessageHandler(_log_qt)

    def put_back() -> None:
        qInstallMessageHandler(None)
        put_hooks_back()

    return put_back


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else None
    _QT_LOG.log(level or logging.WARNING, "%s", message)


def _is_first(lock: ProcessLock) -> bool:
    try:
        return lock.try_acquire()
    except OSError:
        # No folder yet: the very first start. Anything else, opening will explain.
        return True


def _raise_first(profile: Profile, opening: _Opening) -> int:
    if opening.in_background and not opening.address:
        return 0  # at login, after the person was faster
    from smsdesk.ui.single_instance import raise_first  # start-up time: QtNetwork

    if not raise_first(profile.find_paths().home, address=opening.address):
        dialogs.tell(
            None,
            _("SMS Desk is open already"),
            _("Its window does not answer just now. It may be finishing what is being sent."),
        )
    return 0


def _find_way_out(error: OpeningError, profile: Profile) -> bool:
    """Say why the log cannot be opened, and what can be done. True: try again."""
    acts: dict[str, Callable[[], bool]] = {}
    if error.is_repairable:
        acts[_("Set it aside and go on")] = lambda: _set_aside(profile)
    acts[_("Try again")] = lambda: True
    acts[_("Open the folder")] = lambda: _open_folder(error)
    acts[_("Quit")] = lambda: False
    while True:
        dialog = dialogs.MessageDialog(
            _("SMS Desk cannot open its message log"),
            wording.opening_sentence(error),
            buttons=tuple(acts),
            icon="triangle-alert",
            tone="warn",
        )
        dialog.setObjectName("opening")
        pressed = dialog.exec()
        if not pressed:
            return False
        act = list(acts.values())[pressed - 1]
        if act():
            return True
        if pressed == len(acts):
            return False


def _restore(profile: Profile, copy: Path) -> None:
    """Put a copy in the place of the log, which nobody has open now."""
    from smsdesk.desk.copies import restore  # start-up time
    from smsdesk.ui.records.restoring import restore_and_tell

    paths = profile.find_paths()
    restore_and_tell(lambda: restore(paths, copy))


def _set_aside(profile: Profile) -> bool:
    try:
        replace_damaged_database(profile.find_paths())
    except OSError:
        dialogs.tell(
            None,
            _("Nothing was changed"),
            _("The folder does not let the damaged database be renamed."),
        )
        return False
    return True


def _open_folder(error: OpeningError) -> bool:
    place = error.path if error.path.is_dir() else error.path.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))
    return False
