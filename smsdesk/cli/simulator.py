"""`smsdesk simulator`: the pretend Vonage by itself, until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from smsdesk.cli.exits import CliError, Exit
from smsdesk.simulator.applications import is_rsa_public_key
from smsdesk.simulator.scenarios import Scenario, ScenarioError, load_scenario
from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET, Simulator
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Print the base URL as the first line, then serve until SIGINT or SIGTERM."""
    if options.public_key is not None and options.application_id is None:
        raise CliError(_("--public-key goes with --application-id."))
    simulator = Simulator(
        host=options.host,
        port=options.port,
        application_id=options.application_id,
        public_key_pem=None
        if options.public_key is None
        else _read_public_key(options.public_key),
        api_key=options.api_key,
        api_secret=options.api_secret,
        signature_secret=options.signature_secret or DEMO_SIGNATURE_SECRET,
        scenario=_scenario(options.scenario),
        ledger=options.ledger,
        status_url=options.status_url,
        inbound_url=options.inbound_url,
    )
    try:
        simulator.start()
    except OSError as error:
        sentence = _("The simulator cannot listen on {host}:{port}: {why}.")
        sentence = sentence.replace("{host}", options.host).replace("{port}", str(options.port))
        raise CliError(sentence.replace("{why}", error.strerror or "")) from error
    stop = threading.Event()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stop.set())
        print(simulator.url, flush=True)
        stop.wait()
    finally:
        simulator.stop()
    return Exit.OK


def _read_public_key(path: Path) -> str:
    try:
        pem = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        pem = ""
    if not is_rsa_public_key(pem):
        sentence = _("{path} is not a readable RSA public key file.")
        raise CliError(sentence.replace("{path}", str(path)))
    return pem


def _scenario(path: Path | None) -> Scenario | None:
    if path is None:
        return None
    try:
        return load_scenario(path)
    except OSError as error:
        sentence = _("{path} cannot be read.").replace("{path}", str(path))
        raise CliError(sentence) from error
    except ScenarioError as error:
        raise CliError(f"{error}.") from error
