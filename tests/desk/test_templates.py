"""Templates are filled once, and what they leave open is not sent by mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.desk.contacts import BookError
from smsdesk.desk.desk import Desk
from smsdesk.desk.templates import TemplateError, filled, places
from smsdesk.desk.wording import problem_sentence
from smsdesk.desk.wording_contacts import template_sentence
from smsdesk.store.errors import DatabaseBusyError
from smsdesk.store.templates import TemplateShelf

TEXT = "Hi {name}, we come between {time} and {time}."


def test_a_known_name_is_put_in_and_the_rest_stays_open(desk: Desk) -> None:
    text = desk.templates.use(TEXT, values={"name": "Anna"})

    assert text == "Hi Anna, we come between {time} and {time}."
    assert [place.token for place in desk.templates.open_places(text)] == ["{time}", "{time}"]
    (problem,) = desk.templates.refuse(text)
    assert problem_sentence(problem) == (
        "The template has left {time} open. Write what belongs there."
    )


def test_a_word_in_braces_that_no_template_has_is_the_persons_own(desk: Desk) -> None:
    desk.templates.save(None, name="A", text=TEXT)

    assert desk.templates.refuse("if {x} { y } {} {1} {name") == ()
    assert [one.input for one in desk.templates.refuse("Hi {name} {x} {time}")] == [
        "{name}, {time}"
    ]


def test_it_is_remembered_over_a_restart_and_after_the_template_is_gone(desk: Desk) -> None:
    desk.templates.save(None, name="A", text=TEXT)
    (template,) = desk.templates.all()
    assert desk.templates.refuse("{time}")  # as after a start, with the draft of yesterday
    desk.templates.use(template.text, values={})
    desk.templates.remove(template)

    assert desk.templates.refuse("{time}")


def test_a_template_that_changes_changes_what_is_open(desk: Desk) -> None:
    template = desk.templates.save(None, name="A", text="{old}")
    assert desk.templates.refuse("{old}")

    desk.templates.save(template, name="A", text="{new}")

    assert not desk.templates.refuse("{old}")
    assert desk.templates.refuse("{new}")


@pytest.mark.parametrize(
    ("name", "text", "field", "words"),
    [
        ("", "text", "name", "Enter a name"),
        ("x" * 101, "text", "name", "100"),
        ("taken", "text", "name", "already"),
        ("A", " \n", "text", "Write the text"),
        ("A", "x" * 20_001, "text", "20,000"),
    ],
)
def test_what_is_wrong_is_said(
    desk: Desk, name: str, text: str, field: str, words: str
) -> None:
    desk.templates.save(None, name="Taken", text="text")

    with pytest.raises(TemplateError) as caught:
        desk.templates.save(None, name=name, text=text)

    assert caught.value.field == field
    assert words in template_sentence(caught.value)


def test_line_ends_and_halves_of_emoji_are_put_right(desk: Desk) -> None:
    template = desk.templates.save(None, name="A", text="a\r\nb\ud800")

    assert template.text == "a\nb?"
    assert [one.text for one in desk.templates.all()] == ["a\nb?"]


def test_one_that_is_gone_is_kept_anew(desk: Desk) -> None:
    template = desk.templates.save(None, name="A", text="one")
    desk.templates.remove(template)

    again = desk.templates.save(template, name="A", text="two")

    assert [(one.id, one.text) for one in desk.templates.all()] == [(again.id, "two")]


def test_the_most_used_come_first(desk: Desk) -> None:
    desk.templates.save(None, name="A", text="a")
    second = desk.templates.save(None, name="B", text="b")
    desk.templates.note_use(second)

    assert [(one.name, one.used) for one in desk.templates.all()] == [("B", 1), ("A", 0)]


def test_a_log_that_cannot_be_read_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_args: object) -> None:
        raise DatabaseBusyError("held")

    monkeypatch.setattr(TemplateShelf, "all", busy)

    with pytest.raises(BookError):
        desk.templates.all()
    assert desk.templates.refuse("{name}") == ()


hostile = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "{r.__init__.__globals__[x]}",
            "{name!r}",
            "{0}",
            "{{name}}",
            "{name:>99999999}",
            "\\1",
        ]
    ),
)


@given(hostile, hostile)
def test_a_value_is_never_read_again_and_nothing_but_its_place_changes(
    text: str, value: str
) -> None:
    given_ = f"a{text}b{{name}}c"

    got = filled(given_, {"name": value})

    expected, at = "", 0
    for place in places(given_):
        expected += given_[at : place.start]
        expected += (value or place.token) if place.token == "{name}" else place.token
        at = place.end
    assert got == expected + given_[at:]
