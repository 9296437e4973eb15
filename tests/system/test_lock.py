import os
import subprocess
import sys
from pathlib import Path

import pytest

from smsdesk.system.lock import ProcessLock

TRY_AND_WAIT = """
import sys
from pathlib import Path
from smsdesk.system.lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]))
print(lock.try_acquire(), flush=True)
sys.stdin.read()
"""


START_TWICE = """
import os, sys
from pathlib import Path
from smsdesk.system.lock import ProcessLock

for _round in range(int(sys.argv[2])):
    hear, say = os.pipe()
    wait, go_on = os.pipe()
    for _start in range(2):
        if not os.fork():
            os.close(go_on)
            os.write(say, b"1" if ProcessLock(Path(sys.argv[1])).try_acquire() else b"0")
            os.read(wait, 1)  # nobody lets go before both have tried
            os._exit(0)
    tried = b""
    while len(tried) < 2:
        tried += os.read(hear, 2)
    for end in (hear, say, wait, go_on):
        os.close(end)
    os.wait(), os.wait()
    print(tried.count(b"1"))
"""


def other_process(path: Path) -> "subprocess.Popen[str]":
    """Tries for the lock, says whether it got it, and stays until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", TRY_AND_WAIT, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.case("T25")
def test_one_process_holds_the_lock_and_another_does_not_get_it(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "sender.lock")

    assert lock.try_acquire()
    with other_process(tmp_path / "sender.lock") as other:
        assert answer_of(other) == "False"
        other.communicate()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="thousand processes need a fork")
@pytest.mark.case("T25")
def test_of_two_that_start_at_once_one_gets_the_lock_five_hundred_times(
    tmp_path: Path,
) -> None:
    twice = [sys.executable, "-c", START_TWICE, str(tmp_path / "sender.lock"), "500"]
    started = subprocess.run(twice, capture_output=True, text=True, check=True)

    assert started.stdout.split() == ["1"] * 500


def test_a_lock_given_back_is_free(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "sender.lock")
    lock.try_acquire()

    lock.release()
    lock.release()

    with other_process(tmp_path / "sender.lock") as other:
        assert answer_of(other) == "True"
        assert not lock.try_acquire()
        other.communicate()
    assert lock.try_acquire()
    lock.release()


@pytest.mark.case("F91")
def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "sender.lock")
    with other_process(tmp_path / "sender.lock") as other:
        assert answer_of(other) == "True"
        assert not lock.try_acquire()

        other.kill()
        other.wait()

        assert lock.try_acquire()
    lock.release()


def test_two_locks_of_one_process_keep_each_other_out(tmp_path: Path) -> None:
    first, second = (ProcessLock(tmp_path / "window.lock") for _ in range(2))

    assert first.try_acquire()
    assert not second.try_acquire()
    first.release()
    assert second.try_acquire()
    second.release()


def test_who_holds_the_lock_may_ask_again(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "window.lock")

    assert lock.try_acquire()
    assert lock.try_acquire()
    lock.release()


def test_a_child_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "sender.lock")
    lock.try_acquire()
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
    ) as child:
        lock.release()

        assert lock.try_acquire()
        child.communicate(b"\n")
    lock.release()


def test_the_file_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "sender.lock"
    lock = ProcessLock(path)
    lock.try_acquire()
    lock.release()

    assert path.exists()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
