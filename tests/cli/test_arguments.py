"""The grammar of the command line."""

from pathlib import Path

import pytest

from smsdesk.cli.arguments import VERBS, build_parser, profile_of
from smsdesk.cli.exits import CliError, Exit
from smsdesk.session import Profile


@pytest.mark.parametrize("before", [True, False])
def test_global_options_stand_before_or_after_the_verb(before: bool) -> None:
    options = ["--data-dir", "here", "--profile", "shop", "--demo"]
    arguments = [*options, "check"] if before else ["check", *options]

    profile = profile_of(build_parser().parse_args(arguments))

    assert profile == Profile("shop", Path("here"), is_demo=True)


def test_what_stood_before_the_verb_is_not_forgotten_after_it() -> None:
    options = build_parser().parse_args(["--demo", "history", "--profile", "shop"])

    assert profile_of(options) == Profile("shop", None, is_demo=True)


PASSPHRASE, API_SECRET, SIGNATURE_SECRET = "passphrase", "api_secret", "signature_secret"


@pytest.mark.parametrize(
    "order",
    [
        [],
        [API_SECRET],
        [API_SECRET, SIGNATURE_SECRET],
        [SIGNATURE_SECRET, API_SECRET],
        [PASSPHRASE, SIGNATURE_SECRET, API_SECRET],
    ],
)
def test_secrets_are_read_in_the_order_of_their_options(
    order: list[str],
) -> None:
    secrets = [f"--{name.replace('_', '-')}-stdin" for name in order]

    options = build_parser().parse_args(["configure", "--api-key", "k", *secrets])

    assert options.stdin_secrets == order


def test_one_command_does_not_remember_the_secrets_of_another() -> None:
    build_parser().parse_args(["configure", "--api-secret-stdin"])

    assert build_parser().parse_args(["configure"]).stdin_secrets == []


@pytest.mark.parametrize("option", ["--api-secret", "--signature-secret", "--passphrase"])
def test_no_secret_can_be_an_argument(option: str) -> None:
    with pytest.raises(CliError):
        build_parser().parse_args(["configure", option, "s3cret"])


@pytest.mark.parametrize("verb", VERBS)
def test_options_are_not_guessed_from_their_beginning(verb: str) -> None:
    with pytest.raises(CliError) as caught:
        build_parser().parse_args([verb, "--dem"])

    assert caught.value.code is Exit.USAGE


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([verb, "--help"] if verb else ["--help"])

    assert ended.value.code == 0
    assert f"usage: smsdesk {verb}".rstrip() in capsys.readouterr().out
