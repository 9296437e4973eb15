"""Nothing of an erased person is left in a byte of what the program keeps (F92, T22, T23)."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from smsdesk.desk import erasing as steps
from smsdesk.desk.copies import restore
from smsdesk.desk.desk import Desk
from smsdesk.desk.erasing import ErasingError
from smsdesk.desk.trail import Act, TrailFilter
from smsdesk.sms.inbound import InboundMessage, JoinedPart
from smsdesk.sms.message import Draft
from smsdesk.sms.phone import written_forms
from smsdesk.sms.state import State
from smsdesk.store.database import Database, integrity_check
from smsdesk.store.drafts import DraftShelf
from smsdesk.store.events import ReceiptBook
from smsdesk.store.history import HistoryFilter
from smsdesk.store.inbound import HeardReply, InboundBook
from smsdesk.store.upkeep import back_up
from smsdesk.system.byte_search import SearchError
from smsdesk.system.lock import ProcessLock
from tests.desk.dying import DIED, needs_kill, run_and_die
from tests.desk.office import Office
from tests.support import FROM, NOW, Log, new_message, receipt

ANNA = "+447700900123"
PAGE_ID = "5550123456789"
BOB = "+447700900777"
WORD = "Zwetschgenkuchen für Anna"
ERASE = """
from smsdesk.desk.opening import open_desk
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault
paths = find_paths(data_dir=Path(sys.argv[1]), profile="default")
settings = Settings(paths.settings)
desk = open_desk(paths=paths, settings=settings, vault=SessionVault(), profile="default")
desk.erasing.erase(sys.argv[2])
"""
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-{:012d}"


def write_much(log: Log) -> None:
    """Anna among many others, so that her rows lie all over the file, and move about."""
    book = ReceiptBook(log.database, lambda _ids: None)
    for number in range(60):
        to = ANNA if number % 3 == 0 else BOB
        text = f"{WORD} {number} " * (1 + number % 20 * 4) if to == ANNA else "The van is here."
        claim = log.accepted(UUID.format(number), to=to, text=text)
        raw = json.dumps({"to": to[1:], "text": text if number % 2 else "", "n": number})
        book.record([receipt(State.DELIVERED, client_ref=claim.client_ref, raw=raw)], at=NOW)
    book.record(
        [
            receipt(
                State.DELIVERED,
                message_uuid=UUID.format(900),
                raw=json.dumps({"to": ANNA[1:]}),
            )
        ],
        at=NOW,
    )
    log.accepted(
        UUID.format(700), channel="messenger", to=PAGE_ID, sender="104", text=f"{WORD} there"
    )
    replies = InboundBook(
        log.database,
        lambda _ids: None,
        on_list=lambda: None,
        make_id=iter(f"REPLY{n}" for n in range(9)).__next__,
    )
    for number in (1, 2):
        text = f"I like {WORD}, {number}"
        message = InboundMessage(
            message_uuid=UUID.format(500 + number),
            sender=ANNA,
            to=FROM,
            text=text,
            provider_time=NOW,
            raw=json.dumps({"from": ANNA[1:], "text": text}),
            source="webhook",
            part=JoinedPart(ref="7f", number=number, total=2),
        )
        replies.record([HeardReply(message)], at=NOW)
    log.log.add_batch(
        "LIST", [new_message(to=ANNA), new_message(to=BOB)], at=NOW, name="07700900123.csv"
    )
    log.log.cancel_batch("LIST", at=NOW)
    DraftShelf(log.database).save(Draft(recipients="07700 900123", text=WORD), at=NOW)


def needles() -> list[bytes]:
    forms = [form.encode() for form in written_forms(ANNA)]
    return [
        *forms,
        PAGE_ID.encode(),
        ANNA.encode(),
        WORD.encode(),
        json.dumps(WORD)[1:-1].encode(),
    ]


def found_in(office: Office) -> dict[str, int]:
    """How often she is in the bytes of which file, whatever files there are."""
    counts = {}
    for path in sorted(office.paths.root.rglob("*")):
        if path.is_file():
            count = sum(path.read_bytes().count(needle) for needle in needles())
            if count:
                counts[path.name] = count
    return counts


@pytest.fixture
def desk(office: Office) -> Desk:
    """A desk that knows Anna, with backups and a log set aside that know her too."""
    desk = office.open()
    log = office.log()
    write_much(log)
    desk.contacts.save(
        None, name="Anna", number=ANNA, note=WORD, groups=["Staff"], default_region=None
    )
    desk.opt_outs.add(ANNA, sender=FROM, why="by phone", default_region=None)
    for day, why in ((2, "daily"), (1, "before-migration")):
        back_up(log.database, office.paths.backups, at=NOW - timedelta(days=day), why=why)
    (office.paths.backups / "smsdesk-20260101T000000-daily.part").write_bytes(ANNA.encode())
    aside = office.paths.home / "smsdesk-replaced-20260101T000000.db"
    with closing(sqlite3.connect(aside)) as copy:
        log.database.connection.backup(copy)
    (office.paths.home / "smsdesk-damaged-20260102T000000.db").write_bytes(ANNA.encode() * 99)
    log.database.close_thread()
    # The copies do not know yet that it is her.
    contact = desk.contacts.find(ANNA)
    assert contact is not None
    desk.conversations.join(contact.id, "messenger", PAGE_ID)
    return desk


@pytest.mark.case("T22", "T23", "F92")
def test_no_byte_of_a_person_is_left_anywhere(office: Office, desk: Desk) -> None:
    assert len(found_in(office)) >= 6
    preview = desk.erasing.look("07700 900123", default_region="GB")
    assert preview.number == ANNA
    assert (preview.held.sent, preview.held.replies, preview.copies) == (22, 1, 4)
    assert preview.ids == (PAGE_ID,)
    assert desk.erasing.look(PAGE_ID, default_region="GB") == preview
    steps_told: list[tuple[int, int]] = []
    erased = desk.erasing.erase(ANNA, progress=lambda done, of: steps_told.append((done, of)))

    # Before anybody closes the log: nothing is left then either.
    assert (erased.rewritten, erased.deleted, erased.found_in) == (3, 1, ())
    assert erased.searched >= 6
    assert steps_told[-1] == (6, 6)
    desk.close()
    assert found_in(office) == {}
    log = office.log()
    integrity_check(log.database)
    assert len(log.view.page(HistoryFilter())) == 41, "everybody else is there"
    log.database.close_thread()


def test_the_copies_are_sound_and_still_as_old_as_they_were(office: Office, desk: Desk) -> None:
    before = {copy.path: copy.path.stat().st_mtime_ns for copy in desk.copies.list()}
    desk.erasing.erase(ANNA)
    after = {copy.path: copy.path.stat().st_mtime_ns for copy in desk.copies.list()}

    assert len(after) == 3
    assert {path: before[path] for path in after} == after
    for copy in desk.copies.list():
        assert desk.copies.look_into(copy.path).messages == 41


def test_the_trail_tells_of_it_without_a_number(office: Office, desk: Desk) -> None:
    desk.erasing.erase(ANNA)
    (erased,) = desk.trail.page(TrailFilter(what=Act.ERASED))
    (checked,) = desk.trail.page(TrailFilter(what=Act.ERASURE_CHECKED))

    assert erased.details()["sent"] == 22
    assert erased.details()["rewritten"] == 3
    assert checked.details()["found"] == 0
    assert checked.details()["person"] == erased.details()["person"]
    assert desk.trail.verify().first_break is None


def test_who_opted_out_is_refused_after_all(desk: Desk) -> None:
    desk.erasing.erase(ANNA)

    assert desk.opt_outs.count() == 0
    assert desk.opt_outs.count_erased() == 1
    assert desk.opt_outs.among([ANNA, BOB], sender=FROM) == {ANNA}
    assert desk.opt_outs.refused([ANNA, BOB], sender=FROM) == {ANNA}


def test_an_old_backup_from_elsewhere_does_not_bring_them_back(
    office: Office, desk: Desk, tmp_path: Path
) -> None:
    backup = desk.copies.list()[0].path
    elsewhere = tmp_path / backup.name
    elsewhere.write_bytes(backup.read_bytes())
    desk.erasing.erase(ANNA)
    desk.close()
    restored = restore(office.paths, elsewhere, clock=office.clock)

    assert restored.erased_again == 1
    assert restored.is_continued
    assert found_in(office) == {}
    again = office.open()
    assert again.opt_outs.among([ANNA], sender=FROM) == {ANNA}
    assert again.trail.verify().first_break is None
    assert again.trail.strayed() == []


def test_an_erasure_that_was_broken_off_is_finished_by_the_next_start(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "take_person_out", die)
    with pytest.raises(KeyboardInterrupt):
        desk.erasing.erase(ANNA)
    monkeypatch.undo()
    desk.close()
    again = office.open()

    assert again.erasing.go_on()
    assert not again.erasing.go_on()
    again.close()
    assert found_in(office) == {}


@pytest.mark.case("F92")
@needs_kill
@pytest.mark.parametrize("step", range(1, 25, 4))
def test_killed_at_any_step_the_next_start_ends_it(
    office: Office, desk: Desk, step: int
) -> None:
    desk.close()
    assert run_and_die(ERASE, str(office.folder), ANNA, step=step) == DIED
    again = office.open()
    for copy in again.copies.list():
        if copy.why != "damaged":
            again.copies.look_into(copy.path)
    if not again.erasing.go_on():
        again.erasing.erase(ANNA)
    again.close()

    assert found_in(office) == {}


def test_a_backup_made_meanwhile_is_written_anew_if_its_free_room_holds_anything(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def back_up_now(*_args: object, **_more: object) -> bool:
        database = Database(office.paths.database)
        back_up(database, office.paths.backups, at=NOW, why="daily")
        database.close_thread()
        return False

    for copy in desk.copies.list()[1:]:
        copy.path.unlink()
    monkeypatch.setattr(steps, "take_person_out", back_up_now)
    erased = desk.erasing.erase(ANNA)
    (newest, *_older) = desk.copies.list()

    assert newest.made_at == NOW
    assert not any(needle in newest.path.read_bytes() for needle in needles())
    assert desk.copies.look_into(newest.path).messages == 41
    assert erased.found_in != (), "the copy that the test has left alone"


def test_nothing_is_erased_while_somebody_else_is_at_the_copies(
    office: Office, desk: Desk
) -> None:
    lock = ProcessLock(office.paths.copies_lock)
    assert lock.try_acquire()
    with pytest.raises(ErasingError) as error:
        desk.erasing.erase(ANNA)
    lock.release()

    assert error.value.code == "copies_busy"
    assert desk.erasing.look(ANNA, default_region=None).held.sent == 22


def test_a_message_in_doubt_keeps_everything(office: Office, desk: Desk) -> None:
    log = office.log()
    log.unknown(to=ANNA, sender="SMSDesk")
    log.database.close_thread()
    with pytest.raises(ErasingError) as error:
        desk.erasing.erase(ANNA)

    assert (error.value.code, error.value.count) == ("in_doubt", 1)
    assert desk.erasing.look(ANNA, default_region=None).held.sent == 23
    assert len(desk.copies.list()) == 4


def test_what_is_left_in_the_texts_of_others_is_found_and_named(
    office: Office, desk: Desk
) -> None:
    log = office.log()
    log.queue(to=BOB, text="Anna is 07700 900123")
    log.database.close_thread()
    assert desk.erasing.look(ANNA, default_region=None).mentions == 1
    erased = desk.erasing.erase(ANNA)

    assert any(name.startswith("smsdesk.db") for name in erased.found_in)


def test_a_search_that_fails_is_not_called_a_proof(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> dict[Path, list[int]]:
        raise SearchError("TimeoutExpired")

    monkeypatch.setattr(steps, "search_files", fail)

    assert desk.erasing.erase(ANNA).searched == 0
    assert desk.trail.page(TrailFilter(what=Act.ERASURE_CHECKED)) == []


@pytest.mark.parametrize("typed", ["", "abc", "07700 900123"])
def test_a_number_is_needed(desk: Desk, typed: str) -> None:
    with pytest.raises(ErasingError):
        desk.erasing.look(typed, default_region=None)
