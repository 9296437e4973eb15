"""`python -m smsdesk`, and the `smsdesk` command: a verb, or the window."""

from __future__ import annotations

import gc
import linecache
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb of the command line, or open the window when there is none."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if _wants_window(arguments):
        return _open_window(arguments)
    from smsdesk.cli import main as run_verb  # start-up time: each face loads only itself

    return run_verb(arguments)


def _wants_window(arguments: Sequence[str]) -> bool:
    """No verb, only global options and perhaps an sms: address."""
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument in ("--data-dir", "--profile"):
            rest = rest[1:]
        elif argument in ("-h", "--help", "--version"):
            return False
        elif not argument.startswith("-"):
            return argument.lower().startswith(("sms:", "smsto:"))
    return True


def _open_window(arguments: Sequence[str]) -> int:
    # Start-up time: what is imported stays, so nobody need look for garbage in it.
    gc.disable()
    # Qt first: its modules load faster before the many small ones of pure Python.
    from smsdesk.app import end_process, run_window
    from smsdesk.session import Profile
    from smsdesk.system.paths import ProfileNameError

    gc.freeze()
    gc.enable()
    # The binding has read the source of every module that was imported after it, and Python
    # keeps the lines for tracebacks, which would read them again.
    linecache.clearcache()

    profile, address, is_quiet = Profile(), "", False
    if arguments:
        from smsdesk.cli.arguments import parse_window_options, profile_of

        options = parse_window_options(arguments)
        profile, address = profile_of(options), options.address
        is_quiet = options.background
    try:
        code = run_window(profile, address=address, in_background=is_quiet)
    except ProfileNameError as error:
        print(f"smsdesk: {error}", file=sys.stderr)
        return 2
    end_process(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
