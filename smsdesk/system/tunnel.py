"""Keeps a tunnel program running: the command line of a person's choice, as a child process.

It is run without a shell, in a process group of its own that ends with us. What it says may hold
tokens, so it is read and never logged. What the address is good for is left to `desk.way_in`.
"""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from smsdesk.system.clock import Clock
from smsdesk.system.tunnel_output import LONGEST_LINE, OutputReader

POLITE_S = 1.0
"""So long it has to end by itself."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
STEADY_S = 60.0
"""What ran for so long is started again at once when it ends."""
SILENT_S = 30.0
"""By then every tunnel that tells its address has told it."""
_CHUNK = 4096

# What programs need to find themselves, their files and their keys; nothing else of ours is
# handed on. ngrok and cloudflared take tokens from their own variables, which keeps these out
# of the command line:
# https://ngrok.com/docs/agent/ ·
# https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/
_KEPT = re.compile(
    r"(?:HOME|USER|LOGNAME|SHELL|PATH|TMPDIR|LANG|LANGUAGE|LC_.*|SSH_AUTH_SOCK"
    r"|XDG_(?:CACHE|CONFIG|DATA)_HOME|XDG_RUNTIME_DIR|NGROK_.*|TUNNEL_.*"
    r"|APPDATA|COMSPEC|HOMEDRIVE|HOMEPATH|LOCALAPPDATA|PATHEXT|PROGRAMDATA|PROGRAMFILES"
    r"|SYSTEMDRIVE|SYSTEMROOT|TEMP|TMP|USERNAME|USERPROFILE|WINDIR)"
)


class TunnelError(Exception):
    """The command cannot be run; `code` says why: tunnel_empty, tunnel_malformed,
    tunnel_missing, tunnel_not_allowed, tunnel_not_started."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TunnelState:
    """What is known of a tunnel now."""

    address: str = ""
    """`https://` and a host; "" while it is not known."""
    problem: str = ""
    """A code of TunnelError, or tunnel_ended, tunnel_ended_at_once, tunnel_silent."""
    said: str = field(default="", repr=False)
    """The last line of what it said, for the person alone."""
    failures: int = 0
    """How often in a row it could not be started, or ended soon."""


class Tunnel:
    """One command, started again when it ends. For one thread, which calls `keep` now and then
    and `stop` at the end; `state` may be asked for from any."""

    def __init__(self, command: str, port: int, *, clock: Clock) -> None:
        self._command = command
        self._port = port
        self._clock = clock
        self._run: _Run | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._problem = ""
        self._said = ""
        self._failures = 0

    @property
    def state(self) -> TunnelState:
        """What is known now."""
        run = self._run
        address = run.address if run is not None else ""
        if address:
            return TunnelState(address)
        return TunnelState("", self._problem, self._said, self._failures)

    def keep(self) -> None:
        """Start the command if it does not run and it is time to; notice when it has ended."""
        now = self._clock.monotonic()
        if self._run is None:
            if now >= self._due_at:
                self._start(now)
        elif self._run.has_ended():
            self._note_end(self._run, now)
            self._run = None
        elif not self._run.address and now - self._started_at >= SILENT_S:
            self._problem, self._said = "tunnel_silent", self._run.said

    def stop(self) -> None:
        """End the command and all that it started. Waits, but not for long."""
        run, self._run = self._run, None
        if run is not None:
            run.end()

    def _start(self, now: float) -> None:
        self._started_at = now
        try:
            self._run = _Run(self._command, self._port)
        except TunnelError as error:
            self._problem, self._said = error.code, ""
            self._wait(now)

    def _note_end(self, run: "_Run", now: float) -> None:
        run.end()  # what it may have left behind
        lasted_s = now - self._started_at
        self._problem = "tunnel_ended" if run.address else "tunnel_ended_at_once"
        self._said = run.said
        if lasted_s >= STEADY_S:
            self._failures, self._due_at = 0, now
        else:
            self._wait(now)

    def _wait(self, now: float) -> None:
        pause_s = FIRST_PAUSE_S * 2.0 ** min(self._failures, 10)
        self._due_at = now + min(pause_s, LONGEST_PAUSE_S)
        self._failures += 1


class _Run:
    """One process of the command, and the thread that reads what it says."""

    def __init__(self, command: str, port: int) -> None:
        self._output = OutputReader(port)
        environment = _environment(os.environ)
        words = split_command(command, port)
        if shutil.which(words[0], path=environment.get("PATH")) is None:
            raise TunnelError("tunnel_missing")
        try:
            self._process = subprocess.Popen(
                [*_dying_with_us(), *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                bufsize=0,
                close_fds=True,
                start_new_session=True,
                creationflags=_OWN_GROUP,
            )
        except PermissionError:
            raise TunnelError("tunnel_not_allowed") from None
        except (OSError, ValueError):
            raise TunnelError("tunnel_not_started") from None
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=_read_lines,
            args=(self._process.stdout, self._output),
            name="tunnel output",
            daemon=True,
        )
        self._reader.start()

    @property
    def address(self) -> str:
        return self._output.address

    @property
    def said(self) -> str:
        return self._output.said

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        """Ask it to end, wait a moment, and end the whole group by force."""
        if self._process.poll() is None:
            _signal_group(self._process, is_forced=False)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(POLITE_S)
        _signal_group(self._process, is_forced=True)
        self._process.wait()
        # Its output ends with it, unless something fled from the group and holds the pipe.
        self._reader.join(1.0)


def split_command(command: str, port: int) -> list[str]:
    """The words of a command line, as a shell would divide them, with `{port}` filled in.

    Raises TunnelError.
    """
    try:
        words = shlex.split(command, posix=sys.platform != "win32")
    except ValueError:
        raise TunnelError("tunnel_malformed") from None
    if sys.platform == "win32":
        words = [word.strip('"') for word in words]
    if not words or not words[0]:
        raise TunnelError("tunnel_empty")
    if "\x00" in command:
        raise TunnelError("tunnel_malformed")
    return [word.replace("{port}", str(port)) for word in words]


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if _KEPT.fullmatch(name.upper())}


def _read_lines(stream: IO[bytes], output: OutputReader) -> None:
    """Hand on line by line, each no longer than is of use; the rest of a long one is dropped."""
    rest, is_cut = b"", False
    with stream:
        while some := stream.read(_CHUNK):
            *lines, rest = (rest + some).replace(b"\r", b"\n").split(b"\n")
            for line in lines:
                if not is_cut:
                    output.read(line.decode("utf-8", "replace"))
                is_cut = False
            if len(rest) > LONGEST_LINE:
                if not is_cut:
                    output.read(rest.decode("utf-8", "replace"))
                rest, is_cut = b"", True
        if rest and not is_cut:
            output.read(rest.decode("utf-8", "replace"))


if sys.platform == "win32":
    _OWN_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP

    def _signal_group(process: subprocess.Popen[bytes], *, is_forced: bool) -> None:
        """There is no polite way for a program without a console; children may stay."""
        del is_forced
        if process.poll() is None:
            process.kill()

    def _dying_with_us() -> list[str]:
        return []

else:
    _OWN_GROUP = 0

    def _signal_group(process: subprocess.Popen[bytes], *, is_forced: bool) -> None:
        """It leads a session, so its id is the group's; the group may be empty by now."""
        try:
            os.killpg(process.pid, signal.SIGKILL if is_forced else signal.SIGTERM)
        except (ProcessLookupError, PermissionError):
            return

    def _dying_with_us() -> list[str]:
        """Words that come first, so that the kernel ends the command when we are killed.

        `setpriv` of util-linux sets what prctl(2) calls PR_SET_PDEATHSIG and becomes the command;
        it is heeded when the thread that started the command ends, which is `Tunnel`'s own.
        """
        found = shutil.which("setpriv") if sys.platform == "linux" else None
        if found is None or Path(found).resolve().name != "setpriv":
            return []  # BusyBox has one that cannot do this
        return [found, "--pdeathsig", "TERM", "--"]
