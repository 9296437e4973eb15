"""Cards of other programs are read for name and number; a hostile one harms only itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.desk.vcards import BadCard, Card, looks_like_cards, read_cards, write_cards
from smsdesk.sms.contact import ContactEntry


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> str:
    return end.join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def one(*lines: str, version: str = "3.0", end: str = "\r\n") -> Card:
    (found,) = read_cards(card(*lines, version=version, end=end))
    assert isinstance(found, Card)
    return found


def numbers(found: Card) -> list[str]:
    return [number.value for number in found.numbers]


@pytest.mark.parametrize(
    ("version", "lines", "name", "number"),
    [
        ("2.1", ("N:Meyer;Anna", "TEL;CELL;VOICE:07700 900123"), "Anna Meyer", "07700 900123"),
        ("3.0", ("FN:Anna Meyer", "TEL;TYPE=CELL,VOICE:+44"), "Anna Meyer", "+44"),
        (
            "4.0",
            ("FN:Anna", 'TEL;TYPE="cell,voice";VALUE=uri:tel:+44-7700'),
            "Anna",
            "tel:+44-7700",
        ),
        ("3.0", ("item1.FN:Anna", "item1.TEL;type=pref:1", "item1.X-ABLabel:x"), "Anna", "1"),
        ("3.0", ("fn:Anna", "tel:1"), "Anna", "1"),
        ("3.0", ("FN:", "N:Meyer;Anna;Lena;Dr.;", "TEL:1"), "Anna Lena Meyer", "1"),
        ("3.0", ("ORG:ACME;Depot B", "TEL:1"), "ACME Depot B", "1"),
        ("3.0", ("NICKNAME:Annie", "TEL:1"), "Annie", "1"),
        ("3.0", (r"FN:Meyer\, Anna\; \\ x", "TEL:1"), r"Meyer, Anna; \ x", "1"),
        ("3.0", (r"N:Mey\;er;An\,na", "TEL:1"), "An,na Mey;er", "1"),
        ("3.0", ("FN:An", " na Mey", "\ter", "TEL:1"), "Anna Meyer", "1"),
        ("3.0", ('FN;X-A="a:b;c":Anna', "TEL:1"), "Anna", "1"),
        ("3.0", ("FN:a:b", "TEL:1"), "a:b", "1"),
    ],
)
def test_names_and_numbers_are_found_wherever_they_stand(
    version: str, lines: tuple[str, ...], name: str, number: str
) -> None:
    found = one(*lines, version=version)

    assert found.name == name
    assert numbers(found) == [number]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_of_any_system_will_do(end: str) -> None:
    found = one("FN:Anna", "TEL:1", "NOTE:a", "  b", end=end)

    assert (found.name, numbers(found), found.note) == ("Anna", ["1"], "a b")


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB",), "Zoë"),
        (("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:M=FCller",), "Müller"),
        (("FN;QUOTED-PRINTABLE:Zo=C3=AB",), "Zoë"),
        (
            (
                "FN;ENCODING=QUOTED-PRINTABLE:Zo=",
                "=C3=AB=",
                "=20M",
            ),
            "Zoë M",
        ),
        (
            (
                "FN;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg=",
                " M=C3=BCller",
            ),
            "Jörg Müller",
        ),
        (("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=nonsense:Zo=C3=AB",), "Zoë"),
        (("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=FCller",), "Müller"),
        (("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=C3=AB",), "Zoë Müller"),
    ],
)
def test_quoted_printable_is_read_in_the_character_set_it_names(
    lines: tuple[str, ...], name: str
) -> None:
    assert one(*lines, "TEL:1", version="2.1").name == name


def test_a_fax_is_told_from_a_telephone() -> None:
    found = one("FN:A", "TEL;TYPE=FAX:1", "TEL;TYPE=fax,voice:2", "TEL;PAGER:3", "TEL;HOME:4")

    assert [number.is_fax for number in found.numbers] == [True, False, True, False]


def test_categories_become_groups_and_notes_keep_their_text() -> None:
    found = one("FN:A", r"CATEGORIES:Night\, shift,Drivers", "CATEGORIES: x ", r"NOTE:a\nb\,c")

    assert found.groups == ("Night, shift", "Drivers", "x")
    assert found.note == "a\nb,c"


def test_a_card_in_a_card_is_passed_over() -> None:
    inner = card("FN:Agent", "TEL:2", version="2.1").rstrip()
    found = one("FN:Anna", "AGENT:", *inner.splitlines(), "TEL:1", version="2.1")

    assert (found.name, numbers(found)) == ("Anna", ["1"])


def test_a_broken_card_costs_nobody_else_theirs() -> None:
    text = (
        card("no colon", "FN:Anna", "TEL:1", ";:", ":", "")
        + "BEGIN:VCARD\r\nFN:Cut off\r\nTEL:2\r\n"
        + card("FN:Zoë", "TEL:3")
        + "noise\r\nEND:VCARD\r\n"
        + "BEGIN:VCARD\r\nFN:Never ends"
    )

    found = list(read_cards(text))

    assert [getattr(one, "name", None) for one in found] == ["Anna", None, "Zoë", None]
    assert found[1] == BadCard(10, "unfinished")


def test_pictures_and_heaps_of_lines_are_passed_over() -> None:
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "\r\n ".join(["A" * 74] * 20_000)
    quoted = "NOTE;ENCODING=QUOTED-PRINTABLE:" + "=\r\n".join(["=41" * 20] * 20_000)
    numbers_of_it = [f"TEL:{n}" for n in range(1_000)]
    found = one(picture, quoted, "FN:Anna", *numbers_of_it)

    assert found.name == "Anna"
    assert len(found.numbers) == 50
    assert len(found.note) < 10_000


def test_heaps_of_nested_beginnings_end_somewhere() -> None:
    assert all(
        isinstance(found, BadCard) for found in read_cards("BEGIN:VCARD\nAGENT:\n" * 10_000)
    )


def test_cards_are_known_by_their_first_line() -> None:
    assert looks_like_cards("\ufeff\r\n begin:vcard\r\n")
    assert not looks_like_cards("name,number\r\nBEGIN:VCARD")


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200
).map(lambda text: " ".join(text.split()))


@given(texts, texts, st.lists(texts.filter(bool), max_size=3))
def test_what_is_written_is_read_again_and_no_line_is_too_long(
    name: str, note: str, groups: list[str]
) -> None:
    entry = ContactEntry(name, "+447700900123", note, tuple(groups))

    (text,) = write_cards([entry])
    (found,) = read_cards(text)

    assert isinstance(found, Card)
    assert (found.name, numbers(found), found.note) == (name, [entry.number], note)
    assert found.groups == tuple(groups)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@given(st.text(max_size=300), st.lists(st.sampled_from([
    "BEGIN:VCARD", "END:VCARD", "TEL:1", "FN:x", " y", "AGENT:", "N;ENCODING=QUOTED-PRINTABLE:=",
    "TEL;TYPE=\"", "=", ";;;", "A.B.C:D", "CATEGORIES:\\", "FN\\:",
])))  # fmt: skip
def test_no_card_breaks_the_reader(noise: str, lines: list[str]) -> None:
    list(read_cards("\r\n".join([*lines, noise, *lines])))
