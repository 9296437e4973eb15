"""Opens the session of a verb, and says why it cannot be opened."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from smsdesk.cli.arguments import profile_of
from smsdesk.cli.exits import CliError, Exit
from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.opening import OpeningError
from smsdesk.session import Session, open_session

_log = logging.getLogger(__name__)

PATIENCE_S = 1.0


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Session]:
    """The session that the options name. Raises CliError."""
    try:
        told = _UpdateLine()
        with (
            open_session(profile_of(options), on_update=told) as session,
            _unforeseen_errors_logged(),
        ):
            yield session
    except OpeningError as error:
        raise CliError(wording.opening_sentence(error), Exit.USAGE) from error
    except AccountError as error:
        place = "" if error.path is None else f"{error.path}: "
        raise CliError(f"{place}{wording.account_sentence(error)}", _exit_of(error)) from error


class _UpdateLine:
    """One line on standard error when bringing the log up to date takes more than a moment."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._is_told = False

    def __call__(self, _share: float) -> None:
        if not self._is_told and time.monotonic() - self._began > PATIENCE_S:
            self._is_told = True
            print(wording.updating_sentence(), file=sys.stderr, flush=True)


_REFUSED = frozenset({"api_secret_refused", "token_refused", "no_capability"})


def _exit_of(error: AccountError) -> Exit:
    """Bad input, unless the keyring, Vonage or the network is to blame."""
    if error.field == "vault" or error.code in _REFUSED:
        return Exit.NOT_CONFIGURED
    return Exit.WAITING if error.field == "network" else Exit.USAGE


@contextmanager
def _unforeseen_errors_logged() -> Iterator[None]:
    """While the log is open, write down what the program can only name to the person."""
    try:
        yield
    except (CliError, AccountError, BrokenPipeError):
        raise
    except Exception:
        _log.exception("a verb met an error nobody foresaw")
        raise
