"""A support bundle has what helps and quotes nobody: canaries planted wherever something personal
may stand are looked for in all that is written."""

import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountForm
from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.desk.support import BundleError, BundlePart
from smsdesk.store.migrations import MIGRATIONS
from smsdesk.system.logs import Logs, open_logs
from smsdesk.system.paths import find_paths, prepare
from smsdesk.system.settings import (
    OPT_OUT_WORDS,
    PUBLIC_URL,
    SENDER,
    SENDER_THROUGHPUT,
    TUNNEL_COMMAND,
    UNDO_S,
    Settings,
)
from smsdesk.system.vault import SessionVault
from tests.desk.office import Office
from tests.vonage import keys

CANARIES = {
    "application id": "ca9a1e00-0001-4ca9-8a1e-0c0ffe000001",
    "path of the key": "canary-two",
    "API key": "canary03",
    "API secret": "canary-Four4444",
    "signature secret": "canary-five-5555555555555555555555",
    "number": "447700900606",
    "text": "canary seven",
    "name": "Canary Eight",
    "note": "canary nine",
    "template": "canary ten",
    "sender": "Canary11",
    "address": "canary-twelve.example",
}


@pytest.fixture
def logs(office: Office) -> Iterator[Logs]:
    prepare(office.paths)
    logs = open_logs(office.paths.logs)
    yield logs
    logs.close()


@pytest.fixture
def desk(office: Office, logs: Logs) -> Desk:
    desk = open_desk(
        paths=office.paths,
        settings=Settings(office.paths.settings),
        vault=office.vault,
        profile="default",
        clock=office.clock,
        hide=logs.add_secret,
        mask=logs.redact,
    )
    office.desks.append(desk)
    return desk


def plant(office: Office, desk: Desk, folder: Path) -> None:
    """Every canary, where a person or a customer would have put it."""
    of = CANARIES
    key = folder / f"{of['path of the key']}.key"
    key.touch(mode=0o600)
    key.write_bytes(keys.pkcs8())
    desk.account.save(
        AccountForm(
            of["application id"],
            str(key),
            api_key=of["API key"],
            api_secret=of["API secret"],
            signature_secret=of["signature secret"],
        )
    )
    number = f"+{of['number']}"
    office.log().queue(to=number, text=of["text"], sender=of["sender"])
    desk.contacts.save(
        None, name=of["name"], number=number, note=of["note"], default_region="GB"
    )
    desk.templates.save(None, name=of["template"], text=of["template"])
    desk.settings.set(SENDER, of["sender"])
    desk.settings.set(SENDER_THROUGHPUT, {of["sender"]: 2.0})
    desk.settings.set(OPT_OUT_WORDS, [of["text"]])
    desk.settings.set(PUBLIC_URL, f"https://{of['address']}/")
    desk.settings.set(TUNNEL_COMMAND, f"tunnel {of['address']}")


def log_all_of_it() -> None:
    """An error that quotes every canary, from us and from a library."""
    quoted = "\n".join(CANARIES.values())
    for name in ("smsdesk.delivery.sender", "somebodys.library"):
        try:
            raise LookupError(quoted)
        except LookupError:
            logging.getLogger(name).exception("an error nobody foresaw")
    logging.getLogger("somebodys.library").error("cannot write to %s", quoted)
    logging.getLogger("smsdesk.qt").warning("QLabel: %s", quoted)


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def test_no_canary_gets_into_the_bundle(office: Office, desk: Desk, tmp_path: Path) -> None:
    plant(office, desk, tmp_path)
    log_all_of_it()
    target = tmp_path / "bundle.zip"

    desk.support.write(desk.support.gather(), target)

    told = "\n".join(read(target).values()).casefold()
    assert [place for place, canary in CANARIES.items() if canary.casefold() in told] == []
    assert len(CANARIES) == 12
    assert str(tmp_path) not in told


def test_the_canaries_were_where_they_would_be_found(
    office: Office, desk: Desk, tmp_path: Path
) -> None:
    """Else the test above would prove nothing."""
    plant(office, desk, tmp_path)
    log_all_of_it()

    kept = b"".join(
        path.read_bytes() for path in office.paths.home.rglob("*") if path.is_file()
    )

    for place in ("number", "text", "name", "note", "template", "sender", "address"):
        assert CANARIES[place].encode() in kept, place
    assert office.vault.get("api_secret") == CANARIES["API secret"]


def test_what_helps_is_in_it(office: Office, desk: Desk, tmp_path: Path) -> None:
    plant(office, desk, tmp_path)
    desk.settings.set(UNDO_S, 25)
    log_all_of_it()

    told = {part.name: part.text for part in desk.support.gather()}

    assert set(told) == {
        *("README.txt", "doctor.txt", "versions.txt", "settings.json", "counts.txt"),
        "log.txt",
    }
    assert "ok    signing      RS256" in told["doctor.txt"]
    assert '"undo_s": 25' in told["settings.json"]
    assert '"sender": "set"' in told["settings.json"]
    assert '"proxy": "default"' in told["settings.json"]
    counts = dict(line.rsplit(maxsplit=1) for line in told["counts.txt"].splitlines())
    assert counts["rows of message"] == counts["messages queued"] == "1"
    assert counts["schema"] == str(len(MIGRATIONS))
    assert "smsdesk.delivery.sender: an error nobody foresaw" in told["log.txt"]
    assert "in log_all_of_it\n    LookupError\n" in told["log.txt"]


def test_an_account_without_anything_still_has_a_bundle(desk: Desk) -> None:
    told = {part.name: part.text for part in desk.support.gather()}

    assert "fail  account      not_configured" in told["doctor.txt"]


def test_what_is_written_is_what_was_shown_and_ours_alone(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"

    desk.support.write((BundlePart("one.txt", "as shown\n"),), target)

    assert read(target) == {"one.txt": "as shown\n"}
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_bundle_that_cannot_be_whole_is_not_there(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "no such folder"

    with pytest.raises(BundleError, match="not_writable"):
        desk.support.write((BundlePart("one.txt", "text"),), folder / "bundle.zip")

    assert not folder.exists()


def test_a_bundle_takes_its_name_only_when_it_is_complete(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    (target / "in the way").mkdir(parents=True)

    with pytest.raises(BundleError):
        desk.support.write((BundlePart("one.txt", "text"),), target)

    assert [path.name for path in tmp_path.glob("taken*")] == ["taken"]


def test_a_log_that_cannot_be_read_is_no_reason_for_no_bundle(tmp_path: Path) -> None:
    paths = find_paths(data_dir=tmp_path / "other", profile="default")
    prepare(paths)
    (paths.logs / "smsdesk.log").mkdir()
    desk = open_desk(
        paths=paths,
        settings=Settings(paths.settings),
        vault=SessionVault(),
        profile="default",
    )

    told = {part.name: part.text for part in desk.support.gather()}
    desk.close()

    assert told["log.txt"] == ""
