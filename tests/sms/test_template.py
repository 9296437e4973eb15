"""Placeholders are names and nothing else, and values are text and nothing else."""

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from smsdesk.sms.template import (
    MissingValueError,
    TemplateError,
    normalise_name,
    parse_template,
)


def test_names_stand_for_values() -> None:
    template = parse_template("Hi {First Name}, depot {depot}: {first_name}!")

    assert template.names == ("first_name", "depot")
    assert template.fill({"first_name": "Anna", "depot": "B"}) == "Hi Anna, depot B: Anna!"


def test_a_text_without_placeholders_is_itself() -> None:
    assert parse_template("The van is here.").fill({}) == "The van is here."


def test_doubled_braces_are_braces() -> None:
    assert parse_template("{{{name}}} {{x}}").fill({"name": "Anna"}) == "{Anna} {x}"


@pytest.mark.case("T17")
def test_a_value_is_never_looked_into() -> None:
    template = parse_template("{a}{b}")

    assert (
        template.fill({"a": "{b}", "b": "{{a}} %s {0.__class__}"})
        == "{b}{{a}} %s {0.__class__}"
    )


@pytest.mark.parametrize(
    "text",
    ["{r.__init__.__globals__[secret]}", "{0}", "{a!r}", "{a:>9999999999}", "{a[0]}", "{a.b}"],
)
def test_what_other_languages_would_take_for_a_command_is_an_unknown_name(text: str) -> None:
    template = parse_template(text)

    assert template.unknown_names(["a", "r"]) == template.names
    with pytest.raises(MissingValueError):
        template.fill({"a": "x", "r": "y"})


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("Hi {name", "lone_brace", 3),
        ("Hi name}", "lone_brace", 7),
        ("Hi {na{me}", "lone_brace", 3),
        ("Hi {}", "empty_name", 3),
        ("Hi { - }", "empty_name", 3),
    ],
)
def test_a_brace_that_fits_nowhere_is_named_with_its_place(
    text: str, code: str, place: int
) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text)

    assert (caught.value.code, caught.value.place) == (code, place)


def test_line_breaks_become_one_also_where_a_value_meets_the_text() -> None:
    template = parse_template("a{x}\nb")

    assert template.fill({"x": "1\r\n2\r"}) == "a1\n2\nb"


@pytest.mark.case("T17")
@given(st.text(), st.dictionaries(st.text(max_size=3), st.text()))
def test_whatever_is_written_is_understood_or_refused(
    text: str, values: dict[str, str]
) -> None:
    try:
        template = parse_template(text)
    except TemplateError as error:
        place = error.place
        event(f"{text[place]} is refused")
        return
    known = {normalise_name(name): value for name, value in values.items()}
    if template.unknown_names(known):
        with pytest.raises(MissingValueError):
            template.fill(known)
    else:
        template.fill(known)


@given(st.lists(st.one_of(st.text(), st.sampled_from(["a", "b"]).map(lambda n: {n}))))
def test_text_and_values_come_out_in_their_order(pieces: list[str | set[str]]) -> None:
    values = {"a": "{b}{{", "b": "}}{a}"}
    text, expected = "", ""
    for piece in pieces:
        if isinstance(piece, set):
            (name,) = piece
            text += f"{{{name}}}"
            expected += values[name]
        else:
            text += piece.replace("{", "{{").replace("}", "}}")
            expected += piece

    filled = parse_template(text).fill(values)

    assert filled == expected.replace("\r\n", "\n").replace("\r", "\n")
