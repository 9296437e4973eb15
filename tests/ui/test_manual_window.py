"""The manual can be read, searched and walked through beside the window."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from pytestqt.qtbot import QtBot

from smsdesk.desk.manual import Manual
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.manual_window import ManualWindow

PICTURE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def manual(qtbot: QtBot) -> ManualWindow:
    window = ManualWindow(Manual(), None)
    qtbot.addWidget(window)
    window.show()
    return window


def title(window: ManualWindow) -> str:
    return window.page.document().begin().text()


def listed(window: ManualWindow) -> list[str]:
    return [window.contents.item(row).text() for row in range(window.contents.count())]


def choose(window: ManualWindow, page: str) -> None:
    window.contents.setCurrentRow(listed(window).index(page))


def test_help_opens_the_manual_and_shows_the_same_one_again(window: MainWindow) -> None:
    window.manual_action.trigger()
    first = window.open_manual()

    assert first.isVisible()
    assert not first.isModal()
    assert window.open_manual() is first


def test_it_begins_with_the_index_and_lists_the_chapters(manual: ManualWindow) -> None:
    assert title(manual) == "The manual"
    assert listed(manual)[:2] == ["First steps", "Installing SMS Desk"]


def test_every_page_can_be_shown(manual: ManualWindow) -> None:
    for page in Manual().pages:
        choose(manual, page.title)
        assert title(manual) == page.text.splitlines()[0].removeprefix("# ")


def test_the_page_that_is_shown_is_marked_in_the_contents(manual: ManualWindow) -> None:
    manual.follow(QUrl("batches.md"))

    current = manual.contents.currentItem()
    assert current is not None
    assert current.text() == "Batches"


def test_a_link_leads_to_a_heading_and_back_leads_home(manual: ManualWindow) -> None:
    manual.follow(QUrl("connect.md#changing-the-key"))

    assert title(manual) == "Connecting a Vonage account"
    assert manual.page.textCursor().block().text() == "Changing the key"

    manual.back_button.click()

    assert title(manual) == "The manual"
    assert not manual.back_button.isEnabled()


def test_enter_opens_the_first_page_found_and_marks_the_place(manual: ManualWindow) -> None:
    manual.search.setText("On hold because you paused its batch.")
    manual.search.returnPressed.emit()

    assert title(manual) == "Troubleshooting"
    (mark,) = manual.page.extraSelections()
    assert mark.cursor.selectedText() == manual.search.text()


def test_a_search_for_nothing_known_says_so(manual: ManualWindow) -> None:
    manual.search.setText("quetzalcoatl")

    assert listed(manual) == ["Nothing found"]


def test_a_link_to_the_web_is_given_to_the_browser(
    manual: ManualWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))

    manual.follow(QUrl("https://dashboard.nexmo.com"))

    assert opened == ["https://dashboard.nexmo.com"]
    assert title(manual) == "The manual"


@pytest.mark.parametrize("link", ["file:///etc/passwd", "../pyproject.toml", "nowhere.md"])
def test_a_link_that_leads_out_of_the_manual_leads_nowhere(
    manual: ManualWindow, link: str
) -> None:
    manual.follow(QUrl(link))

    assert title(manual) == "The manual"


def test_a_picture_is_no_wider_than_the_page(manual: ManualWindow) -> None:
    picture = manual.page.loadResource(PICTURE, QUrl("pictures/light.png"))

    assert 0 < picture.deviceIndependentSize().width() < manual.page.viewport().width()


@pytest.mark.parametrize("address", ["https://example.com/a.png", "../a.png", "pictures"])
def test_no_picture_comes_from_elsewhere(manual: ManualWindow, address: str) -> None:
    assert manual.page.loadResource(PICTURE, QUrl(address)) is None
