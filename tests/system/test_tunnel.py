"""A tunnel program is kept running, ends with us, and tells nobody else what it said.

The programs are small Python scripts, run as real processes.
"""

import contextlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smsdesk.system.tunnel import (
    LONGEST_PAUSE_S,
    SILENT_S,
    STEADY_S,
    Tunnel,
    TunnelError,
    split_command,
)
from tests.support import TurnedClock, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")

PORT = 8420
NAME = "https://violet-four-words-here.trycloudflare.com"
STAYS = f"""
import signal
print("INF |  {NAME}  |", flush=True)
signal.pause()
"""
Open = Callable[[str], Tunnel]


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def run(tmp_path: Path, clock: TurnedClock) -> Iterator[Open]:
    """Makes a tunnel out of a script, or of a whole command line; ended when the test is over."""
    opened: list[Tunnel] = []

    def open_one(script: str) -> Tunnel:
        path = tmp_path / f"a tunnel {len(opened)}.py"
        path.write_text(script, encoding="utf-8")
        opened.append(Tunnel(command_of(path), PORT, clock=clock))
        return opened[-1]

    yield open_one
    for tunnel in opened:
        tunnel.stop()


def command_of(path: Path) -> str:
    return f"{shlex.quote(sys.executable)} -I {shlex.quote(str(path))} {{port}}"


def keep_until(tunnel: Tunnel, is_true: Callable[[], bool]) -> None:
    def look() -> bool:
        tunnel.keep()
        return is_true()

    until(look)


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended, whoever is to bury it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_the_address_is_known_once_it_is_said(run: Open) -> None:
    tunnel = run(STAYS)

    keep_until(tunnel, lambda: tunnel.state.address == NAME)

    assert tunnel.state.problem == ""


def test_the_port_is_filled_in_and_quotes_hold_words_together() -> None:
    assert split_command("'/my tools/ngrok' http {port} --log=stdout", 8420) == [
        "/my tools/ngrok",
        "http",
        "8420",
        "--log=stdout",
    ]
    assert split_command("ssh -R 80:localhost:{port} h.example; rm -rf /", 1)[-3:] == [
        "rm",
        "-rf",
        "/",
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("", "tunnel_empty"),
        ("   ", "tunnel_empty"),
        ("''", "tunnel_empty"),
        ("ngrok 'http", "tunnel_malformed"),
        ("ngrok \x00", "tunnel_malformed"),
    ],
)
def test_a_command_that_cannot_be_read_is_named(command: str, code: str) -> None:
    with pytest.raises(TunnelError) as error:
        split_command(command, PORT)

    assert error.value.code == code


@pytest.mark.parametrize("command", ["no-such-tunnel http {port}", "/nowhere/ngrok http 80"])
def test_a_program_that_is_missing_is_named(clock: TurnedClock, command: str) -> None:
    tunnel = Tunnel(command, PORT, clock=clock)

    tunnel.keep()

    assert tunnel.state.problem == "tunnel_missing"


def test_a_file_that_is_no_program_is_named(clock: TurnedClock, tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("x", encoding="ascii")
    tunnel = Tunnel(str(tmp_path / "tool"), PORT, clock=clock)

    tunnel.keep()

    assert tunnel.state.problem == "tunnel_missing"


def test_one_that_ends_at_once_says_why_and_is_tried_again(
    run: Open, clock: TurnedClock
) -> None:
    tunnel = run("print('starting')\nprint('\\x1b[31mERR: no authtoken\\x1b[0m')\nprint('---')")

    keep_until(tunnel, lambda: tunnel.state.problem != "")
    first = tunnel.state
    tunnel.keep()
    assert tunnel.state.failures == 1, "it waits before it tries again"
    clock.turn(LONGEST_PAUSE_S)
    keep_until(tunnel, lambda: tunnel.state.failures == 2)

    assert (first.problem, first.said) == ("tunnel_ended_at_once", "ERR: no authtoken")
    assert "authtoken" not in repr(first), "what it said is for the person alone"


def test_one_that_ends_later_is_started_again(
    run: Open, clock: TurnedClock, tmp_path: Path
) -> None:
    stop = tmp_path / "stop"
    tunnel = run(
        f"""
import pathlib, threading
print("{NAME}", flush=True)
while not pathlib.Path({str(stop)!r}).exists():
    threading.Event().wait(0.01)
"""
    )
    keep_until(tunnel, lambda: tunnel.state.address == NAME)

    clock.turn(STEADY_S)
    stop.touch()
    keep_until(tunnel, lambda: tunnel.state.problem == "tunnel_ended")
    stop.unlink()
    keep_until(tunnel, lambda: tunnel.state.address == NAME)

    assert tunnel.state.problem == ""


def test_one_that_never_tells_its_address_is_named(run: Open, clock: TurnedClock) -> None:
    tunnel = run("import signal\nprint('connected', flush=True)\nsignal.pause()")
    tunnel.keep()
    clock.turn(SILENT_S)

    keep_until(tunnel, lambda: tunnel.state.said == "connected")

    assert tunnel.state.problem == "tunnel_silent"


@pytest.mark.parametrize("manners", ["SIG_DFL", "SIG_IGN"])
def test_ending_it_ends_all_that_it_started(run: Open, tmp_path: Path, manners: str) -> None:
    pids = tmp_path / "pids"
    tunnel = run(
        f"""
import os, signal
signal.signal(signal.SIGTERM, signal.{manners})
child = os.fork()
if child:
    with open({str(pids)!r}, "w") as file:
        file.write(f"{{os.getpid()}} {{child}}")
    print("{NAME}", flush=True)
while True:
    signal.pause()
"""
    )
    keep_until(tunnel, lambda: tunnel.state.address == NAME)

    tunnel.stop()

    for pid in pids.read_text("ascii").split():
        until(lambda pid=pid: not is_running(int(pid)))  # type: ignore[misc]


def test_what_it_left_behind_when_it_ended_is_ended(
    run: Open, clock: TurnedClock, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    tunnel = run(
        f"""
import os, signal
child = os.fork()
if not child:
    os.close(1), os.close(2)
    while True:
        signal.pause()
with open({str(pids)!r}, "w") as file:
    file.write(str(child))
"""
    )

    keep_until(tunnel, lambda: tunnel.state.problem == "tunnel_ended_at_once")

    until(lambda: not is_running(int(pids.read_text("ascii"))))


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv of util-linux")
def test_it_ends_when_we_are_killed(tmp_path: Path) -> None:
    script, pid = tmp_path / "tunnel.py", tmp_path / "pid"
    script.write_text(
        f"import os, signal\n"
        f"print('{NAME}', flush=True)\n"
        f"open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        f"signal.pause()",
        encoding="ascii",
    )
    ours = f"""
import threading
from smsdesk.system.clock import Clock
from smsdesk.system.tunnel import Tunnel
tunnel = Tunnel({command_of(script)!r}, 1, clock=Clock())
while not tunnel.state.address:
    tunnel.keep()
    threading.Event().wait(0.01)
print("open", flush=True)
threading.Event().wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", ours], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"open\n"
        until(lambda: pid.exists() and pid.read_text("ascii") != "")
        program.kill()

    try:
        until(lambda: not is_running(int(pid.read_text("ascii"))))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid.read_text("ascii")), signal.SIGKILL)


def test_it_gets_no_more_of_our_environment_than_it_needs(
    run: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSDESK_API_SECRET", "s3cret")
    monkeypatch.setenv("HTTPS_PROXY", "http://nobody.example")
    monkeypatch.setenv("NGROK_AUTHTOKEN", "its own")
    seen = tmp_path / "seen"
    tunnel = run(
        f"import os, sys\n"
        f"print(*sorted(os.environ), sys.stdin.read(), sys.argv[1], file=open({str(seen)!r}, 'w'))"
    )

    keep_until(tunnel, lambda: tunnel.state.problem != "")

    names = seen.read_text("utf-8").split()
    assert "SMSDESK_API_SECRET" not in names
    assert "HTTPS_PROXY" not in names
    assert {"PATH", "NGROK_AUTHTOKEN", str(PORT)} <= set(names)


def test_nothing_that_it_says_is_logged(run: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tunnel = run("print('token 4711')")

    keep_until(tunnel, lambda: tunnel.state.problem != "")

    assert tunnel.state.said == "token 4711"
    assert "4711" not in caplog.text


def test_a_line_without_end_and_bytes_that_are_no_text_do_no_harm(run: Open) -> None:
    tunnel = run(
        f"import signal, sys\n"
        f"out = sys.stdout.buffer\n"
        f"out.write(b'x' * 1_000_000 + b' https://example.com\\n\\xff\\xfe\\r')\n"
        f"out.write(b'{NAME}\\n')\n"
        f"out.flush()\n"
        f"signal.pause()"
    )

    keep_until(tunnel, lambda: tunnel.state.address == NAME)
