"""`python -m smsdesk` as a person or a script runs it: a process of its own, in a home of its
own, of which only the exit code and the two outputs are seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]

_START = "import sys; from smsdesk.__main__ import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def states(self) -> list[str]:
        """The states of the messages in the document."""
        document = self.json
        messages = document["messages"] if isinstance(document, dict) else document
        return [message["state"] for message in messages]


@dataclass(frozen=True, slots=True)
class Program:
    """The program with its global options, and the environment it finds."""

    home: Path
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def data_dir(self) -> Path:
        return self.home / "data"

    def settle(self, **settings: object) -> None:
        """Choose settings of the demo before it is started."""
        folder = self.data_dir / "profiles" / "demo"
        folder.mkdir(mode=0o700, parents=True)
        self.data_dir.chmod(0o700)
        (folder / "settings.json").write_text(json.dumps(settings), encoding="ascii")

    def run(self, *arguments: str, stdin: str | bytes = "", timeout_s: float = 60.0) -> Answer:
        """Run a command to its end."""
        done = subprocess.run(
            self._command(arguments),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=self._environment(),
            cwd=self.home,
            timeout=timeout_s,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert "Traceback" not in err, err
        return Answer(done.returncode, out, err)

    @contextmanager
    def running(self, *arguments: str, script: str = "") -> Iterator[subprocess.Popen[str]]:
        """A command while it runs; it is ended, and killed if need be, at the end. A script, if
        there is one, comes before the program in its process."""
        process = subprocess.Popen(
            self._command(arguments, script=script),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(),
            cwd=self.home,
            text=True,
            encoding="utf-8",
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(20)
                finally:
                    process.kill()

    def _command(self, arguments: tuple[str, ...], *, script: str = "") -> list[str]:
        places = ["--data-dir", str(self.data_dir)]
        program = ["-c", f"{script}\n{_START}"] if script else ["-m", "smsdesk"]
        return [sys.executable, *program, *places, *self.options, *arguments]

    def _environment(self) -> dict[str, str]:
        """A home of its own; no screen, no bus and no proxy of the person who runs the tests."""
        kept = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP")
        inherited = {name: os.environ[name] for name in kept if name in os.environ}
        warnings = {"PYTHONWARNINGS": "error", "PYTHONPATH": str(REPOSITORY)}
        return {**inherited, **warnings, "HOME": str(self.home), **self.environment}
