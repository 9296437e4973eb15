"""Runs one verb, and turns what goes wrong into one sentence and an exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from smsdesk.cli.arguments import build_parser
from smsdesk.cli.exits import CliError, Exit
from smsdesk.system.i18n import _
from smsdesk.system.paths import ProfileNameError


def main(arguments: Sequence[str]) -> int:
    """Run the verb in `arguments`; returns the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.verb is None:
        parser.error(
            _("a verb is expected: send, check, history, configure, doctor, simulator")
        )
    wants_json = getattr(options, "json", False)
    try:
        code = _run(options.verb, options)
        sys.stdout.flush()
    except CliError as error:
        return _complain(str(error), error.code, wants_json=wants_json)
    except ProfileNameError as error:
        return _complain(str(error), Exit.USAGE, wants_json=wants_json)
    except BrokenPipeError:
        # Whoever read us has read enough. Python would complain once more while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except KeyboardInterrupt:
        return 130
    return code


def _run(verb: str, options: object) -> int:
    # Each verb loads only what it needs: `check` knows no database, `simulator` no desk.
    from importlib import import_module

    run: object = import_module(f"smsdesk.cli.{verb}").run
    assert callable(run)
    return int(run(options))


def _complain(sentence: str, code: Exit, *, wants_json: bool) -> int:
    print(f"smsdesk: {sentence}", file=sys.stderr)
    if wants_json:
        problem = {"input": "", "field": "", "problem": sentence}
        print(json.dumps({"messages": [], "problems": [problem]}, ensure_ascii=False))
    return code
