"""Takes the pictures of the README: the program's own window, on the demo's simulator.

    make screenshots

A picture is a scene: what was sent, what is typed, what is open, and in which theme. Each scene
starts with an empty log, sends for real, and waits until everything has its outcome.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.session import Profile, open_session
from smsdesk.sms.message import Direction, Draft, Message
from smsdesk.sms.state import State
from smsdesk.system.settings import DEFAULT_REGION, RECEIPTS
from smsdesk.ui.account.onboarding.dialog import Assistant
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.account.rotation import RotationDialog
from smsdesk.ui.background import Worker
from smsdesk.ui.bulk.dialog import BulkDialog
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Choice, Theme

PICTURES = Path(__file__).parent / "pictures"
SIZE = (1120, 680)
OVERVIEW_SIZE = (1040, 860)
LONGEST_WAIT_MS = 30_000
PLACE = re.compile(r"/\S*/")
"""Where the demo's throw-away key lies is nobody's concern."""

DELIVERED, UNDELIVERABLE, OPTED_OUT = "+447700900031", "+447700900100", "+447700900101"
OURS, ANSWERS = "+447700900000", "+447700900200"
ASKED = (
    "Hi Anna, the engineer for your boiler can come on Thursday between 10 and 12, or on "
    "Friday at any time. We have put you down for Thursday.",
    "He has your number, and the key code of the gate.",
)
NO_RECEIPT, LOST, BAD = "+447700900111", "+447700900700", "+447700900422"

DAY = (
    ("+447700900014", "Your parcel is at the front desk. Please collect it before 18:00."),
    (UNDELIVERABLE, "Your appointment on Thursday at 14:30 is confirmed."),
    ("+447700900052", "Hi Sam, the engineer is 20 minutes away."),
    (OPTED_OUT, "Depot B is closed tomorrow. Report to depot A at 06:00."),
    ("+447700900077", "Depot B is closed tomorrow. Report to depot A at 06:00."),
    (NO_RECEIPT, "The fault in Mill Lane is repaired. Thank you for your patience."),
    (DELIVERED, "Hi Anna, your engineer arrives between 10 and 12."),
)
FIRST_NAMES = ("Anna", "Sam", "Łukasz", "Priya", "Tom")
TYPED = Draft(
    "SMSDesk",
    "07700 900077\n+49 151 23456789",
    "Hi Anna, we’re on our way — expect us between 10 and 12. Reply to this message if the "
    "time does not suit you.",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture."""

    name: str
    theme: Choice = Choice.LIGHT
    messages: tuple[tuple[str, str], ...] = ()
    draft: Draft = field(default_factory=lambda: Draft("SMSDesk"))
    receipts: str = "reports"
    """Switched off, nobody resolves the doubt that the review is about."""
    assistant: Callable[[Assistant], None] | None = None
    """What is done in the assistant; then the picture is of it, and not of the window."""
    settings: Callable[[Preferences], QWidget] | None = None
    """What is done in the Settings, and which dialog the picture is of then."""
    to_list: Callable[[BulkDialog], None] | None = None
    """What is done on the page that sends to a list, and then the picture is of that."""
    dialog: Callable[[MainWindow, Desk], QWidget] | None = None
    """What is opened from the window, and what the picture is of then."""
    is_overview: bool = False
    """The messages are spread over a month, and the picture is of the overview."""
    arrange: Callable[[MainWindow, Desk], None] = lambda _window, _desk: None


def open_failed(window: MainWindow, desk: Desk) -> None:
    """Select the message that was refused, which shows its story."""
    failed = desk.history.page(HistoryFilter(states=frozenset({State.FAILED})))[0]
    row = window.history.model.row_of(failed.id)
    window.history.table.setCurrentIndex(window.history.model.index(row or 0, 0))


def open_review(window: MainWindow, _desk: Desk) -> None:
    """Show what is in doubt."""
    window.history.open_review()


def talk(window: MainWindow, desk: Desk) -> None:
    """Ask one of the simulator's people twice, be answered, and begin to answer."""
    for count, text in enumerate(ASKED, start=1):
        desk.compose.send(Draft(OURS, ANSWERS, text))
        wait_until(lambda count=count: len(replies(desk)) == count)
    wait_until(lambda: is_settled(desk, waits_for_receipts=True))
    row = window.history.model.row_of(replies(desk)[0].id)
    window.history.table.setCurrentIndex(window.history.model.index(row or 0, 0))
    window.activateWindow()
    wait_until(lambda: desk.history.counts()["replies"] == 0)
    window.compose.text.set_text("You are welcome. He rings 20 minutes before he comes.")
    wait_until(lambda: window.compose.cost.text().startswith("≈"))


def replies(desk: Desk) -> list[Message]:
    return desk.history.page(HistoryFilter(direction=Direction.INBOUND))


def open_batch(window: MainWindow, desk: Desk) -> None:
    """Send to many, and show what became of it."""
    numbers = [UNDELIVERABLE, OPTED_OUT, BAD, *(f"+4477009{n:05}" for n in range(200, 290))]
    sent = desk.compose.send(Draft("SMSDesk", "\n".join(numbers), DAY[3][1]))
    wait_until(lambda: window.batches is not None)
    wait(LONGEST_WAIT_MS // 2)
    if window.batches is not None:
        window.batches.open_batch(sent.batch_id or "")
        page = window.batches.page
        wait_until(lambda: page.report is not None)


def search_depot(window: MainWindow, _desk: Desk) -> None:
    """Search for a word, which is marked where it stands."""
    window.history.head.search.setText("depot")
    wait_until(lambda: window.history.model.rowCount() == 2)


def write_on_whatsapp(window: MainWindow, desk: Desk) -> None:
    """A message that is tried on WhatsApp, and then as SMS."""
    channels = desk.compose.channels
    channels.switch_on(["sms", "whatsapp", "viber_service"])
    channels.remember("whatsapp", OURS)
    channels.remember("sms", "SMSDesk")
    window.compose.show_settings()
    window.compose.show_draft(Draft(OURS, DELIVERED, ASKED[0], channel="whatsapp"))


def fill_the_address_book(_window: MainWindow, desk: Desk) -> None:
    """Some people, in groups."""
    people = ("Anna Mey", "Ben Okafor", "Carla Ruiz", "Depot A", "Depot B", "Łukasz Nowak")
    for n, name in enumerate(people):
        desk.contacts.save(
            None,
            name=name,
            number=f"+4474001234{n:02}",
            note="Gate code at the desk" if n == 3 else "",
            groups=("Depots",) if n in (3, 4) else ("Drivers",) if n % 2 else (),
            default_region=None,
        )


def show_contacts(window: MainWindow, desk: Desk) -> QWidget:
    """The address book."""
    fill_the_address_book(window, desk)
    dialog = window.books.open_contacts()
    wait_until(lambda: dialog.model.rowCount() == 6)
    return dialog


def show_opt_outs(window: MainWindow, desk: Desk) -> QWidget:
    """The opt-out list, with some entries."""
    for n, why in enumerate(("Asked on the phone", "Asked by letter", "Wrong number")):
        desk.opt_outs.add(
            f"+4474001234{n:02}", sender="" if n else OURS, why=why, default_region=None
        )
    dialog = window.books.open_opt_outs()
    wait_until(lambda: dialog.model.rowCount() == 3)
    return dialog


def show_trail(window: MainWindow, _desk: Desk) -> QWidget:
    """The audit trail of a short day."""
    dialog = window.records().open_trail()
    wait_until(lambda: dialog.model.rowCount() > 4)
    return dialog


def show_manual(window: MainWindow, _desk: Desk) -> QWidget:
    """The manual, at a sentence that was pasted."""
    dialog = window.open_manual()
    dialog.search.setText("On hold because you paused its batch.")
    dialog.search.returnPressed.emit()
    return dialog


def send_for_a_month(_window: MainWindow, desk: Desk) -> None:
    """Send to people in four countries, of whom some do not get it and some answer."""
    stems = ("+4474001{:05}", "+4915123{:06}", "+336123{:05}", "+1415555{:04}")
    numbers = [stems[n % 7 % len(stems)].format(100 + n) for n in range(220)]
    mishaps = (UNDELIVERABLE, OPTED_OUT, BAD, "+447700900102", NO_RECEIPT)
    desk.compose.send(Draft("SMSDesk", "\n".join((*numbers, *mishaps)), DAY[3][1]))
    desk.compose.send(Draft(OURS, f"{ANSWERS}\n{DELIVERED}", ASKED[0]))
    wait_until(lambda: len(replies(desk)) == 1)
    wait_until(lambda: is_settled(desk, waits_for_receipts=True))


def spread_over_a_month(path: Path) -> None:
    """Put each message back by whole days, fewer of them on the days of a weekend."""
    today = datetime.now(UTC).astimezone().date()
    back = [n for n in range(30) if (today - timedelta(days=n)).weekday() < 5] * 6 + [
        *range(30)
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        for (seq,) in connection.execute("SELECT seq FROM message").fetchall():
            by = back[seq * 17 % len(back)] * 86_400_000
            connection.execute(
                "UPDATE message SET created_ms = created_ms - ?1, updated_ms = updated_ms - ?1, "
                "status_ms = status_ms - ?1 WHERE seq = ?2",
                (by, seq),
            )
            connection.execute(
                "UPDATE attempt SET opened_ms = opened_ms - ?1 WHERE message = ?2", (by, seq)
            )


def show_existing(assistant: Assistant) -> None:
    """The page for an application that exists, filled and checked."""
    assistant.welcome.existing.click()
    wait_until(assistant.existing.key.verdict.isVisible)
    assistant.existing.key.line.setText("~/keys/smsdesk-private.key")


def show_new(assistant: Assistant) -> None:
    """The page that makes an application and its key."""
    assistant.welcome.new.click()
    assistant.keys.api_key.setText("demo")
    assistant.keys.api_secret.line.setText("demo")
    assistant.next_button.click()
    wait_until(assistant.new.isVisible)
    assistant.new.path.setText("~/keys/smsdesk-private.key")


def show_sender(assistant: Assistant) -> None:
    """The page with the account's numbers, one of them chosen."""
    assistant.welcome.existing.click()
    wait_until(assistant.existing.key.verdict.isVisible)
    assistant.next_button.click()
    wait_until(lambda: assistant.sender_page.list.count() > 0)
    assistant.sender_page.list.setCurrentRow(0)


def show_test(assistant: Assistant) -> None:
    """The last page, with a message that has arrived."""
    show_sender(assistant)
    for page in (assistant.receipts, assistant.trial):
        assistant.next_button.click()
        wait_until(page.isVisible)
    assistant.trial.to.setText("+44 7700 900031")
    assistant.trial.send_button.click()
    wait_until(lambda: assistant.trial.state.text() == "Delivered")


def show_senders(dialog: Preferences) -> QWidget:
    """The page of the senders, with the account's numbers listed."""
    dialog.show_page(dialog.senders)
    dialog.senders.numbers.ask_button.click()
    wait_until(lambda: dialog.senders.numbers.list.count() > 0)
    return dialog


def show_key(dialog: Preferences) -> QWidget:
    """The change of the key, when only the old file is left to remove."""
    dialog.account.rotation_button.click()
    rotation = dialog.findChildren(RotationDialog)[0]
    wait_until(rotation.next_button.isEnabled)
    rotation.next_button.click()
    wait_until(rotation.next_button.isEnabled)
    rotation.words.setText(PLACE.sub("~/keys/", rotation.words.text()))
    return rotation


def show_text(page: BulkDialog) -> None:
    """A list that has been read, and the text to it with one character too dear."""
    rows = [
        f"{FIRST_NAMES[n % 5]};+4474001{n:05};{'ABC'[n % 3]};0{6 + n % 2}:00"
        for n in range(420)
    ]
    rows[17] = "Priya;4.4740E+11;A;06:00"
    page.paste_text("\n".join(["First name;Mobile;Depot;Shift", *rows]))
    wait_until(page.go_on.isEnabled)
    page.text.text.set_text(
        "Hi {first_name}, depot {depot} is closed tomorrow. Please come to depot D at {shift} "
        "instead, and bring your key: the gate stays locked until 07:30."
    )
    page.go_on.click()
    wait_until(lambda: "≈" in page.summary.text())
    page.text.go_to(2)


def show_check(page: BulkDialog) -> None:
    """The last look, with the number of messages asked for."""
    show_text(page)
    page.go_on.click()
    wait_until(page.check.typed.isVisible)


SCENES = (
    Scene("connect-welcome", assistant=lambda _assistant: None),
    Scene("connect-existing", assistant=show_existing),
    Scene("connect-new", assistant=show_new),
    Scene("connect-sender", assistant=show_sender),
    Scene("connect-test", assistant=show_test),
    Scene("settings-senders", settings=show_senders),
    Scene("settings-key", settings=show_key),
    Scene("list-text", to_list=show_text),
    Scene("list-check", theme=Choice.DARK, to_list=show_check),
    Scene("empty"),
    Scene("light", messages=DAY, draft=TYPED),
    Scene("dark", theme=Choice.DARK, messages=DAY, draft=TYPED),
    Scene("conversation", messages=DAY[:4], arrange=talk),
    Scene("conversation-dark", theme=Choice.DARK, messages=DAY[:4], arrange=talk),
    Scene(
        "error",
        messages=(*DAY[:4], (BAD, "Your code is 4711.")),
        arrange=open_failed,
    ),
    Scene("search", messages=DAY, arrange=search_depot),
    Scene("whatsapp", messages=DAY[:3], arrange=write_on_whatsapp),
    Scene("contacts", dialog=show_contacts),
    Scene("opt-outs", dialog=show_opt_outs),
    Scene("audit-trail", messages=DAY, dialog=show_trail),
    Scene("manual", dialog=show_manual),
    Scene("overview", arrange=send_for_a_month, is_overview=True),
    Scene("batch", messages=DAY[:2], arrange=open_batch),
    Scene(
        "review",
        messages=((LOST, DAY[6][1]), ("+447700900702", DAY[0][1])),
        receipts="off",
        arrange=open_review,
    ),
)


def main() -> None:
    """Take every picture, or those that are named."""
    app = QApplication(["smsdesk"])
    PICTURES.mkdir(exist_ok=True)
    wanted = sys.argv[1:]
    for scene in SCENES:
        if not wanted or scene.name in wanted:
            take(app, scene).save(str(PICTURES / f"{scene.name}.png"))
            print(scene.name)


def take(app: QApplication, scene: Scene) -> QPixmap:
    """Play one scene to its end and give its picture."""
    theme = Theme(app)
    theme.choose(scene.theme)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_session(Profile(data_dir=Path(folder), is_demo=True)) as session,
    ):
        desk = session.desk
        desk.settings.set(DEFAULT_REGION, "GB")
        desk.settings.set(RECEIPTS, scene.receipts)
        is_connecting = scene.assistant is not None or scene.settings is not None
        window = MainWindow(replace(desk, is_demo=not is_connecting), theme=theme)
        window.resize(*SIZE)
        window.show()
        wait_until(lambda: window.compose.draft().sender != "")
        for to, text in scene.messages:
            desk.compose.send(Draft("SMSDesk", to, text))
        wait_until(lambda: is_settled(desk, waits_for_receipts=scene.receipts == "reports"))
        window.compose.show_draft(scene.draft)
        if scene.draft.recipients:
            wait_until(lambda: window.compose.cost.text().startswith("≈"))
        scene.arrange(window, desk)
        shown: QWidget = window
        page: BulkDialog | None = None
        if scene.assistant is not None:
            shown = open_assistant(window)
            scene.assistant(shown)
        elif scene.settings is not None:
            shown = scene.settings(open_settings(window, desk, theme))
        elif scene.dialog is not None:
            shown = scene.dialog(window, desk)
        elif scene.to_list is not None:
            page = shown = window.lists.open()
            scene.to_list(page)
        elif scene.is_overview:
            spread_over_a_month(next(Path(folder).rglob("smsdesk.db")))
            overview = shown = window.open_overview()
            overview.resize(OVERVIEW_SIZE[0], OVERVIEW_SIZE[1])
            wait_until(lambda: overview.figures is not None)
        wait(600)
        picture = shown.grab()
        if page is not None:
            page.finish()
        window.close()
        wait(100)
    return picture


def open_assistant(window: MainWindow) -> Assistant:
    """The assistant, as the menu opens it."""
    window.connect_action.trigger()
    wait_until(lambda: bool(window.findChildren(Assistant)))
    return window.findChildren(Assistant)[0]


def open_settings(window: MainWindow, desk: Desk, theme: Theme) -> Preferences:
    """The Settings, as the menu opens them, but without waiting for their end."""
    worker = Worker(window)
    window.closed.connect(worker.close)
    dialog = Preferences(desk, worker=worker, theme=theme, parent=window)
    dialog.open()
    wait_until(dialog.save_button.isEnabled)
    return dialog


def is_settled(desk: Desk, *, waits_for_receipts: bool) -> bool:
    """Has everything come as far as it will?"""
    moving = {State.QUEUED, State.SENDING}
    if waits_for_receipts:
        moving |= {State.ACCEPTED}
    on_the_way = [
        message
        for message in desk.history.page(HistoryFilter())
        if message.state in moving or (waits_for_receipts and is_expected(message))
    ]
    return not on_the_way


def is_expected(message: Message) -> bool:
    """One test number never gets further than the carrier; the others do."""
    return message.state is State.SUBMITTED and message.to != NO_RECEIPT


def wait_until(is_true: Callable[[], bool]) -> None:
    """Let the program run until the condition holds."""
    loop, look = QEventLoop(), QTimer()
    look.timeout.connect(lambda: loop.quit() if is_true() else None)
    look.start(50)
    QTimer.singleShot(LONGEST_WAIT_MS, loop, loop.quit)
    loop.exec()
    if not is_true():
        raise SystemExit("the scene did not come to its end")


def wait(milliseconds: int) -> None:
    """Let the window settle and paint."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
