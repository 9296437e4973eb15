"""Opens the session of a verb, and says why it cannot be opened."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from smsdesk.cli.arguments import profile_of
from smsdesk.cli.exits import CliError, Exit
from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.opening import OpeningError
from smsdesk.session import Session, open_session

_log = logging.getLogger(__name__)


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Session]:
    """The session that the options name. Raises CliError."""
    try:
        with open_session(profile_of(options)) as session, _unforeseen_errors_logged():
            yield session
    except OpeningError as error:
        raise CliError(wording.opening_sentence(error), Exit.USAGE) from error
    except AccountError as error:
        place = "" if error.path is None else f"{error.path}: "
        raise CliError(f"{place}{wording.account_sentence(error)}", _exit_of(error)) from error


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
