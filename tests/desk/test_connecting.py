"""Connecting an account: everything is proved before it is stored, and each mistake is named."""

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.connecting import Connecting, MadeKey
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording import account_sentence
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Draft
from smsdesk.system.clock import Clock
from tests.desk.office import Office
from tests.support import TurnedClock
from tests.vonage import keys
from tests.vonage.fault_server import FaultServer, answer, serve_all

ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
STRANGER = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def vonage() -> Iterator[Simulator]:
    public = keys.public_key().decode()
    with Simulator(application_id=ID, public_key_pem=public, pace=0.01) as simulator:
        yield simulator


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return keys.write_key(tmp_path, keys.pkcs8())


@pytest.fixture
def form(vonage: Simulator, key_file: Path) -> AccountForm:
    return AccountForm(ID, str(key_file), api_key="demo", api_secret="demo", api_url=vonage.url)


@pytest.fixture
def connecting(office: Office) -> Connecting:
    office.clock = Clock()
    return office.open().connecting


@pytest.fixture
def made(connecting: Connecting, tmp_path: Path) -> MadeKey:
    return connecting.make_key(str(tmp_path / "made.key"))


def refused(error: pytest.ExceptionInfo[AccountError]) -> tuple[str, str]:
    """Which field and why; there is always a sentence for it."""
    assert "(" + error.value.code + ")" not in account_sentence(error.value)
    return error.value.field, error.value.code


# Proving --------------------------------------------------------------------------------


def test_a_key_is_proved_and_compared_and_nothing_is_sent(
    connecting: Connecting, form: AccountForm, vonage: Simulator
) -> None:
    proof = connecting.prove(form)

    assert (proof.is_signature_proved, proof.is_compared) == (True, True)
    assert (proof.application_name, proof.bits) == ("Simulator", 2048)
    assert vonage.messages == []


def test_without_an_account_the_signature_alone_proves_the_key(
    connecting: Connecting, form: AccountForm
) -> None:
    proof = connecting.prove(replace(form, api_key="", api_secret=""))

    assert (proof.is_signature_proved, proof.is_compared) == (True, False)


def test_what_is_stored_is_proved_without_typing_it_again(
    office: Office, form: AccountForm
) -> None:
    office.clock = Clock()
    desk = office.open()
    desk.account.save(form)

    assert desk.connecting.prove().is_compared


@pytest.mark.parametrize("has_account", [True, False])
def test_a_key_of_another_application_is_refused(
    connecting: Connecting, form: AccountForm, made: MadeKey, *, has_account: bool
) -> None:
    if not has_account:
        form = replace(form, api_key="", api_secret="")
    with pytest.raises(AccountError) as error:
        connecting.prove(replace(form, private_key_path=str(made.path)))

    assert refused(error) == (
        ("private_key_path", "other_applications_key")
        if has_account
        else ("application_id", "token_refused")
    )


def test_an_id_that_is_not_this_accounts_is_named(
    connecting: Connecting, form: AccountForm
) -> None:
    with pytest.raises(AccountError) as error:
        connecting.prove(replace(form, application_id=STRANGER))

    assert refused(error) == ("application_id", "application_unknown")


@pytest.mark.parametrize("has_account", [True, False])
def test_a_missing_capability_is_named(
    connecting: Connecting, form: AccountForm, vonage: Simulator, *, has_account: bool
) -> None:
    client = connecting._account.open_account(form)
    found = client.application(ID)
    client._application(
        "PUT",
        f"/v2/applications/{ID}",
        json.dumps(
            {"name": found.name, "keys": {"public_key": found.public_key}, "capabilities": {}}
        ).encode(),
    )
    client.close()
    if not has_account:
        form = replace(form, api_key="", api_secret="")
    with pytest.raises(AccountError) as error:
        connecting.prove(form)

    assert refused(error) == ("application_id", "no_capability")


@pytest.mark.parametrize("has_account", [True, False])
def test_a_clock_that_is_wrong_is_told_and_does_not_stop_the_proof(
    office: Office, form: AccountForm, *, has_account: bool
) -> None:
    clock = TurnedClock()
    clock.set(-2 * 86400)
    office.clock = clock
    if not has_account:
        form = replace(form, api_key="", api_secret="")

    proof = office.open().connecting.prove(form)

    assert proof.is_signature_proved
    assert 2 * 86400 - 60 < proof.clock_skew_s < 2 * 86400 + 60


def test_a_server_that_never_looks_at_tokens_proves_nothing(
    connecting: Connecting, form: AccountForm
) -> None:
    careless = answer("422 Unprocessable", b'{"type":"x","title":"Invalid","detail":"y"}')
    with FaultServer(serve_all(careless)) as server:
        proof = connecting.prove(replace(form, api_key="", api_secret="", api_url=server.url))

    assert not proof.is_signature_proved


def test_no_credit_proves_the_key_all_the_same(
    connecting: Connecting, form: AccountForm
) -> None:
    poor = answer("402 Payment Required", b'{"type":"x#low-balance","title":"Low balance"}')
    with FaultServer(serve_all(poor)) as server:
        proof = connecting.prove(replace(form, api_key="", api_secret="", api_url=server.url))

    assert (proof.is_signature_proved, proof.has_credit) == (True, False)


# What a person may type wrong -----------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("api_secret", "my secret", "api_secret_malformed"),
        ("api_secret", "wrong", "api_secret_refused"),
        ("api_secret", "", "api_secret_empty"),
        ("api_key", "", "api_key_empty"),
        ("api_key", "a b", "api_key_malformed"),
    ],
)
def test_a_wrong_account_is_named_by_its_field(
    connecting: Connecting, form: AccountForm, field: str, value: str, code: str
) -> None:
    with pytest.raises(AccountError) as error:
        connecting.check_account(replace(form, **{field: value}))

    assert refused(error) == (field, code)


@pytest.mark.parametrize(
    ("content", "passphrase", "expected"),
    [
        (keys.public_key(), "", ("private_key_path", "public_key")),
        (keys.pkcs8(is_locked=True), "", ("passphrase", "needs_passphrase")),
        (keys.pkcs8(is_locked=True), "wrong", ("passphrase", "wrong_passphrase")),
    ],
)
def test_a_wrong_key_file_is_named(
    connecting: Connecting,
    form: AccountForm,
    key_file: Path,
    content: bytes,
    passphrase: str,
    expected: tuple[str, str],
) -> None:
    key_file.write_bytes(content)
    with pytest.raises(AccountError) as error:
        connecting.prove(replace(form, passphrase=passphrase))

    assert refused(error) == expected


def test_an_encrypted_key_is_proved_with_its_passphrase(
    connecting: Connecting, form: AccountForm, key_file: Path
) -> None:
    key_file.write_bytes(keys.pkcs8(is_locked=True))

    assert connecting.prove(replace(form, passphrase=keys.PASSPHRASE)).is_compared


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        ("402 Payment Required", b"{}", "low_balance"),
        ("429 Too Many", b"{}", "too_many"),
        ("503 Unavailable", b"", "status_503"),
        ("302 Found", b"", "redirect"),
        ("511 Network Authentication Required", b"<html>", "captive_portal"),
        ("200 OK", b"[]", "garbled"),
    ],
)
def test_an_answer_that_is_none_is_named(
    connecting: Connecting, form: AccountForm, status: str, body: bytes, code: str
) -> None:
    strange = FaultServer(serve_all(answer(status, body)))
    with strange as server, pytest.raises(AccountError) as error:
        connecting.check_account(replace(form, api_url=server.url))

    assert refused(error) == ("network", code)


def test_a_portal_that_answers_everything_with_a_page_is_seen_through(
    connecting: Connecting, form: AccountForm, vonage: Simulator
) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    with FaultServer(serve_all(page)) as server:
        for has_account in (True, False):
            typed = replace(form, api_url=server.url)
            if not has_account:
                typed = replace(typed, api_key="", api_secret="")
            with pytest.raises(AccountError) as error:
                connecting.prove(typed)

            assert refused(error) == ("network", "captive_portal")


def test_no_network_is_named(connecting: Connecting, form: AccountForm) -> None:
    nowhere = replace(form, api_url="http://127.0.0.1:9")
    for ask in (connecting.prove, connecting.check_account, connecting.applications):
        with pytest.raises(AccountError) as error:
            ask(nowhere)

        assert refused(error) == ("network", "refused")


# Making and choosing --------------------------------------------------------------------


def test_an_application_is_made_with_a_key_from_here_and_proved(
    connecting: Connecting, form: AccountForm, made: MadeKey, vonage: Simulator
) -> None:
    choice = connecting.create_application("Front desk", made, form)
    proof = connecting.prove(
        replace(form, application_id=choice.id, private_key_path=str(made.path))
    )

    assert (choice.name, choice.has_messages, choice.improve_ai) == ("Front desk", True, False)
    assert choice.fingerprint == made.fingerprint == proof.fingerprint
    private = made.path.read_text("ascii").splitlines()[3]
    assert not [entry for entry in vonage.requests if private in str(entry.body)]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_key_is_made_where_the_person_says_and_for_them_alone(made: MadeKey) -> None:
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert not made.is_in_sync_folder


@pytest.mark.case("T1")
def test_a_key_in_a_synchronised_folder_is_worth_a_warning(
    connecting: Connecting, tmp_path: Path
) -> None:
    folder = tmp_path / "Dropbox"
    folder.mkdir()

    assert connecting.make_key(str(folder / "a.key")).is_in_sync_folder


def test_a_key_is_never_written_over_another(connecting: Connecting, made: MadeKey) -> None:
    with pytest.raises(AccountError) as error:
        connecting.make_key(str(made.path))

    assert refused(error) == ("private_key_path", "exists")


def test_an_application_without_a_name_is_not_made(
    connecting: Connecting, form: AccountForm, made: MadeKey, vonage: Simulator
) -> None:
    with pytest.raises(AccountError) as error:
        connecting.create_application("  ", made, form)

    assert refused(error) == ("application_name", "application_name_empty")
    assert vonage.requests == []


def test_numbers_that_send_come_first_and_are_remembered(
    office: Office, form: AccountForm
) -> None:
    office.clock = Clock()
    desk = office.open()
    numbers = desk.connecting.numbers(form)
    preview = desk.compose.preview(Draft("+442079460000", "+447400123456", "hi"))
    abroad = desk.compose.preview(Draft("+12015550123", "+447400123456", "hi"))

    assert [number.can_sms for number in numbers] == [True, True, False]
    assert {number.e164: number.sms_reach for number in numbers}["+12015550123"] == "DOMESTIC"
    assert "number_without_sms" in {problem.code for problem in preview.problems}
    assert "number_domestic_only" in {problem.code for problem in abroad.problems}
    assert preview.can_send


def test_a_number_is_linked_and_shows_it(connecting: Connecting, form: AccountForm) -> None:
    linked = connecting.link_number("+447700900000", ID, form)
    again = connecting.link_number("+447700900000", ID, form)

    assert linked.application_id == again.application_id == ID


def test_a_number_that_is_not_ours_is_named(connecting: Connecting, form: AccountForm) -> None:
    with pytest.raises(AccountError) as error:
        connecting.link_number("+447700900999", ID, form)

    assert refused(error) == ("number", "number_unknown")


def test_webhooks_are_written_and_read_again(connecting: Connecting, form: AccountForm) -> None:
    written = connecting.write_webhooks(
        ID, inbound_url="https://d.example/in", status_url="https://d.example/st", form=form
    )

    assert written.inbound_url == "https://d.example/in"
    assert connecting.application(ID, form) == written


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("d.example/in", "webhook_malformed"),
        ("https://", "webhook_malformed"),
        ("https://[", "webhook_malformed"),
        ("https://d.example/a b", "webhook_malformed"),
        ("http://d.example/in", "webhook_not_https"),
        ("https://localhost/in", "webhook_not_public"),
    ],
)
def test_an_address_that_vonage_cannot_use_is_named(
    connecting: Connecting, form: AccountForm, address: str, code: str
) -> None:
    with pytest.raises(AccountError) as error:
        connecting.write_webhooks(
            ID, inbound_url=address, status_url="", form=replace(form, api_url="")
        )

    assert refused(error) == ("inbound_url", code)


def test_a_pretend_vonage_may_call_this_computer(
    connecting: Connecting, form: AccountForm
) -> None:
    url = "http://127.0.0.1:8080/in"
    written = connecting.write_webhooks(ID, inbound_url=url, status_url=url, form=form)

    assert written.status_url == url


def test_the_balance_proves_the_account(connecting: Connecting, form: AccountForm) -> None:
    assert connecting.check_account(form) == (Decimal("10000.0"), "EUR")


def test_a_test_message_is_an_ordinary_one(desk: Desk) -> None:
    result = desk.connecting.send_test(to="+447400123456", sender="SMSDesk")

    assert [message.to for message in result.messages] == ["+447400123456"]
    assert result.messages[0].ref == "test"
