"""The system's proxy is read where a person asked for it, and obeys its own exceptions."""

import pytest

from smsdesk.system.proxy import system_proxy

API = "https://api.nexmo.com"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.example:8080")


def test_the_proxy_for_https_is_found() -> None:
    assert system_proxy(API) == "http://proxy.example:8080"


def test_a_host_that_is_left_out_is_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "nexmo.com")

    assert system_proxy(API) == ""


def test_plain_http_on_this_computer_needs_none() -> None:
    assert system_proxy("http://127.0.0.1:8080") == ""


def test_no_proxy_is_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("https_proxy")
    monkeypatch.setattr("urllib.request.getproxies", dict)

    assert system_proxy(API) == ""
