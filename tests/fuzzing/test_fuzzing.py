"""Anything at every door through which bytes come in: understood, or refused by name.

Each door gets sound bytes that were spoilt, and mere noise. What once broke a door stands in
`corpus/`, in a folder named like the door, and is tried each time. `make fuzz` looks far longer.
"""

import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsdesk.desk import contact_files, opt_out_files
from smsdesk.desk.contact_files import ContactFileError
from smsdesk.desk.opening import OpeningError
from smsdesk.desk.opt_out_files import OptOutFileError
from smsdesk.desk.sheets.reading import ReadingOptions, read_table
from smsdesk.desk.sheets.table import SheetError
from smsdesk.sms.link import parse_sms_link
from smsdesk.sms.message import check_draft
from smsdesk.sms.template import MissingValueError, TemplateError, parse_template
from smsdesk.system import settings as kept
from smsdesk.vonage.errors import PayloadError, WebhookError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.payloads import (
    read_accepted,
    read_balance,
    read_problem,
    read_replies_report,
    read_report,
)
from smsdesk.vonage.signature import verify_webhook
from smsdesk.vonage.webhook_payloads import read_inbound, read_status
from tests.desk.office import Office
from tests.desk.sheets import books
from tests.desk.sheets.mutations import SEEDS, spoil
from tests.support import NOW
from tests.webhooks.station import KEYS, claims, sign

CORPUS = Path(__file__).with_name("corpus")
STATUS = json.dumps(
    {
        "message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
        "client_ref": "REF-1",
        "status": "rejected",
        "timestamp": "2026-03-02T09:00:00Z",
        "error": {"type": "https://example.com#1210", "title": "1210", "detail": "no"},
        "usage": {"currency": "EUR", "price": "0.0333"},
        "sms": {"count_total": "2", "num_messages": "2"},
        "destination": {"network_code": "23410"},
    }
).encode()
INBOUND = json.dumps(
    {
        "message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
        "from": "447700900001",
        "to": "447700900000",
        "channel": "sms",
        "message_type": "text",
        "text": "STOP",
        "timestamp": "2026-03-02T09:00:00Z",
        "sms": {"num_messages": "1", "keyword": "STOP"},
    }
).encode()
PROBLEM = json.dumps(
    {
        "type": "https://developer.vonage.com/api-errors#unprocessable-entity",
        "title": "Invalid params",
        "detail": "The value of one or more parameters is invalid.",
        "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
        "invalid_parameters": [{"name": "to", "reason": "is no number"}],
    }
).encode()
REPORT = json.dumps(
    {
        "records": [
            {"message_id": "x", "client_ref": "R", "status": "delivered", "price": "1"}
        ],
        "_links": {"next": {"href": "https://api.nexmo.com/v2/reports/records?cursor=1"}},
    }
).encode()
EVERY_SETTING = [one for one in vars(kept).values() if isinstance(one, kept.Setting)]
SETTINGS = json.dumps({one.name: one.default for one in EVERY_SETTING}).encode()
CARDS = (
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\nTEL;TYPE=CELL:+447400123456\r\n"
    b"NOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9\r\nCATEGORIES:Staff,North\r\nEND:VCARD\r\n"
)
EVERY_READER = (read_accepted, read_balance, read_problem, read_replies_report, read_report)


@dataclass(frozen=True, slots=True)
class Door:
    """Where bytes come in, and the sound ones that are spoilt."""

    enter: Callable[[bytes], object]
    sound: Callable[[], tuple[bytes, ...]]
    refuses: tuple[type[Exception], ...] = ()
    is_package: bool = False


def prove(data: bytes) -> None:
    """A webhook's header and body; none that was touched may be taken for Vonage's."""
    header, _, body = data.partition(b"\n")
    verify_webhook(header.decode("latin-1"), body, KEYS, now=1_790_000_000.0)
    assert data == signed(), "a webhook was taken although something had been done to it"


@cache
def signed() -> bytes:
    return sign(claims(STATUS, now=1_790_000_000.0)).encode() + b"\n" + STATUS


def read_answer(data: bytes) -> None:
    for status in (200, 202, 422):
        for reader in EVERY_READER:
            reader(Answer(status, {"content-type": "application/json"}, data))


def read_list(data: bytes) -> None:
    read_table(Path("list"), ReadingOptions(default_region="GB"), data=data)


def fill_in(data: bytes) -> None:
    template = parse_template(data.decode("utf-8", "replace"))
    template.fill(dict.fromkeys(template.names, "{name}"))


def follow_link(data: bytes) -> None:
    draft = parse_sms_link(data.decode("utf-8", "replace"))
    if draft is not None:
        check_draft(draft, default_region="GB")


def read_settings(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "settings.json")
        path.write_bytes(data)
        read = kept.Settings(path)
        for one in EVERY_SETTING:
            read.get(one)
            kept.read_one(path, one)


def read_people(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "people")
        path.write_bytes(data)
        contact_files.read_file(path, default_region="GB")


def read_opt_outs(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "out.csv")
        path.write_bytes(data)
        opt_out_files.read_file(path, default_region="GB", now=NOW)


def open_log(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        office.paths.home.mkdir(mode=0o700, exist_ok=True)
        office.paths.database.write_bytes(data)
        try:
            office.open()
        finally:
            office.close()


@cache
def new_log() -> bytes:
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        office.open()
        log = office.log()
        log.queue(2)
        assert log.database.empty_wal()
        log.database.close_thread()
        office.close()
        return office.paths.database.read_bytes()


@cache
def packages() -> tuple[bytes, ...]:
    table = books.ods_table(books.ods_text("Mobile"), books.ods_number("1", "1"))
    rows: list[list[object]] = [["Name", "Mobile"], ["Ann", "+447400123456"], [1, 4.5]]
    return books.xlsx(rows), books.ods(table)


OPT_OUTS = b"number,sender,since,reason,detail\n+447400123456,,2026-01-01,person,x\n"
TEMPLATES = (b"Hi {name}, {{x}} {Depot name} is closed.", "Grüße {Straße}\n{a}{b}".encode())
LINK = b"sms:+447400123456,07400%20123457?body=Hi%20there&x=1"
DOORS: Mapping[str, Door] = {
    "webhook": Door(prove, lambda: (signed(),), (WebhookError,)),
    "status": Door(read_status, lambda: (STATUS,), (PayloadError,)),
    "inbound": Door(read_inbound, lambda: (INBOUND,), (PayloadError,)),
    "answer": Door(read_answer, lambda: (PROBLEM, REPORT, b'{"value": 5.0}')),
    "list": Door(read_list, lambda: SEEDS, (SheetError,)),
    "workbook": Door(read_list, packages, (SheetError,), is_package=True),
    "template": Door(fill_in, lambda: TEMPLATES, (TemplateError, MissingValueError)),
    "link": Door(follow_link, lambda: (LINK,)),
    "settings": Door(read_settings, lambda: (SETTINGS,)),
    "people": Door(read_people, lambda: (*SEEDS, CARDS), (ContactFileError,)),
    "opt outs": Door(read_opt_outs, lambda: (*SEEDS, OPT_OUTS), (OptOutFileError,)),
    "log": Door(open_log, lambda: (new_log(),), (OpeningError,)),
}


def spoil_package(data: bytes, chance: random.Random) -> bytes:
    """One member of a package is spoilt, or the package itself."""
    if chance.random() < 0.3:
        return spoil(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    chosen = chance.choice(sorted(members))
    members[chosen] = spoil(members[chosen], chance)
    return books.package(**members)


def knock(door: Door, data: bytes) -> None:
    """It is understood or refused by name; anything else is a fault."""
    with suppress(*door.refuses):
        door.enter(data)


def try_out(door: Door, chance: random.Random, noise: bytes) -> None:
    sound = chance.choice(door.sound())
    spoilt = spoil_package(sound, chance) if door.is_package else spoil(sound, chance)
    knock(door, chance.choice([spoilt, spoilt, spoilt, noise]))


every_door = pytest.mark.parametrize("name", DOORS)
anything = given(chance=st.randoms(use_true_random=False), noise=st.binary(max_size=300))


@every_door
def test_sound_bytes_are_let_in(name: str) -> None:
    for data in DOORS[name].sound():
        DOORS[name].enter(data)


@every_door
def test_what_once_broke_a_door_does_so_no_more(name: str) -> None:
    for file in sorted((CORPUS / name).glob("*")):
        knock(DOORS[name], file.read_bytes())


@pytest.mark.case("T8", "T16", "T17", "T18", "T20", "F43")
@every_door
@settings(max_examples=25)
@anything
def test_anything_is_understood_or_refused(
    name: str, chance: random.Random, noise: bytes
) -> None:
    try_out(DOORS[name], chance, noise)


@pytest.mark.long
@every_door
@settings(max_examples=5_000)
@anything
def test_so_it_is_for_long(name: str, chance: random.Random, noise: bytes) -> None:
    try_out(DOORS[name], chance, noise)
