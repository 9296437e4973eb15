"""The page of privacy: how long what is kept, and what others may read over a shoulder.

Removing what is old is the upkeep's.
"""

from typing import Any

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.system.settings import (
    KEEP_EVENTS_DAYS,
    KEEP_MESSAGES_DAYS,
    KEEP_TEXT_DAYS,
    NOTIFY,
)
from smsdesk.ui.account.settings.page import (
    Choice,
    SettingsPage,
    choose,
    make_combo,
    make_number,
    whole_number,
)


class PrivacyPage(SettingsPage):
    """Days, and a choice."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Privacy"))
        settings = desk.settings
        self.text_days = make_number("keep_text_days", _("Days to keep texts"))
        self.message_days = make_number("keep_messages_days", _("Days to keep messages"))
        self.event_days = make_number(
            "keep_events_days", _("Days to keep receipts as they came")
        )
        self.notify = make_combo(
            "notify",
            _("Notifications"),
            ("full", _("Show number and text")),
            ("private", _("Show neither number nor text")),
            ("off", _("No notifications")),
        )
        self._days = (
            (self.text_days, KEEP_TEXT_DAYS),
            (self.message_days, KEEP_MESSAGES_DAYS),
            (self.event_days, KEEP_EVENTS_DAYS),
        )
        for line, setting in self._days:
            line.setText(str(settings.get(setting)))
        choose(self.notify, settings.get(NOTIFY))

        self.add_words(_("What is older than this is removed for good. 0 keeps it for ever."))
        self.add_field(
            _("Keep &texts for"),
            self.text_days,
            "keep_text_days",
            unit=_("days"),
            note=_("Then the text of a message goes; that it was sent, and to whom, stays."),
        )
        self.add_field(
            _("Keep &messages for"),
            self.message_days,
            "keep_messages_days",
            unit=_("days"),
            note=_("Then the whole message goes, with its number."),
        )
        self.add_field(
            _("Keep r&eceipts for"),
            self.event_days,
            "keep_events_days",
            unit=_("days"),
            note=_("What Vonage sent about a message, as it came."),
        )
        self.add_heading(_("On the screen"))
        self.add_field(_("&Notifications"), self.notify, "notify")

    def choices(self) -> list[Choice[Any]]:
        sentence = _("Enter a whole number of days from 0 to 36 500.")
        return [
            *(
                Choice(setting, whole_number(line, setting, setting.name, sentence))
                for line, setting in self._days
            ),
            Choice(NOTIFY, self.notify.currentData()),
        ]
