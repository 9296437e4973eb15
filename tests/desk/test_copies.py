"""A backup is made, looked into and put back; killed at any moment, the log is the old or the new
one (F51, F56)."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from smsdesk.delivery.recovery import recover
from smsdesk.desk import copies as steps
from smsdesk.desk.copies import CopiesError, restore
from smsdesk.desk.trail import Act, TrailFilter
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.history import HistoryFilter
from smsdesk.store.meta import Meta
from smsdesk.store.upkeep import back_up
from smsdesk.system.clock import Clock
from smsdesk.system.lock import ProcessLock
from tests.desk.dying import DIED, needs_kill, run_and_die
from tests.desk.office import Office
from tests.support import NOW, TO, StoppedClock, minutes

ALL = TrailFilter()

RESTORE = """
from smsdesk.desk.copies import restore
restore(find_paths(data_dir=Path(sys.argv[1]), profile="default"), Path(sys.argv[2]))
"""


def start_sender(office: Office) -> None:
    log = office.log()
    recover(log.log, Meta(log.database), high_water=office.paths.high_water, at=NOW)
    log.database.close_thread()


@pytest.fixture
def clock(office: Office) -> StoppedClock:
    clock = StoppedClock()
    office.clock = clock
    return clock


@pytest.fixture
def backup(office: Office, clock: StoppedClock) -> Path:
    """One of a log with two messages that wait; two more came later."""
    desk = office.open()
    log = office.log()
    log.queue(2)
    start_sender(office)
    made = desk.copies.back_up()
    log.queue(2)
    log.database.close_thread()
    desk.close()
    office.desks.clear()
    return made.path


def states(office: Office) -> list[tuple[State, HeldReason | None]]:
    log = office.log()
    found = [(one.state, one.held_reason) for one in log.view.page(HistoryFilter())]
    log.database.close_thread()
    return found


def test_a_backup_is_listed_with_what_is_in_it(office: Office, backup: Path) -> None:
    desk = office.open()
    (copy,) = desk.copies.list()

    assert (copy.path, copy.made_at, copy.why) == (backup, NOW, "by-hand")
    assert copy.size == backup.stat().st_size
    assert desk.copies.look_into(backup).messages == 2
    assert desk.trail.page(TrailFilter(what=Act.BACKED_UP))[0].details() == {
        "copy": backup.name
    }


@pytest.mark.case("F51", "F52")
def test_what_waited_comes_back_on_hold_and_the_log_before_is_set_aside(
    office: Office, backup: Path, clock: StoppedClock
) -> None:
    clock.move(minutes(1))
    restored = restore(office.paths, backup, clock=clock)
    assert (restored.messages, restored.is_continued) == (2, True)
    start_sender(office)

    assert states(office) == [(State.HELD, HeldReason.RESTORED_DB)] * 2
    desk = office.open()
    assert [copy.why for copy in desk.copies.list()] == ["replaced", "by-hand"]
    assert desk.copies.look_into(desk.copies.list()[0].path).messages == 4


def test_the_log_that_was_set_aside_can_be_put_back_and_is_held_too(
    office: Office, backup: Path
) -> None:
    restore(office.paths, backup, clock=office.clock)
    start_sender(office)
    (aside,) = office.paths.home.glob("smsdesk-replaced-*.db")
    assert restore(office.paths, aside, clock=Clock()).messages == 4
    start_sender(office)

    assert states(office) == [(State.HELD, HeldReason.RESTORED_DB)] * 4
    assert len(list(office.paths.home.glob("smsdesk-replaced-*.db"))) == 2


def test_the_trail_goes_on_and_says_that_a_copy_was_put_back(
    office: Office, backup: Path
) -> None:
    restore(office.paths, backup, clock=office.clock)
    desk = office.open()
    acts = [one.what for one in desk.trail.entries(ALL)]

    assert acts == ["sent", "backed_up", "sent", "restored"]
    assert desk.trail.verify().first_break is None
    assert desk.trail.strayed() == []


@pytest.mark.case("F51")
def test_who_opted_out_since_stays_so(office: Office, backup: Path) -> None:
    desk = office.open()
    desk.opt_outs.add(TO, sender="", why="by phone", default_region=None)
    desk.close()
    restore(office.paths, backup, clock=office.clock)

    assert office.open().opt_outs.refused([TO], sender="") == {TO}


def test_a_copy_put_in_place_by_hand_is_told_by_the_copies(
    office: Office, backup: Path, clock: StoppedClock
) -> None:
    desk = office.open()
    clock.move(minutes(1))
    newer = desk.copies.back_up().path
    desk.close()
    shutil.copyfile(backup, office.paths.database)
    desk = office.open()

    assert desk.trail.verify().first_break is None, "the chain itself is whole"
    assert [one.copy for one in desk.trail.strayed()] == [newer.name]


def test_a_restore_over_a_damaged_log_explains_the_copies_made_before(
    office: Office, backup: Path, clock: StoppedClock
) -> None:
    clock.move(minutes(1))
    desk = office.open()
    desk.copies.back_up()
    desk.close()
    office.paths.database.write_bytes(b"\0" * 20_000)
    clock.move(minutes(1))
    restored = restore(office.paths, backup, clock=office.clock)

    assert not restored.is_continued
    assert not restored.has_opt_outs
    desk = office.open()
    assert desk.trail.strayed() == []
    assert desk.trail.page(ALL)[0].details()["continued"] is False


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:12_288] = os.urandom(8192)
    path.write_bytes(bytes(content))


@pytest.mark.case("F51", "F54")
def test_a_copy_that_is_not_fit_changes_nothing(
    office: Office, backup: Path, tmp_path: Path
) -> None:
    before = states(office)
    text = tmp_path / "a.txt"
    text.write_text("no database, but long enough to look at", "utf-8")
    damage(backup)
    for path, code in ((backup, "damaged"), (text, "damaged"), (tmp_path / "no", "not_there")):
        with pytest.raises(CopiesError) as error:
            restore(office.paths, path, clock=office.clock)
        assert error.value.code == code

    assert states(office) == before
    assert not list(office.paths.home.glob("*.restored*"))
    assert not list(office.paths.home.glob("smsdesk-replaced*"))


@pytest.mark.case("T25")
def test_nothing_is_put_back_while_somebody_sends(office: Office, backup: Path) -> None:
    lock = ProcessLock(office.paths.sender_lock)
    assert lock.try_acquire()
    with pytest.raises(CopiesError) as error:
        restore(office.paths, backup, clock=office.clock)
    lock.release()

    assert error.value.code == "sender_busy"


def test_without_room_nothing_is_begun(
    office: Office, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "free_bytes", lambda _folder: 1000)
    with pytest.raises(CopiesError) as error:
        restore(office.paths, backup, clock=office.clock)

    assert error.value.code == "no_room"


@pytest.mark.case("F51")
@needs_kill
@pytest.mark.parametrize("step", range(1, 13))
def test_killed_between_any_two_steps_the_log_is_the_old_or_the_new_one(
    office: Office, backup: Path, step: int
) -> None:
    """The process dies at its nth rename, deletion or sync, for good: nothing is tidied up."""
    how_it_ended = run_and_die(RESTORE, str(office.folder), str(backup), step=step)
    found = _open_and_count(office)

    assert how_it_ended == DIED
    assert found in (2, 4), "all of the old or all of the new"
    restore(office.paths, backup, clock=Clock())
    assert _open_and_count(office) == 2


def _open_and_count(office: Office) -> int:
    desk = office.open()
    count = len(desk.history.page(HistoryFilter()))
    assert desk.trail.verify().first_break is None
    desk.close()
    return count


def test_seven_are_kept_whatever_they_were_made_for(office: Office) -> None:
    desk = office.open()
    log = office.log()
    for day in range(9):
        back_up(log.database, office.paths.backups, at=NOW + timedelta(days=day), why="daily")
    log.database.close_thread()

    assert len(desk.copies.list()) == 7


@pytest.mark.case("F53")
def test_a_newer_copy_is_refused(office: Office, backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("PRAGMA user_version=999")
    with pytest.raises(CopiesError) as error:
        restore(office.paths, backup, clock=office.clock)

    assert error.value.code == "newer"


def test_the_log_itself_is_no_copy(office: Office, backup: Path) -> None:
    with pytest.raises(CopiesError) as error:
        restore(office.paths, office.paths.database, clock=office.clock)

    assert error.value.code == "is_the_log"


def test_the_trail_does_not_tell_how_a_file_of_somebodys_is_called(
    office: Office, backup: Path
) -> None:
    named = backup.rename(backup.with_name("anna-447700900123.db"))
    restore(office.paths, named, clock=office.clock)

    assert office.open().trail.page(ALL)[0].details()["copy"] == "another file"


@pytest.mark.case("T20")
@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER trail_is_not_cut",
        "CREATE TRIGGER theirs AFTER INSERT ON trail BEGIN DELETE FROM suppression; END",
    ],
)
def test_a_copy_that_somebody_has_furnished_is_refused(
    office: Office, backup: Path, change: str
) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute(change)
    with pytest.raises(CopiesError) as error:
        restore(office.paths, backup, clock=office.clock)

    assert error.value.code == "foreign"


def test_a_broken_trail_is_not_taken_along_but_the_opt_outs_are(
    office: Office, backup: Path
) -> None:
    desk = office.open()
    desk.opt_outs.add(TO, sender="", why="by phone", default_region=None)
    desk.close()
    with closing(sqlite3.connect(office.paths.database, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER trail_is_not_changed")
        connection.execute("UPDATE trail SET who = 'nobody' WHERE id = 3")
    restored = restore(office.paths, backup, clock=office.clock)

    assert (restored.is_continued, restored.has_opt_outs) == (False, True)
    desk = office.open()
    assert desk.trail.verify().first_break is None
    assert desk.opt_outs.refused([TO], sender="") == {TO}


def test_while_an_erasure_is_unfinished_nothing_is_put_back(
    office: Office, backup: Path
) -> None:
    log = office.log()
    Meta(log.database).set("erasing", TO)
    log.database.close_thread()
    with pytest.raises(CopiesError) as error:
        restore(office.paths, backup, clock=office.clock)

    assert error.value.code == "erasure_unfinished"


def test_a_log_that_is_lost_is_restored_too(office: Office, backup: Path) -> None:
    office.paths.database.unlink()
    restored = restore(office.paths, backup, clock=office.clock)

    assert (restored.messages, restored.is_continued) == (2, False)
    assert len(office.open().history.page(HistoryFilter())) == 2
