"""Opening a profile: what it says of the language holds from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.session import Profile, open_session
from smsdesk.system import i18n
from smsdesk.system.i18n import _, choose_language
from smsdesk.system.paths import prepare
from smsdesk.system.settings import LANGUAGE, Settings
from tests.system.test_i18n import write_catalogue


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """There is a catalogue for German, and the environment asks for it."""
    write_catalogue(
        tmp_path / "de" / "LC_MESSAGES",
        {"": "Content-Type: text/plain; charset=UTF-8\n", "Queued": "Wartet"},
    )
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setattr(i18n, "resource", lambda _name: tmp_path)
    i18n._catalogue.cache_clear()
    yield
    choose_language(None)
    i18n._catalogue.cache_clear()


@pytest.mark.parametrize(
    ("chosen", "said"), [("", "Wartet"), ("de", "Wartet"), ("en", "Queued"), ("fr", "Queued")]
)
def test_the_language_that_was_chosen_is_spoken(tmp_path: Path, chosen: str, said: str) -> None:
    profile = Profile(data_dir=tmp_path / "data")
    prepare(profile.find_paths())
    Settings(profile.find_paths().settings).set(LANGUAGE, chosen)

    with open_session(profile):
        assert _("Queued") == said
