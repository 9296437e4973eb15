"""Starts another program and looks at the screen until it shows something there.

For a program that cannot be asked, since it was built: how long it took, in milliseconds from the
start of its process, and how much memory it then took. A bare window is looked at the same way.
"""

import json
import subprocess
import sys
import time

from PySide6.QtGui import QGuiApplication, qRed

from tests.benchmarks.programs.memory import pss_mb

_PLACE = (100, 400)
"""Within the window, which lies in the corner of an empty, black screen."""
_PATIENCE_S = 30.0


def main() -> None:
    question = json.loads(sys.argv[1])
    app = QGuiApplication(["watching"])
    screen = app.primaryScreen()
    began = time.monotonic()
    with subprocess.Popen(question["command"], stdout=subprocess.DEVNULL) as process:
        while not qRed(screen.grabWindow(0, *_PLACE, 1, 1).toImage().pixel(0, 0)):
            assert time.monotonic() - began < _PATIENCE_S, "nothing was to be seen"
        seen = time.monotonic()
        answer = {"paint_ms": (seen - began) * 1000, "memory_mb": pss_mb(process.pid)}
        process.kill()
    print(json.dumps(answer))


main()
