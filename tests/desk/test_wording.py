"""Every code that a room can produce has a sentence for people."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

from smsdesk.delivery.outcome import Verdict
from smsdesk.delivery.status import (
    Closed,
    ReceiptSource,
    ReceiptsStatus,
    ReportEstimate,
    SenderPhase,
    SenderStatus,
)
from smsdesk.desk import wording, wording_tables
from smsdesk.desk.account import AccountError
from smsdesk.desk.desk import Desk
from smsdesk.desk.doctor import Finding, Health
from smsdesk.desk.history import FILTER_GROUPS, Evidence, EvidenceLevel
from smsdesk.desk.opening import OpeningError
from smsdesk.desk.wording_receipts import webhooks_sentence
from smsdesk.sms.dlt import DltProblem
from smsdesk.sms.failure import ERROR_CODES, FailureReason
from smsdesk.sms.message import Message, MessageEvent, Problem, ProblemCode
from smsdesk.sms.phone import PhoneProblem
from smsdesk.sms.segments import measure
from smsdesk.sms.sender_id import SenderIdProblem
from smsdesk.sms.state import REPORTED, HeldReason, State
from smsdesk.store.errors import StoreError
from smsdesk.system.vault import VaultError
from smsdesk.vonage.errors import TransportError
from tests.support import NOW, Log

ROOT = Path(__file__).parents[2] / "smsdesk"
REASONS = re.findall(
    r"[a-z_]+", (TransportError.__doc__ or "").partition("Reasons:")[2].partition("`detail`")[0]
)


def codes(pattern: str, *files: str) -> list[str]:
    """Codes written down in the source of a room."""
    found = {
        code for file in files for code in re.findall(pattern, (ROOT / file).read_text("utf-8"))
    }
    assert found
    return sorted(found)


@pytest.fixture
def message(log: Log) -> Message:
    (message_id,) = log.queue()
    found = log.view.get(message_id)
    assert found is not None
    return found


def is_sentence(text: str) -> bool:
    """Words for a person: no code, no hole that was not filled."""
    return " " in text and text[0].isupper() and "{" not in text and "_" not in text


# Tables


def test_the_tables_name_every_member_of_their_enums() -> None:
    assert set(wording_tables.STATE_WORDS) == set(State)
    assert set(wording_tables.STATE_SENTENCES) == set(State)
    assert set(wording_tables.HELD_SENTENCES) == set(HeldReason)
    assert set(wording_tables.FILTER_WORDS) == set(FILTER_GROUPS)


def all_texts() -> Iterator[str]:
    for name in vars(wording_tables):
        table = getattr(wording_tables, name)
        if name.isupper() and isinstance(table, dict):
            yield from table.values()


@pytest.mark.parametrize("text", sorted(set(all_texts())), ids=lambda text: text[:40])
def test_a_text_has_only_holes_that_are_filled(text: str) -> None:
    holes = {hole for _, hole, _, _ in Formatter().parse(text) if hole is not None}

    assert holes <= {"value", "input", "path", "detail", "code", "status", "done", "of"}
    assert "  " not in text
    assert text == text.strip()


# Messages


@pytest.mark.parametrize("reason", list(HeldReason))
def test_every_hold_says_what_it_waits_for(reason: HeldReason) -> None:
    assert is_sentence(wording.held_sentence(reason))


@pytest.mark.parametrize(
    "reason", ["crash", "no_id", "status_500", "status_418", *REASONS, "something new"]
)
def test_every_doubt_says_that_it_may_have_been_sent(reason: str) -> None:
    sentence = wording.unknown_sentence(reason)

    assert is_sentence(sentence)
    assert "may or may not" in sentence or "probably sent" in sentence
    assert "twice" in sentence


def test_doubts_that_differ_for_a_person_are_not_all_called_a_broken_connection() -> None:
    listed = set(wording_tables.UNKNOWN_SENTENCES)

    assert listed >= {"crash", "closed", "reset", "cut", "garbled", "deadline", "aborted"}
    assert listed >= {"no_id", "tls", "local"}


@pytest.mark.parametrize("code", [*sorted(ERROR_CODES), "9999", "expired", "invalid"])
def test_every_failure_says_why(message: Message, code: str) -> None:
    failed = replace(
        message, state=State.FAILED, failure=FailureReason(code, "Title", "Detail here.")
    )
    sentence = wording.state_sentence(failed)

    assert is_sentence(sentence)
    assert "Not sent." in sentence


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_word_and_a_sentence(message: Message, state: State) -> None:
    shown = replace(message, state=state)
    assert wording.state_word(state)[0].isupper()
    assert is_sentence(wording.state_sentence(shown)) or state in (
        State.HELD,
        State.RECEIVED,
    )


@pytest.mark.parametrize("alarm", ["contradiction", "two_sends"])
def test_every_alarm_is_told(message: Message, alarm: str) -> None:
    calm, alarmed = message, replace(message, alarm=alarm)
    more = wording.state_sentence(alarmed).removeprefix(wording.state_sentence(calm))
    assert is_sentence(more.strip())


def test_every_alarm_the_store_raises_is_known() -> None:
    raised = codes(r"_set_alarm\(connection, [a-z.]+, \"([a-z_]+)\"\)", "store/events.py")
    raised += codes(r"alarm = '([a-z_]+)'", "store/message_log.py")

    assert set(raised) == set(wording_tables.ALARM_SENTENCES)


# Life


def events() -> list[tuple[str, str]]:
    said = [("desk", one) for one in ("queued", "scheduled", "expired", "held", "received")]
    said += [("sender", "sending"), ("sender", "interrupted")]
    said += [("sender", verdict.value) for verdict in Verdict]
    said += [
        (source, state.value) for source in ("webhook", "report") for state in sorted(REPORTED)
    ]
    return said + [
        ("person", what)
        for what in codes(
            r"\"(treated_as_sent|sent_again|cancelled|left_as_unknown)\"",
            "store/message_log.py",
        )
    ]


@pytest.mark.parametrize(("source", "status"), events())
def test_every_line_of_a_life_has_words(source: str, status: str) -> None:
    for detail in ("", "auth" if status == "held" else "dns"):
        line = wording.event_sentence(MessageEvent(NOW, source, status, detail))

        assert line
        assert line[0].isupper()
        assert "{" not in line
        assert "_" not in line


# Causes


def causes() -> list[str]:
    outcome = codes(
        r"_refused_all\([^,]+, \"([a-z_]+)\"|\"(?:no_id|captive_portal)\"",
        "delivery/outcome.py",
    )
    return sorted(
        {
            *filter(None, outcome),
            *REASONS,
            *codes(
                r"HeldReason\.[A-Z_]+, \"([a-z_]+)\"", "delivery/sender.py", "desk/account.py"
            ),
            *("busy", "disk_full", "read_only", "io_error", "damaged"),
            *(f"key_{code}" for code in key_codes()),
            *(kind.code for kind in VaultError.__subclasses__()),
            *("captive_portal", "no_id", "too_many", "not_committed", "crashed", "paused"),
            *("status_401", "status_403", "status_404", "status_500"),
            *("proxy_malformed", "proxy_scheme", "api_url_malformed", "api_url_scheme"),
        }
    )


def key_codes() -> list[str]:
    listed = (ROOT / "vonage/auth.py").read_text("utf-8").partition("one of these codes:")[2]
    found = re.findall(r"[a-z_]+", listed.partition(".")[0])
    assert "wrong_passphrase" in found
    return found


@pytest.mark.parametrize("cause", causes())
def test_every_cause_has_a_sentence(cause: str) -> None:
    sentence = wording.cause_sentence(cause)

    assert is_sentence(sentence)
    assert "That will not do" not in sentence


# The sender and the receipts


@pytest.mark.parametrize("phase", list(SenderPhase))
def test_every_phase_has_words(phase: SenderPhase) -> None:
    status = SenderStatus(phase, waiting=1_234, hold=HeldReason.AUTH, closed=Closed.PACE)

    assert wording.sender_sentence(status, now=NOW).endswith(" · 1,234 waiting")


@pytest.mark.parametrize("reason", list(HeldReason))
def test_a_held_sender_says_why_even_without_a_cause(reason: HeldReason) -> None:
    status = SenderStatus(SenderPhase.HELD, hold=reason)

    assert is_sentence(wording.sender_sentence(status, now=NOW).partition(" · ")[0])


@pytest.mark.parametrize("closed", list(Closed))
def test_a_waiting_sender_says_for_what_and_how_long(closed: Closed) -> None:
    status = SenderStatus(
        SenderPhase.WAITING, waiting=1, closed=closed, retry_at=NOW + timedelta(seconds=7)
    )

    assert wording.sender_sentence(status, now=NOW).endswith("next try in 7 s · 1 waiting")
    late = wording.sender_sentence(status, now=NOW + timedelta(minutes=1))
    assert "next try in 0 s" in late


@pytest.mark.parametrize("source", list(ReceiptSource))
def test_every_source_of_receipts_has_words(source: ReceiptSource) -> None:
    for last_at in (None, NOW, NOW - timedelta(minutes=5)):
        sentence = wording.receipts_sentence(ReceiptsStatus(source, last_at), now=NOW)
        assert sentence.startswith("Receipts: ")


def test_the_age_of_the_last_news_is_told() -> None:
    told = ReceiptsStatus(ReceiptSource.REPORTS, NOW - timedelta(minutes=5))

    assert wording.receipts_sentence(told, now=NOW) == "Receipts: Reports, 5 min ago"


def test_what_asking_costs_is_told_in_records() -> None:
    assert wording.records_sentence(1, 5000) == (
        "1 record of Vonage's reports today, of at most 5,000"
    )
    told = wording.report_estimate_sentence(ReportEstimate(132, 5000, 37, 222))
    assert told == (
        "132 records of Vonage's reports today, of at most 5,000. 37 messages are still asked "
        "about: that is 222 more at most."
    )
    assert wording.report_estimate_sentence(ReportEstimate(0, 5000, 0, 0)) == (
        "0 records of Vonage's reports today, of at most 5,000."
    )


def test_webhooks_are_told_as_a_source_with_the_age_of_the_last() -> None:
    assert webhooks_sentence(None, now=NOW) == "Receipts: webhooks"
    told = webhooks_sentence(NOW - timedelta(minutes=5), now=NOW)
    assert told == "Receipts: webhooks, 5 min ago"


# Writing


@pytest.mark.parametrize(
    ("field", "code"),
    [
        *(("to", code) for code in PhoneProblem),
        *(("from", code) for code in SenderIdProblem),
        *(("text", code) for code in ("empty", "too_long", "many_characters", "many_parts")),
        *((field, code) for field in ("text", "ref") for code in ("control_characters",)),
        *((field, code) for field in ("text", "ref") for code in ("lone_surrogates",)),
        *(("to", code) for code in (ProblemCode.DUPLICATE, ProblemCode.NOT_ASSIGNED)),
        ("to", ProblemCode.EMPTY),
        ("ref", ProblemCode.TOO_LONG),
        *((field, code) for field in ("entity_id", "content_id") for code in DltProblem),
        ("entity_id", ProblemCode.TOO_LONG),
        ("content_id", ProblemCode.TOO_LONG),
    ],
)
def test_every_problem_says_what_to_do(field: str, code: str) -> None:
    sentence = wording.problem_sentence(Problem(field, " 0770 ", str(code), value=1_700))

    assert "{" not in sentence
    assert "will not do" not in sentence
    assert sentence[-1] in ".…"


def test_every_problem_code_is_tried_above() -> None:
    tried = {"empty", "too_long", "control_characters", "lone_surrogates", "duplicate"}

    assert {str(code) for code in ProblemCode} == tried | {
        "not_assigned",
        "many_characters",
        "many_parts",
    }


def test_the_meter_tells_parts_first() -> None:
    assert wording.meter_sentence(measure("a")) == "1 part · 159 characters left · GSM-7"
    assert wording.meter_sentence(measure("я" * 71)) == ("2 parts · 63 characters left · UCS-2")


# Store, account, opening, doctor


@pytest.mark.parametrize("kind", StoreError.__subclasses__(), ids=lambda kind: kind.code)
def test_every_store_error_says_that_the_text_is_still_there(kind: type[StoreError]) -> None:
    assert "Your text is still here" in wording.store_sentence(kind.code)


ACCOUNT_CODES = [
    *(
        ("application_id", code)
        for code in ("application_id_empty", "application_id_malformed")
    ),
    *(("api_key", code) for code in ("api_key_empty", "api_key_malformed")),
    ("api_secret", "api_secret_malformed"),
    ("signature_secret", "signature_secret_malformed"),
    *(("api_url", code) for code in codes(r"\"(api_url_[a-z_]+)\"", "vonage/credentials.py")),
    ("default_region", "region_unknown"),
    ("settings", "not_saved"),
    *(("sender", f"sender_{problem}") for problem in SenderIdProblem if problem != "empty"),
    *(("private_key_path", code) for code in key_codes()),
    *(("passphrase", code) for code in ("needs_passphrase", "wrong_passphrase")),
    *(("vault", kind.code) for kind in VaultError.__subclasses__()),
]


@pytest.mark.parametrize(("field", "code"), ACCOUNT_CODES)
def test_every_fault_of_the_account_says_what_to_do(field: str, code: str) -> None:
    sentence = wording.account_sentence(AccountError(field, code))

    assert is_sentence(sentence.replace("_", "-")), sentence
    assert "That will not do" not in sentence


# They are about writing a message, a contact or a template, or about a copy of the log.
NOT_AT_OPENING = {
    *("illegal_move", "suppressed", "unsure", "number_taken", "name_taken"),
    "other_key",
}
OPENING_CODES = [
    *(kind.code for kind in StoreError.__subclasses__() if kind.code not in NOT_AT_OPENING),
    *codes(r"FolderError\(\"([a-z_]+)\"", "system/paths.py"),
    *codes(r"code = \"([a-z_]+)\"", "system/paths.py"),
]


@pytest.mark.parametrize("code", OPENING_CODES)
def test_every_state_that_cannot_be_opened_names_the_place(code: str) -> None:
    sentence = wording.opening_sentence(OpeningError(code, Path("/data/smsdesk.db"), "more"))

    assert "/data/smsdesk.db" in sentence
    assert "{" not in sentence
    assert code in wording_tables.OPENING_SENTENCES


@pytest.mark.parametrize(
    "code",
    [
        *("no_api_secret", "not_configured", "api_secret_refused", "clock_wrong"),
        *("disk_full", "damaged", "status_500", "dns", "timeout", "keyring_locked"),
        *(f"key_{code}" for code in key_codes()),
    ],
)
def test_every_finding_says_what_to_do(code: str) -> None:
    sentence = wording.finding_sentence(Finding("thing", Health.FAIL, code, "+90 s"))

    assert " " in sentence
    assert sentence != code


def test_a_finding_without_fault_shows_what_was_seen() -> None:
    assert wording.finding_sentence(Finding("disk", Health.OK, value="3 MB")) == "3 MB"


def test_every_notice_has_a_sentence(desk: Desk) -> None:
    assert desk.notices == ()
    for code in codes(r"self\.notice = \"([a-z_]+)\"", "system/settings.py"):
        assert is_sentence(wording.notice_sentence(code).replace("settings.json.damaged", ""))


@pytest.mark.parametrize("level", list(EvidenceLevel))
def test_every_level_of_evidence_has_words(level: EvidenceLevel) -> None:
    for lookups in (1, 3):
        assert is_sentence(wording.evidence_sentence(Evidence(level, lookups, NOW)))


@pytest.mark.parametrize(("count", "words"), [(1, "1 message needs"), (7, "7 messages need")])
def test_a_bad_end_is_told_with_its_number(count: int, words: str) -> None:
    assert words in wording.interrupted_sentence(count)


def test_what_comes_from_outside_is_shown_as_it_is(message: Message) -> None:
    """No text of Vonage's or of a person's fills a hole it happens to look like."""
    odd = FailureReason("invalid", "T", "<b>{input}</b> {value} %s")
    shown = wording.state_sentence(replace(message, state=State.FAILED, failure=odd))
    assert "<b>{input}</b> {value} %s" in shown
    assert "{value}" in wording.problem_sentence(Problem("to", "{value}", "not_a_number"))


@pytest.mark.parametrize("state", [State.QUEUED, State.CANCELLED, State.FAILED])
def test_what_was_in_doubt_once_never_reads_as_surely_not_sent(
    message: Message, state: State
) -> None:
    doubtful = replace(message, state=state, unknown_reason="closed", failure=None)

    assert "An earlier try may have been sent" in wording.state_sentence(doubtful)
    assert "may have been" not in wording.state_sentence(replace(doubtful, unknown_reason=None))


def test_what_a_person_vouched_for_is_not_called_vonages_word(message: Message) -> None:
    vouched = replace(message, state=State.ACCEPTED, message_uuid=None, failure=None)

    assert "You decided" in wording.state_sentence(vouched)


@pytest.mark.parametrize(
    ("price", "currency", "told"),
    [
        ("0.03330000", "EUR", "Price €0.0333"),
        ("1.5", "CHF", "Price 1.50 CHF"),
        ("0.0043", None, "Price 0.0043"),
        ("a lot", "EUR", "Price a lot EUR"),
        ("NaN", "EUR", "Price NaN EUR"),
        ("1e400", "EUR", "Price 1e400 EUR"),
    ],
)
def test_a_price_is_written_as_money_and_what_is_none_as_it_came(
    price: str, currency: str | None, told: str
) -> None:
    assert wording.price_sentence(price, currency) == told
