"""Qt's own words, dates and direction of reading, in the language that the program speaks."""

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from smsdesk.system.i18n import SOURCE, spoken

_NAME = "qt_language"


def speak_in_qt(app: QApplication) -> None:
    """Let Qt's texts ("Cancel", "Ctrl"), calendars and layouts follow the program's language.

    English is what Qt speaks by itself. A country of the system's that has the language is kept,
    for it may write its dates in another way.
    """
    for old in app.findChildren(QTranslator, _NAME):
        app.removeTranslator(old)
        old.deleteLater()
    QLocale.setDefault(QLocale.system())
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    code = spoken()
    if code == SOURCE:
        return
    locale = QLocale(code)
    if QLocale().language() is not locale.language():
        QLocale.setDefault(locale)
    app.setLayoutDirection(locale.textDirection())
    translator = QTranslator(app)
    translator.setObjectName(_NAME)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(locale, "qtbase", "_", folder):
        app.installTranslator(translator)
