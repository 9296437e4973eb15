"""What a contact is called by on channels that name people by IDs: one line a channel.

Joined to the contact, their messages come into one conversation with those of the number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from smsdesk.desk.contacts import ContactError
from smsdesk.desk.conversations import Conversations
from smsdesk.sms.channels import find_channel, title_of
from smsdesk.sms.contact import Contact
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import GRID

_SEPARATOR = re.compile(r"[\s,;]+")


class IdentityLines(QWidget):
    """Empty, and not to be seen, for an account without such channels."""

    def __init__(
        self, conversations: Conversations, contact: Contact | None, *, worker: Worker
    ) -> None:
        super().__init__()
        self._conversations = conversations
        self._before: frozenset[tuple[str, str]] = frozenset()
        self.lines: dict[str, QLineEdit] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for name in conversations.channels_with_ids():
            title = _("{channel} IDs").replace("{channel}", title_of(name))
            line = QLineEdit()
            line.setObjectName(f"contact.identity.{name}")
            line.setAccessibleName(title)
            line.setPlaceholderText(_("Several: with commas between them"))
            line.textEdited.connect(lambda _text: self.say(""))
            self.lines[name] = line
            layout.addWidget(plain.field_label(title, line))
            layout.addWidget(line)
        self.problem: QLabel = plain.label(
            tone="bad", name="contact.identity.problem", wraps=True
        )
        self.problem.hide()
        layout.addWidget(self.problem)
        layout.addSpacing(GRID // 2)
        self.setVisible(bool(self.lines))
        if contact is not None and self.lines:
            self._load(contact, worker)

    def typed(self) -> frozenset[tuple[str, str]]:
        """Channel and ID, of everything that stands in the lines."""
        return frozenset(
            (channel, word)
            for channel, line in self.lines.items()
            for word in _SEPARATOR.split(line.text().strip())
            if word
        )

    def store(self, contact: Contact, wanted: frozenset[tuple[str, str]]) -> None:
        """Join what is new to the contact, and part what is gone; called on the worker.

        Raises ContactError with the field "identity", and BookError.
        """
        for channel, address in sorted(wanted - self._before):
            self._conversations.join(contact.id, channel, address)
        for channel, address in sorted(self._before - wanted):
            self._conversations.part(channel, address)

    def say(self, sentence: str) -> None:
        """What is wrong with one of the IDs."""
        self.problem.setText(plain.sentence(sentence))
        self.problem.setVisible(bool(sentence))
        for line in self.lines.values():
            plain.set_style_property(line, "wrong", bool(sentence))
            line.setAccessibleDescription(self.problem.text())

    def refuse(self, error: ContactError, sentence: str) -> bool:
        """Take an error that is about an ID; False for any other."""
        if error.field != "identity" or not self.lines:
            return False
        self.say(sentence)
        next(iter(self.lines.values())).setFocus()
        return True

    def _load(self, contact: Contact, worker: Worker) -> None:
        for line in self.lines.values():
            line.setEnabled(False)

        def read() -> Mapping[str, list[str]]:
            found: dict[str, list[str]] = {}
            for one in self._conversations.identities_of(contact.id):
                found.setdefault(one.channel, []).append(one.address)
            return found

        worker.run(read, self._show)

    def _show(self, found: Mapping[str, list[str]]) -> None:
        for name, line in self.lines.items():
            line.setText(", ".join(found.get(name, ())))
            line.setCursorPosition(0)
            line.setEnabled(True)
        self._before = frozenset(
            (name, address)
            for name, addresses in found.items()
            if find_channel(name) is not None and name in self.lines
            for address in addresses
        )
