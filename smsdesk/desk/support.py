"""A support bundle: what somebody who helps needs to know, and nothing about anybody.

Everything in it is chosen; nothing is in it only because nobody took it out. A setting, a finding
or a line of the log that is not known to be harmless is told of, and not quoted.
"""

from __future__ import annotations

import io
import json
import platform
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from smsdesk import __version__
from smsdesk.desk import wording_support
from smsdesk.desk.doctor import Doctor, Finding
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.sheets.writing import whole_file
from smsdesk.desk.support_log import harmless_log
from smsdesk.store.census import count_rows, count_states, library_version
from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.migrations import schema_version
from smsdesk.system import settings as known_settings
from smsdesk.system.paths import Paths
from smsdesk.system.settings import Setting, Settings

FILE_NAME = "smsdesk-support.zip"

LIBRARIES = (
    *("PySide6-Essentials", "requests", "urllib3", "PyJWT", "cryptography", "keyring"),
    *("phonenumbers", "cheroot", "openpyxl", "truststore", "jeepney"),
)
"""Those whose version may explain something; a frozen program brings their metadata for this."""
_QUOTED_FINDINGS = frozenset({"keyring", "retention", "disk", "signing"})
"""What they saw names no person, no account and no place."""
_QUOTED_SETTINGS = frozenset(
    {
        *("default_region", "throughput", "lines", "expiry_hours", "receipts", "proxy_mode"),
        *("receiver", "receiver_port", "way_in", "report_records_a_day", "replies_by_reports"),
        *("opt_out_scope", "notify", "undo_s", "quiet_mode", "quiet_hours"),
        *("confirm_count_above", "confirm_above"),
        *("keep_text_days", "keep_messages_days", "keep_events_days"),
        *("theme", "assistant"),
    }
)
"""Numbers, switches and choices from a list; of all others only whether they were set."""
_LOG_LINES = 5_000


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One file in the bundle."""

    name: str
    text: str


class BundleError(Exception):
    """The file was not written; `code` is for wording."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


class Support:
    """Makes the bundle of one profile."""

    def __init__(
        self,
        *,
        doctor: Doctor,
        database: Database,
        settings: Settings,
        paths: Paths,
        mask: Callable[[str], str],
    ) -> None:
        """`mask` hides the secrets that are known by value, in one line."""
        self._doctor = doctor
        self._database = database
        self._settings = settings
        self._paths = paths
        self._mask = mask

    def gather(self) -> tuple[BundlePart, ...]:
        """All that would be in it, to be looked at. As slow as a check of the log, and as the
        keyring; the window's own thread may not call it. The connection to the log that the
        calling thread has is closed afterwards, and opened again when it is wanted."""
        try:
            return self._gather()
        finally:
            self._database.close_thread()

    def write(
        self, parts: Sequence[BundlePart], path: Path, *, may_replace: bool = True
    ) -> None:
        """Exactly what was looked at, whole or not at all, readable by this user only.

        Raises BundleError: exists, if it may not replace what has the name; disk_full;
        not_writable.
        """
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
            for part in parts:
                bundle.writestr(part.name, part.text)
        try:
            with whole_file(path, may_replace=may_replace) as file:
                file.write(content.getvalue())
        except SheetError as error:
            raise BundleError(error.code, path) from None

    def _gather(self) -> tuple[BundlePart, ...]:
        # The doctor opens the account, and with it the mask learns its secrets.
        findings = _tell_findings(self._doctor.examine(online=False))
        parts = (
            ("doctor.txt", findings),
            ("versions.txt", _tell_versions()),
            ("settings.json", self._tell_settings()),
            ("counts.txt", self._tell_counts()),
            ("log.txt", harmless_log("".join(self._log_lines()))),
        )
        masked = [
            BundlePart(name, "".join(f"{self._mask(line)}\n" for line in text.splitlines()))
            for name, text in parts
        ]
        return (BundlePart("README.txt", wording_support.contents_text()), *masked)

    def _tell_settings(self) -> str:
        told: dict[str, object] = {}
        for setting in _all_settings():
            value = self._settings.get(setting)
            if setting.name in _QUOTED_SETTINGS:
                told[setting.name] = value
            else:
                told[setting.name] = "default" if value == setting.default else "set"
        return json.dumps(told, indent=1)

    def _tell_counts(self) -> str:
        try:
            size = self._database.path.stat().st_size
            counts = {
                "schema": schema_version(self._database),
                "size in kB": size // 1024,
                **{f"rows of {name}": n for name, n in count_rows(self._database).items()},
                **{f"messages {name}": n for name, n in count_states(self._database).items()},
            }
        except (StoreError, OSError) as error:
            return f"not counted: {type(error).__name__}"
        # With commas, lest the mask takes a large one for somebody's number.
        return "\n".join(f"{name:<32} {count:>12,}" for name, count in counts.items())

    def _log_lines(self) -> list[str]:
        """The newest, of all files that there are."""
        lines: list[str] = []
        oldest_first = sorted(self._paths.logs.glob("smsdesk.log*"), reverse=True)
        for file in oldest_first:
            try:
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            lines += text.splitlines(keepends=True)
        return lines[-_LOG_LINES:]


def _tell_findings(findings: Iterable[Finding]) -> str:
    lines = []
    for finding in findings:
        value = finding.value if finding.name in _QUOTED_FINDINGS else ""
        words = (f"{finding.health.value:<5}", f"{finding.name:<12}", finding.code, value)
        lines.append(" ".join(word for word in words if word).rstrip())
    return "\n".join(lines)


def _tell_versions() -> str:
    facts = [
        ("SMS Desk", __version__),
        ("frozen", "yes" if getattr(sys, "frozen", False) else "no"),
        ("system", platform.platform()),
        ("Python", platform.python_version()),
        ("SQLite", library_version()),
        *((name, _version_of(name)) for name in LIBRARIES),
    ]
    return "\n".join(f"{name:<20} {told}" for name, told in facts)


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "?"


def _all_settings() -> Iterator[Setting[object]]:
    for known in vars(known_settings).values():
        if isinstance(known, Setting):
            yield known
