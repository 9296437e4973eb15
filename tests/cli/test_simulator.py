"""`smsdesk simulator`, when it cannot begin; that it runs is told in the journeys."""

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Run

KNOWN = ("--application-id", "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", "--public-key")


def test_a_port_that_is_taken_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        answer = run("simulator", "--port", port)

    assert (answer.code, answer.out) == (2, "")
    assert f"127.0.0.1:{port}" in answer.err


def test_a_public_key_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")

    answer = run("simulator", *KNOWN, missing)

    assert answer.code == 2
    assert missing in answer.err


def test_a_file_that_is_no_public_key_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")

    answer = run("simulator", *KNOWN, str(file))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON object is expected"),
        ('{"default": "gone"}', "gone"),
        ('{"rules": [{"outcome": "busy", "often": 1}]}', "rules[0]"),
    ],
)
def test_a_scenario_that_is_none_says_where_it_goes_wrong(
    run: Run, tmp_path: Path, content: str, named: str
) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(content)

    answer = run("simulator", "--scenario", str(file))

    assert answer.code == 2
    assert named in answer.err


def test_a_public_key_says_nothing_without_its_application(run: Run, tmp_path: Path) -> None:
    answer = run("simulator", "--public-key", str(tmp_path / "public.pem"))

    assert (answer.code, answer.out) == (2, "")
    assert "--application-id" in answer.err
