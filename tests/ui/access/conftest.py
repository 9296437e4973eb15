"""A window that holds something, before which any place can be opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.ui.access.places import Stage
from tests.ui.conftest import Book


@pytest.fixture
def stage(
    window: MainWindow, desk: Desk, book: Book, theme: Theme, tmp_path: Path, qtbot: QtBot
) -> Iterator[Stage]:
    stage = Stage(window, desk, book, theme, tmp_path, qtbot)
    stage.fill()
    yield stage
    stage.close()
