"""Evidence in words: what was tried, what was asked, what came, and what a decision means."""

from datetime import timedelta

import pytest

from smsdesk.desk import wording_evidence
from smsdesk.desk.history import (
    Asking,
    Attempt,
    Evidence,
    EvidenceLevel,
    Lookup,
    Settle,
    Settled,
)
from smsdesk.sms.message import MessageEvent
from smsdesk.store.errors import StoreError
from tests.support import NOW, minutes


def attempt(**fields: object) -> Attempt:
    told = {
        "n": 1,
        "client_ref": "ref",
        "opened_at": NOW,
        "finished_at": NOW + minutes(1),
        "outcome": "unknown",
        "http_status": None,
        "error_type": "deadline",
        "message_uuid": None,
        **fields,
    }
    return Attempt(**told)  # type: ignore[arg-type]


def lines(**fields: object) -> list[str]:
    evidence = Evidence(EvidenceLevel.SEARCHED, 1, NOW, **fields)  # type: ignore[arg-type]
    return [line.sentence for line in wording_evidence.evidence_lines(evidence)]


def is_sentence(text: str) -> bool:
    return " " in text and text[0].isupper() and "{" not in text and "_" not in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "No clear answer: no answer within a minute."),
        ({"error_type": "status_503"}, "No clear answer: Vonage answered 503."),
        ({"error_type": None, "http_status": 503}, "No clear answer: Vonage answered 503."),
        ({"error_type": None}, "No clear answer."),
        ({"outcome": "interrupted"}, "Found unfinished: the program had ended meanwhile."),
    ],
)
def test_an_attempt_says_how_it_ended(fields: dict[str, object], words: str) -> None:
    assert lines(attempt=attempt(**fields)) == [
        "Handed over to Vonage.",
        words,
        "No receipt has come.",
    ]


def test_an_attempt_that_has_not_ended_and_is_not_the_first() -> None:
    said = lines(attempt=attempt(n=2, finished_at=None))

    assert said == ["Handed over to Vonage, for the 2. time.", "No receipt has come."]


@pytest.mark.parametrize(
    ("is_complete", "control_found", "words"),
    [
        (True, True, "while another message of that time was"),
        (True, False, "no other message of that time"),
        (False, True, "was not whole"),
        (False, False, "was not whole"),
    ],
)
def test_each_look_says_what_it_is_worth(
    is_complete: bool, control_found: bool, words: str
) -> None:
    said = lines(searches=(Lookup(NOW, is_complete, control_found),))

    assert words in said[0]


def test_of_many_looks_the_last_are_told_and_the_others_counted() -> None:
    looks = tuple(Lookup(NOW + timedelta(hours=n), True, True) for n in range(9))
    evidence = Evidence(EvidenceLevel.SEARCHED, 9, NOW, searches=looks)
    told = wording_evidence.evidence_lines(evidence)

    assert "6 times" in told[0].sentence
    assert [line.at for line in told[:-1]] == [looks[0].at, *(one.at for one in looks[6:])]


def test_a_receipt_that_came_is_told() -> None:
    said = lines(receipts=(MessageEvent(NOW, "webhook", "submitted", ""),))

    assert said == ["A receipt came: Passed to the carrier"]


@pytest.mark.parametrize("asking", list(Asking))
@pytest.mark.parametrize("level", list(EvidenceLevel))
def test_every_verdict_has_words(level: EvidenceLevel, asking: Asking) -> None:
    evidence = Evidence(level, 2, NOW, asking=asking)

    assert is_sentence(wording_evidence.verdict_sentence(evidence))
    assert is_sentence(wording_evidence.asking_sentence(asking))


def test_who_cannot_ask_is_told_what_to_do() -> None:
    evidence = Evidence(EvidenceLevel.NOBODY_CAN_ASK, 0, None, asking=Asking.NO_SECRET)

    said = wording_evidence.verdict_sentence(evidence)

    assert "API key and secret" in said
    assert "Settings" in said


@pytest.mark.parametrize("choice", ["sent", "again", "leave"])
def test_every_choice_says_what_it_means(choice: str) -> None:
    assert is_sentence(wording_evidence.choice_sentence(choice))


@pytest.mark.parametrize(
    ("how", "settled", "words"),
    [
        (Settle.AS_SENT, Settled(1, 0), "1 message counts as sent."),
        (Settle.AS_SENT, Settled(1204, 0), "1,204 messages count as sent."),
        (
            Settle.SEND_AGAIN,
            Settled(1201, 3),
            "1,201 messages are queued again. 3 have opted out meanwhile and were left.",
        ),
        (Settle.SEND_AGAIN, Settled(0, 1), "1 has opted out meanwhile and was left."),
    ],
)
def test_what_came_of_settling_is_said(how: Settle, settled: Settled, words: str) -> None:
    assert wording_evidence.settled_sentence(how, settled) == words
    assert is_sentence(wording_evidence.settling_sentence(how, 7))


@pytest.mark.parametrize("error", StoreError.__subclasses__())
def test_every_store_error_says_that_nothing_was_saved(error: type[StoreError]) -> None:
    assert is_sentence(wording_evidence.change_sentence(error.code))
