"""The page of sending: how fast, from where numbers are read, and how long a message waits."""

from typing import Any

from smsdesk.desk import wording_batches
from smsdesk.desk.account_values import StoredAccount
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_places import countries_by_name, country_name
from smsdesk.sms.phone import calling_code
from smsdesk.sms.quiet import read_all_hours, write_all_hours
from smsdesk.system.i18n import _
from smsdesk.system.settings import (
    CONFIRM_COUNT_ABOVE,
    EXPIRY_HOURS,
    LINES,
    QUIET_HOURS,
    QUIET_MODE,
    THROUGHPUT,
    UNDO_S,
)
from smsdesk.ui.account.settings.page import (
    Choice,
    SettingsPage,
    WrongValueError,
    choose,
    make_button,
    make_combo,
    make_line,
    make_number,
    whole_number,
)
from smsdesk.ui.background import Worker


class SendingPage(SettingsPage):
    """What holds for every message."""

    def __init__(self, desk: Desk, *, worker: Worker) -> None:
        super().__init__(_("Sending messages"))
        self._batches = desk.batches
        self._worker = worker
        settings = desk.settings
        self.region = make_combo(
            "default_region",
            _("Country of national numbers"),
            ("", _("As the system is")),
            *(
                (code, f"{country_name(code)} (+{calling_code(code)})")
                for code in countries_by_name()
            ),
        )
        self.undo = make_number("undo_s", _("Seconds in which Send can be taken back"))
        self.expiry = make_number("expiry_hours", _("Hours after which a message fails"))
        self.throughput = make_number("throughput", _("Messages a second"))
        self.lines = make_number("lines", _("Connections at the same time"))
        self.confirm = make_number(
            "confirm_count_above", _("Messages above which their number is asked for")
        )
        self.confirm.setText(str(settings.get(CONFIRM_COUNT_ABOVE)))
        self.undo.setText(str(settings.get(UNDO_S)))
        self.expiry.setText(str(settings.get(EXPIRY_HOURS)))
        self.throughput.setText(f"{settings.get(THROUGHPUT):g}")
        self.lines.setText(str(settings.get(LINES)))
        self.add_field(
            _("Co&untry of national numbers"),
            self.region,
            "default_region",
            note=_("A number without a country code is read as one of this country."),
        )
        self.add_field(
            _("&Take back within"),
            self.undo,
            "undo_s",
            unit=_("seconds"),
            note=_("A message waits that long after Send. 0 sends at once."),
        )
        self.add_field(
            _("As&k above"),
            self.confirm,
            "confirm_count_above",
            unit=_("messages"),
            note=_("Before more than that go to a list, their number must be typed."),
        )
        self.add_field(
            _("Give up a&fter"),
            self.expiry,
            "expiry_hours",
            unit=_("hours"),
            note=_("A message that could not be sent by then fails, and says so."),
        )
        self.add_heading(_("Quiet hours"))
        self.quiet_mode = make_combo(
            "quiet_mode",
            _("In the recipient’s quiet hours"),
            ("off", _("Send all the same")),
            ("warn", _("Warn before Send")),
            ("hold", _("Hold messages until they are over")),
        )
        choose(self.quiet_mode, settings.get(QUIET_MODE))
        self.quiet_hours = make_line("quiet_hours", _("Quiet hours of countries"))
        hours: dict[str, str] = settings.get(QUIET_HOURS)
        self.quiet_hours.setText(write_all_hours(hours))
        self.add_field(_("In &quiet hours"), self.quiet_mode, "quiet_mode")
        self.add_field(
            _("Quiet h&ours"),
            self.quiet_hours,
            "quiet_hours",
            note=_(
                "By the recipient’s clock, such as US 21:00-08:00; FR 20:30-08:00 sun. A * is for "
                "all other countries."
            ),
        )
        self.add_heading(_("Pace"))
        self.add_field(
            _("&Messages a second"),
            self.throughput,
            "throughput",
            note=_("For the whole account. Vonage allows 30 for an API key."),
        )
        self.add_field(
            _("Co&nnections"),
            self.lines,
            "lines",
            note=_("How many messages may be on their way to Vonage at the same time."),
        )

        self.add_heading(_("Two pairs of eyes"))
        self.rule_button = make_button("confirm_rule", _("C&hange the rule…"))
        self._rule = self.add_words("")
        self.add_beside(self.rule_button)
        self.rule_button.clicked.connect(self.open_rule)
        self._show_rule()

    def open_rule(self) -> None:
        """Ask for the rule; it is stored at once, and needs the PIN rather than Save."""
        from smsdesk.ui.batches.rule_dialog import RuleDialog  # start-up time

        dialog = RuleDialog(self._batches, worker=self._worker, parent=self)
        dialog.changed.connect(self._show_rule)
        dialog.finished.connect(
            lambda _result: self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
        )
        dialog.open()

    def _show_rule(self) -> None:
        self._rule.setText(wording_batches.rule_sentence(self._batches.second_person.above))

    def show_stored(self, stored: StoredAccount) -> None:
        choose(self.region, stored.default_region)

    def choices(self) -> list[Choice[Any]]:
        try:
            throughput = THROUGHPUT.check(float(self.throughput.text().replace(",", ".")))
        except ValueError:
            sentence = _("Enter a number from 0.1 to 100.")
            raise WrongValueError("throughput", sentence) from None
        undo = whole_number(
            self.undo, UNDO_S, "undo_s", _("Enter a whole number of seconds from 0 to 60.")
        )
        confirm = whole_number(
            self.confirm,
            CONFIRM_COUNT_ABOVE,
            "confirm_count_above",
            _("Enter a whole number from 0 to 100,000."),
        )
        expiry = whole_number(
            self.expiry,
            EXPIRY_HOURS,
            "expiry_hours",
            _("Enter a whole number of hours from 1 to 72."),
        )
        try:
            hours = QUIET_HOURS.check(read_all_hours(self.quiet_hours.text()))
        except ValueError as error:
            sentence = _("“{entry}” is not understood. Write hours like US 21:00-08:00.")
            raise WrongValueError(
                "quiet_hours", sentence.replace("{entry}", str(error))
            ) from None
        lines = whole_number(self.lines, LINES, "lines", _("Enter a whole number from 1 to 8."))
        return [
            Choice(UNDO_S, undo),
            Choice(CONFIRM_COUNT_ABOVE, confirm),
            Choice(EXPIRY_HOURS, expiry),
            Choice(THROUGHPUT, throughput),
            Choice(LINES, lines),
            Choice(QUIET_MODE, str(self.quiet_mode.currentData())),
            Choice(QUIET_HOURS, hours),
        ]
