"""The simulator's own count of parts, at the edges of 3GPP TS 23.038 and 23.040."""

import pytest
import smsutil

from smsdesk.simulator.parts import count_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 152 + "€" + "x" * 152, 3),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("ç" * 66 + "🙂" + "ç" * 66, 3),
        ("\n" * 160, 1),
    ],
)
def test_a_text_fills_as_many_parts_as_the_standard_says(text: str, parts: int) -> None:
    assert count_parts(text) == parts
    assert len(smsutil.split(text).parts) == parts


def test_an_encoding_that_is_asked_for_is_used() -> None:
    assert count_parts("x" * 71, "unicode") == 2
    assert count_parts("ç" * 160, "text") == 1
