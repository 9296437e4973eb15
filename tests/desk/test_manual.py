"""The manual leads nowhere that is not there, and quotes what the program says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.manual import INDEX, Manual, anchor_of, longest_run
from smsdesk.desk.wording_receipts import TUNNEL_SENTENCES
from smsdesk.desk.wording_tables import (
    CAUSE_SENTENCES,
    HELD_SENTENCES,
    OPENING_SENTENCES,
    STORE_SENTENCES,
    UNKNOWN_SENTENCES,
)
from smsdesk.sms.failure import ERROR_CODES

MANUAL = Manual()
FOR_BUILDERS = {"architecture.md", "performance.md", "reliability.md"}
SOURCES = Path(__file__).resolve().parents[2] / "smsdesk"


def titles(pages: object) -> list[str]:
    return [page.name for page in pages]  # type: ignore[attr-defined]


def quoted() -> set[str]:
    """The sentences that the page about troubles has in bold."""
    (page,) = [page for page in MANUAL.pages if page.name == "troubleshooting.md"]
    return set(re.findall(r"^\*\*(.+)\*\*$", page.text, re.MULTILINE))


def with_values_left_out(sentence: str) -> str:
    return re.sub(r"\{\w+\}", "…", sentence)


def literals() -> str:
    """All that stands between quotation marks in the program, line after line."""
    parts = []
    for path in SOURCES.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        parts.append(re.sub(r'"\s*\n\s*"', "", source))
    return with_values_left_out("\n".join(parts))


def links(text: str) -> Iterator[str]:
    yield from re.findall(r"\]\(([^)]+)\)", text)


def test_every_page_is_in_the_index_once() -> None:
    there = {path.name for path in MANUAL.folder.glob("*.md")}

    assert sorted(titles(MANUAL.pages)) == sorted(there - FOR_BUILDERS - {INDEX})


def test_a_page_stands_in_a_chapter_and_says_what_it_is_about() -> None:
    assert all(page.chapter and page.title and page.about for page in MANUAL.pages)


@pytest.mark.parametrize("page", MANUAL.pages, ids=titles(MANUAL.pages))
def test_a_link_leads_to_a_page_a_heading_or_a_picture_that_is_there(page: object) -> None:
    text, name = page.text, page.name  # type: ignore[attr-defined]

    for link in links(text):
        if link.startswith("https://"):
            continue
        target, _hash, anchor = link.partition("#")
        path = MANUAL.folder / (target or name)
        assert path.is_file(), link
        assert target not in FOR_BUILDERS, link
        if anchor:
            heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {anchor_of(head) for head in heads}, link


def test_what_the_manual_quotes_is_what_the_program_says() -> None:
    said = literals()

    assert [sentence for sentence in sorted(quoted()) if sentence not in said] == []


@pytest.mark.parametrize(
    "table",
    [HELD_SENTENCES, UNKNOWN_SENTENCES, STORE_SENTENCES, OPENING_SENTENCES, TUNNEL_SENTENCES],
)
def test_what_keeps_a_person_from_sending_is_in_the_manual(table: dict[str, str]) -> None:
    said = {with_values_left_out(sentence) for sentence in table.values()}

    assert said - quoted() == set()


def test_what_the_status_bar_says_is_in_the_manual() -> None:
    said = {s for code, s in CAUSE_SENTENCES.items() if code.startswith("status_")}
    said |= {
        CAUSE_SENTENCES[code] for code in ("proxy", "dns", "certificate", "captive_portal")
    }

    assert said - quoted() == set()


def test_every_error_number_is_explained_as_the_program_explains_it() -> None:
    (page,) = [page for page in MANUAL.pages if page.name == "errors.md"]
    told = dict(re.findall(r"^\| (\d+) \| (.+?) \|", page.text, re.MULTILINE))

    assert told == {code: error.meaning for code, error in ERROR_CODES.items()}


def test_a_sentence_copied_from_the_window_is_found_whatever_values_it_has() -> None:
    found = MANUAL.search(
        "Another program is using port 4711 of this computer. End that program, or choose "
        "another port."
    )

    assert titles(found) == ["troubleshooting.md"]


def test_words_are_found_in_one_paragraph_in_any_order() -> None:
    assert "doubt.md" in titles(MANUAL.search("twice reach person"))


def test_what_stands_side_by_side_comes_first() -> None:
    assert titles(MANUAL.search("quiet hours"))[0] == "when.md"


@pytest.mark.parametrize("text", ["", "  ", "4711", "quetzalcoatl"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert MANUAL.search(text) == []


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("cannot be read", "cannot be read"),
        ("using port 4711 of this computer", "of this computer"),
        ("/home/anna/desk cannot be written", "cannot be written"),
        ("4711", ""),
    ],
)
def test_the_longest_part_without_a_value_is_looked_for(text: str, run: str) -> None:
    assert longest_run(text) == run
