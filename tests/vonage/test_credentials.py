"""Names and addresses are checked when they are typed, and secrets never show themselves."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from smsdesk.vonage.credentials import (
    AccountCredentials,
    ApplicationCredentials,
    Secret,
    parse_api_key,
    parse_api_url,
    parse_application_id,
    parse_proxy,
)
from smsdesk.vonage.errors import CredentialsError

APPLICATION = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("canary")
    credentials = (
        AccountCredentials("abcd1234", secret),
        ApplicationCredentials(APPLICATION, Path("k"), secret),
    )

    assert secret.reveal() == "canary"
    assert "canary" not in f"{secret} {secret!r} {credentials!r}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_an_application_id_is_a_uuid() -> None:
    assert parse_application_id(f"  {APPLICATION.upper()}\n") == APPLICATION


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_application_id, " ", "application_id_empty"),
        (parse_application_id, "abcd1234", "application_id_malformed"),
        (parse_application_id, f"{{{APPLICATION}}}", "application_id_malformed"),
        (parse_application_id, APPLICATION + "\n0", "application_id_malformed"),
        (parse_api_key, "", "api_key_empty"),
        (parse_api_key, "abc:def", "api_key_malformed"),
        (parse_api_key, "a b", "api_key_malformed"),
        (parse_api_key, "x" * 65, "api_key_malformed"),
        (parse_api_url, "api.nexmo.com", "api_url_malformed"),
        (parse_api_url, "https://", "api_url_malformed"),
        (parse_api_url, "https://a.example/v1", "api_url_malformed"),
        (parse_api_url, "https://a.example?x=1", "api_url_malformed"),
        (parse_api_url, "https://a.example#x", "api_url_malformed"),
        (parse_api_url, "https://a.example:99999", "api_url_malformed"),
        (parse_api_url, "https://a.example:0", "api_url_malformed"),
        (parse_api_url, "https://[::1", "api_url_malformed"),
        (parse_api_url, "https://a b.example", "api_url_malformed"),
        (parse_api_url, "https://user:pass@a.example", "api_url_with_password"),
        (parse_api_url, "ftp://a.example", "api_url_scheme"),
        (parse_api_url, "http://a.example", "api_url_not_https"),
        (parse_api_url, "http://127.0.0.1.example", "api_url_not_https"),
        (parse_proxy, "socks5://127.0.0.1:1080", "proxy_scheme"),
        (parse_proxy, "http://proxy:port", "proxy_malformed"),
        (parse_proxy, "http://proxy:80/path", "proxy_malformed"),
    ],
)
def test_what_cannot_be_right_is_named(
    parse: Callable[[str], str], text: str, code: str
) -> None:
    with pytest.raises(CredentialsError) as caught:
        parse(text)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("", ""),
        ("  ", ""),
        ("https://API-EU.nexmo.com/", "https://api-eu.nexmo.com"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_api_url_is_an_origin_and_plain_only_on_this_computer(
    text: str, origin: str
) -> None:
    assert parse_api_url(text) == origin


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("", ""),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("http://user:pass@Proxy.example:3128/", "http://user:pass@proxy.example:3128"),
        ("https://proxy.example", "https://proxy.example"),
    ],
)
def test_a_proxy_may_be_written_short(text: str, proxy: str) -> None:
    assert parse_proxy(text) == proxy


def test_an_api_key_is_letters_and_digits() -> None:
    assert parse_api_key(" abcd1234 ") == "abcd1234"
