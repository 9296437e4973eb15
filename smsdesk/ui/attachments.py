"""What somebody has sent along with a message: each thing in words, to be saved when a person
says so; its address to be copied, or handed to their browser.

What came is only an address. How it is saved is told in `saving`; nothing is opened here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_channels
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.sms.channels.received import Attachment
    from smsdesk.sms.message import Message


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """What came along, as long as the message is kept as it came."""
    if message.received is None or message.text_kept_days is not None:
        return ()
    return tuple(one for one in message.received.attachments if one.url)


def page_of(address: str) -> QUrl | None:
    """The address as a browser would take it; None for one that must not be handed on: no web
    address, or one that looks like another host by the name in it."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    is_web = url.isValid() and url.scheme() in ("https", "http") and bool(url.host())
    return url if is_web and not url.userInfo() else None


def host_of(url: QUrl) -> str:
    """The host, without letters that only look like those of another."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded)


def add_actions(menu: QMenu, message: Message, save: Callable[[Attachment], None]) -> None:
    """What can be done with everything that came along, as entries of a menu."""
    found = attachments_of(message)
    for attachment in found:
        what = plain.one_line(wording_channels.attachment_sentence(attachment))
        is_only = len(found) == 1

        def titled(title: str, what: str = "" if is_only else what) -> str:
            return plain.typed(f"{title}: {what}" if what else title)

        to_disk = menu.addAction(titled(_("Save file…")))
        to_disk.triggered.connect(lambda _=False, one=attachment: save(one))
        copy = menu.addAction(titled(_("Copy address")))
        copy.triggered.connect(lambda _=False, one=attachment: copy_address(one))
        url = page_of(attachment.url)
        if url is not None:
            to_browser = menu.addAction(plain.typed(_open_title(url)))
            to_browser.triggered.connect(lambda _=False, one=url: open_in_browser(one))


def copy_address(attachment: Attachment) -> None:
    QApplication.clipboard().setText(attachment.url)


def open_in_browser(url: QUrl) -> None:
    """The person has seen whose host it is, and wants to go there."""
    QDesktopServices.openUrl(url)


class Attachments(QWidget):
    """One line a thing, with its buttons. Not there for a message that came with nothing."""

    # Emitted with the Attachment that is to be saved.
    save_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.details.attachments")
        self.setAccessibleName(_("What came along"))
        self._shown: tuple[Attachment, ...] = ()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(GRID // 2)
        self.hide()

    def show_message(self, message: Message) -> None:
        found = attachments_of(message)
        if found != self._shown:
            self._clear()
            self._shown = found
            for attachment in found:
                line = _Line(attachment)
                line.save_asked.connect(self.save_asked)
                self._lines.addWidget(line)
        self.setVisible(bool(found))

    def _clear(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()


class _Line(QWidget):
    # Emitted with the Attachment that is to be saved.
    save_asked = Signal(object)

    def __init__(self, attachment: Attachment) -> None:
        super().__init__()
        what = wording_channels.attachment_sentence(attachment)
        named = plain.label(plain.one_line(what))
        plain.set_tip(named, attachment.url)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(named, 0, Qt.AlignmentFlag.AlignVCenter)
        to_disk = _button(_("Save file…"), "history.details.save_file")
        to_disk.clicked.connect(lambda: self.save_asked.emit(attachment))
        row.addWidget(to_disk)
        copy = _button(_("Copy address"), "history.details.copy_address")
        copy.clicked.connect(lambda: copy_address(attachment))
        row.addWidget(copy)
        url = page_of(attachment.url)
        if url is not None:
            to_browser = _button(_open_title(url), "history.details.open_address")
            plain.set_tip(to_browser, attachment.url)
            to_browser.clicked.connect(lambda: open_in_browser(url))
            row.addWidget(to_browser)
        row.addStretch()


def _open_title(url: QUrl) -> str:
    title = _("Open {host} in the browser")
    return title.replace("{host}", plain.one_line(host_of(url)))


def _button(title: str, name: str) -> QPushButton:
    button = QPushButton(plain.typed(title))
    button.setObjectName(name)
    button.setAccessibleName(title.rstrip("…"))
    plain.set_style_property(button, "small", True)
    return button
