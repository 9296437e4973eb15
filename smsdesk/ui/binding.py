"""Loads the binding to Qt, and takes back what it does to imports.

The binding puts a function of its own in the place of `__import__`, which at each import looks
for a switch of its spelling (`from __feature__ import snake_case`), and reads the source of
each module that is imported. We use no such switch, and imports are what a start is made of.
"""

import builtins

import PySide6.QtWidgets  # noqa: F401 - Qt's other two modules come with it


def load() -> None:
    """Qt is loaded with this module; from now on an import is the one that Python does."""
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
