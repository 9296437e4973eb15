"""A list goes out on any channel that names people by numbers, with what is tried next."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.channels.whatsapp import WHATSAPP
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.ui.bulk.dialog import CHECK, BulkDialog
from smsdesk.ui.main_window import MainWindow
from tests.ui.bulk.test_dialog import LIST_TEXT, TEXT_TO_ALL, settle, stored, write


@pytest.fixture
def page(window: MainWindow, desk: Desk, tmp_path: Path, qtbot: QtBot) -> BulkDialog:
    """A list is read, and Viber is chosen with SMS after it, as in the draft."""
    channels = desk.compose.channels
    channels.switch_on(["sms", "viber_service", "rcs", "whatsapp", "messenger"])
    channels.remember("viber_service", "16273")
    channels.remember("whatsapp", "+447400000001")
    window.compose.show_settings()
    window.compose.show_draft(
        Draft("16273", "", "", channel="viber_service", failover=(DraftLeg("sms", "ACME"),))
    )
    window.list_action.trigger()
    page = window.lists.page
    assert page is not None
    file = tmp_path / "staff.csv"
    file.write_text(LIST_TEXT, "utf-8")
    page.read_file(file)
    settle(page, qtbot)
    return page


def choices(page: BulkDialog) -> dict[str, bool]:
    field = page.text.ways.channel_field
    field.look_again()
    model = field.model()
    flags = [model.flags(model.index(row, 0)) for row in range(field.count())]
    return {
        field.itemText(row): bool(flags[row] & Qt.ItemFlag.ItemIsEnabled)
        for row in range(field.count())
    }


def test_with_sms_alone_a_list_has_no_channel(window: MainWindow) -> None:
    window.list_action.trigger()
    page = window.lists.page

    assert page is not None
    assert not page.text.ways.isVisibleTo(page.text)


def test_a_list_begins_with_the_channels_of_the_draft(page: BulkDialog) -> None:
    written = page.text.written()

    assert (written.channel, written.sender) == ("viber_service", "16273")
    assert written.failover == (DraftLeg("sms", "ACME"),)
    greyed = [title for title, is_possible in choices(page).items() if not is_possible]
    assert len(greyed) == 1
    assert greyed[0].startswith("Messenger: \u2068Messenger names people by IDs")


def test_a_list_without_parts_speaks_of_none(page: BulkDialog, qtbot: QtBot) -> None:
    write(page, TEXT_TO_ALL + " ’", qtbot)

    assert page.text.measured.text() == "971 characters left"
    assert page.text.worst.text() == "The longest message is row 2: 29 characters."
    assert not page.text.foreign.isVisibleTo(page.text)
    page._show_part(CHECK)
    check = page.check
    assert "part" not in check.summary.text()
    assert "Viber, then SMS · From " in check.sender_line.text()
    assert check.total.text() == "Prices are known for SMS only."
    assert check.table.isColumnHidden(2)


def test_every_message_of_the_list_tries_the_channels_in_turn(
    page: BulkDialog, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    write(page, TEXT_TO_ALL, qtbot)
    page._show_part(CHECK)

    with qtbot.waitSignal(page.queued):
        page.send.click()

    messages = stored(desk)
    assert len(messages) == 3
    assert {(one.channel, one.sender, one.legs) for one in messages} == {
        ("viber_service", "16273", 2)
    }
    assert [news.leg.channel for news in desk.history.legs(messages[0])] == [
        "viber_service",
        "sms",
    ]


def test_from_follows_the_channel_of_the_list(page: BulkDialog) -> None:
    field = page.text.ways.channel_field
    place = list(choices(page)).index("SMS")
    field.setCurrentIndex(place)
    field.activated.emit(place)

    written = page.text.written()

    assert (written.channel, written.sender, written.failover) == ("sms", "ACME", ())


def test_a_text_that_is_too_long_for_a_channel_is_said_of_its_row(
    page: BulkDialog, qtbot: QtBot
) -> None:
    write(page, "x" * 1001, qtbot)

    assert page.text.measured.text() == (
        "The text is too long for one of the channels, which takes at most 1,000 characters."
    )


def test_a_list_on_whatsapp_is_warned_of_its_window(
    page: BulkDialog, desk: Desk, qtbot: QtBot
) -> None:
    page.text.ways.channel_field.chosen.emit(WHATSAPP)
    page.text.ways.channel_field.set_channel(WHATSAPP)
    write(page, TEXT_TO_ALL, qtbot)
    page._show_part(CHECK)

    told = " ".join(label.text() for label in page.check.findChildren(QLabel))
    assert "WhatsApp passes a text on only to people who have written to you" in told
