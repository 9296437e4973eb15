"""The assistant: a few pages, one after another. Closing it at any point leaves a program that
works; what is stored by then is where it goes on the next time.
"""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from smsdesk.desk.account import AccountForm, StoredAccount
from smsdesk.desk.connecting import ApplicationChoice, Proof
from smsdesk.desk.desk import Desk
from smsdesk.sms.channels.short_message import SMS
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.onboarding.existing import ExistingPage
from smsdesk.ui.account.onboarding.from_page import FromPage
from smsdesk.ui.account.onboarding.made_here import KeysPage, NewPage
from smsdesk.ui.account.onboarding.page import Page
from smsdesk.ui.account.onboarding.receipts import ReceiptsPage
from smsdesk.ui.account.onboarding.trial import TrialPage
from smsdesk.ui.account.onboarding.way_in import WayInPage
from smsdesk.ui.account.onboarding.welcome import WelcomePage
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_SIZE = (640, 560)


class Assistant(Dialog):
    """Goes from page to page, and back."""

    # Emitted when the person would rather see the demo; the assistant is closed then.
    demo_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        *,
        stored: StoredAccount,
        worker: Worker,
        news: SignalInstance,
        parent: QWidget | None,
    ) -> None:
        """`news` tells each Change on the GUI thread."""
        super().__init__(_("Connect an account"), parent)
        self.setObjectName("assistant")
        self._desk = desk
        self._worker = worker
        self._errands = Errands(worker)
        self._way: list[Page] = []
        self._keys = AccountForm()
        self.welcome = WelcomePage(errands=self._errands)
        self.existing = ExistingPage(desk, errands=self._errands, worker=worker)
        self.keys = KeysPage(desk, errands=self._errands)
        self.new = NewPage(desk, errands=self._errands)
        self.sender_page = FromPage(desk, errands=self._errands)
        self.receipts = ReceiptsPage(desk, errands=self._errands)
        self.way_in = WayInPage(desk, errands=self._errands)
        self.trial = TrialPage(desk, errands=self._errands)
        self.pages = QStackedWidget()
        self._steps = [
            plain.label(title, tone="muted")
            for title in (_("Account"), _("Sender"), _("Receipts"), _("Test"))
        ]
        self.back_button = QPushButton(_("&Back"))
        self.later_button = QPushButton(_("Later"))
        self.next_button = QPushButton()
        self._arrange()
        self._connect(news)
        self._begin(stored)
        self.open_at(*_SIZE)

    def _arrange(self) -> None:
        self._trail = QWidget()
        self._trail.setObjectName("assistant.steps")
        trail = QHBoxLayout(self._trail)
        trail.setContentsMargins(0, 0, 0, 0)
        trail.setSpacing(GRID)
        for number, step in enumerate(self._steps):
            if number:
                trail.addWidget(plain.label("›", tone="muted"))
            trail.addWidget(step)
        trail.addStretch()
        for page in self._all_pages():
            self.pages.addWidget(page)
        for button, name in (
            (self.back_button, "back"),
            (self.later_button, "later"),
            (self.next_button, "next"),
        ):
            button.setObjectName(f"assistant.{name}")
            button.setAutoDefault(False)
        self.later_button.setAccessibleName(_("Later: close the assistant"))
        self.back_button.setAccessibleName(_("Back"))
        self.next_button.setProperty("primary", True)
        self.next_button.setDefault(True)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self.back_button)
        bottom.addStretch()
        bottom.addWidget(self.later_button)
        bottom.addWidget(self.next_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._trail)
        layout.addWidget(self.pages, 1)
        layout.addLayout(bottom)

    def _connect(self, news: SignalInstance) -> None:
        self.welcome.demo_asked.connect(self._ask_for_demo)
        self.welcome.existing_asked.connect(lambda: self.go_to(self.existing))
        self.welcome.new_asked.connect(lambda: self.go_to(self.keys))
        self.keys.listed.connect(self._offer_applications)
        self.new.chosen.connect(self._take_application)
        self.existing.connected.connect(self._go_on_connected)
        self.new.made.connect(self._go_on_connected)
        self.sender_page.done.connect(lambda: self._load_and_go_to(self.receipts))
        self.receipts.done.connect(self._go_on_to_trial)
        self.receipts.webhooks_asked.connect(lambda: self.go_to(self.way_in))
        self.way_in.done.connect(self._go_on_to_trial)
        self.trial.done.connect(self.accept)
        news.connect(self.trial.note)
        for page in self._all_pages():
            page.waiting.connect(self._show_waiting)
            page.title_changed.connect(self._show_buttons)
        self.back_button.clicked.connect(self.go_back)
        self.later_button.clicked.connect(self.reject)
        self.next_button.clicked.connect(lambda: self.page.go_on())
        self.finished.connect(lambda _result: self._errands.end())

    def _begin(self, stored: StoredAccount) -> None:
        """An account without a sender is one that was left half-way."""
        self._way = [self.welcome]
        self._show_stored(stored)
        if stored.is_configured and not stored.sender:
            self._way += [self.existing, self.sender_page]
        self._show_page()

    @property
    def page(self) -> Page:
        return self._way[-1]

    def go_to(self, page: Page) -> None:
        self._way.append(page)
        self._show_page()

    def go_back(self) -> None:
        self._way.pop()
        self._show_page()

    # between two pages

    def _offer_applications(
        self, keys: AccountForm, applications: list[ApplicationChoice]
    ) -> None:
        self._keys = keys
        self.new.offer(keys, applications)
        self.go_to(self.new)

    def _take_application(self, application_id: str) -> None:
        self.existing.take(application_id, self._keys)
        self.go_to(self.existing)

    def _go_on_connected(self, proof: Proof | None, is_key_copied: bool = False) -> None:
        if self._is_sandbox:
            self._load_and_go_to(self.receipts)
            return
        self.sender_page.greet(proof, is_key_copied=is_key_copied)
        self._load_and_go_to(self.sender_page)

    def _go_on_to_trial(self) -> None:
        """The trial is an SMS, which the sandbox does not have, nor an account without it."""
        if SMS in self._desk.compose.channels.on:
            self._load_and_go_to(self.trial)
        else:
            self.accept()

    @property
    def _is_sandbox(self) -> bool:
        return self._desk.compose.channels.is_sandbox

    def _load_and_go_to(self, page: Page) -> None:
        """What has been stored by now is read again before the next page shows it."""

        def show(stored: StoredAccount) -> None:
            self._show_stored(stored)
            self.go_to(page)

        self.page.ask(_("Reading from the keyring…"), self._desk.account.load, show)

    def _show_stored(self, stored: StoredAccount) -> None:
        self.existing.show_stored(stored)
        self.sender_page.show_stored(application_id=stored.application_id, sender=stored.sender)
        self.receipts.show_stored(
            application_id=stored.application_id,
            has_account=bool(stored.api_key and stored.has_api_secret),
        )
        self.way_in.show_stored(has_signature_secret=stored.has_signature_secret)
        self.trial.show_stored(sender=stored.sender)

    def _ask_for_demo(self) -> None:
        self.reject()
        self.demo_asked.emit()

    # what is shown

    def _show_page(self) -> None:
        self.pages.setCurrentWidget(self.page)
        for number, step in enumerate(self._steps, start=1):
            plain.set_tone(step, "accent" if number == self.page.step else "muted")
        self._trail.setVisible(self.page.step > 0)
        if self.page.step:
            self._trail.setAccessibleName(
                _("Step {number} of {count}: {title}").format(
                    number=self.page.step,
                    count=len(self._steps),
                    title=self._steps[self.page.step - 1].text(),
                )
            )
        self.page.clear_problems()
        self._show_buttons()
        self.page.enter()

    def _show_buttons(self) -> None:
        self.back_button.setVisible(len(self._way) > 1)
        title = _(self.page.next_title)
        self.next_button.setVisible(bool(title))
        self.next_button.setText(title)
        self.next_button.setAccessibleName(title.replace("&", ""))
        self.later_button.setVisible(self.page is not self.trial)

    def _show_waiting(self, is_waiting: bool) -> None:
        self.next_button.setDisabled(is_waiting)
        self.back_button.setDisabled(is_waiting)

    def _all_pages(self) -> tuple[Page, ...]:
        return (
            self.welcome,
            self.existing,
            self.keys,
            self.new,
            self.sender_page,
            self.receipts,
            self.way_in,
            self.trial,
        )
