"""Services and slow calls run away from the GUI thread, and end when asked."""

import threading
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.ui.background import ServiceThread, Worker

pytestmark = pytest.mark.usefixtures("qapp")


class Patient:
    """Runs until it is asked to stop."""

    name = "patient"

    def __init__(self) -> None:
        self.runs = 0
        self.is_running = threading.Event()

    def run(self, stop: threading.Event) -> None:
        self.runs += 1
        self.is_running.set()
        stop.wait()


class Clumsy(Patient):
    """Falls over on its first run."""

    def run(self, stop: threading.Event) -> None:
        if self.runs == 0:
            self.runs += 1
            raise RuntimeError("a secret detail")
        super().run(stop)


def test_a_service_runs_until_it_is_asked_to_stop(qtbot: QtBot) -> None:
    service = Patient()
    thread = ServiceThread(service)
    thread.start()
    assert service.is_running.wait(5)

    with qtbot.waitSignal(thread.finished):
        thread.ask_to_stop()

    assert service.runs == 1
    assert thread.wait(5000)


def test_a_service_that_falls_over_is_told_of_and_begun_again(qtbot: QtBot) -> None:
    service = Clumsy()
    thread = ServiceThread(service)
    with qtbot.waitSignal(thread.crashed) as told:
        thread.start()
    assert told.args == ["patient"]

    assert service.is_running.wait(10)
    thread.ask_to_stop()

    assert thread.wait(5000)
    assert service.runs == 2


def test_the_worker_answers_on_the_gui_thread_and_in_order(qtbot: QtBot) -> None:
    worker = Worker()
    answers: list[tuple[str, str]] = []
    here = threading.current_thread().name

    def say(word: str) -> str:
        return f"{word} on {threading.current_thread().name}"

    def hear(said: str) -> None:
        answers.append((said, threading.current_thread().name))

    for word in ("one", "two", "three"):
        worker.run(partial(say, word), hear)

    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [(f"{word} on worker", here) for word in ("one", "two", "three")]
    assert worker.close(5)


def test_an_error_of_a_call_is_handed_to_whoever_asked(qtbot: QtBot) -> None:
    worker = Worker()
    errors: list[Exception] = []
    values: list[int] = []

    worker.run(lambda: 1 // 0, values.append, errors.append)

    qtbot.waitUntil(lambda: len(errors) == 1)
    assert isinstance(errors[0], ZeroDivisionError)
    assert values == []
    assert worker.close(5)


def test_an_error_nobody_asked_for_goes_to_the_log(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker()
    worker.run(lambda: 1 // 0)

    assert worker.close(5)
    assert "a call on the worker failed" in caplog.text


def test_closing_finishes_what_was_asked_for() -> None:
    worker = Worker()
    done: list[int] = []
    for number in range(5):
        worker.run(partial(done.append, number))

    assert worker.close(5)
    assert done == [0, 1, 2, 3, 4]


def test_closing_does_not_wait_for_ever() -> None:
    worker = Worker()
    release = threading.Event()
    worker.run(release.wait)

    assert not worker.close(0.01)
    release.set()


def test_a_worker_that_was_never_used_is_closed_at_once() -> None:
    assert Worker().close()
