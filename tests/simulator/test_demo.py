"""The account of a demo."""

import os
from pathlib import Path

import requests

from smsdesk.simulator.demo import demo_account
from tests.simulator.customer import Keys, bearer, message


def test_a_demo_account_can_send_with_its_own_key() -> None:
    with demo_account(records=None, pace=0.05) as account:
        keys = Keys(account.private_key_path.read_text(), "")
        answer = requests.post(
            f"{account.api_url}/v1/messages",
            json=message(),
            headers=bearer(keys, application_id=account.application_id),
            timeout=10,
        )

    assert answer.status_code == 202


def test_a_demo_refuses_another_key(keys: Keys) -> None:
    with demo_account(records=None) as account:
        answer = requests.post(
            f"{account.api_url}/v1/messages",
            json=message(),
            headers=bearer(keys, application_id=account.application_id),
            timeout=10,
        )

    assert answer.status_code == 401


def test_the_key_of_a_demo_is_private_and_gone_afterwards() -> None:
    with demo_account(records=None) as account:
        key = account.private_key_path
        if os.name == "posix":
            assert key.stat().st_mode & 0o777 == 0o600
            assert key.parent.stat().st_mode & 0o777 == 0o700

    assert not key.parent.exists()


def test_a_demo_shows_no_secret_and_keeps_its_messages(tmp_path: Path) -> None:
    records = tmp_path / "demo.jsonl"

    with demo_account(records=records) as account:
        assert account.signature_secret not in repr(account)
        assert "api_secret" not in repr(account)

    assert records.exists()
