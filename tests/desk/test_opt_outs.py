"""The suppression list for a person: seen, changed, brought in, handed on, and heeded."""

import csv
from pathlib import Path

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.opt_out_files import OptOutFileError, read_file, write_bad_lines, write_file
from smsdesk.desk.opt_outs import OptOutEntryError, OptOutStoreError
from smsdesk.desk.wording import problem_sentence, store_sentence
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.sms.suppression import ALL_SENDERS, SuppressionReason
from smsdesk.store.errors import DiskFullError
from tests.desk.office import Office
from tests.support import NOW, TO

DRAFT = Draft("SMSDesk", "+447700900000, 07700 900123", "The van is here.")


def opt_out(desk: Desk, number: str = TO, sender: str = "SMSDesk") -> None:
    desk.opt_outs.add(number, sender=sender, why="rang up", default_region="GB")


def test_a_person_is_refused_at_send_with_a_sentence(desk: Desk) -> None:
    opt_out(desk)

    result = desk.compose.send(DRAFT, default_region="GB")

    (problem,) = [one for one in result.problems if not one.is_warning]
    assert (problem.field, problem.input, problem.code) == ("to", "+447700900000", "opted_out")
    assert "has opted out" in problem_sentence(problem)
    assert desk.history.page(HistoryFilter()) == []


def test_the_preview_follows_list_recipients_and_sender(desk: Desk) -> None:
    def refused(draft: Draft) -> list[str]:
        preview = desk.compose.preview(draft, default_region="GB")
        return [one.input for one in preview.problems if one.code == "opted_out"]

    assert refused(DRAFT) == []
    opt_out(desk)
    assert refused(DRAFT) == ["+447700900000"]
    assert refused(Draft("ACME", DRAFT.recipients, DRAFT.text)) == []
    assert refused(Draft("SMSDesk", "07700 900123", DRAFT.text)) == []
    opt_out(desk, "07700 900123", "")
    assert refused(Draft("ACME", DRAFT.recipients, DRAFT.text)) == ["07700 900123"]
    for entry in desk.opt_outs.page():
        desk.opt_outs.remove(entry, why="asked for it")
    assert refused(DRAFT) == []


def test_somebody_who_opts_out_between_preview_and_send_is_not_written_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another window, or the thread that hears replies, was quicker."""
    desk.compose.preview(DRAFT, default_region="GB")
    monkeypatch.setattr(desk.opt_outs._list, "_on_list", lambda: None)
    opt_out(desk)

    result = desk.compose.send(DRAFT, default_region="GB")

    assert result.messages == ()
    assert [one.code for one in result.problems if not one.is_warning] == ["opted_out"]


def test_sending_again_to_somebody_who_opted_out_says_why_not(desk: Desk) -> None:
    (message, _other) = desk.compose.send(DRAFT, default_region="GB").messages
    desk.history.cancel(message.id)
    opt_out(desk)

    with pytest.raises(Exception, match="suppressed") as caught:
        desk.history.send_again(message.id)

    assert "opted out" in store_sentence(caught.value.code)  # type: ignore[attr-defined]


def test_what_waits_fails_and_says_why(desk: Desk) -> None:
    (message, _other) = desk.compose.send(DRAFT, default_region="GB").messages

    opt_out(desk)

    failed = desk.history.get(message.id)
    assert failed is not None
    assert failed.state is State.FAILED
    assert desk.history.events(message.id)[-1].status == "opted_out"


@pytest.mark.parametrize(
    ("number", "sender", "why", "field"),
    [
        ("nobody", "", "rang up", "number"),
        ("+447700900000", "much too long a name", "rang up", "sender"),
        ("+447700900000", "", "  ", "why"),
    ],
)
def test_what_will_not_do_is_named(
    desk: Desk, number: str, sender: str, why: str, field: str
) -> None:
    with pytest.raises(OptOutEntryError) as caught:
        desk.opt_outs.add(number, sender=sender, why=why, default_region="GB")

    assert caught.value.field == field
    assert desk.opt_outs.count() == 0


def test_adding_says_whether_it_is_new_and_what_failed_by_it(desk: Desk) -> None:
    desk.compose.send(DRAFT, default_region="GB")

    added = desk.opt_outs.add(TO, sender="", why=" rang \n up ", default_region=None)
    again = desk.opt_outs.add(TO, sender="", why="once more", default_region=None)

    assert (added.is_new, added.failed, added.entry.detail) == (True, 1, "rang up")
    assert (again.is_new, again.failed, again.entry.detail) == (False, 0, "rang up")


def test_an_entry_is_found_by_what_is_typed(desk: Desk) -> None:
    opt_out(desk, sender="")

    found = desk.opt_outs.matching("07700 900000", sender="", default_region="GB")
    assert found is not None
    assert found.number == TO
    assert desk.opt_outs.matching(TO, sender="ACME", default_region=None) is None
    with pytest.raises(OptOutEntryError):
        desk.opt_outs.matching("nobody", sender="", default_region=None)


def test_a_list_that_the_disk_refuses_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(desk.opt_outs._list, "add", fail)

    with pytest.raises(OptOutStoreError, match="disk_full"):
        opt_out(desk)


def test_what_a_file_brings_in_fails_what_waits(desk: Desk, tmp_path: Path) -> None:
    desk.compose.send(DRAFT, default_region="GB")
    file = tmp_path / "list.csv"
    file.write_text("+447700900000\n+447700900555\n", "utf-8")
    found = read_file(file, now=NOW, default_region=None)

    assert desk.opt_outs.known(found.entries) == 0
    entered = desk.opt_outs.bring_in(found.entries)

    assert (entered.new, entered.failed) == (2, 1)
    assert desk.opt_outs.known(found.entries) == 2


def test_reading_tells_how_far_it_is_and_can_be_ended(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("".join(f"+4477009{line:05d}\n" for line in range(2000)), "utf-8")
    told: list[tuple[int, int]] = []

    def end(read: int, lines: int) -> None:
        told.append((read, lines))
        if read > 1000:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_file(file, now=NOW, default_region=None, progress=end)

    assert told == [(1, 2001), (501, 2001), (1001, 2001)]


def test_bad_lines_are_written_with_what_is_wrong(tmp_path: Path) -> None:
    file, bad = tmp_path / "list.csv", tmp_path / "bad.csv"
    file.write_text("number\n=1+1\n12\n", "utf-8")
    found = read_file(file, now=NOW, default_region="GB")

    write_bad_lines(found.bad, bad, tell=lambda one: f"line {one.line} will not do")

    rows = list(csv.reader(bad.read_text("utf-8-sig").splitlines()))
    assert rows == [
        ["line", "text", "problem"],
        ["2", "'=1+1", "line 2 will not do"],
        ["3", "12", "line 3 will not do"],
    ]
    assert bad.stat().st_mode & 0o777 == 0o600


def test_a_list_goes_out_and_comes_back_as_it_was(desk: Desk, tmp_path: Path) -> None:
    desk.opt_outs.add("+447700900000", sender="", why='=HYPERLINK("x")', default_region=None)
    desk.opt_outs.add("+4915123456789", sender="+447700900777", why="ok", default_region=None)
    file = tmp_path / "opt-outs.csv"

    assert write_file(desk.opt_outs, file) == 2
    found = read_file(file, now=NOW, default_region=None)

    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("opt-outs*")] == ["opt-outs.csv"]
    assert "\"'=HYPERLINK" in file.read_text("utf-8-sig")
    assert found.bad == ()
    assert [(one.number, one.sender, one.detail) for one in found.entries] == [
        ("+447700900000", ALL_SENDERS, '=HYPERLINK("x")'),
        ("+4915123456789", "+447700900777", "ok"),
    ]
    assert desk.opt_outs.bring_in(found.entries).new == 0


@pytest.mark.parametrize(
    "data",
    [
        b"07700 900123\n+4915123456789\n",
        b"\xef\xbb\xbfName;Phone\r\nAnna;07700 900123\r\nJ\xc3\xb6rg;+4915123456789\r\n",
        "Name\tMobile\nAnna\t07700 900123\nJörg\t+49 1512 3456789\n".encode("utf-16"),
        "Name,phone\nJörg,+4915123456789\nAnna,07700900123\n".encode("cp1252"),
    ],
)
def test_lists_from_elsewhere_are_read(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(data)

    found = read_file(file, now=NOW, default_region="GB")

    assert {one.number for one in found.entries} == {"+447700900123", "+4915123456789"}
    assert {one.reason for one in found.entries} == {SuppressionReason.IMPORT}
    assert found.bad == ()


def test_bad_lines_are_named_and_no_digit_is_guessed(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("number\n4.47701E+11\n07700 900123\n\n07700900123\nnobody\n", "utf-8")

    found = read_file(file, now=NOW, default_region="GB")

    assert [one.number for one in found.entries] == ["+447700900123"]
    assert [(one.line, one.text) for one in found.bad] == [(2, "4.47701E+11"), (6, "nobody")]
    assert found.repeated == 1


@pytest.mark.parametrize(
    ("data", "code"), [(None, "unreadable"), (b"\x00\x01\x02" * 9, "not_text")]
)
def test_a_file_that_is_none_is_named(data: bytes | None, code: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    if data is not None:
        file.write_bytes(data)

    with pytest.raises(OptOutFileError) as caught:
        read_file(file, now=NOW, default_region="GB")

    assert caught.value.code == code


def test_a_folder_that_takes_no_file_leaves_none_behind(desk: Desk, tmp_path: Path) -> None:
    opt_out(desk)

    with pytest.raises(OptOutFileError):
        write_file(desk.opt_outs, tmp_path / "missing" / "list.csv")


def test_an_id_that_is_known_here_is_entered_by_hand(office: Office, desk: Desk) -> None:
    page, page_id = "109876543210987", "5550123456789"
    log = office.log()
    log.queue(channel="messenger", to=page_id, sender=page)
    log.database.close_thread()
    desk.compose.channels.switch_on(["sms", "messenger"])
    assert desk.opt_outs.takes_ids

    added = desk.opt_outs.add(page_id, sender=page, why="rang up", default_region="GB")

    assert (added.entry.number, added.entry.sender, added.failed) == (page_id, page, 1)
    assert desk.opt_outs.matching(page_id, sender=page, default_region="GB") == added.entry
    again = Draft(page, page_id, "Hello", channel="messenger")
    assert [one.code for one in desk.compose.send(again).problems if not one.is_warning] == [
        "opted_out"
    ]
    with pytest.raises(OptOutEntryError):
        desk.opt_outs.add("5550000000000000", sender="", why="rang up", default_region="GB")
