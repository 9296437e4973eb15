"""The table of opt-outs is as long as the list, and holds a few pages of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.ui.background import Worker
from smsdesk.ui.opt_outs.model import NUMBER, SENDER, WHY, OptOutModel
from smsdesk.ui.paged_model import PAGE, PAGES_HELD

LENGTH = 10 * PAGE * 3 + 7

Show = Callable[[str], OptOutModel]


def number_of(place: int) -> str:
    return f"+4477009{place:05d}"


@pytest.fixture
def show(desk: Desk, worker: Worker, qtbot: QtBot) -> Show:
    model = OptOutModel(desk.opt_outs, worker=worker)

    def show_one(search: str) -> OptOutModel:
        with qtbot.waitSignal(model.loaded):
            model.show(search)
        return model

    return show_one


@pytest.fixture
def long_list(desk: Desk) -> None:
    now = datetime.now(UTC)
    desk.opt_outs.bring_in(
        [
            Suppression(number_of(place), "", now, SuppressionReason.IMPORT)
            for place in range(LENGTH)
        ]
    )


def test_any_row_of_a_long_list_is_there_and_few_pages_are_held(
    long_list: None, show: Show
) -> None:
    model = show("")

    assert model.rowCount() == LENGTH
    for row in (0, LENGTH - 1, *range(0, LENGTH, PAGE), 1):
        entry = model.entry(row)
        assert entry is not None
        assert entry.number == number_of(row)
        assert len(model._pages) <= PAGES_HELD
    assert model.entry(LENGTH) is None


def test_a_row_is_found_by_its_key(long_list: None, show: Show) -> None:
    model = show("")

    for row in (0, PAGE - 1, PAGE, LENGTH - 1):
        assert model.row_of((number_of(row), "")) == row
    assert model.row_of((number_of(PAGE), "ACME")) is None
    assert model.row_of(("+999", "")) is None


def test_a_search_has_pages_too(long_list: None, show: Show) -> None:
    model = show("07700 901")

    assert model.rowCount() == 1000
    last = model.entry(999)
    assert last is not None
    assert last.number == number_of(1999)
    assert show("Anna").rowCount() == 0


def test_a_row_is_shown_in_words(desk: Desk, show: Show) -> None:
    desk.opt_outs.add("+447700900123", sender="", why="=<b>rang</b>\tup", default_region=None)
    desk.opt_outs.add("+447700900124", sender="ACME", why="wrote", default_region=None)
    model = show("")

    shown = [
        [model.index(row, column).data() for column in (NUMBER, SENDER, WHY)]
        for row in range(2)
    ]
    assert [[text.strip("\u2068\u2069") for text in row] for row in shown] == [
        ["+44 7700 900123", "All senders", "Entered here: =<b>rang</b> up"],
        ["+44 7700 900124", "ACME", "Entered here: wrote"],
    ]
    tip = model.index(0, WHY).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
