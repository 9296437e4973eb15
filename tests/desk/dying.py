"""A process that dies before its nth step that changes a folder or waits for the disk."""

import os
import signal
import subprocess
import sys

import pytest

DIED = -getattr(signal, "SIGKILL", 9)
needs_kill = pytest.mark.skipif(os.name != "posix", reason="a kill as POSIX knows it")

_DYING = """
import os, shutil, signal, sys
from pathlib import Path

done = 0

def dying(call):
    def step_or_die(*args, **named):
        global done
        done += 1
        if done == STEP:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **named)
    return step_or_die

for name in ("rename", "replace", "unlink"):
    setattr(Path, name, dying(getattr(Path, name)))
os.fsync = dying(os.fsync)
shutil.copyfile = dying(shutil.copyfile)
from smsdesk.system.paths import find_paths
"""


def run_and_die(program: str, *arguments: str, step: int) -> int:
    """Run a program that knows `Path`, `sys` and `find_paths`; gives its exit code."""
    code = f"STEP = {step}\n{_DYING}\n{program}"
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False).returncode
