"""Sending to a list: what is shown, what is queued, and that the two are the same."""

import csv
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.desk.bulk import PlanChangedError
from smsdesk.desk.bulk_plan import BulkPlan, Sheet
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.sheets.reading import ReadingOptions
from smsdesk.desk.sheets.table import ReadingStoppedError
from smsdesk.desk.wording_bulk import row_reason
from smsdesk.sms.message import Message
from smsdesk.sms.prices import CountryPrices
from smsdesk.sms.state import HeldReason, State
from smsdesk.sms.template import TemplateError
from smsdesk.store.errors import DiskFullError
from smsdesk.store.prices import PriceShelf
from smsdesk.system.settings import EXPIRY_HOURS, SENDER_THROUGHPUT, THROUGHPUT
from tests.desk.office import Office
from tests.support import NOW

A, B, C, D = "+447400123456", "+447400123457", "+4915123456789", "+447400123459"
LIST = f"Name,Mobile,Depot\nAnna,{A},B\nBen,07400 123457,C\nCy,{C},B\n"
TEXT = "Hi {name}, depot {depot} is closed."

Read = Callable[..., Sheet]


@pytest.fixture
def read(desk: Desk, tmp_path: Path) -> Read:
    def read(content: str = LIST, region: str = "GB") -> Sheet:
        file = tmp_path / "staff.csv"
        file.write_text(content, "utf-8")
        return desk.bulk.read(file, ReadingOptions(default_region=region))

    return read


def stored(desk: Desk) -> list[Message]:
    return sorted(desk.history.page(HistoryFilter(), limit=1_000), key=lambda one: one.seq)


def blocking(plan: BulkPlan) -> list[tuple[str, str, str]]:
    return [(p.field, p.code, p.input) for p in plan.problems if not p.is_warning]


def warnings(plan: BulkPlan) -> list[str]:
    return [problem.code for problem in plan.problems if problem.is_warning]


def test_what_was_shown_is_queued_and_nothing_before(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")
    assert plan.can_queue
    assert stored(desk) == []

    queued = desk.bulk.queue(plan, ref="storm")

    messages = stored(desk)
    assert [(m.to, m.text) for m in messages] == [
        (A, "Hi Anna, depot B is closed."),
        (B, "Hi Ben, depot C is closed."),
        (C, "Hi Cy, depot B is closed."),
    ]
    assert [(one.number.e164, one.text) for one in plan.messages] == [
        (m.to, m.text) for m in messages
    ]
    assert [m.id for m in messages] == list(queued.ids)
    assert {m.batch_id for m in messages} == {queued.batch_id}
    assert {(m.sender, m.ref, m.state) for m in messages} == {("ACME", "storm", State.QUEUED)}
    assert desk.compose.remembered_senders() == ["ACME"]


def test_a_list_may_wait_for_its_time(desk: Desk, read: Read) -> None:
    due = NOW + timedelta(hours=3)

    desk.bulk.queue(desk.bulk.timed(desk.bulk.plan(read(), TEXT, "ACME"), due_at=due))

    assert {(m.state, m.due_at) for m in stored(desk)} == {(State.SCHEDULED, due)}


def test_rows_are_left_out_in_plain_sight(desk: Desk, read: Read) -> None:
    desk.opt_outs.add(C, sender="ACME", why="rang up", default_region=None)
    sheet = read(
        LIST
        + f"Dee,4.47701E+11,B\nEve,{A},C\nFay,+447400123458,\nGus,{D},#REF!\nHal,{D},a\x07\n"
    )

    plan = desk.bulk.plan(sheet, TEXT, "ACME")

    assert [one.number.e164 for one in plan.messages] == [A, B]
    assert [(one.row.place, one.code) for one in plan.row_problems] == [
        (5, "spreadsheet"),
        (7, "missing_value"),
        (8, "cell_error"),
    ]
    assert [(one.row.place, one.first) for one in plan.duplicates] == [(6, 2), (9, 8)]
    assert [entry.row.place for entry in plan.opted_out] == [4]
    desk.bulk.queue(plan)
    assert [m.to for m in stored(desk)] == [A, B]


def test_a_control_character_is_a_problem_of_its_row(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(LIST + f"Hal,{D},a\x07\n"), TEXT, "ACME")

    (problem,) = plan.row_problems
    assert (problem.row.place, problem.field, problem.code) == (5, "text", "control_characters")


def test_an_empty_cell_may_be_allowed(desk: Desk, read: Read) -> None:
    sheet = read(LIST + f"Fay,{D},\n")

    plan = desk.bulk.plan(sheet, "Hi {name} {depot}", "ACME", allow_blank=True)

    assert plan.messages[-1].text == "Hi Fay "


def test_an_opt_out_for_another_sender_is_none(desk: Desk, read: Read) -> None:
    desk.opt_outs.add(C, sender="OTHER", why="rang up", default_region=None)
    desk.opt_outs.add(A, sender="", why="rang up", default_region=None)

    plan = desk.bulk.plan(read(), TEXT, "ACME")

    assert [entry.number.e164 for entry in plan.opted_out] == [A]


@pytest.mark.parametrize(
    ("text", "sender", "found"),
    [
        ("", "ACME", ("text", "empty", "")),
        ("Hi {nme}", "ACME", ("text", "unknown_placeholder", "nme")),
        ("Hi {mobile}", "ACME", ("text", "unknown_placeholder", "mobile")),
        ("Hi {name", "ACME", ("text", "lone_brace", "")),
        ("Hi {}", "ACME", ("text", "empty_name", "")),
        ("Hi", "", ("from", "empty", "")),
        ("Hi", "much too long a name", ("from", "bad_characters", "much too long a name")),
    ],
)
def test_what_is_wrong_with_the_whole_keeps_all_of_it_back(
    desk: Desk, read: Read, text: str, sender: str, found: tuple[str, str, str]
) -> None:
    plan = desk.bulk.plan(read(), text, sender)

    assert blocking(plan) == [found]
    assert not plan.can_queue
    with pytest.raises(ValueError, match="problems"):
        desk.bulk.queue(plan)
    assert stored(desk) == []


def test_nobody_is_nobody(desk: Desk, read: Read) -> None:
    assert blocking(desk.bulk.plan(read("Mobile,x\nnone,1\n"), "Hi", "ACME")) == [
        ("to", "nobody", "")
    ]
    assert blocking(desk.bulk.plan(read("Name,Town\nAnna,Leeds\n"), "Hi", "ACME")) == [
        ("to", "no_number_column", "")
    ]


def test_another_column_and_another_country_may_be_chosen(desk: Desk, read: Read) -> None:
    sheet = read(f"Mobile,Home\n{A},0151 23456789\n{B},0151 23456780\n")

    chosen = desk.bulk.choose(sheet, number_column="home", region="DE")

    assert [entry.number.e164 for entry in chosen.numbers.entries] == [C, "+4915123456780"]
    assert (chosen.region, sheet.table.number_column) == ("DE", 0)


def test_the_worst_case_is_shown_and_its_remedy(desk: Desk, read: Read) -> None:
    sheet = read(f"Name,Mobile\nAnna,{A}\nŁukasz’s,{B}\nBen 🙂,{C}\n{'x' * 160},{D}\n")

    plan = desk.bulk.plan(sheet, "Hi {name}" + "!" * 80, "ACME")

    assert (plan.in_ucs2, plan.parts) == (2, 7)
    assert plan.longest is not None
    assert plan.longest.row.place == 5
    assert {
        (use.char, use.suggestion, use.messages, use.first_place) for use in plan.foreign
    } == {
        ("Ł", "L", 1, 3),
        ("’", "'", 1, 3),
        ("🙂", None, 1, 4),
    }
    assert plan.parts_if_replaced == 6

    replaced = desk.bulk.plan(sheet, "Hi {name}" + "!" * 80, "ACME", replace=True)

    assert (replaced.in_ucs2, replaced.parts, replaced.parts_if_replaced) == (1, 6, 6)
    assert replaced.messages[1].text.startswith("Hi Lukasz's!")
    assert replaced.messages[2].text.startswith("Hi Ben 🙂!")


def test_one_row_is_previewed_while_the_text_is_written(desk: Desk, read: Read) -> None:
    sheet = read(LIST + f"Fay,{D},\n")

    assert desk.bulk.preview_row(sheet, TEXT, 1).text == "Hi Ben, depot C is closed."
    empty = desk.bulk.preview_row(sheet, TEXT, 3)
    assert empty.problem is not None
    assert (empty.text, empty.problem.code) == ("", "missing_value")
    with pytest.raises(TemplateError):
        desk.bulk.preview_row(sheet, "{", 0)


def test_countries_are_counted_and_priced_where_prices_are_known(
    desk: Desk, office: Office, read: Read
) -> None:
    log = office.log()
    shelf = PriceShelf(log.database)
    shelf.save(CountryPrices("GB", "EUR", Decimal("0.04")), at=NOW)

    plan = desk.bulk.plan(read(), TEXT, "ACME")

    assert [(c.region, c.messages, c.parts, c.total) for c in plan.countries] == [
        ("GB", 2, 2, Decimal("0.08")),
        ("DE", 1, 1, None),
    ]
    assert (plan.cost, plan.currency) == (None, "")
    shelf.save(CountryPrices("DE", "EUR", Decimal("0.07")), at=NOW)
    priced = office.open().bulk.priced(plan)  # prices are read from the disk once
    assert (priced.cost, priced.currency) == (Decimal("0.15"), "EUR")
    log.database.close_thread()


def test_the_time_it_takes_follows_the_throughput(desk: Desk, read: Read) -> None:
    desk.settings.set(THROUGHPUT, 0.5)
    assert desk.bulk.plan(read(), TEXT, "ACME").duration == timedelta(seconds=6)

    desk.settings.set(SENDER_THROUGHPUT, {"ACME": 0.25})
    assert desk.bulk.plan(read(), TEXT, "ACME").duration == timedelta(seconds=12)


def test_a_list_that_expires_before_its_end_is_warned_of(desk: Desk, read: Read) -> None:
    desk.settings.set(THROUGHPUT, 0.1)
    desk.settings.set(EXPIRY_HOURS, 1)
    rows = "".join(f"x,+4474001{n:05d},B\n" for n in range(361))

    assert "expires_first" in warnings(desk.bulk.plan(read(LIST + rows), TEXT, "ACME"))


def test_warnings_about_sender_numbers_and_length(desk: Desk, read: Read) -> None:
    sheet = read("Mobile,x\n+12015550123,1\n+447700900123,2\n")

    plan = desk.bulk.plan(sheet, "y" * 1_001, "ACME")

    assert warnings(plan) == [
        "name_refused",
        "unassigned_rows",
        "many_characters",
        "many_parts",
    ]
    assert plan.can_queue


def test_indian_ids_go_to_india_alone(desk: Desk, read: Read) -> None:
    sheet = read(f"Mobile\n{A}\n+919876543210\n")
    plan = desk.bulk.plan(
        *(sheet, "Hi", "ACME"),
        entity_id="1201159 000000000000",
        content_id="1207160000000000000",
    )

    desk.bulk.queue(plan)

    assert [(m.entity_id, m.content_id) for m in stored(desk)] == [
        (None, None),
        ("1201159000000000000", "1207160000000000000"),
    ]
    assert blocking(desk.bulk.plan(sheet, "Hi", "ACME", entity_id="x")) == [
        ("entity_id", "not_digits", "x")
    ]
    assert desk.bulk.plan(read(), "Hi", "ACME", entity_id="x").can_queue


def test_the_same_file_is_noticed(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")
    queued = desk.bulk.queue(plan)

    again = desk.bulk.plan(read(), TEXT, "ACME")

    assert [(one.batch_id, one.at, one.size, one.name) for one in again.earlier] == [
        (queued.batch_id, NOW, 3, "staff.csv")
    ]
    assert warnings(again) == ["sent_before"]
    assert desk.bulk.plan(read(LIST + f"Dee,{D},B\n"), TEXT, "ACME").earlier == ()


def test_who_opts_out_meanwhile_is_left_out(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")
    desk.opt_outs.add(B, sender="", why="rang up", default_region=None)

    queued = desk.bulk.queue(plan)

    assert [m.to for m in stored(desk)] == [A, C]
    assert [entry.number.e164 for entry in queued.plan.opted_out] == [B]
    assert [one.number.e164 for one in queued.plan.messages] == [A, C]
    assert sum(country.messages for country in queued.plan.countries) == 2


def test_a_large_list_may_wait_for_a_second_person(desk: Desk, read: Read) -> None:
    desk.batches.second_person.change(2, old_pin="", new_pin="1234")

    queued = desk.bulk.queue(desk.bulk.plan(read(), TEXT, "ACME"))

    assert queued.needs_confirmation
    assert {(m.state, m.held_reason) for m in stored(desk)} == {
        (State.HELD, HeldReason.CONFIRMATION)
    }


def test_when_everybody_opts_out_meanwhile_nothing_is_queued(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")
    for number in (A, B, C):
        desk.opt_outs.add(number, sender="", why="rang up", default_region=None)

    with pytest.raises(PlanChangedError) as caught:
        desk.bulk.queue(plan)

    assert blocking(caught.value.plan) == [("to", "nobody", "")]
    assert stored(desk) == []


def test_a_log_that_cannot_take_it_takes_none_of_it(
    desk: Desk, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")

    def full(*_arguments: object, **_more: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(desk.bulk._outbox._log, "add_batch", full)
    with pytest.raises(NotStoredError, match="disk_full"):
        desk.bulk.queue(plan)

    assert stored(desk) == []


def test_planning_may_be_stopped(desk: Desk, read: Read) -> None:
    sheet = read("Mobile\n" + "".join(f"+4474001{n:05d}\n" for n in range(600)))

    with pytest.raises(ReadingStoppedError):
        desk.bulk.plan(sheet, "Hi", "ACME", stop=lambda: True)


def test_rows_to_mend_are_written_mended_and_read_again(
    desk: Desk, read: Read, tmp_path: Path
) -> None:
    sheet = read(LIST + 'Dee,4.47701E+11,=HYPERLINK("x")\nEve,07400 12,C\nFay,+44 12,@x\n')
    plan = desk.bulk.plan(sheet, TEXT, "ACME")
    file = tmp_path / "mend.csv"

    assert desk.bulk.save_problems(plan, file, say=row_reason) == 3

    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["Name", "Mobile", "Depot", "row", "problem"]
    assert [row[:4] for row in rows[1:]] == [
        ["Dee", "'4.47701E+11", '\'=HYPERLINK("x")', "5"],
        ["Eve", "'07400 12", "C", "6"],
        ["Fay", "'+44 12", "'@x", "7"],
    ]
    assert all(row[4].endswith(".") for row in rows[1:])
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    mended = file.read_text("utf-8-sig").replace("4.47701E+11", "07400 123456")
    again = read(mended.replace('07400 12"', '07400 123457"'))
    plan = desk.bulk.plan(again, TEXT, "ACME")
    assert [(one.number.e164, one.text) for one in plan.messages] == [
        (A, 'Hi Dee, depot =HYPERLINK("x") is closed.'),
        (B, "Hi Eve, depot C is closed."),
    ]
    assert [(one.typed, one.code) for one in plan.row_problems] == [("+44 12", "too_short")]


def test_a_list_stays_here_for_as_long_as_it_can_be_taken_back(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")
    queued = desk.bulk.queue(plan, undo=timedelta(seconds=10))
    assert queued.undo_until == NOW + timedelta(seconds=10)
    assert {(m.state, m.due_at) for m in stored(desk)} == {(State.SCHEDULED, queued.undo_until)}

    undone = desk.batches.take_back(queued.batch_id)
    assert undone.stopped == len(queued.ids)
    assert undone.left == 0


def test_a_list_with_a_time_of_its_own_needs_no_undo(desk: Desk, read: Read) -> None:
    plan = desk.bulk.plan(read(), TEXT, "ACME")
    plan = desk.bulk.timed(plan, due_at=NOW + timedelta(hours=1))
    queued = desk.bulk.queue(plan, undo=timedelta(seconds=10))
    assert queued.undo_until is None
    assert {m.due_at for m in stored(desk)} == {NOW + timedelta(hours=1)}


def test_an_empty_cell_may_be_nothing_in_the_preview_too(desk: Desk, read: Read) -> None:
    sheet = read(f"Name,Mobile\n,{A}\n")
    assert desk.bulk.preview_row(sheet, "Hi {name}", 0).problem is not None
    assert desk.bulk.preview_row(sheet, "Hi {name}", 0, allow_blank=True).text == "Hi "


def test_what_was_pasted_is_read_under_a_name(desk: Desk) -> None:
    sheet = desk.bulk.read(
        Path("Pasted"), ReadingOptions(default_region="GB"), data=f"Mobile\n{A}\n".encode()
    )
    assert [entry.number.e164 for entry in sheet.numbers.entries] == [A]
    assert sheet.table.path.name == "Pasted"
