"""Looks over everything that sending needs; each finding says what to do about it.

Off line unless asked otherwise. On line it asks Vonage harmless questions, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.desk.account import Account, AccountError, AccountForm, StoredAccount
from smsdesk.desk.connecting import Connecting
from smsdesk.desk.trail import AuditTrail, TrailError, code_of
from smsdesk.store.database import Database, integrity_check
from smsdesk.store.errors import StoreError
from smsdesk.store.search_index import LARGE, SearchIndex
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes
from smsdesk.system.settings import KEEP_MESSAGES_DAYS, KEEP_TEXT_DAYS, Settings
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import NotSent

_BEHIND = 4 * LARGE
"""So many messages more are read through by each search without anybody noticing."""


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

    def __init__(
        self,
        *,
        account: Account,
        connecting: Connecting,
        database: Database,
        settings: Settings,
        trail: AuditTrail,
    ) -> None:
        self._trail = trail
        self._account = account
        self._connecting = connecting
        self._database = database
        self._settings = settings

    def examine(self, *, online: bool) -> Iterator[Finding]:
        """The findings, one after another, as they are made."""
        yield from self._account_findings()
        yield self._database_finding()
        yield from self._trail_findings()
        yield self._retention_finding()
        yield from self._search_findings()
        yield _disk_finding(self._database.path.parent)
        try:
            client = self._account.connect()
        except NotConnectableError as error:
            yield Finding("signing", Health.FAIL, error.cause)
            return
        client.tokens.bearer()
        yield Finding("signing", Health.OK, value="RS256")
        with closing(client):
            if online:
                yield from self._online_findings(client)

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

    def _trail_findings(self) -> Iterator[Finding]:
        """The chain, then whether the copies remember the same one."""
        try:
            verdict = self._trail.verify()
            strayed = self._trail.strayed()
        except TrailError as error:
            yield Finding("trail", Health.FAIL, error.code)
            return
        code, value = code_of(verdict, strayed)
        is_whole = code in ("trail_empty", "trail_whole")
        yield Finding("trail", Health.OK if is_whole else Health.FAIL, code, value)

    def _retention_finding(self) -> Finding:
        """How long texts and messages are kept, in days; 0 is for ever."""
        texts = self._settings.get(KEEP_TEXT_DAYS)
        messages = self._settings.get(KEEP_MESSAGES_DAYS)
        return Finding("retention", Health.OK, "kept", f"{texts} {messages}")

    def _search_findings(self) -> Iterator[Finding]:
        """Whether the search index keeps up with the log. All is found without it too."""
        try:
            progress = SearchIndex(self._database).progress()
        except StoreError as error:
            yield Finding("search", Health.FAIL, error.code)
            return
        is_behind = progress.of - progress.done > _BEHIND
        health = Health.WARN if is_behind else Health.OK
        code = "search_behind" if is_behind else "search_ready"
        yield Finding("search", health, code, f"{progress.done} {progress.of}")

    def _online_findings(self, client: Client) -> Iterator[Finding]:
        """Network first, for without it the rest says nothing new."""
        try:
            with closing(client.line()) as line:
                line.open()
        except NotSent as error:
            yield Finding("network", Health.FAIL, error.reason)
            return
        yield Finding("network", Health.OK)
        has_account = client.can_ask_reports
        secret = self._secret_finding() if has_account else None
        if secret is not None:
            yield secret
        # A secret that is refused must not keep the key from being proved.
        is_good = secret is not None and secret.health is not Health.FAIL
        yield from self._application_findings(can_compare=is_good)

    def _secret_finding(self) -> Finding:
        try:
            value, currency = self._connecting.check_account()
        except AccountError as error:
            return Finding("api_secret", Health.FAIL, error.code)
        if value < Decimal(str(self._account.balance_warning)):
            return Finding("api_secret", Health.WARN, "balance_low", f"{value} {currency}")
        return Finding("api_secret", Health.OK, value=f"{value} {currency}")

    def _application_findings(self, *, can_compare: bool) -> Iterator[Finding]:
        """The key is compared where that is possible: it leaves no trace in anybody's log."""
        try:
            if can_compare:
                proof = self._connecting.compare()
            else:
                proof = self._connecting.prove(AccountForm(api_key="", api_secret=""))
        except AccountError as error:
            yield Finding("application", Health.FAIL, error.code)
            return
        if proof.is_compared:
            yield Finding("application", Health.OK, value=proof.application_name or "")
        elif proof.is_signature_proved:
            yield Finding("application", Health.OK, value=proof.application_id)
        else:
            yield Finding("application", Health.WARN, "not_provable")
        if not proof.has_credit:
            yield Finding("credit", Health.FAIL, "low_balance")
        skew_s = proof.clock_skew_s
        if skew_s:
            yield Finding("clock", Health.WARN, "clock_wrong", f"{skew_s:+.0f} s")
        else:
            yield Finding("clock", Health.OK)


def _disk_finding(folder: Path) -> Finding:
    free = free_bytes(folder)
    value = f"{free // (1024 * 1024):,} MB"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", Health.FAIL, "disk_full", value)
    return Finding("disk", Health.OK, value=value)
