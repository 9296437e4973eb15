"""Has a sentence said by the screen reader, if one listens: for what is shown while the focus is
elsewhere, which it would not read by itself."""

from PySide6.QtWidgets import QWidget

from smsdesk.ui import plain


def is_heard() -> bool:
    """Whether a screen reader listens."""
    from PySide6.QtGui import QAccessible  # start-up time: a class of many enumerations

    return QAccessible.isActive()


def say(speaker: QWidget, sentence: str) -> None:
    """Said when the screen reader has finished what it is saying."""
    if sentence and is_heard():
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        event = QAccessibleAnnouncementEvent(speaker, plain.visible(sentence))
        QAccessible.updateAccessibility(event)
