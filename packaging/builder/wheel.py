"""Builds the wheel and the source distribution, and writes down what the wheel asks for.

make wheel
"""

from __future__ import annotations

import subprocess
import sys

from builder.places import DIST, ROOT, VERSION, build_environment
from builder.sbom import write_sbom


def main() -> int:
    """Build both; what fails says so itself."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(DIST)]
    subprocess.run(command, cwd=ROOT, env=build_environment(), check=True)
    write_sbom(DIST / f"smsdesk-{VERSION}.cdx.json", is_frozen=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
