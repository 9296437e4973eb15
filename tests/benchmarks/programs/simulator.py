"""The simulator as the far side of a benchmark: prints its address, serves until input ends.

With a certificate it speaks TLS, which the official SDK cannot do without.
"""

import json
import sys
from pathlib import Path

from smsdesk.simulator.scenarios import read_scenario
from smsdesk.simulator.server import Simulator


def main() -> None:
    question = json.loads(sys.argv[1])
    certificate = question["certificate"]
    simulator = Simulator(
        application_id=question["application_id"],
        public_key_pem=question["public_key"],
        scenario=read_scenario(question["scenario"]),
        ledger=Path(question["ledger"]) if question["ledger"] else None,
        certificate=(Path(certificate[0]), Path(certificate[1])) if certificate else None,
    )
    with simulator:
        print(simulator.url, flush=True)
        sys.stdin.read()


main()
