import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.system import i18n
from smsdesk.system.i18n import _, choose_language, ngettext


def write_catalogue(folder: Path, entries: dict[str, str]) -> None:
    """Writes the binary form that gettext reads: a header, two tables, and the texts."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    start = 28
    texts = start + 16 * len(pairs)
    tables: list[bytes] = []
    body = b""
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), texts + len(body)))
            body += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), start, start + 8 * len(pairs), 0, 0)
    folder.mkdir(parents=True)
    (folder / "smsdesk.mo").write_bytes(head + b"".join(tables) + body)


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    write_catalogue(
        tmp_path / "de" / "LC_MESSAGES",
        {
            "": "Content-Type: text/plain; charset=UTF-8\n"
            "Plural-Forms: nplurals=2; plural=n!=1;\n",
            "Queued": "Wartet",
            "{n} part\0{n} parts": "{n} Teil\0{n} Teile",
        },
    )
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(i18n, "resource", lambda name: tmp_path)
    i18n._catalogue.cache_clear()
    yield
    choose_language(None)
    i18n._catalogue.cache_clear()


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
