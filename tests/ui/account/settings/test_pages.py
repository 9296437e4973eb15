"""Every page of the Settings: what is typed is stored, and what will not do is said beside it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.profiles import Profiles
from smsdesk.desk.trail import Act, TrailFilter
from smsdesk.system import settings as known
from smsdesk.system.i18n import languages
from smsdesk.system.settings import Setting, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.account.settings.looks import LooksPage
from tests.ui.account.settings.conftest import OpenDialog


def enter(dialog: Preferences, name: str, value: object) -> None:
    """Put a value into the field of a setting, whatever kind of field it is."""
    field = dialog.findChild(QWidget, f"settings.{name}")
    if isinstance(field, QLineEdit):
        field.setText(str(value))
    elif isinstance(field, QComboBox):
        assert field.findData(value) >= 0
        field.setCurrentIndex(field.findData(value))
    else:
        assert isinstance(field, QAbstractButton)
        field.setChecked(bool(value))


def save(dialog: Preferences, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()


@pytest.mark.parametrize(
    ("setting", "typed", "stored"),
    [
        (known.UNDO_S, "0", 0),
        (known.EXPIRY_HOURS, "72", 72),
        (known.THROUGHPUT, "2,5", 2.5),
        (known.LINES, "8", 8),
        (known.RECEIPTS, "off", "off"),
        (known.REPORT_RECORDS_A_DAY, "10 000", 10_000),
        (known.REPLIES_BY_REPORTS, True, True),
        (known.OPT_OUT_SCOPE, "all", "all"),
        (known.OPT_OUT_WORDS, " no  more,Basta , ,no more", ["no more", "Basta"]),
        (known.RECEIVER, True, True),
        (known.RECEIVER_PORT, "0", 0),
        (known.WAY_IN, "tunnel", "tunnel"),
        (known.PUBLIC_URL, "https://desk.example.com/ ", "https://desk.example.com/"),
        (known.TUNNEL_COMMAND, "ssh -R 80:localhost:{port} x", "ssh -R 80:localhost:{port} x"),
        (known.KEEP_TEXT_DAYS, "30", 30),
        (known.KEEP_MESSAGES_DAYS, "0", 0),
        (known.KEEP_EVENTS_DAYS, "36500", 36_500),
        (known.NOTIFY, "private", "private"),
        (known.THEME, "dark", "dark"),
        (known.LANGUAGE, "en", "en"),
    ],
    ids=lambda value: value.name if isinstance(value, Setting) else "",
)
def test_what_is_typed_is_stored(
    dialog: Preferences,
    settings: Settings,
    qtbot: QtBot,
    setting: Setting[Any],
    typed: object,
    stored: object,
) -> None:
    enter(dialog, setting.name, typed)

    save(dialog, qtbot)

    assert settings.get(setting) == stored


def test_what_is_stored_is_shown_again(
    open_dialog: OpenDialog, desk: Desk, settings: Settings
) -> None:
    settings.set(known.UNDO_S, 25)
    settings.set(known.OPT_OUT_WORDS, ["no more", "basta"])
    settings.set(known.SENDER_THROUGHPUT, {"ACME": 2.5})
    settings.set(known.RECEIVER, True)
    settings.set(known.WAY_IN, "tunnel")
    settings.set(known.NOTIFY, "off")

    shown = open_dialog(desk)

    assert shown.sending.undo.text() == "25"
    assert shown.receipts_page.words.text() == "no more, basta"
    assert shown.senders.pace.rates(None) == {"ACME": 2.5}
    assert shown.webhooks.receiver.isChecked()
    assert shown.webhooks.tunnel_command.isEnabled()
    assert not shown.webhooks.public_url.isEnabled()
    assert shown.privacy.notify.currentData() == "off"


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("undo_s", "61", "0 to 60"),
        ("undo_s", "soon", "0 to 60"),
        ("expiry_hours", "0", "1 to 72"),
        ("expiry_hours", "1.5", "1 to 72"),
        ("throughput", "nan", "0.1 to 100"),
        ("lines", "9", "1 to 8"),
        ("report_records_a_day", "-1", "from 0 to"),
        ("opt_out_words", "w" * 41, "40 letters"),
        ("receiver_port", "65536", "65535"),
        ("receiver_port", "", "65535"),
        ("public_url", "http://desk.example.com", "https://"),
        ("public_url", "https://localhost/in", "reach this computer"),
        ("public_url", "desk", "https://"),
        ("tunnel_command", "ssh 'x", "quotation mark"),
        ("keep_text_days", "-1", "36 500"),
        ("keep_messages_days", "for ever", "36 500"),
        ("keep_events_days", "36501", "36 500"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_on_its_page(
    dialog: Preferences,
    settings: Settings,
    name: str,
    typed: str,
    said: str,
) -> None:
    before = settings.get(known.NOTIFY)
    enter(dialog, name, typed)
    enter(dialog, "notify", "off")

    dialog.save_button.click()

    problem = dialog.findChild(QLabel, f"settings.{name}.problem")
    assert problem is not None
    assert problem.isVisible()
    assert said in problem.text()
    assert settings.get(known.NOTIFY) == before, "nothing was stored"


def test_a_tunnel_that_is_wanted_needs_its_command(dialog: Preferences) -> None:
    enter(dialog, "receiver", True)
    enter(dialog, "way_in", "tunnel")

    dialog.save_button.click()

    assert dialog._problems["tunnel_command"].isVisible()
    assert dialog.pages.currentWidget() is dialog.webhooks


def test_what_was_wrong_is_no_longer_said_when_it_is_right(
    dialog: Preferences, qtbot: QtBot
) -> None:
    enter(dialog, "undo_s", "soon")
    dialog.save_button.click()
    assert dialog.sending.undo.property("wrong")

    enter(dialog, "undo_s", "5")
    save(dialog, qtbot)

    assert not dialog.sending.undo.property("wrong")
    assert dialog._problems["undo_s"].isHidden()


def test_saving_with_nothing_changed_writes_nothing(
    dialog: Preferences,
    vault: SessionVault,
    settings: Settings,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []

    def note(setting: Setting[Any], _value: object) -> None:
        written.append(setting.name)

    monkeypatch.setattr(vault, "set", lambda name, _value: written.append(name))
    monkeypatch.setattr(vault, "delete", written.append)
    monkeypatch.setattr(settings, "set", note)

    save(dialog, qtbot)

    assert written == []


def test_the_services_look_again_after_saving(
    open_dialog: OpenDialog, desk: Desk, qtbot: QtBot
) -> None:
    class Listener:
        def __init__(self) -> None:
            self.heard = 0

        def reload(self) -> None:
            self.heard += 1

    listener = Listener()
    dialog = open_dialog(replace(desk, settings_readers=(listener,)))

    enter(dialog, "undo_s", "3")
    save(dialog, qtbot)

    assert listener.heard == 1


# the pages by keyboard and by ear


def test_the_list_leads_to_the_pages(dialog: Preferences) -> None:
    dialog.list.setFocus()

    for page in dialog._all_pages():
        assert dialog.pages.currentWidget() is page
        QTest.keyClick(dialog.list, Qt.Key.Key_Down)


def test_every_control_has_a_name_of_its_own_and_one_to_be_read_out(
    dialog: Preferences,
) -> None:
    controls = [
        control
        for page in dialog._all_pages()
        for kind in (QLineEdit, QComboBox, QAbstractButton, QListWidget, QTableWidget)
        for control in page.findChildren(kind)
        if not control.objectName().startswith("qt_") and control.focusPolicy()
    ]
    names = [control.objectName() for control in controls]

    assert len(controls) > 40
    assert all(name.startswith("settings.") for name in names), names
    assert len(set(names)) == len(names)
    assert not [
        control.objectName()
        for control in controls
        if not control.accessibleName()
        and not (isinstance(control, QAbstractButton) and control.text())
    ]


def test_no_two_mnemonics_of_a_page_clash(dialog: Preferences) -> None:
    dialog.senders.numbers.use_button.show()
    dialog.senders.numbers.link_button.show()
    for page in dialog._all_pages():
        texts = [label.text() for label in page.findChildren(QLabel) if label.buddy()]
        texts += [button.text() for button in page.findChildren(QAbstractButton)]
        texts += [dialog.save_button.text(), dialog.cancel_button.text()]
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]

        assert len(set(letters)) == len(letters), (page.title, sorted(letters))


def test_enter_in_a_field_saves(dialog: Preferences, qtbot: QtBot) -> None:
    dialog.show_page(dialog.privacy)

    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog.privacy.text_days, Qt.Key.Key_Return)


# languages


def test_only_languages_that_are_there_are_offered(dialog: Preferences) -> None:
    language = dialog.looks.language
    offered = [language.itemData(row) for row in range(language.count())]

    assert offered == ["", "en", *languages()]
    assert [
        label for label in dialog.looks.findChildren(QLabel) if "next start" in label.text()
    ]


def test_a_language_that_is_not_there_any_more_is_kept(qtbot: QtBot, desk: Desk) -> None:
    desk.settings.set(known.LANGUAGE, "cy")
    page = LooksPage(desk)
    qtbot.addWidget(page)

    assert "Cymraeg" in page.language.currentText()
    assert page.language.currentData() == "cy"


def test_the_start_at_login_is_off_and_can_be_switched_on_and_off(
    open_dialog: OpenDialog,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    autostart = desk.profiles.autostart()
    assert autostart is not None
    dialog = open_dialog(desk)
    assert not dialog.looks.at_login.isChecked()

    dialog.looks.at_login.setChecked(True)
    save(dialog, qtbot)
    assert autostart.is_on

    again = open_dialog(desk)
    assert again.looks.at_login.isChecked()
    again.looks.at_login.setChecked(False)
    save(again, qtbot)
    assert not autostart.is_on


def test_the_demo_is_not_started_at_login(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    demo = Profiles(root=tmp_path, current="demo", vault_of=lambda _name: SessionVault())
    page = LooksPage(replace(desk, profiles=demo))
    qtbot.addWidget(page)

    assert not page.isAncestorOf(page.at_login)
    assert len(page.choices()) == 2


# the pace of single senders


def type_into(dialog: Preferences, row: int, sender: str, rate: str) -> None:
    table = dialog.senders.pace.table
    for column, text in enumerate((sender, rate)):
        item = table.item(row, column)
        assert item is not None
        item.setText(text)


def open_editor(dialog: Preferences) -> QLineEdit:
    """Press Add; the cell of the sender is open at once."""
    dialog.show_page(dialog.senders)
    dialog.senders.pace.add_button.click()
    editor = dialog.senders.pace.table.findChild(QLineEdit)
    assert editor is not None
    return editor


def test_a_pace_is_added_typed_and_stored(
    dialog: Preferences, settings: Settings, qtbot: QtBot
) -> None:
    editor = open_editor(dialog)
    QTest.keyClicks(editor, "07700 900123")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    typed = dialog.senders.pace.table.item(0, 0)
    assert typed is not None
    qtbot.waitUntil(lambda: bool(typed.text()))
    assert dialog.isVisible(), "Enter ends the cell, not the dialog"

    save(dialog, qtbot)

    assert settings.get(known.SENDER_THROUGHPUT) == {"+447700900123": 1.0}


def test_a_cell_that_is_still_open_is_stored_too(
    dialog: Preferences, settings: Settings, qtbot: QtBot
) -> None:
    QTest.keyClicks(open_editor(dialog), "Depot")

    save(dialog, qtbot)

    assert settings.get(known.SENDER_THROUGHPUT) == {"Depot": 1.0}


def test_a_pace_is_removed(dialog: Preferences, settings: Settings, qtbot: QtBot) -> None:
    settings.set(known.SENDER_THROUGHPUT, {"ACME": 2.5, "Depot": 1.0})
    pace = dialog.senders.pace
    pace.set_rates({"ACME": 2.5, "Depot": 1.0})
    assert not pace.remove_button.isEnabled()

    pace.table.selectRow(0)
    pace.remove_button.click()
    save(dialog, qtbot)

    assert settings.get(known.SENDER_THROUGHPUT) == {"Depot": 1.0}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("ACME", "fast")], "0.1 to 100"),
        ([("ACME", "1000")], "0.1 to 100"),
        ([("", "1")], "number or name"),
        ([("SMSDeskSMSDesk", "1")], "11 letters"),
        ([("ACME", "1"), ("ACME", "2")], "twice"),
    ],
)
def test_a_wrong_pace_is_said_below_the_table(
    dialog: Preferences, rows: list[tuple[str, str]], said: str
) -> None:
    for number, row in enumerate(rows):
        dialog.senders.pace.add_button.click()
        type_into(dialog, number, *row)

    dialog.save_button.click()

    problem = dialog._problems["sender_throughput"]
    assert problem.isVisible()
    assert said in problem.text()


def test_an_empty_row_counts_for_nothing(
    dialog: Preferences, settings: Settings, qtbot: QtBot
) -> None:
    dialog.senders.pace.add_button.click()
    type_into(dialog, 0, "", "")

    save(dialog, qtbot)

    assert settings.get(known.SENDER_THROUGHPUT) == {}


def test_what_reports_have_cost_and_may_cost_is_told(
    desk: Desk, open_dialog: OpenDialog, qtbot: QtBot
) -> None:
    dialog = open_dialog(desk)
    cost = dialog.findChild(QLabel, "settings.report_cost")
    assert isinstance(cost, QLabel)

    qtbot.waitUntil(lambda: "of at most 5,000" in cost.text())

    # The trail hears of changes after that too.
    desk.settings.set(known.KEEP_TEXT_DAYS, 30)
    qtbot.waitUntil(
        lambda: Act.SETTING_CHANGED in [one.what for one in desk.trail.page(TrailFilter())]
    )
