"""Whatever a list is made of: it is refused, or exactly what is shown is queued."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsdesk.desk.desk import Desk
from tests.desk.office import Office
from tests.desk.sheets.mutations import mutated, send_to

TEXTS = ("Hello", "Hi {name}", "Hi {column_1}")


@pytest.mark.case("T16", "G10")
@pytest.mark.parametrize("text", TEXTS)
def test_mutated_lists_are_refused_or_sent_as_shown(
    desk: Desk, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "list.csv"
    became = set()

    for data in mutated(150, seed=len(text)):
        file.write_bytes(data)
        became.add(send_to(desk, file, text))

    assert {"queued", "quotes", "nul"} <= became


@pytest.mark.case("T16", "G10")
@settings(max_examples=200)
@given(
    rows=st.lists(
        st.lists(
            st.one_of(
                st.text(max_size=12),
                st.from_regex(r"(\+44|0)7400 ?12345[0-9]", fullmatch=True),
                st.sampled_from(["4.47E+11", "{x}", '"', "=1", "+447400123456"]),
            ),
            max_size=4,
        ),
        max_size=8,
    ),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    text=st.sampled_from(TEXTS),
)
def test_so_are_lists_of_anything(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    file = folder / "list.csv"
    content = "\n".join(separator.join(row) for row in rows)
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    office = Office(folder / "data")
    try:
        send_to(office.open(), file, text)
    finally:
        office.close()
