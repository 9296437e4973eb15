"""What of the program's log may be passed on: when, where and what kind of thing went wrong.

The log is masked as it is written, but the message of an exception, or of a library, may quote a
name or a text that no mask can know. So none of them is passed on: of an error the places it came
through stay, and its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEFT_OUT = "[left out]"

_ENTRY = re.compile(
    r"(?P<head>\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ [^:]+? (?P<logger>[\w.]+): )(?P<told>.*)"
)
_OF_OTHERS = "smsdesk.qt"
"""Passes on what Qt says, in Qt's words."""

# Lines after the first of an entry are set in by four.
_BEGINNING = "    Traceback (most recent call last):"
_FRAME = re.compile(r'      File "(?P<path>[^"]*)", (?P<line>line \d+), in (?P<name>[\w<>.]+)')
_KIND = re.compile(r"    (?P<kind>[A-Za-z_][\w.]*)(?::.*)?")


def harmless_log(text: str) -> str:
    """The lines of a log that quote nobody, in their order."""
    return "".join(f"{line}\n" for line in _harmless(text.splitlines()))


def _harmless(lines: list[str]) -> Iterator[str]:
    is_in_trace = False
    for line in lines:
        if entry := _ENTRY.fullmatch(line):
            is_in_trace = False
            yield entry["head"] + (entry["told"] if _is_ours(entry["logger"]) else LEFT_OUT)
        elif line == _BEGINNING:
            is_in_trace = True
            yield line
        elif is_in_trace and (frame := _FRAME.fullmatch(line)):
            yield f"      {_from_the_package(frame['path'])}, {frame['line']}, in {frame['name']}"
        elif is_in_trace and (kind := _KIND.fullmatch(line)):
            # What follows is the rest of the message, up to the next beginning.
            is_in_trace = False
            yield f"    {kind['kind']}"


def _is_ours(logger: str) -> bool:
    return (logger + ".").startswith("smsdesk.") and logger != _OF_OTHERS


def _from_the_package(path: str) -> str:
    """Where a module lies within its package: where that was installed is nobody's concern."""
    parts = path.replace("\\", "/").split("/")
    for folder in ("site-packages", "_internal"):
        if folder in parts:
            return "/".join(parts[parts.index(folder) + 1 :])
    if "smsdesk" in parts[:-1]:
        last = len(parts) - 1 - parts[::-1].index("smsdesk", 1)
        return "/".join(parts[last:])
    return parts[-1]
