"""Who is logged in is asked of the system, and not of the environment."""

import os

import pytest

from smsdesk.system.os_user import user_name


@pytest.mark.skipif(os.name != "posix", reason="Windows has no other source")
def test_the_environment_cannot_say_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    before = user_name()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")

    assert user_name() == before != "somebody-else"


@pytest.mark.skipif(os.name != "posix", reason="it is about POSIX accounts")
def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)

    assert user_name() == "4000000000"
