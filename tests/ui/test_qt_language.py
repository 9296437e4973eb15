"""Qt's own words follow the language of the program."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import choose_language
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.qt_language import speak_in_qt


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    yield
    choose_language(None)
    speak_in_qt(qapp)
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("code", "cancel", "language"),
    [
        ("de", "Abbrechen", QLocale.Language.German),
        ("es", "Cancelar", QLocale.Language.Spanish),
        ("fr", "Annuler", QLocale.Language.French),
    ],
)
def test_qt_speaks_with_the_program_and_english_again(
    code: str, cancel: str, language: QLocale.Language, qapp: QApplication
) -> None:
    choose_language(code)
    speak_in_qt(qapp)

    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == cancel
    assert QLocale().language() is language

    choose_language("en")
    speak_in_qt(qapp)

    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


@pytest.mark.parametrize(
    ("code", "send"), [("de", "Senden"), ("es", "Enviar"), ("fr", "Envoyer")]
)
def test_the_buttons_below_the_message_are_whole(
    code: str, send: str, open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    choose_language(code)

    compose = open_window(desk).compose

    assert compose.send_button.text() == send
    for button in (compose.send_button, compose.later_button, compose.import_button):
        assert button.width() >= button.sizeHint().width()
