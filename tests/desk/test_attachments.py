"""What came along is saved when a person says so: under a harmless name, whole or not at all."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk import wording_attachments
from smsdesk.desk.account import AccountForm
from smsdesk.desk.attachments import (
    Attachments,
    NotSavedError,
    harmless_name,
    is_program,
    with_ending,
)
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.wording_trail import detail_sentence
from smsdesk.simulator import media
from smsdesk.simulator.server import Simulator
from smsdesk.sms.channels.received import Attachment
from smsdesk.store.trail import Act, TrailFilter
from smsdesk.system.clock import Clock
from smsdesk.system.settings import PROXY_MODE
from smsdesk.vonage import media as wire
from tests.desk.office import Office
from tests.support import NOW
from tests.vonage.keys import pkcs8, write_key

APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
MESSAGE_ID = "01J0000000000000000000000A"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def attachments(office: Office, simulator: Simulator) -> Attachments:
    desk = office.open()
    desk.settings.set(PROXY_MODE, "none")
    desk.account.save(AccountForm(api_url=simulator.url))
    return desk.attachments


def sent(simulator: Simulator, kind: str, name: str = "") -> Attachment:
    return Attachment(kind, simulator.url + media.path_of(kind), name)


@pytest.mark.parametrize(
    ("kind", "ending", "start"),
    [
        ("image", ".png", b"\x89PNG"),
        ("sticker", ".png", b"\x89PNG"),
        ("audio", ".wav", b"RIFF"),
        ("file", ".pdf", b"%PDF"),
        ("vcard", ".vcf", b"BEGIN:VCARD"),
    ],
)
def test_what_comes_is_saved_with_the_ending_that_it_has(
    attachments: Attachments,
    simulator: Simulator,
    tmp_path: Path,
    kind: str,
    ending: str,
    start: bytes,
) -> None:
    told: list[tuple[int, int | None]] = []
    saving = attachments.saving(MESSAGE_ID, sent(simulator, kind))

    path = saving.save(tmp_path / "it", tell=lambda done, of: told.append((done, of)))

    content = path.read_bytes()
    assert path == tmp_path / f"it{ending}"
    assert content.startswith(start)
    assert told[-1] == (len(content), len(content))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_in_the_trail_without_name_or_address(
    office: Office, attachments: Attachments, simulator: Simulator, tmp_path: Path
) -> None:
    attachments.saving(MESSAGE_ID, sent(simulator, "file", "Invoice.pdf")).save(tmp_path / "it")
    (desk,) = office.desks
    desk.trail.close()

    (entry,) = desk.trail.page(TrailFilter(what=Act.FILE_SAVED))
    size = (tmp_path / "it.pdf").stat().st_size
    assert entry.details() == {"message": MESSAGE_ID, "kind": "file", "bytes": size}
    assert detail_sentence(entry) == f"File, {size} bytes, message {MESSAGE_ID}"


def test_what_is_gone_leaves_no_file(
    attachments: Attachments, simulator: Simulator, tmp_path: Path
) -> None:
    with pytest.raises(NotSavedError) as error:
        attachments.saving(MESSAGE_ID, sent(simulator, "video")).save(tmp_path / "it")

    sentence = wording_attachments.not_saved_sentence(error.value) or ""
    assert sentence.startswith("It is no longer there: Vonage keeps a file for 48 hours.")
    assert list(tmp_path.glob("it*")) == []


def test_what_turns_out_too_large_leaves_no_file(
    attachments: Attachments,
    simulator: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "LARGEST_FILE", 500)

    with pytest.raises(NotSavedError) as error:
        attachments.saving(MESSAGE_ID, sent(simulator, "audio")).save(tmp_path / "it")

    assert error.value.code == "too_large"
    assert list(tmp_path.glob("it*")) == []


def test_what_lies_there_is_replaced_only_if_it_may_be(
    attachments: Attachments, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "it.png").write_text("mine")

    with pytest.raises(SheetError) as error:
        attachments.saving(MESSAGE_ID, sent(simulator, "image")).save(tmp_path / "it")
    assert (error.value.code, error.value.path) == ("exists", tmp_path / "it.png")
    assert (tmp_path / "it.png").read_text() == "mine"

    saving = attachments.saving(MESSAGE_ID, sent(simulator, "image"))
    saving.save(tmp_path / "it", may_replace=True)
    assert (tmp_path / "it.png").read_bytes().startswith(b"\x89PNG")


def test_an_application_that_secures_its_media_is_shown_its_token(
    office: Office, tmp_path: Path
) -> None:
    office.clock = Clock()  # a token is good for minutes
    key = write_key(tmp_path, pkcs8())
    with Simulator(application_id=APPLICATION_ID) as simulator:
        desk = office.open()
        desk.settings.set(PROXY_MODE, "none")
        desk.account.save(AccountForm(api_url=simulator.url))
        application = simulator._applications._applications[APPLICATION_ID]
        application.capabilities["messages"] = {"authenticate_inbound_media": True}
        with pytest.raises(NotSavedError) as error:
            desk.attachments.saving(MESSAGE_ID, sent(simulator, "image")).save(tmp_path / "it")
        assert error.value.code == "refused"

        desk.account.save(AccountForm(application_id=APPLICATION_ID, private_key_path=str(key)))
        path = desk.attachments.saving(MESSAGE_ID, sent(simulator, "image")).save(
            tmp_path / "it"
        )

    assert path.name == "it.png"


def test_a_stranger_is_refused_before_anything_is_asked(
    attachments: Attachments, simulator: Simulator, tmp_path: Path
) -> None:
    for url, code in (
        ("http://media.example.com/1", "not_https"),
        ("https://192.168.1.1/1", "private_host"),
    ):
        attachment = Attachment("image", url)
        offer = attachments.look(attachment)
        assert offer.problem == code
        assert "Nothing was saved." in wording_attachments.problem_sentence(offer)
        with pytest.raises(NotSavedError) as error:
            attachments.saving(MESSAGE_ID, attachment).save(tmp_path / "it")
        assert error.value.code == code


def test_host_and_limit_are_told_before(attachments: Attachments) -> None:
    offer = attachments.look(Attachment("image", "https://api-us.nexmo.com/v3/media/1.JPG?x"))

    assert offer.problem == ""
    told = wording_attachments.offer_sentence(offer)
    assert "from api-us.nexmo.com" in told
    assert "at most 100 MB" in told
    name = wording_attachments.suggested_name(Attachment("image", ""), offer, at=NOW)
    assert name.startswith("Picture 20")
    assert name.endswith(".jpg")


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Invoice.pdf", "Invoice.pdf"),
        ("../../.bashrc", "bashrc"),
        ("C:\\Windows\\system32\\evil.exe", "evil.exe"),
        ("/etc/passwd", "passwd"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\x00b\nc\x1b[2J.txt", "ab c_2J.txt"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("trailing. . .", "trailing"),
        ("....", ""),
        ("", ""),
        ("<b>&|*?:\"'.png", "_b________.png"),
        ("Rechnung für Ömer 🙂.pdf", "Rechnung für Ömer _.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 78),
    ],
)
def test_a_strangers_name_is_made_harmless(told: str, name: str) -> None:
    assert harmless_name(told) == name


@pytest.mark.parametrize("name", ["evil.EXE", "page.html", "run.sh", "x.desktop", "x.svg"])
def test_a_program_is_told_by_its_name(name: str) -> None:
    assert is_program(name)
    assert not is_program(f"{name}.pdf")


def test_a_name_that_has_an_ending_keeps_it() -> None:
    assert with_ending(Path("/a/it.jpeg"), "image/png") == Path("/a/it.jpeg")
    assert with_ending(Path("/a/it"), "image/png") == Path("/a/it.png")
    assert with_ending(Path("/a/it"), "application/strange") == Path("/a/it")


@pytest.mark.parametrize("code", sorted(wording_attachments.NOT_SAVED_SENTENCES))
def test_every_trouble_has_its_sentence(code: str) -> None:
    told = wording_attachments.not_saved_sentence(NotSavedError(code, "503")) or ""

    assert told
    assert "{" not in told


@pytest.mark.parametrize("cause", ["dns", "certificate", "deadline", "cut", "proxy_auth"])
def test_a_broken_line_is_told_without_a_word_of_sending(cause: str) -> None:
    told = wording_attachments.not_saved_sentence(NotSavedError("transport", cause)) or ""

    assert told.endswith(". Nothing was saved; try again.")
    assert " sent" not in told
