"""What a person reads can be translated, and is: the code marks every sentence whole, and each
catalogue has them all."""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from smsdesk.system.paths import resource

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(resource("locale").glob("*/LC_MESSAGES/smsdesk.po"))
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "NN_": (1, 2),
    "ErrorCode": (2,),
}

SEPARATORS = {", then ", " and "}
"""They stand between the things of a list, which a sentence may have any number of."""

SHOWN_BY = {
    *("setText", "setTitle", "setWindowTitle", "setToolTip", "setPlaceholderText"),
    *("setAccessibleName", "setAccessibleDescription", "setStatusTip", "addAction", "addMenu"),
    *("setTabText", "set_tip", "set_hint", "label", "push_button", "QLabel", "QPushButton"),
    *("CliError", "print"),
}
"""What puts its words on the screen as they are."""


def _sources(folder: str = "") -> list[Path]:
    return sorted((ROOT / "smsdesk" / folder).rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]


def _name(call: ast.Call) -> str:
    return (
        call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    )


def _place(path: Path, node: ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"


def _marked() -> set[str | tuple[str, ...]]:
    """Every sentence of the code; one with a plural is both forms."""
    return {
        message if isinstance(message, str) else tuple(message)
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / "smsdesk",
            method_map=[("**.py", "tests.sentences:extract")],
            keywords=KEYWORDS,
        )
    }


@pytest.fixture(scope="module")
def marked() -> set[str | tuple[str, ...]]:
    return _marked()


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def _messages(path: Path) -> list[Message]:
    return [message for message in _catalogue(path) if message.id]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _gaps(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text.replace("{{", "").replace("}}", "")))


# The code -----------------------------------------------------------------------------------


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    """A sentence made on the spot is in no catalogue. One from a table was marked there."""
    made = [
        _place(path, argument)
        for path in _sources()
        for call in _calls(path)
        if _name(call) in KEYWORDS
        for argument in call.args
        if isinstance(argument, ast.JoinedStr | ast.Call)
        and not (
            isinstance(argument, ast.Call)
            and _name(argument) in ("get", "len", "sum", "region_name")
        )
    ]

    assert made == []


def test_a_sentence_is_translated_when_it_is_said() -> None:
    """While the modules are read, nobody has chosen the language yet."""
    too_early = [
        _place(path, call)
        for path in _sources()
        for statement in _read_at_once(_tree(path).body)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and _name(call) in ("_", "ngettext")
    ]

    assert too_early == []


def _read_at_once(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, those of its classes among them."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _read_at_once(statement.body)
        elif not isinstance(statement, ast.FunctionDef):
            yield statement


def test_a_text_of_a_table_of_words_is_marked() -> None:
    bare = [
        _place(path, value)
        for path in _sources("desk")
        if path.name.startswith("wording")
        for statement in _tree(path).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and isinstance(statement.value, ast.Dict)
        for value in statement.value.values
        if isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and re.search(r"[a-z]{2}", value.value)
    ]

    assert bare == []


def test_a_sentence_is_marked_whole(marked: set[str | tuple[str, ...]]) -> None:
    texts = {form for text in marked for form in _forms(text)}
    pieces = {text for text in texts if text != text.strip()}

    assert pieces == SEPARATORS


def test_what_is_shown_is_translated() -> None:
    bare = [
        _place(path, argument)
        for folder in ("ui", "cli")
        for path in _sources(folder)
        for call in _calls(path)
        if _name(call) in SHOWN_BY
        for argument in call.args[:2]
        if any(map(_is_english, _literals(argument)))
    ]

    assert bare == []


def _is_english(text: str) -> bool:
    return text != "SMS Desk" and bool(re.search(r"[A-Za-z]{2}[a-z]* |^[A-Z][a-z]+$", text))


def _literals(argument: ast.expr) -> list[str]:
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    return [
        part.value
        for part in parts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def test_a_gap_in_a_sentence_has_a_name(marked: set[str | tuple[str, ...]]) -> None:
    """A translator may put them in another order, and cannot know how a number is to look."""
    bad = [
        text
        for sentence in marked
        for text in _forms(sentence)
        if "{{" not in text and re.search(r"\{(?!\w+\})", text)
    ]

    assert bad == []


# The catalogues -----------------------------------------------------------------------------

of_each_language = pytest.mark.parametrize(
    "path", CATALOGUES, ids=[path.parent.parent.name for path in CATALOGUES]
)


@of_each_language
def test_a_catalogue_has_the_sentences_of_the_code(
    path: Path, marked: set[str | tuple[str, ...]]
) -> None:
    """`make messages` brings it up to date."""
    known = {_forms(message.id) for message in _messages(path)}
    wanted = {_forms(text) for text in marked if text}
    plurals = {text[0] for text in wanted if len(text) > 1}

    assert known == {text for text in wanted if len(text) > 1 or text[0] not in plurals}


@of_each_language
def test_every_sentence_is_translated(path: Path) -> None:
    missing = [
        message.id
        for message in _messages(path)
        if message.fuzzy or not all(form.strip() for form in _forms(message.string))
    ]

    assert missing == []


@of_each_language
def test_a_translation_has_the_same_gaps(path: Path) -> None:
    """In one of several plural forms the number may be left out: "one message"."""
    for message in _messages(path):
        wanted = [_gaps(form) for form in _forms(message.id)]
        for form in _forms(message.string):
            assert _gaps(form) in wanted, message.id


@of_each_language
def test_a_form_for_several_numbers_names_none_of_them(path: Path) -> None:
    """In French the singular is for 0 too, and "1 message" would be wrong of it."""
    form_of = c2py(_catalogue(path).plural_expr)
    if form_of(0) != form_of(1):
        return
    for message in _messages(path):
        if len(_forms(message.id)) > 1:
            first = _forms(message.string)[form_of(1)]
            assert not re.search(r"\b1\b", first), message.id


def test_french_signs_stay_with_their_words() -> None:
    """A sign with a space before it is not parted from its word at the end of a line."""
    path = resource("locale") / "fr" / "LC_MESSAGES" / "smsdesk.po"
    loose = [
        form
        for message in _messages(path)
        for form in _forms(message.string)
        if re.search(r" [;:!?%»]|« |\w'\w", form)
    ]

    assert loose == []


@of_each_language
def test_a_translation_has_a_letter_for_alt_where_the_sentence_has_one(path: Path) -> None:
    for message in _messages(path):
        wanted = _forms(message.id)[-1].count("&")
        for form in _forms(message.string):
            assert form.count("&") == wanted, message.id


@of_each_language
def test_what_gettext_reads_was_made_from_the_translation(path: Path) -> None:
    """`make messages` makes it anew."""
    made = io.BytesIO()
    write_mo(made, _catalogue(path))

    assert path.with_suffix(".mo").read_bytes() == made.getvalue()
