"""Looks over everything that sending needs; each finding says what to do about it.

Off line unless asked otherwise. On line it asks Vonage harmless questions, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.desk.account import Account, AccountError, StoredAccount
from smsdesk.store.database import Database, integrity_check
from smsdesk.store.errors import StoreError
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import AnswerError, NoAnswer, NotSent

WORTH_A_WARNING_S = 30.0


class Health(StrEnum):
    """How a thing was found."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `code` says what is wrong, and `value` what was seen."""

    name: str
    health: Health
    code: str = ""
    value: str = ""


class Doctor:
    """Examines one profile."""

    def __init__(self, *, account: Account, database: Database) -> None:
        self._account = account
        self._database = database

    def examine(self, *, online: bool) -> Iterator[Finding]:
        """The findings, one after another, as they are made."""
        yield from self._account_findings()
        yield self._database_finding()
        yield _disk_finding(self._database.path.parent)
        try:
            client = self._account.connect()
        except NotConnectableError as error:
            yield Finding("signing", Health.FAIL, error.cause)
            return
        client.tokens.bearer()
        yield Finding("signing", Health.OK, value="RS256")
        if online:
            yield from _online_findings(client)
        client.close()

    def _account_findings(self) -> Iterator[Finding]:
        try:
            stored = self._account.load()
        except AccountError as error:
            yield Finding("keyring", Health.FAIL, error.code)
            return
        yield Finding("keyring", Health.OK, value=stored.keyring)
        if not stored.is_configured:
            yield Finding("account", Health.FAIL, "not_configured")
            return
        yield Finding("account", Health.OK, value=stored.application_id)
        yield self._key_finding(stored)
        if not (stored.api_key and stored.has_api_secret):
            yield Finding("receipts", Health.WARN, "no_api_secret")

    def _key_finding(self, stored: StoredAccount) -> Finding:
        try:
            facts = self._account.check_stored_key()
        except AccountError as error:
            return Finding("private_key", Health.FAIL, f"key_{error.code}")
        return Finding(
            "private_key", Health.OK, value=f"{stored.private_key_path}, RSA {facts.bits}"
        )

    def _database_finding(self) -> Finding:
        try:
            integrity_check(self._database)
        except StoreError as error:
            return Finding("database", Health.FAIL, error.code)
        return Finding("database", Health.OK, value=str(self._database.path))


def _disk_finding(folder: Path) -> Finding:
    free = free_bytes(folder)
    value = f"{free // (1024 * 1024):,} MB"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", Health.FAIL, "disk_full", value)
    return Finding("disk", Health.OK, value=value)


def _online_findings(client: Client) -> Iterator[Finding]:
    line = client.line()
    try:
        line.open()
    except NotSent as error:
        yield Finding("network", Health.FAIL, error.reason)
        return
    finally:
        line.close()
    yield Finding("network", Health.OK)
    if not client.can_ask_reports:
        return
    try:
        balance = client.balance()
    except AnswerError as error:
        status = error.answer.status
        code = "api_secret_refused" if status in (401, 403) else f"status_{status}"
        yield Finding("api_secret", Health.FAIL, code)
    except (NotSent, NoAnswer) as error:
        yield Finding("api_secret", Health.WARN, error.reason)
    else:
        yield Finding("api_secret", Health.OK, value=f"{balance.value} {balance.currency}")
    skew_s = client.tokens.skew_s
    if abs(skew_s) > WORTH_A_WARNING_S:
        yield Finding("clock", Health.WARN, "clock_wrong", f"{skew_s:+.0f} s")
    else:
        yield Finding("clock", Health.OK)
