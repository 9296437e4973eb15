"""Runs first in the frozen program, before anything of ours.

The bootloader points LD_LIBRARY_PATH at the libraries that came with the program and keeps what
stood there before. They are loaded by now; whatever the program starts (a tunnel, a browser)
belongs to the system and must find the system's. And no plug-in of another Qt is wanted here: it
would bring that Qt along.
"""

import os

_FORMER = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if _FORMER is not None:
    os.environ["LD_LIBRARY_PATH"] = _FORMER
else:
    os.environ.pop("LD_LIBRARY_PATH", None)

for _name in ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH"):
    os.environ.pop(_name, None)
