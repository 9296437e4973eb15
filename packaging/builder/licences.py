"""Says which licence each Python distribution that is shipped has, and refuses all but known ones.

    make licences

A licence that is not on the list is no fault of the library's: somebody reads it, and puts it on
the list or the library out.
"""

from __future__ import annotations

import sys
from importlib.metadata import Distribution

from license_expression import (
    AND,
    ExpressionError,
    LicenseExpression,
    LicenseSymbol,
    get_spdx_licensing,
)

from builder.shipped import name_of, shipped_distributions

ALLOWED = frozenset(
    {
        *("MIT", "MIT-0", "ISC", "Zlib", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"),
        "PSF-2.0",
        "MPL-2.0",  # certifi: a list of certificates, shipped as it is
        "LGPL-3.0-only",  # Qt: shared libraries that can be replaced; see docs/install.md
    }
)
"""As SPDX calls them (https://spdx.org/licenses/)."""

_BY_CLASSIFIER = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
}
"""Older distributions say it by classifier alone."""


def licence_of(found: Distribution) -> str:
    """The licence as the distribution states it; "" when it states none."""
    facts = found.metadata
    for field in ("License-Expression", "License"):
        said = facts[field].strip() if field in facts else ""
        if said and "\n" not in said:
            return said
    for classifier in facts.get_all("Classifier") or ():
        if classifier in _BY_CLASSIFIER:
            return _BY_CLASSIFIER[classifier]
    return ""


def is_allowed(licence: str) -> bool:
    """Whether one may choose among what an SPDX expression offers, and have only known ones."""
    try:
        parsed = get_spdx_licensing().parse(licence, validate=True)
    except ExpressionError:
        return False
    return parsed is not None and _is_allowed(parsed)


def main() -> int:
    """Print them all; 1 if one of them is not allowed."""
    refused = 0
    for found in shipped_distributions():
        licence = licence_of(found)
        is_good = is_allowed(licence)
        refused += not is_good
        print(f"{'ok' if is_good else 'NO':3} {name_of(found):20} {licence or 'says none'}")
    if refused:
        print(f"{refused} not on the list in packaging/builder/licences.py.", file=sys.stderr)
    return 1 if refused else 0


def _is_allowed(parsed: LicenseExpression) -> bool:
    if isinstance(parsed, LicenseSymbol):
        return parsed.key in ALLOWED
    answers = [_is_allowed(part) for part in parsed.args]
    return all(answers) if isinstance(parsed, AND) else any(answers)


if __name__ == "__main__":
    sys.exit(main())
