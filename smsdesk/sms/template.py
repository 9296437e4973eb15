"""Texts with placeholders: `{name}` stands for what a list has under that name.

The parser knows names and nothing else: no attributes, no formats, no second round. What comes
in through a value is text, whatever it looks like.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from smsdesk.sms.message import normalise_text

LONGEST_NAME = 60

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class TemplateError(ValueError):
    """A text has a brace that opens or closes nothing, or a name of no letters.

    `code` is "lone_brace" or "empty_name"; `place` is the index of the brace.
    """

    def __init__(self, code: str, place: int) -> None:
        super().__init__(code)
        self.code = code
        self.place = place


class MissingValueError(KeyError):
    """There is no value for a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Template:
    """A text that has been understood. Made by `parse_template`."""

    pieces: tuple[tuple[str, str], ...]
    """Text, and the name of the value that follows it; the last name is empty."""

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders, each once, in their order."""
        return tuple(dict.fromkeys(name for _text, name in self.pieces if name))

    def unknown_names(self, known: Collection[str]) -> tuple[str, ...]:
        """The placeholders for which nobody has a value."""
        return tuple(name for name in self.names if name not in known)

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with the values in their places. Raises MissingValueError."""
        filled: list[str] = []
        for text, name in self.pieces:
            filled.append(text)
            if name:
                value = values.get(name)
                if value is None:
                    raise MissingValueError(name)
                filled.append(value)
        # Of the whole: a break may come about where a value meets the text.
        return normalise_text("".join(filled))


def parse_template(text: str) -> Template:
    """Understand a text; `{{` and `}}` stand for one brace. Raises TemplateError."""
    pieces: list[tuple[str, str]] = []
    literal: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        literal.append(text[end : token.start()])
        end = token.end()
        if token[0] in ("{{", "}}"):
            literal.append(token[0][0])
        elif token[1] is None:
            raise TemplateError("lone_brace", token.start())
        else:
            name = normalise_name(token[1])
            if not name:
                raise TemplateError("empty_name", token.start())
            pieces.append(("".join(literal), name))
            literal.clear()
    pieces.append(("".join([*literal, text[end:]]), ""))
    return Template(tuple(pieces))


def normalise_name(text: str) -> str:
    """A name as it is compared: small letters and digits, and single underscores between."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "_", plain).strip("_")[:LONGEST_NAME]
