"""Opens what is kept beside the messages: the address book, the templates and the opt-outs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from smsdesk.desk import wording
from smsdesk.desk.contacts import BookError

if TYPE_CHECKING:
    from smsdesk.desk.desk import Desk
    from smsdesk.sms.contact import Contact
    from smsdesk.ui.background import Worker
    from smsdesk.ui.compose.pane import ComposePane
    from smsdesk.ui.contacts.contact_dialog import ContactDialog
    from smsdesk.ui.contacts.dialog import ContactsDialog
    from smsdesk.ui.opt_outs.dialog import OptOutsDialog
    from smsdesk.ui.templates.dialog import TemplatesDialog


class Books(QObject):
    """One dialog of each kind at a time; the window goes on behind it."""

    # Emitted with a sentence for the status bar.
    said = Signal(str)
    # Emitted with the number of somebody of whom nothing is to be left.
    erase_asked = Signal(str)

    def __init__(
        self,
        desk: Desk,
        compose: ComposePane,
        *,
        worker: Worker,
        news: SignalInstance,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._compose = compose
        self._worker = worker
        self._news = news
        self._window = window
        self._is_closed = False
        self._contact: ContactDialog | None = None
        self.contacts: ContactsDialog | None = None
        self.opt_outs: OptOutsDialog | None = None
        self.templates: TemplatesDialog | None = None

    def open_contacts(self) -> ContactsDialog:
        """The address book."""
        if self.contacts is None:
            from smsdesk.ui.contacts.dialog import ContactsDialog  # start-up time

            self.contacts = ContactsDialog(
                self._desk.contacts,
                conversations=self._desk.conversations,
                worker=self._worker,
                news=self._news,
                default_region=self._default_region,
                parent=self._window,
            )
            self.contacts.told.connect(self.said)
            self.contacts.written_to.connect(self._compose.add_people)
            self.contacts.erase_asked.connect(self.erase_asked)
            self.contacts.finished.connect(self._forget_contacts)
            self.contacts.open()
        return self.contacts

    def edit_contact(self, number: str, name: str = "") -> None:
        """Give a number a name, or another one; `name` is what is known of it."""
        self._worker.run(
            lambda: self._desk.contacts.find(number),
            lambda contact: self._open_contact(contact, number, name),
            self._tell_no_book,
        )

    def open_templates(self) -> TemplatesDialog:
        """All templates, to be searched and changed."""
        if self.templates is None:
            from smsdesk.ui.templates.dialog import TemplatesDialog  # start-up time

            self.templates = TemplatesDialog(
                self._desk.templates, worker=self._worker, news=self._news, parent=self._window
            )
            self.templates.chosen.connect(self._compose.insert_template)
            self.templates.finished.connect(self._forget_templates)
            self.templates.open()
        return self.templates

    def open_opt_outs(self) -> OptOutsDialog:
        """Who wants no more messages."""
        if self.opt_outs is None:
            from smsdesk.ui.opt_outs.dialog import OptOutsDialog  # start-up time

            self.opt_outs = OptOutsDialog(
                self._desk.opt_outs,
                worker=self._worker,
                news=self._news,
                sender=self._compose.draft().sender,
                default_region=self._default_region,
                parent=self._window,
            )
            self.opt_outs.told.connect(self.said)
            self.opt_outs.finished.connect(self._forget_opt_outs)
            self.opt_outs.open()
        return self.opt_outs

    def add_opt_out(self, number: str, sender: str) -> None:
        """Somebody in a message has opted out some other way than by writing STOP."""
        self.open_opt_outs().open_add(number, sender=sender)

    def close(self) -> None:
        """Close what is open; what was not saved was not asked to be."""
        self._is_closed = True
        for listing in (self.opt_outs, self.contacts):
            if listing is not None:
                listing.reject()
        for dialog in (self._contact, self.templates):
            if dialog is not None:
                dialog.done(0)

    def _default_region(self) -> str | None:
        return self._desk.compose.default_region

    def _open_contact(self, contact: Contact | None, number: str, name: str) -> None:
        if self._is_closed:
            return
        from smsdesk.ui.contacts.contact_dialog import ContactDialog  # start-up time

        self._contact = ContactDialog(
            self._desk.contacts,
            contact,
            conversations=self._desk.conversations,
            worker=self._worker,
            default_region=self._default_region,
            number=number,
            name=name,
            parent=self._window,
        )
        self._contact.erase_asked.connect(self.erase_asked)
        self._contact.finished.connect(self._forget_contact)
        self._contact.open()

    def _tell_no_book(self, error: Exception) -> None:
        if not isinstance(error, BookError):
            raise error
        self.said.emit(wording.store_sentence(error.code))

    def _forget_contacts(self) -> None:
        dialog, self.contacts = self.contacts, None
        self._put_away(dialog)

    def _forget_contact(self) -> None:
        dialog, self._contact = self._contact, None
        self._put_away(dialog)

    def _forget_templates(self) -> None:
        dialog, self.templates = self.templates, None
        self._put_away(dialog)

    def _forget_opt_outs(self) -> None:
        dialog, self.opt_outs = self.opt_outs, None
        self._put_away(dialog)

    def _put_away(self, dialog: QDialog | None) -> None:
        """Delete it when all that it asked the worker for has been answered."""
        if dialog is not None:
            self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
