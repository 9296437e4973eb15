"""A translation to test with: the binary form that gettext reads, written by hand."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smsdesk.system import i18n

HEADER = (
    "Language: de\nContent-Type: text/plain; charset=UTF-8\n"
    "Plural-Forms: nplurals=2; plural=n!=1;\n"
)


def write_catalogue(folder: Path, entries: dict[str, str]) -> None:
    """A header, two tables, and the texts."""
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


@contextmanager
def german(folder: Path, entries: dict[str, str]) -> Iterator[None]:
    """The only catalogue is a German one with these entries; the environment asks for none."""
    write_catalogue(folder / "de" / "LC_MESSAGES", {"": HEADER, **entries})
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            patch.delenv(name, raising=False)
        patch.setattr(i18n, "resource", lambda _name: folder)
        i18n._catalogue.cache_clear()
        yield
        i18n.choose_language(None)
    i18n._catalogue.cache_clear()
