"""Every place a person can come to in the window, each with the steps that lead there.

What holds for all of them (names, order, focus, room for large text) is tested by going through
this list; a new dialog or page gets a line in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.channels.content import ApprovedTemplate, Content
from smsdesk.sms.channels.received import Attachment, Received
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.sms.schedule import Plan
from smsdesk.sms.state import State
from smsdesk.ui import dialogs
from smsdesk.ui.background import Worker
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.ui.conftest import Book

FOREIGN = "Zo&Xe"
"""Stands in whatever comes from outside: taken for a mnemonic, it would give Alt+X a meaning."""
ANNA, BEN = "+447400123456", "+447400123457"
LIST = f"Name,Mobile,Depot\n{FOREIGN},{ANNA},B\nBen,{BEN},C\nCy,none,C\n"
PIN = "4711"
WAIT_MS = 20_000

_Widget = TypeVar("_Widget", bound=QWidget)


@dataclass
class Stage:
    """A window whose log, address book and shelves hold something."""

    window: MainWindow
    desk: Desk
    book: Book
    theme: Theme
    folder: Path
    qtbot: QtBot
    pin: str = ""
    opened: list[QDialog] = field(default_factory=list)
    """What the window would wait for, and is therefore opened here."""

    def fill(self) -> None:
        """Put something into everything."""
        desk = self.desk
        self.book.add(State.FAILED, to=ANNA, text=f"Hello {FOREIGN}")
        self.book.add(State.UNKNOWN, to=BEN, text=f"Hello {FOREIGN}")
        self.book.reply(f"Yes {FOREIGN}", writer=ANNA)
        desk.contacts.save(
            None, name=FOREIGN, number=ANNA, groups=(FOREIGN,), default_region=None
        )
        desk.templates.save(None, name=FOREIGN, text="Hello {name}, " + FOREIGN)
        desk.history.saved.save(FOREIGN, HistoryFilter(search="hello"))
        self.window.compose.recipients.set_text(f"{ANNA}\n{BEN}\n12")
        self.window.compose.text.set_text(f"Hello {FOREIGN} – Ω")
        self.wait(lambda: self.window.history.model.rowCount() > 2)

    def wait(self, is_true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_true, timeout=WAIT_MS)

    def newest(self, kind: type[_Widget]) -> _Widget:
        """The dialog of a kind that is shown now."""

        def shown() -> list[_Widget]:
            return [one for one in self.window.findChildren(kind) if one.isVisible()]

        self.wait(lambda: bool(shown()))
        return shown()[-1]

    def open(self, dialog: QDialog) -> QWidget:
        """Show what the window itself would stop for until it is answered."""
        self.opened.append(dialog)
        dialog.open()
        return dialog

    def leave(self, place: QWidget) -> None:
        """Close a place, if it is a dialog; the window may be used for another one then."""
        if place is self.window.lists.page:
            self.window.lists.page.finish()  # without the question whether one means it
        elif isinstance(place, QDialog):
            place.reject()
        self.wait(lambda: place is self.window or not place.isVisible())

    def close(self) -> None:
        if self.window.lists.page is not None:
            self.window.lists.page.finish()  # without the question whether one means it
        for dialog in self.opened:
            dialog.reject()
        for worker in self.window.findChildren(Worker):
            answered: list[None] = []
            worker.run(lambda: None, answered.append)
            self.wait(lambda answered=answered: bool(answered))  # type: ignore[misc]
        for dialog in self.opened:
            dialog.deleteLater()


Opener = Callable[[Stage], QWidget]
PLACES: dict[str, Opener] = {}


def place(opener: Opener) -> Opener:
    PLACES[opener.__name__.replace("_", " ")] = opener
    return opener


# the window itself


@place
def window(stage: Stage) -> QWidget:
    return stage.window


@place
def details(stage: Stage) -> QWidget:
    history = stage.window.history
    (failed,) = stage.desk.history.page(HistoryFilter(states=frozenset({State.FAILED})))
    history.open_message(failed.id)
    stage.wait(history.details.isVisible)
    return stage.window


@place
def more_filters(stage: Stage) -> QWidget:
    stage.window.history.head.more_button.click()
    panel = stage.window.findChild(QWidget, "history.more")
    assert panel is not None
    stage.wait(panel.isVisible)
    return stage.window


@place
def review(stage: Stage) -> QWidget:
    stage.window.review_action.trigger()
    stage.wait(stage.window.history.review.isVisible)
    return stage.window


@place
def batches(stage: Stage) -> QWidget:
    stage.desk.compose.send(Draft("ACME", f"{ANNA}\n{BEN}", FOREIGN))
    stage.window.batches_action.trigger()
    assert stage.window.batches is not None
    stage.wait(stage.window.batches.list_page.isVisible)
    return stage.window


@place
def batch(stage: Stage) -> QWidget:
    sent = stage.desk.compose.send(Draft("ACME", f"{ANNA}\n{BEN}", FOREIGN))
    side = stage.window.batches
    assert side is not None
    side.open_batch(sent.batch_id or "")
    stage.wait(lambda: side.page.report is not None)
    stage.wait(
        lambda: any(
            one.objectName().startswith("batch.count.")
            for one in side.page.findChildren(QAbstractButton)
        )
    )
    return stage.window


def _ask_a_second_person(stage: Stage, *, above: int) -> None:
    stage.desk.batches.change_rule(above, old_pin=stage.pin, new_pin=PIN)
    stage.pin = PIN


@place
def batch_to_confirm(stage: Stage) -> QWidget:
    _ask_a_second_person(stage, above=1)
    batch(stage)
    assert stage.window.batches is not None
    confirm = stage.window.batches.page.confirm_button
    stage.wait(confirm.isVisible)
    confirm.click()
    from smsdesk.ui.batches.confirm_dialog import ConfirmDialog

    return stage.newest(ConfirmDialog)


@place
def other_channels(stage: Stage) -> QWidget:
    """A failed message that tried two, and one for Messenger that lacks its tag."""
    channels = stage.desk.compose.channels
    channels.switch_on(["sms", "whatsapp", "viber_service", "messenger"])
    channels.remember("viber_service", "16273")
    stage.window.compose.show_settings()
    sent = stage.desk.compose.send(
        Draft(
            "16273", ANNA, FOREIGN, channel="viber_service", failover=(DraftLeg("sms", "ACME"),)
        )
    )
    compose = stage.window.compose
    content = Content(category="message_tag")
    compose.show_draft(
        Draft("104", "5550123456789", FOREIGN, channel="messenger", content=content)
    )
    compose.send()
    stage.window.history.open_message(sent.messages[0].id)
    stage.wait(stage.window.history.details.isVisible)
    return stage.window


@place
def a_template_of_whatsapp(stage: Stage) -> QWidget:
    stage.desk.compose.channels.switch_on(["sms", "whatsapp"])
    compose = stage.window.compose
    compose.show_settings()
    template = ApprovedTemplate("order_ready", "en_GB", (FOREIGN,))
    content = Content(template=template)
    compose.show_draft(Draft(ANNA, BEN, "", channel="whatsapp", content=content))
    return details(stage)


@place
def what_came_along(stage: Stage) -> QWidget:
    picture = Attachment("file", "https://media.example.com/v3/1", f"{FOREIGN}.exe")
    received = Received(kind="file", attachments=(picture,))
    message = stage.book.reply(FOREIGN, writer=ANNA, channel="whatsapp", received=received)
    return stage.window.open_saving(message, picture)


# dialogs of the window


@place
def time(stage: Stage) -> QWidget:
    from smsdesk.ui.time_dialog import TimeDialog

    timing = stage.desk.compose.timing
    return stage.open(
        TimeDialog(
            Plan(timing.quick_times()[0][1]),
            lambda plan: timing.outlook(stage.window.compose._numbers(), plan),
            now=timing.now_here(),
            act="Choose",
            worker=stage.window._worker,
            parent=stage.window,
        )
    )


@place
def recipients(stage: Stage) -> QWidget:
    from smsdesk.ui.compose.recipients_dialog import RecipientsDialog

    field = stage.window.compose.recipients
    return stage.open(RecipientsDialog(field.entries(), field))


@place
def save_as_template(stage: Stage) -> QWidget:
    from smsdesk.ui.name_dialog import NameDialog

    stage.window.compose._keep_as_template()
    return stage.newest(NameDialog)


@place
def saved_searches(stage: Stage) -> QWidget:
    from smsdesk.ui.history.saved import SavedButton, SavedDialog

    stage.window.findChildren(SavedButton)[0].manage()
    return stage.newest(SavedDialog)


@place
def contacts(stage: Stage) -> QWidget:
    dialog = stage.window.books.open_contacts()
    stage.wait(lambda: dialog.model.rowCount() > 0)
    return dialog


@place
def contact(stage: Stage) -> QWidget:
    from smsdesk.ui.contacts.contact_dialog import ContactDialog

    stage.window.books.edit_contact(ANNA)
    return stage.newest(ContactDialog)


@place
def contacts_from_a_file(stage: Stage) -> QWidget:
    from smsdesk.ui.import_dialog import ImportDialog

    file = stage.folder / "people.csv"
    file.write_text(LIST, "utf-8")
    stage.window.books.open_contacts().import_file(file)
    found = stage.newest(ImportDialog)
    stage.wait(found.act.isEnabled)
    return found


@place
def opt_outs(stage: Stage) -> QWidget:
    stage.desk.opt_outs.add(BEN, sender="", why=FOREIGN, default_region=None)
    dialog = stage.window.books.open_opt_outs()
    stage.wait(lambda: dialog.model.rowCount() > 0)
    return dialog


@place
def opt_out_added(stage: Stage) -> QWidget:
    from smsdesk.ui.opt_outs.entry_dialogs import AddDialog

    stage.window.books.add_opt_out(BEN, "ACME")
    return stage.newest(AddDialog)


@place
def opt_out_removed(stage: Stage) -> QWidget:
    from smsdesk.ui.opt_outs.entry_dialogs import RemoveDialog

    opt_outs(stage)
    dialog = stage.window.books.open_opt_outs()
    dialog.table.setCurrentIndex(dialog.model.index(0, 0))
    dialog.open_remove()
    return stage.newest(RemoveDialog)


@place
def opt_outs_from_a_file(stage: Stage) -> QWidget:
    from smsdesk.ui.import_dialog import ImportDialog

    file = stage.folder / "out.csv"
    file.write_text(LIST, "utf-8")
    stage.window.books.open_opt_outs().import_file(file)
    found = stage.newest(ImportDialog)
    stage.wait(found.act.isEnabled)
    return found


@place
def templates(stage: Stage) -> QWidget:
    dialog = stage.window.books.open_templates()
    stage.wait(lambda: dialog.model.rowCount() > 0)
    return dialog


@place
def overview(stage: Stage) -> QWidget:
    dialog = stage.window.open_overview()
    stage.wait(lambda: dialog.figures is not None)
    return dialog


@place
def trail(stage: Stage) -> QWidget:
    return stage.window.records().open_trail()


@place
def backups(stage: Stage) -> QWidget:
    dialog = stage.window.records().open_copies()
    stage.wait(dialog.empty.isVisible)
    return dialog


@place
def erase(stage: Stage) -> QWidget:
    dialog = stage.window.records().open_erase(ANNA)
    stage.wait(lambda: dialog.found.isVisible() or dialog.said.isVisible())
    return dialog


@place
def support_bundle(stage: Stage) -> QWidget:
    return stage.window.open_support()


@place
def export(stage: Stage) -> QWidget:
    return stage.window.open_export(HistoryFilter())


@place
def manual(stage: Stage) -> QWidget:
    return stage.window.open_manual()


@place
def keyboard_shortcuts(stage: Stage) -> QWidget:
    return stage.window.open_keys()


@place
def question(stage: Stage) -> QWidget:
    return stage.open(
        dialogs.MessageDialog(
            "Remove?", f"{FOREIGN} goes.", buttons=("Remove", "Cancel"), parent=stage.window
        )
    )


# a list


@place
def list_to_send_to(stage: Stage) -> QWidget:
    return stage.window.lists.open()


def _read_list(stage: Stage) -> QWidget:
    page = stage.window.lists.open()
    file = stage.folder / "staff.csv"
    file.write_text(LIST, "utf-8")
    page.read_file(file)
    stage.wait(page.go_on.isEnabled)
    return page


@place
def list_read(stage: Stage) -> QWidget:
    return _read_list(stage)


@place
def text_to_a_list(stage: Stage) -> QWidget:
    page = stage.window.lists.open()
    _read_list(stage)
    page.text.text.set_text("Hi {name}, depot {depot} is closed.")
    page.go_on.click()
    stage.wait(page.text.isVisible)
    stage.wait(page.go_on.isEnabled)
    return page


@place
def last_look_at_a_list(stage: Stage) -> QWidget:
    page = stage.window.lists.open()
    text_to_a_list(stage)
    page.go_on.click()
    stage.wait(page.check.isVisible)
    return page


# settings and accounts


def _settings(stage: Stage, page: str) -> QWidget:
    from smsdesk.ui.account.preferences import Preferences

    dialog = Preferences(
        stage.desk, worker=stage.window._keyring_worker, theme=stage.theme, parent=stage.window
    )
    stage.open(dialog)
    stage.wait(dialog.save_button.isEnabled)
    dialog.show_page(getattr(dialog, page))
    return dialog


def _settings_place(page: str) -> None:
    PLACES[f"settings: {page.removesuffix('_page')}"] = lambda stage: _settings(stage, page)


for _page in (
    *("account", "senders", "channels", "sending", "receipts_page"),
    *("webhooks", "privacy", "looks", "network_page"),
):
    _settings_place(_page)


@place
def rule_of_two(stage: Stage) -> QWidget:
    from smsdesk.ui.batches.rule_dialog import RuleDialog

    _ask_a_second_person(stage, above=5)
    worker = stage.window._batch_worker
    return stage.open(RuleDialog(stage.desk.batches, worker=worker, parent=stage.window))


@place
def change_of_key(stage: Stage) -> QWidget:
    from smsdesk.ui.account.rotation import RotationDialog

    worker = stage.window._keyring_worker
    return stage.open(RotationDialog(stage.desk, worker=worker, parent=stage.window))


@place
def removal_of_an_account(stage: Stage) -> QWidget:
    from smsdesk.ui.profile_removal import ProfileRemoval

    worker = stage.window._keyring_worker
    stage.desk.profiles.create("sales")
    return stage.open(ProfileRemoval(stage.desk.profiles, worker=worker, parent=stage.window))


def _assistant(stage: Stage, page: str) -> QWidget:
    from smsdesk.ui.account.onboarding.dialog import Assistant

    stage.window.open_assistant()
    assistant = stage.newest(Assistant)
    if page != "welcome":
        assistant.go_to(getattr(assistant, page))
    return assistant


def _assistant_place(page: str) -> None:
    PLACES[f"assistant: {page.removesuffix('_page')}"] = lambda stage: _assistant(stage, page)


for _page in (
    "welcome",
    "existing",
    "keys",
    "new",
    "sender_page",
    "receipts",
    "way_in",
    "trial",
):
    _assistant_place(_page)
