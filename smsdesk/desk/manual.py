"""The manual that comes with the program: its pages, in order, and what stands where.

The pages are Markdown files; index.md lists them under the heads of their chapters. They are in
English.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from smsdesk.system.paths import resource

INDEX = "index.md"

_CHAPTER = re.compile(r"## (.+)")
_ENTRY = re.compile(r"- \[([^]]+)\]\(([\w-]+\.md)\): (.+)")
_MARKUP = re.compile(r"\[([^]]*)\]\([^)]*\)|[*`|]")
_OF_ITS_OWN = re.compile(r"[\d/\\@]")
"""In a sentence that was copied from the window, a word with one of these is a value."""


@dataclass(frozen=True, slots=True)
class ManualPage:
    """One page, as the index names it."""

    name: str
    """Of its file."""
    title: str
    about: str
    """What is on it, in a line."""
    chapter: str
    text: str
    """Its Markdown."""


class Manual:
    """All pages, read once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises OSError when the manual did not come with the program."""
        self.folder = folder if folder is not None else resource("manual")
        self.index = (self.folder / INDEX).read_text(encoding="utf-8")
        self.pages = tuple(self._read())
        self._paragraphs = {page.name: _paragraphs(page.text) for page in self.pages}

    def _read(self) -> list[ManualPage]:
        pages, chapter = [], ""
        for line in self.index.splitlines():
            if head := _CHAPTER.fullmatch(line):
                chapter = head[1]
            elif entry := _ENTRY.fullmatch(line):
                title, name, about = entry.groups()
                text = (self.folder / name).read_text(encoding="utf-8")
                pages.append(ManualPage(name, title, about, chapter, text))
        return pages

    def has(self, name: str) -> bool:
        """Whether there is a page, or the index, of that file name."""
        return name == INDEX or any(page.name == name for page in self.pages)

    def search(self, text: str) -> list[ManualPage]:
        """The pages that have all the words in one paragraph, in order of the index; those that
        have them side by side come first. Words that hold a value (a number, a path, an address)
        count for nothing, so that a sentence copied from the window is found."""
        words = [word for word in _plain(text).split() if not _OF_ITS_OWN.search(word)]
        if not words:
            return []
        phrase = " ".join(words)
        found = [
            (not any(phrase in paragraph for paragraph in fitting), page)
            for page in self.pages
            if (fitting := self._fitting(page, words))
        ]
        return [page for _is_scattered, page in sorted(found, key=lambda one: one[0])]

    def _fitting(self, page: ManualPage, words: list[str]) -> list[str]:
        return [
            paragraph
            for paragraph in self._paragraphs[page.name]
            if all(word in paragraph for word in words)
        ]


def anchor_of(heading: str) -> str:
    """What a link puts behind "#" to lead to a heading."""
    kept = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", kept)


def longest_run(text: str) -> str:
    """The longest part of a searched text that holds no value, as it was typed: what can stand in a
    page word for word."""
    runs, run = [], list[str]()
    for word in text.split():
        if _OF_ITS_OWN.search(word):
            runs.append(run)
            run = []
        else:
            run.append(word)
    return max((" ".join(words) for words in [*runs, run]), key=len)


def _paragraphs(text: str) -> list[str]:
    # A row of a table is a paragraph of its own.
    parts = re.split(r"\n\s*\n|\n(?=[|#]|\s*- |\d+\. )", text)
    return [_plain(part) for part in parts]


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(r"\1", text).casefold().split())
