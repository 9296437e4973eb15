"""`smsdesk check`, which needs neither account nor log."""

from pathlib import Path

from tests.cli.conftest import Run


def test_it_says_how_the_text_is_encoded_and_divided(run: Run) -> None:
    answer = run("check", "--text", "a" * 161, "--json")

    assert answer.code == 0
    assert answer.json == {
        "encoding": "GSM-7",
        "units": 161,
        "parts": 2,
        "remaining": 2 * 153 - 161,
        "parts_text": ["a" * 153, "a" * 8],
        "not_gsm7": [],
        "recipients": [],
    }


def test_it_names_what_is_not_in_gsm_7_and_what_may_stand_for_it(run: Run) -> None:
    answer = run("check", "--text", "it’s 🙂", "--json")

    assert answer.json["encoding"] == "UCS-2"
    assert answer.json["units"] == 7
    assert answer.json["not_gsm7"] == [
        {"char": "’", "index": 2, "name": "RIGHT SINGLE QUOTATION MARK", "suggestion": "'"},
        {"char": "🙂", "index": 5, "name": "SLIGHTLY SMILING FACE", "suggestion": None},
    ]


def test_it_says_how_each_number_reads(run: Run) -> None:
    answer = run("check", "--to", "07400 123456", "--to", "12", "--region", "GB", "--json")

    good, bad = answer.json["recipients"]
    assert answer.code == 2
    assert good == {
        "input": "07400 123456",
        "e164": "+447400123456",
        "region": "GB",
        "kind": "mobile",
        "valid": True,
        "problem": None,
    }
    assert (bad["e164"], bad["valid"]) == (None, False)
    assert bad["problem"].endswith(".")


def test_it_writes_nothing(run: Run, tmp_path: Path) -> None:
    run("check", "--to", "+447400123456", "--text", "hi")

    assert list(tmp_path.iterdir()) == []


def test_a_broken_argument_is_shown_as_it_is(run: Run) -> None:
    answer = run("check", "--text", "a\udcff", "--json")

    assert answer.json["parts_text"] == ["a\udcff"]
