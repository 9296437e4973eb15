"""Vonage's own Python SDK takes the simulator for Vonage.

The SDK speaks TLS only, so the simulator does too; the certificate is made known to it the way
its HTTP library documents, by REQUESTS_CA_BUNDLE.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from vonage import Auth, HttpClientOptions, Vonage
from vonage_messages import Sms  # type: ignore[import-untyped]

from smsdesk.simulator.server import Simulator
from tests.simulator.customer import APPLICATION_ID, Keys, Start, wait_until_delivered


@pytest.fixture
def simulator(
    start: Start,
    keys: Keys,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Simulator:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    return start(
        certificate=certificate, application_id=APPLICATION_ID, public_key_pem=keys.public
    )


@pytest.fixture
def client(simulator: Simulator, keys: Keys) -> Vonage:
    host = urlsplit(simulator.url).netloc
    return Vonage(
        Auth(
            application_id=APPLICATION_ID,
            private_key=keys.private,
            api_key="demo",
            api_secret="demo",
        ),
        HttpClientOptions(api_host=host, rest_host=host),
    )


def test_the_sdk_sends_an_sms(simulator: Simulator, client: Vonage) -> None:
    answer = client.messages.send(
        Sms(to="447700900000", from_="Acme", text="The van is here.", client_ref="ref-1")
    )

    wait_until_delivered(simulator)
    [message] = simulator.messages
    assert message.message_uuid == answer.message_uuid
    assert message.client_ref == "ref-1"


def test_the_sdk_lists_applications(simulator: Simulator, client: Vonage) -> None:
    applications, _next_page = client.application.list_applications()

    assert [application.id for application in applications] == [APPLICATION_ID]


def test_the_sdk_reads_the_balance_and_the_numbers(
    simulator: Simulator, client: Vonage
) -> None:
    numbers, count, _next = client.numbers.list_owned_numbers()

    assert client.account.get_balance().value == 10_000
    assert count == len(numbers) == 3
