"""`smsdesk search-bytes`: the program asks it of itself, see `system.byte_search`."""

from __future__ import annotations

import argparse
import sys

from smsdesk.cli.exits import Exit
from smsdesk.system.byte_search import answer_search


def run(_options: argparse.Namespace) -> int:
    """Read the question from standard input, and print the answer."""
    answer_search(sys.stdin, sys.stdout)
    return Exit.OK
