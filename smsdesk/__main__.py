"""`python -m smsdesk`, and the `smsdesk` command: a verb, or the window."""

from __future__ import annotations

import gc
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


def load_window() -> None:
    """Import what opens the window, as quickly as it can be done: Qt first, whose modules load
    faster before the many small ones of pure Python; and nobody looks for garbage meanwhile,
    for what is imported stays."""
    gc.disable()
    from smsdesk.ui import binding

    binding.load()
    import smsdesk.app  # noqa: F401

    gc.freeze()
    gc.enable()


def _open_window(arguments: Sequence[str]) -> int:
    load_window()
    from smsdesk.app import end_process, run_window
    from smsdesk.session import Profile
    from smsdesk.system.paths import ProfileNameError

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
