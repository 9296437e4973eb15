"""The list of keyboard shortcuts says what the menus say."""

from PySide6.QtGui import QAction, QKeySequence

from smsdesk.ui.main_window import MainWindow


def shown(window: MainWindow) -> dict[str, str]:
    table = window.open_keys().table
    cells = [[table.item(row, n) for n in (1, 2)] for row in range(table.rowCount())]
    return {what.text(): keys.text() for what, keys in cells if what and keys}


def in_menus(window: MainWindow) -> list[QAction]:
    return [
        action
        for entry in window.menuBar().actions()
        for action in entry.menu().actions()  # type: ignore[attr-defined]
        if action.isVisible() and not action.shortcut().isEmpty()
    ]


def test_every_key_of_the_menus_is_in_the_list(window: MainWindow) -> None:
    listed = shown(window)

    for action in in_menus(window):
        title = action.text().replace("&", "").rstrip("…")
        native = QKeySequence.SequenceFormat.NativeText
        assert listed[title].startswith(action.shortcut().toString(native))


def test_a_key_that_changes_changes_in_the_list(window: MainWindow) -> None:
    window.settings_action.setShortcut(QKeySequence("Ctrl+Alt+P"))

    assert shown(window)["Settings"] == "Ctrl+Alt+P"


def test_the_list_itself_is_reached_by_a_key(window: MainWindow) -> None:
    assert window.keys_action.shortcut().toString() == "Ctrl+?"
