"""A person finds their own language, whatever the program speaks just now."""

import pytest

from smsdesk.ui.language_names import language_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("de", "Deutsch"),
        ("es", "Español"),
        ("fr", "Français"),
        ("pt_BR", "Português (Brasil)"),
        ("ja", "日本語"),
        ("no such", "no such"),
    ],
)
def test_a_language_is_named_in_itself(code: str, name: str) -> None:
    assert language_name(code) == name
