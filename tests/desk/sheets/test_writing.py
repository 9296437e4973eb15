"""Files that are whole or not there, whoever stops the writing, and CSV without formulas."""

import csv
import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.sheets import writing
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.sheets.writing import PLAIN, UNFINISHED, whole_file, write_csv
from tests.desk.sheets.spreadsheet import HOSTILE, is_formula, open_csv
from tests.store.small_disk import small_disk

OLD = b"what was there"


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{UNFINISHED}"))


def write_and_fail(path: Path, error: BaseException) -> None:
    with whole_file(path) as file:
        file.write(b"half of it")
        raise error


@pytest.mark.case("T24")
@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_is_its_users_alone_whatever_the_umask_and_also_while_it_grows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.csv"
    before = os.umask(0)
    try:
        with whole_file(path) as file:
            file.write(b"x")
            (growing,) = unfinished(tmp_path)
            assert stat.S_IMODE(growing.stat().st_mode) == 0o600
            assert not path.exists()
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_unfinished_file_says_by_its_name_what_it_is(tmp_path: Path) -> None:
    with whole_file(tmp_path / "list.csv"):
        (growing,) = unfinished(tmp_path)

    assert growing.name.startswith("list.csv.")
    assert growing.name.endswith(".smsdesk-unfinished")


@pytest.mark.parametrize(
    ("error", "raised", "code"),
    [
        (OSError(errno.ENOSPC, "full"), SheetError, "disk_full"),
        (OSError(errno.EFBIG, "too large"), SheetError, "disk_full"),
        (OSError(errno.EIO, "broken"), SheetError, "not_writable"),
        (ValueError("ours"), ValueError, ""),
        (KeyboardInterrupt(), KeyboardInterrupt, ""),
    ],
)
def test_what_was_there_stays_when_the_writing_ends_early(
    tmp_path: Path, error: BaseException, raised: type[BaseException], code: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(OLD)

    with pytest.raises(raised) as caught:
        write_and_fail(path, error)

    assert getattr(caught.value, "code", "") == code
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(OLD)

    with pytest.raises(SheetError) as caught, whole_file(path, may_replace=False):
        pytest.fail("nothing need be written to find that out")

    assert (caught.value.code, path.read_bytes()) == ("exists", OLD)


@pytest.mark.parametrize("has_links", [True, False])
def test_nor_is_one_that_comes_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    path = tmp_path / "list.csv"
    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", refuse_link)

    with pytest.raises(SheetError) as caught:
        write_late(path)

    assert (caught.value.code, path.read_bytes()) == ("exists", OLD)
    assert list(tmp_path.iterdir()) == [path]


def write_late(path: Path) -> None:
    with whole_file(path, may_replace=False) as file:
        file.write(b"new")
        path.write_bytes(OLD)


def test_a_disk_without_links_takes_a_new_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refuse_link)

    with whole_file(tmp_path / "list.csv", may_replace=False) as file:
        file.write(b"new")

    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"new"]


def refuse_link(_path: Path, _target: Path) -> None:
    raise OSError(errno.EPERM, "no links here")


def test_what_a_killed_run_left_is_removed_and_what_another_writes_is_not(
    tmp_path: Path,
) -> None:
    left, growing = (tmp_path / f"{name}{UNFINISHED}" for name in ("old.csv.a", "new.csv.b"))
    for one in (left, growing):
        one.write_bytes(b"half")
    long_ago = left.stat().st_mtime - writing.LEFT_BEHIND_AFTER_S - 1
    os.utime(left, (long_ago, long_ago))

    write_csv(tmp_path / "list.csv", [["a"]])

    assert {one.name for one in tmp_path.iterdir()} == {"list.csv", growing.name}


def test_a_long_name_leaves_room_for_the_unfinished_one(tmp_path: Path) -> None:
    path = tmp_path / f"{'ü' * 120}.csv"

    write_csv(path, [["a"]])

    assert path.exists()


@pytest.mark.parametrize("where", ["nowhere/list.csv", "."])
def test_a_place_that_takes_no_file_is_told(tmp_path: Path, where: str) -> None:
    with pytest.raises(SheetError) as caught:
        write_csv(tmp_path / where, [["a"]])

    assert caught.value.code == "not_writable"


@pytest.mark.case("F87")
def test_a_full_disk_keeps_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    def endless() -> Iterator[list[str]]:
        while True:
            yield ["x" * 1000]

    with small_disk(tmp_path / "disk", size="256k") as folder:
        path = folder / "list.csv"
        path.write_bytes(OLD)

        with pytest.raises(SheetError) as caught:
            write_csv(path, endless())

        assert (caught.value.code, path.read_bytes()) == ("disk_full", OLD)
        assert list(folder.iterdir()) == [path]


KILLED = """
import os, signal, sys
from pathlib import Path
from smsdesk.desk.sheets.writing import write_csv

last, at = sys.argv[2], int(sys.argv[3])
step = 0

def watch(event, args):
    global step
    if event in ("open", "os.rename", "os.link", "os.remove") and sys.argv[1] in str(args):
        step += 1
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

def rows():
    for number in range(3000):
        yield [str(number), last]

sys.addaudithook(watch)
write_csv(Path(sys.argv[1]) / "list.csv", rows())
"""
"""Kills itself just before its so-manieth touch of the folder."""


@pytest.mark.case("T24", "F87")
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_killed_at_any_step_it_leaves_the_old_file_or_the_whole_new_one(tmp_path: Path) -> None:
    seen = set()
    for step in range(1, 20):
        folder = tmp_path / str(step)
        folder.mkdir()
        path = folder / "list.csv"
        path.write_bytes(OLD)
        told = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), "x" * 100, str(step)],
            capture_output=True,
            text=True,
        )
        assert told.returncode in (0, -signal.SIGKILL), told.stderr
        found = path.read_bytes()
        if found != OLD:
            assert len(open_csv(path)) == 3000
        assert [one for one in folder.iterdir() if one != path] == unfinished(folder)
        seen.add(found == OLD)
        if told.returncode == 0:
            break

    assert told.returncode == 0, "it never came to its end"
    assert seen == {True, False}
    assert step > 3


@pytest.mark.case("T15", "F86")
@pytest.mark.parametrize("delimiters", [",", ",;\t"])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_whatever_divides_them(
    tmp_path: Path, text: str, delimiters: str
) -> None:
    path = tmp_path / "list.csv"

    write_csv(path, [[writing.harmless(text), "beside"], ["below", "it"]])

    cells = open_csv(path, delimiters=delimiters)
    assert not [cell for row in cells for cell in row if is_formula(cell)]
    assert cells == [[cells[0][0], "beside"], ["below", "it"]]
    assert cells[0][0] in (text, f"'{text}")


@pytest.mark.parametrize("text", HOSTILE)
def test_for_programs_nothing_is_changed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"

    write_csv(path, [[text, "beside"], ["below", "it"]], encoding=PLAIN)

    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [[text, "beside"], ["below", "it"]]
