"""Has a sentence said by the screen reader, if one listens: for what is shown while the focus is
elsewhere, which it would not read by itself."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from smsdesk.ui import plain


def is_heard() -> bool:
    """Whether a screen reader listens."""
    return QAccessible.isActive()


def say(speaker: QWidget, sentence: str) -> None:
    """Said when the screen reader has finished what it is saying."""
    if sentence and is_heard():
        event = QAccessibleAnnouncementEvent(speaker, plain.visible(sentence))
        QAccessible.updateAccessibility(event)
