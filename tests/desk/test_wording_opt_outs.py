"""The opt-out list in words: every reason, every problem, every outcome."""

from pathlib import Path

import pytest

from smsdesk.desk import wording_opt_outs as words
from smsdesk.desk.opt_out_files import BadLine, OptOutFile, OptOutFileError
from smsdesk.desk.opt_outs import Added, Entered, OptOutEntryError, OptOutStoreError
from smsdesk.sms.phone import PhoneProblem
from smsdesk.sms.sender_id import SenderIdProblem
from smsdesk.sms.suppression import Suppression, SuppressionReason
from tests.support import NOW, TO


def entry(reason: SuppressionReason, detail: str = "", sender: str = "") -> Suppression:
    return Suppression(TO, sender, NOW, reason, detail)


def is_sentence(text: str) -> bool:
    return " " in text and "{" not in text and text.rstrip(":").endswith((".", "…", "lines"))


@pytest.mark.parametrize(
    ("reason", "detail", "told"),
    [
        (SuppressionReason.STOP, "Stop please!", "They wrote “Stop please!”"),
        (SuppressionReason.STOP, "", "They wrote STOP"),
        (SuppressionReason.VONAGE, "1240", "Vonage says so: they opted out there (1240)"),
        (SuppressionReason.PERSON, "rang up", "Entered here: rang up"),
        (SuppressionReason.IMPORT, "", "Imported"),
        (SuppressionReason.STOP, "{words} {count}", "They wrote “{words} {count}”"),
    ],
)
def test_why_somebody_is_on_the_list(reason: SuppressionReason, detail: str, told: str) -> None:
    assert words.reason_sentence(entry(reason, detail)) == told


@pytest.mark.parametrize(
    ("field", "code", "typed"),
    [
        ("why", "empty", ""),
        ("number", "empty", ""),
        *(("number", problem, "07700") for problem in PhoneProblem),
        *(("sender", problem, "Much too long") for problem in SenderIdProblem),
    ],
)
def test_every_problem_of_an_entry_has_a_sentence(field: str, code: str, typed: str) -> None:
    assert is_sentence(words.entry_sentence(OptOutEntryError(field, code), typed))


@pytest.mark.parametrize("problem", [*PhoneProblem, *SenderIdProblem])
def test_every_bad_line_has_a_sentence(problem: PhoneProblem | str) -> None:
    assert is_sentence(words.bad_line_sentence(BadLine(7, "07700", problem)))
    assert is_sentence(words.bad_line_sentence(BadLine(7, "", problem)))


def test_adding_says_what_it_did() -> None:
    one = entry(SuppressionReason.PERSON)

    assert words.added_sentence(Added(one, True, 2), shown="+44") == (
        "+44 is not written to any more. 2 messages that were waiting for them will not be sent."
    )
    assert words.added_sentence(Added(one, False, 0), shown="+44") == (
        "+44 is on the list already."
    )


def test_taking_off_says_that_it_is_noted() -> None:
    assert "noted" in words.removed_sentence(shown="+44", was_there=True)
    assert "noted" not in words.removed_sentence(shown="+44", was_there=False)


def test_a_preview_counts_what_is_new_known_repeated_and_bad() -> None:
    entries = (entry(SuppressionReason.IMPORT), entry(SuppressionReason.IMPORT, "", "ACME"))
    found = OptOutFile(entries, (BadLine(3, "x", PhoneProblem.NOT_A_NUMBER),), repeated=2)

    assert words.preview_sentences(found, known=1) == [
        "1 entry is new.",
        "1 is on the list already, and stays as it is.",
        "2 lines repeat earlier ones.",
        "1 line cannot be read, and is left out:",
    ]
    assert words.scope_sentence(found).startswith("1 is for all senders")
    assert "all senders" in words.scope_sentence(OptOutFile(entries[:1], (), 0))
    assert "the file names" in words.scope_sentence(OptOutFile(entries[1:], (), 0))


def test_outcomes_are_counted() -> None:
    assert words.brought_in_sentence(Entered(1200, 0)) == "1,200 entries were brought in."
    assert words.written_sentence(1, "/tmp/{count}.csv") == (
        "1 entry was written to /tmp/{count}.csv."
    )
    assert words.count_sentence(3, searched=True) == "3 entries found"
    assert words.count_sentence(1, searched=False) == "1 entry"


@pytest.mark.parametrize("code", ["unreadable", "too_large", "not_text", "not_writable"])
def test_every_trouble_with_a_file_names_it(code: str) -> None:
    told = words.trouble_sentence(OptOutFileError(code, Path("/data/list.csv")))

    assert told is not None
    assert "/data/list.csv" in told


def test_a_full_disk_has_a_sentence_and_the_unforeseen_has_none() -> None:
    assert "disk is full" in (words.trouble_sentence(OptOutStoreError("disk_full")) or "")
    assert words.trouble_sentence(ValueError()) is None


@pytest.mark.parametrize("code", ["quotes", "field_too_long"])
def test_a_line_that_cannot_be_read_is_named(code: str) -> None:
    told = words.trouble_sentence(OptOutFileError(code, Path("/data/list.csv"), 1204))

    assert told is not None
    assert told.startswith("/data/list.csv, line 1,204: ")
