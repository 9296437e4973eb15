"""The To field: typed or pasted recipients become chips, each with its country or its fault.

How a number is read is `sms.recipients`; whether it may be written to is the desk's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from smsdesk.sms.contact import name_in, written
from smsdesk.sms.recipients import RecipientEntry, read_recipients
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import plain
from smsdesk.ui.compose.chip import Chip, chip_height
from smsdesk.ui.compose.completer import Completer, without
from smsdesk.ui.flow import FlowLayout, may_expand
from smsdesk.ui.room import scaled

if TYPE_CHECKING:
    from smsdesk.desk.contacts import Completion
    from smsdesk.sms.contact import Contact
    from smsdesk.ui.compose.completer import Complete

Reader = Callable[[str], list[RecipientEntry]]
"""What makes entries of a list that was typed or pasted."""
MOST_CHIPS = 50
"""Above this many, a count stands for the chips and opens a list."""
LONGEST_PASTE = 200_000
_LINES_SHOWN = 4
_EDGE = 2
"""The style sheet draws a border and a padding of together two pixels."""
_SEPARATORS = (",", ";", "\n", "\r", "\t")


class RecipientsField(QFrame):
    """Recipients as chips, and a line to type more into.

    A recipient is read when a separator or Enter is typed, when something is pasted, and when
    the field is left. Backspace and the arrows reach the chips.
    """

    # Emitted whenever the recipients, or what is being typed, have changed.
    changed = Signal()
    # Emitted when the person leaves the whole field.
    left = Signal()
    # Emitted with a sentence when something pasted was refused.
    refused = Signal(str)
    # Emitted with a number to be given a name, and the name that was typed with it.
    contact_asked = Signal(str, str)
    # Emitted with a group that was chosen; who is in it is for the desk to say.
    group_chosen = Signal(object)

    def __init__(
        self, *, default_region: str | None, complete: Complete = lambda _typed: ()
    ) -> None:
        super().__init__()
        self._complete = complete
        self.setObjectName("compose.to")
        self.setAccessibleName(_("To: recipients"))
        self._reader: Reader = partial(read_recipients, default_region=default_region)
        self._entries: list[RecipientEntry] = []
        self._chips: list[Chip] = []
        self._is_handing_down = False
        self._is_offered = False

        self._inside = QWidget()
        self._edit = _Entry()
        self._edit.setObjectName("compose.to.entry")
        self._edit.setAccessibleName(_("To: add a recipient"))
        self._edit.setFrame(False)
        self._edit.setMinimumWidth(scaled(120))
        self._edit.setFixedHeight(chip_height(self._edit))
        self._summary = QPushButton()
        self._summary.setObjectName("compose.to.summary")
        plain.set_style_property(self._summary, "small", True)
        self._summary.hide()
        self._flow = FlowLayout(self._inside, gap=4)
        self._flow.setContentsMargins(4, 2, 4, 2)
        self._flow.addWidget(self._summary)
        self._flow.addWidget(self._edit)
        may_expand(self._edit)

        self._scroll = QScrollArea()
        plain.see_through(self._scroll)
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside.setAutoFillBackground(False)  # the scroll area has just turned it on
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._scroll)
        self.setFocusProxy(self._edit)

        self.completer = Completer(self)
        self.completer.chosen.connect(self._take_chosen)
        self._edit.textEdited.connect(self._take_finished)
        self._edit.textEdited.connect(self._offer)
        self._edit.textChanged.connect(self._offer_nothing_for_nothing)
        self._edit.textChanged.connect(self.changed)
        self._edit.pasted.connect(self._take_pasted)
        self._edit.installEventFilter(self)
        self._summary.clicked.connect(self.show_list)
        QApplication.instance().focusChanged.connect(self._notice_focus)  # type: ignore[union-attr]
        self._fit_height()

    # what others ask

    def entries(self) -> list[RecipientEntry]:
        return list(self._entries)

    @property
    def line(self) -> QLineEdit:
        """Where more is typed."""
        return self._edit

    def text(self) -> str:
        """As `Draft.recipients` wants it: one entry a line, what is being typed last."""
        typing = self._edit.text().strip()
        return "\n".join(
            [entry.input for entry in self._entries] + ([typing] if typing else [])
        )

    @property
    def is_offered(self) -> bool:
        """What it holds was filled in by the program, and not taken up yet."""
        return self._is_offered

    def offer(self, text: str) -> None:
        """Fill in what makes way as soon as the person enters somebody else."""
        self.set_text(text)
        self._is_offered = True

    def keep_offer(self) -> None:
        """What was offered is the person's own now."""
        self._is_offered = False

    def set_text(self, text: str) -> None:
        self._is_offered = False
        self._edit.clear()
        self._set_entries(self._read(text))

    def set_reader(self, read: Reader) -> None:
        """How recipients are read from now on; those who are there are read anew."""
        self._reader = read
        self._set_entries(self._read("\n".join(entry.input for entry in self._entries)))

    def show_names(self) -> None:
        """The address book is another now."""
        place = next((n for n, chip in enumerate(self._chips) if chip.hasFocus()), None)
        self._show_chips([])
        self._show_chips(self._entries if len(self._entries) <= MOST_CHIPS else [])
        if place is not None and place < len(self._chips):
            self._chips[place].setFocus()
        self._fit_height()

    def set_read_only(self, is_read_only: bool) -> None:
        self._inside.setEnabled(not is_read_only)

    def take_typed(self) -> None:
        """Read what is still being typed, as if Enter had been pressed."""
        self.add(self._edit.text())

    def show_list(self) -> None:
        from smsdesk.ui.compose.recipients_dialog import RecipientsDialog  # start-up time

        dialog = RecipientsDialog(self._entries, self)
        if dialog.exec():
            self._set_entries(self._read("\n".join(entry.input for entry in dialog.entries())))
        self._edit.setFocus()

    # typing, pasting, walking

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key meant for the field as a whole belongs into its line; a key that the line has
        no use for comes back here, and goes on upwards."""
        if self._is_handing_down:
            event.ignore()
            return
        self._is_handing_down = True
        QApplication.sendEvent(self._edit, event)
        self._is_handing_down = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._edit.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and watched is self._edit and isinstance(event, QKeyEvent):
            return self._edit_key(event)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _edit_key(self, event: QKeyEvent) -> bool:
        """Keys that mean more than typing. True: nothing is left to be done."""
        at_start = self._edit.cursorPosition() == 0 and not self._edit.hasSelectedText()
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.completer.isVisible() and is_plain and self._completer_key(event.key()):
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_plain:
            self.take_typed()
            return True
        if at_start and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Left) and is_plain:
            if self._chips:
                self._chips[-1].setFocus()
            elif self._summary.isVisible():
                self._summary.setFocus()
            return True
        return False

    def _completer_key(self, key: int) -> bool:
        """Keys that are the list's while it is there. Enter and Tab are so only once the person
        has chosen something."""
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.completer.walk(1 if key == Qt.Key.Key_Down else -1)
            self._edit.setAccessibleDescription(self.completer.said())
        elif key == Qt.Key.Key_Escape:
            self.completer.hide()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            if not self.completer.is_choosing():
                return False
            self.completer.take()
        else:
            return False
        return True

    def _offer(self, _typed: str) -> None:
        typed = self._edit.text()  # a separator may have taken it away already
        taken = {entry.address for entry in self._entries if entry.address}
        found = self._complete(typed) if typed.strip() else ()
        self.completer.offer(without(found, taken))

    def _offer_nothing_for_nothing(self, typed: str) -> None:
        if not typed.strip():
            self.completer.offer(())
            self._edit.setAccessibleDescription("")

    def _take_chosen(self, found: Completion) -> None:
        self._edit.clear()
        if found.address:
            self.add(found.address)
        elif found.contact is not None:
            self.add(written(found.contact.name, found.contact.number))
        else:
            self.group_chosen.emit(found.group)
        self._edit.setFocus()

    def add_people(self, people: Iterable[Contact]) -> tuple[int, int]:
        """Add those who are not there yet; how many they were, and how many were there."""
        everybody, taken = list(people), self._taken()
        new = [one for one in everybody if one.number not in taken]
        self.add("\n".join(written(one.name, one.number) for one in new))
        return len(new), len(everybody) - len(new)

    def add_missing(self, text: str) -> None:
        """Add recipients as they are written, without those who are there."""
        taken = set() if self._is_offered else self._taken()
        read = self._read(text) if text.strip() else []
        missing = [one for one in read if one.number is None or one.number.e164 not in taken]
        if missing:
            self.add("\n".join(one.input for one in missing))

    def _taken(self) -> set[str]:
        return {entry.number.e164 for entry in self._entries if entry.number}

    def _take_finished(self, text: str) -> None:
        """A separator ends a recipient; what stands after it is still being typed."""
        if not text.endswith(_SEPARATORS):
            return
        self.add(text)

    def _take_pasted(self, text: str) -> None:
        if len(text) > LONGEST_PASTE:
            self.refused.emit(
                _("That is too much to paste here: {count} characters.").format(
                    count=grouped(len(text))
                )
            )
            return
        self.add(self._edit.text() + text)

    def add(self, text: str) -> None:
        if text.strip():
            self._edit.clear()
            kept = [] if self._is_offered else self._entries
            self._is_offered = False
            known = "\n".join(entry.input for entry in kept)
            self._set_entries(self._read(f"{known}\n{text}" if known else text))
            self._scroll.ensureWidgetVisible(self._edit)
        else:
            self._edit.clear()

    def _read(self, text: str) -> list[RecipientEntry]:
        return self._reader(text)

    # showing

    def _set_entries(self, entries: list[RecipientEntry]) -> None:
        if entries == self._entries:
            return
        self._entries = entries
        self._show_chips(entries if len(entries) <= MOST_CHIPS else [])
        self._summary.setVisible(len(entries) > MOST_CHIPS)
        self._summary.setText(_summary(entries))
        self._summary.setAccessibleName(self._summary.text())
        plain.set_style_property(
            self._summary, "wrong", any(entry.address is None for entry in entries)
        )
        self._fit_height()
        self.changed.emit()

    def _show_chips(self, entries: list[RecipientEntry]) -> None:
        """Keep the chips that stay; a pasted list must not rebuild what is there."""
        kept = 0
        while kept < min(len(entries), len(self._chips)) and (
            entries[kept] == self._chips[kept].entry
        ):
            kept += 1
        for chip in self._chips[kept:]:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        del self._chips[kept:]
        for entry in entries[kept:]:
            chip = Chip(entry, self._inside)
            chip.removed.connect(lambda forward, chip=chip: self._remove(chip, forward=forward))
            chip.edited.connect(lambda chip=chip: self._edit_again(chip))
            chip.walked.connect(lambda step, chip=chip: self._walk(chip, step))
            chip.contact_asked.connect(lambda chip=chip: self._ask_contact(chip))
            self._flow.insert(1 + len(self._chips), chip)
            self._chips.append(chip)
            chip.show()

    def _remove(self, chip: Chip, *, forward: bool) -> None:
        self._is_offered = False
        place = self._chips.index(chip)
        rest = self._entries[:place] + self._entries[place + 1 :]
        self._set_entries(self._read("\n".join(entry.input for entry in rest)))
        place = place if forward else place - 1
        (self._chips[place] if 0 <= place < len(self._chips) else self._edit).setFocus()

    def _edit_again(self, chip: Chip) -> None:
        typing, again = self._edit.text(), chip.entry.input
        self._remove(chip, forward=True)
        self.add(typing)
        self._edit.setText(again)
        self._edit.setFocus()
        self._edit.selectAll()

    def _ask_contact(self, chip: Chip) -> None:
        if chip.entry.number is not None:
            self.contact_asked.emit(chip.entry.number.e164, name_in(chip.entry.input))

    def _walk(self, chip: Chip, step: int) -> None:
        place = self._chips.index(chip) + step
        if 0 <= place < len(self._chips):
            self._chips[place].setFocus()
            self._scroll.ensureWidgetVisible(self._chips[place])
        elif step > 0:
            self._edit.setFocus()

    def _fit_height(self) -> None:
        line = self._edit.height()
        tallest = _LINES_SHOWN * (line + 4) + 4
        wanted = self._flow.heightForWidth(self._scroll.viewport().width())
        self.setFixedHeight(min(wanted, tallest) + 2 * _EDGE)

    def _notice_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        was = old is not None and self.isAncestorOf(old)
        now = new is not None and self.isAncestorOf(new)
        plain.set_style_property(self, "active", now)
        if was and not now:
            self.completer.hide()
        if was and not now and new is not None:
            self.take_typed()
            self.left.emit()


class _Entry(QLineEdit):
    """The line behind the chips. What is pasted or dropped is handed on whole, since a line
    would drop its line breaks."""

    # Emitted with the pasted or dropped text.
    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._hand_on(QApplication.clipboard().mimeData())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(
                    lambda: self._hand_on(QApplication.clipboard().mimeData())
                )
        menu.exec(event.globalPos())

    def dropEvent(self, event: QDropEvent) -> None:
        self._hand_on(event.mimeData())

    def _hand_on(self, data: QMimeData) -> None:
        if data.hasText():
            self.pasted.emit(data.text())


def _summary(entries: list[RecipientEntry]) -> str:
    wrong = sum(entry.address is None for entry in entries)
    count = len(entries)
    said = ngettext("{count} recipient", "{count} recipients", count).format(
        count=grouped(count)
    )
    if wrong:
        said += ngettext(", {wrong} is wrong", ", {wrong} are wrong", wrong).format(
            wrong=grouped(wrong)
        )
    return said
