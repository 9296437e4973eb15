"""`smsdesk doctor`: looks over what sending needs, one line a thing."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording
from smsdesk.desk.doctor import Health

if TYPE_CHECKING:
    from smsdesk.desk.support import Support


def run(options: argparse.Namespace) -> int:
    """Print the findings; 0 when nothing fails, 1 otherwise. Or write a support bundle."""
    with opened(options) as session:
        if options.bundle is not None:
            return _bundle(session.desk.support, options.bundle)
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


def _bundle(support: Support, name: str) -> int:
    """What is written is what `-` shows; nothing that exists is overwritten."""
    from smsdesk.desk import wording_support  # nobody else needs them
    from smsdesk.desk.support import BundleError

    parts = support.gather()
    if name == "-":
        for part in parts:
            print(f"== {part.name}\n{part.text}")
        return Exit.OK
    try:
        support.write(parts, Path(name), may_replace=False)
    except BundleError as error:
        raise CliError(wording_support.bundle_trouble_sentence(error)) from error
    print(wording_support.saved_sentence(name))
    for part in parts:
        print(f"  {wording_support.part_sentence(part)}")
    print(wording_support.look_sentence())
    return Exit.OK
