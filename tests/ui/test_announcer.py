"""What a screen reader is told of by itself: once, together, and no more than a person can hear."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.state import State
from smsdesk.ui import aloud, numbers
from smsdesk.ui import announcer as announcer_module
from smsdesk.ui.announcer import Announcer
from smsdesk.ui.background import Worker
from smsdesk.ui.notice_bar import NoticeBar
from smsdesk.ui.status_bar import StatusBar
from tests.ui.conftest import Book


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader would have been given; it is switched on."""
    said: list[str] = []
    numbers.warm()
    monkeypatch.setattr(aloud, "is_heard", lambda: True)
    monkeypatch.setattr(aloud, "say", lambda _speaker, sentence: said.append(sentence))
    monkeypatch.setattr(announcer_module, "_GATHER_MS", 0)
    monkeypatch.setattr(announcer_module, "_REST_MS", 0)
    return said


@pytest.fixture
def announcer(qtbot: QtBot, desk: Desk, worker: Worker) -> Announcer:
    window = QWidget()
    qtbot.addWidget(window)
    return Announcer(desk.history, window=window, worker=worker)


@pytest.fixture
def hear(announcer: Announcer, worker: Worker, qtbot: QtBot) -> Callable[..., None]:
    """These messages have moved on; returns when that has been dealt with."""

    def hear(*messages: Message) -> None:
        announcer.hear_messages(frozenset(message.id for message in messages))
        qtbot.waitUntil(lambda: not announcer._gather.isActive())
        answered: list[None] = []
        worker.run(lambda: None, answered.append)
        qtbot.waitUntil(lambda: bool(answered))

    return hear


def queued(desk: Desk, count: int) -> list[Message]:
    numbers = "\n".join(f"+447700900{n:03}" for n in range(count))
    return list(desk.compose.send(Draft("ACME", numbers, "Hello")).messages)


def test_each_new_state_is_said_once(
    desk: Desk, book: Book, said: list[str], hear: Callable[..., None]
) -> None:
    (message,) = queued(desk, 1)
    hear(message)
    book.move(message, State.ACCEPTED)
    hear(message)
    hear(message)
    reply = book.reply()
    hear(reply)

    assert said == ["+44 7700 900000: Accepted.", "Reply from +44 7700 900123."]


def test_of_a_batch_the_states_are_counted(
    desk: Desk, book: Book, said: list[str], hear: Callable[..., None]
) -> None:
    messages = queued(desk, 6)
    for message in messages[:5]:
        book.move(message, State.ACCEPTED)
    book.move(messages[5], State.FAILED)

    hear(*messages)

    assert said == ["5 messages: Accepted. 1 message: Failed."]


def test_who_has_a_name_is_called_by_it_and_what_was_so_before_is_not_said(
    desk: Desk,
    book: Book,
    worker: Worker,
    said: list[str],
    hear: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("smsdesk.ui.names._names_of", lambda _n: {"+447700900000": "Anna"})
    (message,) = queued(desk, 1)
    book.move(message, State.UNKNOWN)
    hear(message)

    later = Announcer(desk.history, window=QWidget(), worker=worker)
    later.hear_messages(frozenset({message.id}))

    assert said == ["Anna: Needs review."]


def test_nothing_is_asked_where_nobody_listens(
    announcer: Announcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aloud, "is_heard", lambda: False)

    announcer.hear_messages(frozenset({"one"}))

    assert not announcer._gather.isActive()


def test_that_sending_stopped_and_goes_on_is_said_and_not_each_second_of_waiting(
    announcer: Announcer, said: list[str]
) -> None:
    announcer.hear_sender("Ready", is_held=False)
    announcer.hear_sender("Waiting for the network, 3 s", is_held=False)
    announcer.hear_sender("Paused by you", is_held=True)
    announcer.hear_sender("Ready", is_held=False)

    assert said == ["Paused by you", "Ready"]


def test_what_bars_show_is_said_when_it_is_new(
    qtbot: QtBot, desk: Desk, said: list[str]
) -> None:
    status, notice = StatusBar(desk), NoticeBar()
    for bar in (status, notice):
        qtbot.addWidget(bar)

    status.say("Copied.")
    notice.say("It was interrupted.")
    notice.say("It was interrupted.")
    notice.say_for_now("way_in", "The way in is closed.")
    notice.say_for_now("way_in", "The way in is closed.")
    notice.say_for_now("way_in", "")

    assert [one for one in said if one] == [
        *("Copied.", "It was interrupted.", "The way in is closed.")
    ]
