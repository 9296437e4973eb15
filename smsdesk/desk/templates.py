"""Texts that are written again and again, and the places in them that are filled anew each time.

A place is a word in braces: {name}. What is put there stays as it is, whatever braces it has of
its own, and nothing but such a word is a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smsdesk.desk.contacts import BookError
from smsdesk.sms.contact import LONGEST_NAME, fold, tidy
from smsdesk.sms.message import Draft, Problem, normalise_text
from smsdesk.store.errors import NameTakenError, StoreError
from smsdesk.store.templates import SMS_ALONE, Template

if TYPE_CHECKING:
    from smsdesk.store.templates import TemplateShelf
    from smsdesk.system.clock import Clock

__all__ = ["Template", "TemplateError", "Templates"]

NAME = "name"
"""The place that is filled with the recipient's name."""
LONGEST_TEXT = 20_000

# Not what `sms.template` understands, on purpose. There every brace means something: {{ is one
# brace, {1} a name, a lone one a mistake. Here the text is a message as it will be sent, in which
# braces that are no place stay as they are typed; one that is read both ways would change them.
_PLACE = re.compile(r"\{([^\W\d_][\w -]{0,39})\}")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is still to be filled; `start` and `end` count characters."""

    start: int
    end: int
    token: str
    """With its braces."""


class TemplateError(Exception):
    """A name or a text is wrong; `field` and `code` are for wording."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class Templates:
    """The templates of one profile."""

    def __init__(self, shelf: TemplateShelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock
        self._tokens: frozenset[str] | None = None
        self._inserted: frozenset[str] = frozenset()

    def all(self) -> list[Template]:
        """Every template, the most used first. Raises BookError."""
        with _told():
            return self._shelf.all()

    def save(
        self, template: Template | None, *, name: str, text: str, ways: Draft = SMS_ALONE
    ) -> Template:
        """Keep a new text, or rewrite `template`; returns it as it is now. Of `ways`, the
        channel, the content and what is tried next are kept with it.

        Raises TemplateError or BookError.
        """
        kept, text = tidy(name), normalise_text(text)
        if not fold(kept):
            raise TemplateError("name", "empty")
        if len(kept) > LONGEST_NAME:
            raise TemplateError("name", "too_long")
        if not text.strip():
            raise TemplateError("text", "empty")
        if len(text) > LONGEST_TEXT:
            raise TemplateError("text", "too_long")
        text = text.encode("utf-8", "replace").decode("utf-8")
        at, kept_ways = self._clock.now(), as_ways(ways)
        try:
            with _told():
                if template is not None and self._shelf.change(
                    template.id, kept, text, at=at, ways=kept_ways
                ):
                    return replace(
                        template, name=kept, text=text, updated_at=at, ways=kept_ways
                    )
                template_id = self._shelf.add(kept, text, at=at, ways=kept_ways)
                return Template(template_id, kept, text, at, used=0, ways=kept_ways)
        except NameTakenError:
            raise TemplateError("name", "taken") from None

    def remove(self, template: Template) -> bool:
        """Remove one; False when it is gone already. Raises BookError."""
        with _told():
            return self._shelf.remove(template.id)

    def use(self, text: str, *, values: Mapping[str, str]) -> str:
        """A template's text with the places filled whose values are known.

        What is left open is remembered, so that it is not sent by mistake.
        """
        text = filled(text, values)
        self._inserted |= {place.token for place in places(text)}
        return text

    def note_use(self, template: Template) -> None:
        """It went into a message. Raises BookError."""
        with _told():
            self._shelf.note_use(template.id, at=self._clock.now())

    # In the compose pane ---------------------------------------------------------

    def open_places(self, text: str) -> tuple[Place, ...]:
        """The places of a text that come from a template and are not filled yet.

        A word in braces that is in no template is the person's own. Quick; made for every
        keystroke.
        """
        if "{" not in text:
            return ()
        found = tuple(places(text))
        if not found:
            return ()
        ours = self._known() | self._inserted
        return tuple(place for place in found if place.token in ours)

    def refuse(self, text: str) -> tuple[Problem, ...]:
        """What keeps a text from being sent: places that nobody has filled, told together."""
        tokens = dict.fromkeys(place.token for place in self.open_places(text))
        return (Problem("text", ", ".join(tokens), "unfilled"),) if tokens else ()

    def forget_answers(self) -> None:
        """The templates are others now. Called from any thread."""
        self._tokens = None

    def _known(self) -> frozenset[str]:
        tokens = self._tokens
        if tokens is None:
            try:
                tokens = frozenset(
                    place.token
                    for template in self._shelf.all()
                    for place in places(template.text)
                )
            except StoreError:
                return frozenset()  # the log refuses the message as well then
            self._tokens = tokens
        return tokens


def as_ways(draft: Draft) -> Draft:
    """Only how a draft goes out, and nothing of what it says or to whom."""
    return Draft(channel=draft.channel, content=draft.content, failover=draft.failover)


def places(text: str) -> Iterator[Place]:
    """Every place in a text, in its order."""
    for match in _PLACE.finditer(text):
        yield Place(match.start(), match.end(), match[0])


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with values in their places, gone through once: a value is never read again."""
    return _PLACE.sub(lambda match: values.get(match[1]) or match[0], text)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NameTakenError:
        raise
    except StoreError as error:
        raise BookError(error.code) from error
