"""Sentences in the language that was chosen, and English where there is no other."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.system.i18n import (
    _,
    choose_language,
    dated,
    grouped,
    languages,
    ngettext,
    spoken,
)
from tests.system.catalogue import HEADER, german, write_catalogue


@pytest.fixture(autouse=True)
def catalogue(tmp_path: Path) -> Iterator[None]:
    entries = {"Queued": "Wartet", "{n} part\0{n} parts": "{n} Teil\0{n} Teile"}
    with german(tmp_path, entries):
        yield


def test_without_a_choice_the_program_speaks_english() -> None:
    assert _("Queued") == "Queued"
    assert [ngettext("{n} part", "{n} parts", count) for count in (1, 2)] == [
        "{n} part",
        "{n} parts",
    ]


def test_a_language_with_a_catalogue_is_spoken() -> None:
    choose_language("de")

    assert _("Queued") == "Wartet"
    assert [ngettext("{n} part", "{n} parts", count) for count in (0, 1, 2)] == [
        "{n} Teile",
        "{n} Teil",
        "{n} Teile",
    ]


def test_a_sentence_without_a_translation_stays_english() -> None:
    choose_language("de")

    assert _("Delivered") == "Delivered"


def test_a_country_takes_the_language_of_another() -> None:
    choose_language("de_AT")

    assert _("Queued") == "Wartet"


@pytest.mark.parametrize("code", ["fr", "", "../../etc", "xx_YY"])
def test_a_language_without_a_catalogue_is_english(code: str) -> None:
    choose_language(code)

    assert _("Queued") == "Queued"


def test_the_environment_chooses_when_nobody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")

    assert _("Queued") == "Wartet"


def test_an_empty_text_stays_empty() -> None:
    choose_language("de")

    assert _("") == ""


def test_the_languages_to_choose_from_are_those_with_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    (tmp_path / "xx" / "LC_MESSAGES").mkdir(parents=True)

    assert languages() == ("de",)


def test_numbers_are_written_as_the_language_does() -> None:
    assert (grouped(1234567), grouped(Decimal("1234.5"), places=2)) == ("1,234,567", "1,234.50")

    choose_language("de")

    assert spoken() == "de"
    assert (grouped(1234567), grouped(Decimal("1234.5"), places=2)) == ("1.234.567", "1.234,50")


def test_spanish_parts_thousands_from_five_digits_on(tmp_path: Path) -> None:
    write_catalogue(
        tmp_path / "es" / "LC_MESSAGES", {"": HEADER.replace("Language: de", "Language: es")}
    )

    choose_language("es")

    assert [grouped(n) for n in (1234, 12345, -9999)] == ["1234", "12\u202f345", "-9999"]
    assert (grouped(Decimal("1234.5"), places=2), grouped(9999.96, places=1)) == (
        "1234,50",
        "10\u202f000,0",
    )


def test_a_date_is_put_into_the_pattern_of_the_language() -> None:
    moment = datetime(2027, 3, 2, 9, 5)  # noqa: DTZ001 - a time on the wall

    assert dated("{wday} {day} {month} {year}, {time}", moment) == "Tue 2 March 2027, 09:05"
    assert dated("{weekday}, {day}. {mon}", date(2027, 12, 31)) == "Friday, 31. Dec"
