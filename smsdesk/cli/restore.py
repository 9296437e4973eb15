"""`smsdesk restore`: puts a copy in the place of the log."""

from __future__ import annotations

import argparse

from smsdesk.cli.arguments import profile_of
from smsdesk.cli.exits import CliError, Exit
from smsdesk.desk import wording_copies
from smsdesk.desk.copies import CopiesError, restore
from smsdesk.system.i18n import _
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import FolderError, prepare


def run(options: argparse.Namespace) -> int:
    """Set the log aside and put the copy in its place; what waits in it is on hold."""
    paths = profile_of(options).find_paths()
    try:
        prepare(paths)
    except FolderError as error:
        sentence = _("{path} cannot be used.").replace("{path}", str(error.path))
        raise CliError(sentence) from None
    lock = ProcessLock(paths.window_lock)
    try:
        if not lock.try_acquire():
            raise CopiesError("window_open")
        restored = restore(paths, options.file.expanduser().absolute())
    except CopiesError as error:
        raise CliError(wording_copies.copies_sentence(error), Exit.REFUSED) from error
    finally:
        lock.release()
    print(wording_copies.restored_sentence(restored))
    return Exit.OK
