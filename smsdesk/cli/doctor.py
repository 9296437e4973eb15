"""`smsdesk doctor`: looks over what sending needs, one line a thing."""

from __future__ import annotations

import argparse
import json

from smsdesk.cli.exits import Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording
from smsdesk.desk.doctor import Health


def run(options: argparse.Namespace) -> int:
    """Print the findings; 0 when nothing fails, 1 otherwise."""
    with opened(options) as session:
        findings = []
        for finding in session.desk.doctor.examine(online=options.online):
            findings.append(finding)
            if not options.json:
                told = wording.finding_sentence(finding)
                print(f"{finding.health.value:<5} {finding.name:<12} {told}".rstrip())
    if options.json:
        document = {
            "findings": [
                {
                    "name": finding.name,
                    "health": finding.health.value,
                    "code": finding.code,
                    "value": finding.value,
                    "sentence": wording.finding_sentence(finding),
                }
                for finding in findings
            ]
        }
        print(json.dumps(document, ensure_ascii=False))
    is_ill = any(finding.health is Health.FAIL for finding in findings)
    return Exit.REFUSED if is_ill else Exit.OK
