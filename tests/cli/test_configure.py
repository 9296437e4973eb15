"""Where `configure` takes its secrets from."""

import os
import pty
import subprocess
import sys
from pathlib import Path


def test_at_a_terminal_a_secret_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "smsdesk",
        "--data-dir",
        str(tmp_path / "data"),
        "configure",
    ]
    process = subprocess.Popen(
        [*command, "--api-key", "abcd1234", "--api-secret-stdin"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)

    shown = b""
    while b"api secret:" not in shown:
        shown += os.read(ours, 1024)
    os.write(ours, b"do-not-show-this\n")
    try:
        while part := os.read(ours, 1024):
            shown += part
    except OSError:
        pass  # the other side of a terminal is closed like this
    process.wait()
    os.close(ours)

    assert b"do-not-show-this" not in shown
