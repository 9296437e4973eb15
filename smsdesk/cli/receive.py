"""`smsdesk receive`: listens for webhooks without the window, until it is told to stop."""

from __future__ import annotations

import argparse
import json
import signal
import threading

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.receiving import ReceiverPhase, Receiving
from smsdesk.desk.wording_receiver import receiver_sentence
from smsdesk.system.i18n import _
from smsdesk.system.settings import PUBLIC_URL

LOOK_S = 0.1
_BESIDE = ("upkeep", "indexing")
_GRACE_S = 2.0
_EXITS = {
    ReceiverPhase.NO_SECRET: Exit.NOT_CONFIGURED,
    ReceiverPhase.SECRET_SHORT: Exit.NOT_CONFIGURED,
    ReceiverPhase.PORT_TAKEN: Exit.USAGE,
    ReceiverPhase.FAILED: Exit.USAGE,
}


def run(options: argparse.Namespace) -> int:
    """Print the two addresses as the first line, then listen until SIGINT or SIGTERM."""
    if options.port is not None and not 0 <= options.port <= 65535:
        raise CliError(_("--port: a number from 0 to 65535 is expected."))
    with opened(options) as session:
        receiving = session.desk.receiving
        public_url = session.desk.settings.get(PUBLIC_URL)
        _expect_secret(receiving)
        receiving.insist(port=options.port)
        stop = threading.Event()
        old = {
            number: signal.signal(number, lambda _number, _frame: stop.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        thread = threading.Thread(target=receiving.run, args=(stop,), name=receiving.name)
        thread.start()
        # Where no window is ever open, this is who looks after the log.
        beside = [
            threading.Thread(target=one.run, args=(stop,), name=one.name, daemon=True)
            for one in session.desk.services
            if one.name in _BESIDE
        ]
        try:
            if _has_begun(receiving, thread, stop):
                inbound_url, status_url = receiving.urls(public_url)
                addresses = {"inbound_url": inbound_url, "status_url": status_url}
                print(json.dumps(addresses), flush=True)
                for one in beside:
                    one.start()
                stop.wait()
        finally:
            stop.set()
            receiving.reload()  # wakes it
            thread.join()
            for one in beside:
                if one.is_alive():
                    # A backup may take longer; broken off, it leaves nothing of that name.
                    one.join(_GRACE_S)
            for number, handler in old.items():
                signal.signal(number, handler)
    return Exit.OK


def _expect_secret(receiving: Receiving) -> None:
    try:
        receiving.urls()
    except AccountError as error:
        raise CliError(wording.account_sentence(error), Exit.NOT_CONFIGURED) from error


def _has_begun(receiving: Receiving, thread: threading.Thread, stop: threading.Event) -> bool:
    """Wait until it listens; false if told to stop before. Raises CliError if it cannot."""
    while receiving.status.phase is ReceiverPhase.OFF and thread.is_alive():
        if stop.wait(LOOK_S):
            return False
    status = receiving.status
    if status.phase is not ReceiverPhase.LISTENING:
        raise CliError(receiver_sentence(status), _EXITS.get(status.phase, Exit.REFUSED))
    return True
