"""What is done outside the log is noted too; the trail is written to a file, and held against the
copies that remember it."""

import csv
from pathlib import Path

import pytest

from smsdesk.desk import contact_files, opt_out_files
from smsdesk.desk.account import AccountForm
from smsdesk.desk.desk import Desk
from smsdesk.desk.trail import Act, TrailError, TrailFilter
from smsdesk.desk.wording_trail import ACT_NAMES, act_name, detail_sentence, finding_sentence
from smsdesk.store.trail import Entry
from smsdesk.system.os_user import user_name
from smsdesk.system.settings import (
    CONFIRM_PIN,
    KEEP_TEXT_DAYS,
    NOTIFY,
    PROXY,
    SENDER,
    WINDOW,
)
from tests.desk.office import Office
from tests.support import NOW, Log

ALL = TrailFilter()


def acts(office: Office, desk: Desk) -> list[tuple[str, dict[str, object]]]:
    desk.close()
    return [(one.what, one.details()) for one in office.open().trail.entries(ALL)]


def test_a_changed_setting_is_noted_with_its_value_only_where_that_is_harmless(
    office: Office, desk: Desk
) -> None:
    desk.settings.set(KEEP_TEXT_DAYS, 30)
    desk.settings.set(KEEP_TEXT_DAYS, 30)
    desk.settings.set(NOTIFY, "off")
    desk.settings.set(PROXY, "http://user:secret@proxy.example")
    desk.settings.set(CONFIRM_PIN, "told by the rule itself")
    desk.settings.set(SENDER, "+447700900001")
    desk.settings.set(WINDOW, {"place": "there"})

    assert acts(office, desk) == [
        ("setting_changed", {"setting": "keep_text_days", "from": 90, "to": 30}),
        ("setting_changed", {"setting": "notify", "from": "full", "to": "off"}),
        ("setting_changed", {"setting": "proxy"}),
    ]


def test_who_did_it_is_the_user_of_the_system(office: Office, desk: Desk) -> None:
    desk.trail.note(Act.EXPORTED, messages=3)
    (entry,) = desk.trail.page(ALL)

    assert (entry.who, entry.profile, entry.at) == (user_name(), "default", NOW)
    assert entry.who


def test_the_rule_of_two_is_noted_once(office: Office, desk: Desk) -> None:
    desk.batches.change_rule(10, old_pin="", new_pin="4711")

    assert acts(office, desk) == [("confirmation_rule", {"rule": "above 10, new PIN"})]


def test_a_removed_profile_is_noted_by_the_one_that_removed_it(
    office: Office, desk: Desk
) -> None:
    desk.trail.note_soon(Act.PROFILE_REMOVED, profile="shop")

    assert acts(office, desk) == [("profile_removed", {"profile": "shop"})]


def test_new_credentials_are_noted_and_not_shown(office: Office, desk: Desk) -> None:
    desk.account.save(AccountForm(api_key="abcd1234", api_secret="a-secret"))

    assert acts(office, desk)[0] == ("account_changed", {})


def test_the_file_holds_all_that_is_hashed(office: Office, desk: Desk, tmp_path: Path) -> None:
    log = office.log()
    log.queue(3)
    log.database.close_thread()
    desk.trail.note(Act.EXPORTED, kind="=cmd()")
    path = tmp_path / "trail.csv"
    assert desk.trail.write_file(ALL, path) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["act"] for row in rows] == ["sent", "exported"]
    assert rows[1]["previous_hash"] == rows[0]["hash"]
    assert rows[0]["time"] == "2026-03-02T09:00:00.000Z"
    assert desk.trail.page(ALL)[0].details() == {"entries": 2, "kind": "trail"}


def test_a_file_that_cannot_be_written_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.trail.note(Act.EXPORTED)
    with pytest.raises(TrailError) as error:
        desk.trail.write_file(ALL, tmp_path / "no" / "trail.csv")

    assert error.value.code == "not_writable"
    assert len(desk.trail.page(ALL)) == 1


def test_a_trail_written_anew_is_told_by_a_backup(office: Office, desk: Desk) -> None:
    log = office.log()
    log.queue()
    backup = desk.copies.back_up()
    connection = log.database.connection
    for trigger in ("trail_is_followed", "trail_is_not_changed", "trail_is_not_cut"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("DELETE FROM trail")
    log.database.close_thread()
    desk.trail.note(Act.EXPORTED, messages=1)
    desk.trail.note(Act.EXPORTED, messages=2)

    assert desk.trail.verify().first_break is None, "a chain of its own"
    assert [one.copy for one in desk.trail.strayed()] == [backup.path.name]


def test_every_act_has_a_name_and_an_unknown_one_is_shown_as_it_is() -> None:
    assert set(ACT_NAMES) == set(Act)
    assert act_name("of_a_newer_version") == "of_a_newer_version"


def entry(detail: str) -> Entry:
    return Entry(1, NOW, "tina", "default", "settled", detail, "0" * 64, "1" * 64)


def test_details_are_told_in_words() -> None:
    told = detail_sentence(entry('{"how":"sent_again","messages":1200,"batch":"B1"}'))

    assert told == "1,200 messages, sent again, batch B1"
    assert (
        detail_sentence(entry('{"continued":false,"x":"y"}')) == "the trail does not go on, x y"
    )
    setting = '{"setting":"default_region","from":"","to":"GB"}'
    assert detail_sentence(entry(setting)) == "default_region, from nothing, to GB"
    assert detail_sentence(entry("no JSON")) == ""


def test_the_doctor_names_the_first_break() -> None:
    assert "entry 7 (2026-01-01 10:00:00)" in str(
        finding_sentence("trail_content", "7 2026-01-01 10:00:00")
    )
    assert finding_sentence("trail_whole", "1200 abc") == (
        "Whole, 1,200 entries. Keep this hash elsewhere: abc"
    )


def test_the_log_of_a_test_names_nobody(log: Log) -> None:
    log.queue()

    assert [tuple(row) for row in log.database.connection.execute("SELECT who FROM trail")] == [
        ("",)
    ]


def test_lists_that_are_written_to_files_are_noted(
    office: Office, desk: Desk, tmp_path: Path
) -> None:
    desk.contacts.save(None, name="Anna", number="+447700900123", default_region=None)
    contact_files.write_file(desk.contacts, tmp_path / "contacts.csv")
    contact_files.write_file(desk.contacts, tmp_path / "contacts.vcf")
    opt_out_files.write_file(desk.opt_outs, tmp_path / "opt-outs.csv")

    assert acts(office, desk) == [
        ("exported", {"kind": "contacts", "entries": 1}),
        ("exported", {"kind": "contacts", "entries": 1}),
        ("exported", {"kind": "opt_outs", "entries": 0}),
    ]
