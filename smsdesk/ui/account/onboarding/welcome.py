"""The assistant's first page: look around, or connect an account in one of two ways."""

from PySide6.QtCore import Signal

from smsdesk.system.i18n import _
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.onboarding.choice_button import ChoiceButton
from smsdesk.ui.account.onboarding.page import Page


class WelcomePage(Page):
    """Three ways to begin; pressing one is choosing it."""

    # Emitted when the person wants the demo.
    demo_asked = Signal()
    # Emitted when the person has an application and its private key.
    existing_asked = Signal()
    # Emitted when the person wants an application made.
    new_asked = Signal()

    def __init__(self, *, errands: Errands) -> None:
        super().__init__(
            _("Welcome to SMS Desk"),
            _(
                "Messages are sent by your own account at Vonage. You can look around first: "
                "nothing is sent before you connect one."
            ),
            errands=errands,
        )
        self.demo = ChoiceButton(
            "assistant.demo",
            "flask-conical",
            _("Try the demo"),
            _("With numbers and answers made up on this computer. Nothing leaves it."),
        )
        self.existing = ChoiceButton(
            "assistant.existing",
            "plug",
            _("I have an Application"),
            _("You know its Application ID, and the file with its private key is at hand."),
        )
        self.new = ChoiceButton(
            "assistant.new",
            "key-round",
            _("Make one for me"),
            _(
                "From the API key and secret of your Vonage dashboard. The private key is made on "
                "this computer and stays here."
            ),
        )
        for button, asked in (
            (self.demo, self.demo_asked),
            (self.existing, self.existing_asked),
            (self.new, self.new_asked),
        ):
            self.body.addWidget(button)
            button.clicked.connect(asked)
        self.body.addStretch()

    def enter(self) -> None:
        self.existing.setFocus()
