"""Runs one verb, and turns what goes wrong into one sentence and an exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence

from smsdesk.cli.arguments import VERBS, build_parser, find_profile
from smsdesk.cli.exits import CliError, Exit
from smsdesk.session import speak_language_of
from smsdesk.system.i18n import _
from smsdesk.system.paths import ProfileNameError


def main(arguments: Sequence[str]) -> int:
    """Run the verb in `arguments`; returns the exit code."""
    wants_json = "--json" in arguments
    _prepare_output(wants_json=wants_json)
    try:
        speak_language_of(find_profile(arguments))
        options = build_parser().parse_args(arguments)
        if options.verb is None:
            raise CliError(_("A verb is expected: {verbs}.").replace("{verbs}", _VERBS))
        code = _run(options.verb, options)
        sys.stdout.flush()
    except CliError as error:
        return _complain(str(error), error.code, wants_json=wants_json)
    except ProfileNameError:
        sentence = _("--profile: 1 to 32 of a-z, 0-9, “_” and “-” are expected.")
        return _complain(sentence, Exit.USAGE, wants_json=wants_json)
    except BrokenPipeError:
        # Whoever read us has read enough. Python would complain once more while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the top of the program; `opened` has logged it
        sentence = _("Something nobody foresaw went wrong ({name}). The log has the details.")
        sentence = sentence.replace("{name}", type(error).__name__)
        return _complain(sentence, Exit.REFUSED, wants_json=wants_json)
    return code


_VERBS = ", ".join(VERBS)


def _prepare_output(*, wants_json: bool) -> None:
    """No character may end the program: what a terminal cannot show is written as an escape.

    JSON is UTF-8 everywhere (RFC 8259, 8.1), and so is whatever goes into a file or a pipe.
    Half a character from a broken argument becomes the escape that JSON has for it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_shown = stream.isatty() and not wants_json
            encoding = stream.encoding if is_shown else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _run(verb: str, options: object) -> int:
    # Each verb loads only what it needs: `check` knows no database, `simulator` no desk.
    from importlib import import_module

    run: object = import_module(f"smsdesk.cli.{verb.replace('-', '_')}").run
    assert callable(run)
    return int(run(options))


def _complain(sentence: str, code: Exit, *, wants_json: bool) -> int:
    print(f"smsdesk: {sentence}", file=sys.stderr)
    if wants_json:
        problem = {"input": "", "field": "", "problem": sentence}
        print(json.dumps({"messages": [], "problems": [problem]}, ensure_ascii=False))
    return code
