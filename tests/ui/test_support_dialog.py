"""The support bundle is looked at, file by file, before it is saved."""

import zipfile
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.support_dialog import SupportDialog


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> SupportDialog:
    dialog = window.open_support()
    qtbot.waitUntil(lambda: dialog.parts.count() > 0)
    return dialog


def test_nothing_can_be_saved_before_it_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    dialog = window.open_support()

    assert not dialog.save_button.isEnabled()
    qtbot.waitUntil(dialog.save_button.isEnabled)


def test_every_file_is_shown_in_full(dialog: SupportDialog) -> None:
    assert "This is a support bundle" in dialog.text.toPlainText()

    dialog.parts.setCurrentRow(1)

    assert "database" in dialog.text.toPlainText()
    assert dialog.text.isReadOnly()


def test_what_was_shown_is_saved(dialog: SupportDialog, tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "bundle.zip"

    dialog.save_as(target)
    qtbot.waitUntil(lambda: not dialog.said.isHidden())

    assert dialog.said.text() == f"The support bundle was saved as {target}."
    with zipfile.ZipFile(target) as bundle:
        assert bundle.read("README.txt").decode() == dialog.text.toPlainText()


def test_a_place_that_cannot_be_written_is_told(
    dialog: SupportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.save_as(tmp_path / "nowhere" / "bundle.zip")
    qtbot.waitUntil(lambda: not dialog.said.isHidden())

    assert "could not be saved" in dialog.said.text()
    assert dialog.save_button.isEnabled()


def test_it_can_be_closed_while_it_gathers(window: MainWindow) -> None:
    window.open_support().reject()


def test_the_window_may_close_with_it_open(window: MainWindow, qtbot: QtBot) -> None:
    window.open_support()

    with qtbot.waitSignal(window.closed):
        window.close()
