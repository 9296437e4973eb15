"""The bar keeps what happened until it is closed; what is only so for now goes by itself."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from smsdesk.ui.notice_bar import NoticeBar


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> NoticeBar:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    return bar


def said(bar: NoticeBar) -> str:
    words = bar.findChild(QLabel, "notice.words")
    assert words is not None
    return words.text() if bar.isVisible() else ""


def close(bar: NoticeBar) -> None:
    button = bar.findChild(QToolButton, "notice.close")
    assert button is not None
    button.click()


def test_what_is_so_for_now_comes_and_goes(bar: NoticeBar) -> None:
    bar.say_for_now("way_in", "")
    assert not bar.isVisible()
    bar.say_for_now("way_in", "No way in.")
    assert said(bar) == "No way in."
    bar.say_for_now("way_in", "Still none.")
    assert said(bar) == "Still none."
    bar.say_for_now("way_in", "")

    assert said(bar) == ""


def test_it_stands_below_what_happened_and_leaves_that_alone(bar: NoticeBar) -> None:
    bar.say_for_now("way_in", "No way in.")
    bar.say("It stopped unexpectedly.")
    assert said(bar) == "It stopped unexpectedly.\nNo way in."
    bar.say_for_now("way_in", "")

    assert said(bar) == "It stopped unexpectedly."


def test_once_closed_the_same_sentence_does_not_come_back(bar: NoticeBar) -> None:
    bar.say_for_now("way_in", "No way in.")
    close(bar)
    bar.say_for_now("way_in", "No way in.")
    assert said(bar) == ""
    bar.say_for_now("way_in", "")
    bar.say_for_now("way_in", "No way in.")

    assert said(bar) == "No way in."


def test_foreign_words_are_shown_as_they_are(bar: NoticeBar) -> None:
    bar.say_for_now("way_in", "It said: <b>x</b>\u202e")

    assert said(bar) == "It said: <b>x</b>⟨202E⟩"
