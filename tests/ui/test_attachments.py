"""What came along is an address: saved, copied, or handed to the browser when a person says so."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.sms.channels.received import Attachment, Received
from smsdesk.sms.message import Message
from smsdesk.ui import attachments, plain
from smsdesk.ui.attachments import Attachments, page_of
from tests.ui.conftest import Book

PICTURE = Attachment("image", "https://media.example/v3/cat.jpg")


@pytest.fixture
def message(book: Book) -> Message:
    received = Received(kind="image", attachments=(PICTURE,))
    return book.reply("Our cat", channel="whatsapp", received=received)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked for."""
    found: list[str] = []
    monkeypatch.setattr(
        attachments, "open_in_browser", lambda url: found.append(url.toString())
    )
    return found


def buttons(shown: Attachments) -> list[str]:
    found = shown.findChildren(QPushButton)
    return [one.text() for one in found if one.isVisibleTo(shown)]


def test_nothing_is_fetched_or_opened_before_a_click(
    qtbot: QtBot, message: Message, opened: list[str]
) -> None:
    shown = Attachments()
    qtbot.addWidget(shown)
    shown.show_message(message)
    shown.show()

    assert buttons(shown) == [
        "Save file…",
        "Copy address",
        f"Open {plain.one_line('media.example')} in the browser",
    ]
    assert opened == []

    wanted: list[Attachment] = []
    shown.save_asked.connect(wanted.append)
    to_disk, copy, to_browser = shown.findChildren(QPushButton)
    to_disk.click()
    assert wanted == [PICTURE]
    copy.click()
    assert QApplication.clipboard().text() == PICTURE.url
    to_browser.click()
    assert opened == [PICTURE.url]


def test_a_plain_message_has_no_such_line(qtbot: QtBot, message: Message) -> None:
    shown = Attachments()
    qtbot.addWidget(shown)
    shown.show_message(message)
    shown.show_message(replace(message, received=None))

    assert shown.isHidden()
    assert buttons(shown) == []


def test_what_is_kept_no_longer_is_offered_no_longer(message: Message) -> None:
    assert attachments.attachments_of(message) == (PICTURE,)
    assert attachments.attachments_of(replace(message, text_kept_days=30)) == ()


def test_the_menu_of_a_message_offers_the_same(
    qtbot: QtBot, message: Message, opened: list[str]
) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    wanted: list[Attachment] = []
    attachments.add_actions(menu, message, wanted.append)

    to_disk, copy, to_browser = menu.actions()
    to_disk.trigger()
    assert wanted == [PICTURE]
    copy.trigger()
    assert QApplication.clipboard().text() == PICTURE.url
    to_browser.trigger()
    assert opened == [PICTURE.url]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "smb://host/share",
        "https://bank.example@evil.example/",
        "https://",
        "https://exa mple.com/",
        "nonsense",
        "",
    ],
)
def test_only_the_web_is_handed_to_the_browser(address: str) -> None:
    assert page_of(address) is None


def test_a_host_that_looks_like_another_is_told_by_its_letters() -> None:
    url = page_of("https://\u0430pple.com/x")

    assert isinstance(url, QUrl)
    assert attachments.host_of(url) == "xn--pple-43d.com"
