"""Which Python distributions the program consists of: all that it asks for, and what those ask
for. Whatever else is installed where it is built, such as the tools that build it, is not among
them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROGRAM = "smsdesk"


def shipped_distributions(program: str = PROGRAM) -> list[Distribution]:
    """Everything that `program` needs on this system, itself left out, in the order of the names.

    Raises importlib.metadata.PackageNotFoundError when something of it is not installed.
    """
    found: dict[str, Distribution] = {}
    waiting = list(_asked_by(distribution(program)))
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found[name] = distribution(name)
            waiting.extend(_asked_by(found[name]))
    return [found[name] for name in sorted(found)]


def name_of(found: Distribution) -> str:
    """Its name, as registries spell it."""
    return canonicalize_name(found.metadata["Name"])


def _asked_by(asking: Distribution) -> Iterator[str]:
    for text in asking.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name
