"""Sending from the command line, on the built-in simulator: what may become of a message."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smsdesk.cli.documents import MESSAGE_FIELDS
from smsdesk.desk.second_person import SecondPerson
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.system.clock import Clock
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import Settings
from tests.journeys.program import Program
from tests.support import Log

GOOD = "+447400123456"


def test_a_message_is_sent_and_seen_delivered(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "The van is here.", "--json")
    assert (sent.code, sent.states) == (0, ["accepted"])

    waited = demo.run("send", "--resume", "--until", "delivered", "--json")

    assert (waited.code, waited.states) == (0, ["delivered"])
    (message,) = demo.run("history", "--format", "json").json
    assert message["state"] == "delivered"
    assert message["message_uuid"] == sent.json["messages"][0]["message_uuid"]
    assert message["price"] is not None
    assert message["attempts"] == 1


def test_send_itself_may_wait_for_delivery(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "hi", "--until", "delivered")

    assert sent.code == 0
    assert f"{GOOD}  Delivered" in sent.out


def test_a_document_has_every_promised_key(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "hi", "--ref", "order 7", "--json")

    (message,) = sent.json["messages"]
    assert tuple(message) == MESSAGE_FIELDS
    assert sent.json["problems"] == []
    assert (message["to"], message["from"], message["ref"]) == (
        GOOD,
        "+447700900000",
        "order 7",
    )
    assert (message["encoding"], message["parts"]) == ("GSM-7", 1)
    assert [len(ref) for ref in message["client_refs"]] == [40]


@pytest.mark.parametrize(
    ("number", "code", "state", "reason"),
    [
        ("+447700900401", 3, "held", "auth"),
        ("+447700900402", 4, "held", "balance"),
        ("+447700900404", 4, "held", "config"),
        ("+447700900422", 1, "failed", None),
        ("+447700900500", 5, "unknown", None),
        ("+447700900700", 5, "unknown", None),
        ("+447700900707", 5, "unknown", None),
    ],
)
def test_the_exit_code_tells_what_became_of_it(
    demo: Program, number: str, code: int, state: str, reason: str | None
) -> None:
    sent = demo.run("send", "--to", number, "--text", "hi", "--json")

    (message,) = sent.json["messages"]
    assert (sent.code, message["state"], message["held_reason"]) == (code, state, reason)
    (kept,) = demo.run("history", "--format", "json").json
    assert kept["state"] == state


def test_the_worst_outcome_of_several_is_told(demo: Program) -> None:
    sent = demo.run(
        *("send", "--text", "hi", "--json"),
        *("--to", GOOD, "--to", "+447700900422", "--to", "+447700900700"),
    )

    assert sent.code == 5
    assert sent.states == ["accepted", "failed", "unknown"]


def test_a_refusal_names_the_field_that_vonage_did_not_like(demo: Program) -> None:
    sent = demo.run("send", "--to", "+447700900422", "--text", "hi", "--json")

    failure = sent.json["messages"][0]["failure"]
    assert set(failure) == {"code", "title", "detail"}
    assert failure["code"] == "invalid"
    assert "recipient" in failure["detail"]


def test_an_opted_out_recipient_shows_in_the_receipt(demo: Program) -> None:
    sent = demo.run(
        *("send", "--to", "+447700900101", "--text", "hi", "--until", "delivered", "--json")
    )

    (message,) = sent.json["messages"]
    assert (sent.code, message["state"]) == (1, "rejected")
    assert message["failure"]["code"] == "1240"


def test_a_lost_answer_leaves_doubt_until_the_report_finds_the_message(demo: Program) -> None:
    sent = demo.run("send", "--to", "+447700900700", "--text", "hi", "--json")
    assert (sent.code, sent.states) == (5, ["unknown"])

    found = demo.run("send", "--resume", "--until", "delivered", "--json")

    assert (found.code, found.states) == (0, ["delivered"])
    (message,) = found.json["messages"]
    assert message["attempts"] == 1
    assert message["message_uuid"] is not None


def test_doubt_is_never_ended_by_sending_again(demo: Program) -> None:
    demo.run("send", "--to", "+447700900600", "--text", "hi")

    again = demo.run("send", "--resume", "--json")

    assert (again.code, again.json["messages"]) == (0, [])
    (message,) = demo.run("history", "--format", "json").json
    assert (message["state"], message["attempts"]) == ("unknown", 1)


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(demo: Program) -> None:
    tried = demo.run("send", "--to", GOOD, "--text", "Grüße 🙂", "--dry-run", "--json")

    assert tried.code == 0
    (message,) = tried.json["messages"]
    assert tuple(message) == MESSAGE_FIELDS
    assert (message["state"], message["encoding"], message["id"]) == ("draft", "UCS-2", None)
    assert demo.run("history", "--format", "json").json == []


@pytest.mark.parametrize("mode", [[], ["--dry-run"]])
def test_one_bad_recipient_keeps_the_whole_batch_back(demo: Program, mode: list[str]) -> None:
    sent = demo.run(
        *("send", "--to", GOOD, "--to", "not a number", "--text", "hi", "--json", *mode)
    )

    assert sent.code == 2
    assert sent.json["messages"] == []
    (problem,) = sent.json["problems"]
    assert problem["input"] == "not a number"
    assert problem["field"] == "to"
    assert problem["problem"] in sent.err
    assert demo.run("history", "--format", "json").json == []


def test_a_scheduled_message_waits_for_its_time(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "hi", "--at", "2099-01-31T09:00Z", "--json")

    assert (sent.code, sent.states) == (4, ["scheduled"])


@pytest.mark.case("F60")
def test_a_time_that_the_clocks_jump_over_is_moved_and_the_person_told(
    demo: Program,
) -> None:
    london = replace(demo, environment={"TZ": "Europe/London"})

    sent = london.run("send", "--to", GOOD, "--text", "hi", "--at", "2037-03-29T01:30")

    assert sent.code == 4
    assert "it will be sent at 02:30" in sent.err


def test_by_each_recipients_clock_each_waits_for_their_own(demo: Program) -> None:
    sent = demo.run(
        *("send", "--to", GOOD, "--to", "+61412345678", "--text", "hi", "--json"),
        *("--at", "2099-01-31T09:00", "--recipient-time"),
    )

    assert (sent.code, sent.states) == (4, ["scheduled", "scheduled"])
    assert "By our clock: " in sent.err
    assert "1 in Australia may be in several time zones: Perth" in sent.err


@pytest.mark.parametrize("options", [[], ["--at", "2099-01-31T09:00Z"]])
def test_the_recipients_clock_needs_a_time_that_is_on_it(
    demo: Program, options: list[str]
) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "hi", "--recipient-time", *options)

    assert sent.code == 2
    assert "--recipient-time" in sent.err


def test_a_time_that_is_over_for_a_recipient_queues_nothing(demo: Program) -> None:
    sent = demo.run(
        *("send", "--to", GOOD, "--text", "hi", "--at", "2020-01-31T09:00", "--recipient-time")
    )

    assert sent.code == 2
    assert "That time is over." in sent.err
    assert demo.run("history", "--format", "json").json == []


def test_a_time_in_the_past_is_refused(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "hi", "--at", "2020-01-31T09:00Z")

    assert (sent.code, sent.out) == (2, "")
    assert "in the past" in sent.err


def test_a_text_may_come_from_a_file_or_from_input(demo: Program, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("\ufeffGrüße\nan alle\n".encode())

    read = demo.run("send", "--to", GOOD, "--text-file", str(file), "--dry-run", "--json")
    piped = demo.run(
        *("send", "--to", GOOD, "--text-file", "-", "--dry-run", "--json"), stdin="Grüße"
    )

    assert read.json["messages"][0]["text"] == "Grüße\nan alle"
    assert piped.json["messages"][0]["text"] == "Grüße"


def test_a_file_that_is_not_utf_8_is_refused(demo: Program, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("Grüße".encode("latin-1"))

    sent = demo.run("send", "--to", GOOD, "--text-file", str(file))

    assert sent.code == 2
    assert "not UTF-8" in sent.err


def test_warnings_do_not_keep_a_message_back(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--to", GOOD, "--text", "hi", "--json")

    assert (sent.code, sent.states) == (0, ["accepted"])
    assert sent.json["problems"]


def test_the_version_is_told(demo: Program) -> None:
    answer = demo.run("--version")

    assert answer.code == 0
    assert answer.out.startswith("smsdesk 0.")


def test_history_closed_early_by_its_reader_does_not_complain(demo: Program) -> None:
    demo.run("send", "--to", GOOD, "--text", "hi")

    with demo.running("history", "--format", "json") as history:
        assert history.stdout is not None
        history.stdout.close()
        assert history.stderr is not None
        assert history.stderr.read() == ""


def test_india_is_told_who_sends_and_refuses_who_is_not_registered(demo: Program) -> None:
    indian = ("send", "--to", "+911000001480", "--text", "hi", "--until", "delivered", "--json")

    refused = demo.run(*indian)
    delivered = demo.run(
        *indian, "--entity-id", "1201159100000001234", "--content-id", "1707161234567890123"
    )

    assert (refused.code, refused.states) == (1, ["rejected"])
    assert refused.json["messages"][0]["failure"]["code"] == "1480"
    assert (delivered.code, delivered.states) == (0, ["delivered"])


def test_an_id_that_cannot_be_one_queues_nothing(demo: Program) -> None:
    told = demo.run(
        *("send", "--to", "+911000001480", "--text", "hi", "--entity-id", "TM-12", "--json")
    )

    assert told.code == 2
    assert {problem["field"] for problem in told.json["problems"]} >= {"entity_id"}
    assert demo.run("history", "--format", "json").json == []


def test_a_large_send_waits_for_a_second_person_and_says_so(demo: Program) -> None:
    rule = SecondPerson(Settings(settings_file(demo)), Clock())
    rule.change(1, old_pin="", new_pin="4711")

    sent = demo.run("send", "--to", GOOD, "--to", "+447400123457", "--text", "hi", "--json")

    assert (sent.code, sent.states) == (4, ["held", "held"])
    assert {one["held_reason"] for one in sent.json["messages"]} == {"confirmation"}
    assert "2 messages wait until a second person confirms them." in sent.err
    resumed = demo.run("send", "--resume", "--wait", "1", "--json")
    assert (resumed.code, resumed.states) == (4, ["held", "held"])
    assert demo.run("send", "--to", GOOD, "--text", "alone").code == 0


def settings_file(program: Program) -> Path:
    """Of the profile that the program has just used."""
    assert program.run("history").code == 0
    folder = next(program.data_dir.rglob("smsdesk.db")).parent
    return folder / "settings.json"


@pytest.fixture
def missed(demo: Program) -> Program:
    """A profile with many messages whose time came while nothing ran."""
    demo.run("history")  # now the profile is there
    database = Database(find_paths(data_dir=demo.data_dir, profile="demo").database)
    log, due = Log(database), datetime.now(UTC) - timedelta(hours=3)
    log.queue(21, at=due, state=State.SCHEDULED, due_at=due, to=GOOD)
    database.close_thread()
    return demo


def test_what_is_overdue_is_told_in_one_line_and_stays_on_hold(missed: Program) -> None:
    resumed = missed.run("send", "--resume")

    assert (resumed.code, resumed.out) == (4, "")
    assert resumed.err.count("\n") == 1
    assert "21 scheduled messages are overdue. The time was" in resumed.err
    assert missed.run("send", "--resume", "--json").states == ["held"] * 21


@pytest.mark.parametrize(
    ("what", "code", "state", "told"),
    [
        ("send", 0, "accepted", "21 overdue messages are sent now."),
        ("cancel", 0, "cancelled", "21 overdue messages cancelled"),
    ],
)
def test_what_is_overdue_is_settled_as_a_whole(
    what: str, code: int, state: str, told: str, missed: Program
) -> None:
    resumed = missed.run("send", "--resume", "--overdue", what)

    assert resumed.code == code
    assert told in resumed.err
    assert set(missed.run("history", "--format", "json").states) == {state}


def test_overdue_is_only_for_resuming(demo: Program) -> None:
    sent = demo.run("send", "--to", GOOD, "--text", "hi", "--overdue", "send")

    assert sent.code == 2
    assert "--resume" in sent.err
