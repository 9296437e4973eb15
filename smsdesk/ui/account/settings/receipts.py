"""The page of what comes back by asking: receipts and replies out of Vonage's reports, and the
words with which a person opts out.

What is done with them is delivery's; webhooks have a page of their own.
"""

import re
from typing import Any

from smsdesk.desk import wording
from smsdesk.desk.desk import Desk, ReportEstimate
from smsdesk.system.i18n import _
from smsdesk.system.settings import (
    OPT_OUT_SCOPE,
    OPT_OUT_WORDS,
    RECEIPTS,
    REPLIES_BY_REPORTS,
    REPORT_RECORDS_A_DAY,
)
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.settings.page import (
    Choice,
    SettingsPage,
    WrongValueError,
    choose,
    make_check,
    make_combo,
    make_line,
    make_number,
    whole_number,
)

_LONGEST_WORD = 40


class ReceiptsPage(SettingsPage):
    """Each record of a report costs a little, so how many is the person's to say."""

    def __init__(self, desk: Desk, *, errands: Errands) -> None:
        super().__init__(_("Receipts and replies"))
        settings = desk.settings
        self.receipts = make_combo(
            "receipts",
            _("Delivery receipts"),
            ("reports", _("Ask Vonage (needs API key and secret)")),
            ("off", _("Off")),
        )
        self.records = make_number("report_records_a_day", _("Records of reports a day"))
        self.replies = make_check(
            "replies_by_reports", _("Fetch replies from &Vonage's reports too")
        )
        self.scope = make_combo(
            "opt_out_scope",
            _("STOP ends messages from"),
            ("sender", _("the number it was sent to")),
            ("all", _("all my senders")),
        )
        self.words = make_line(
            "opt_out_words",
            _("Other words that mean STOP"),
            hint=_("unsubscribe me, no more"),
        )
        choose(self.receipts, settings.get(RECEIPTS))
        self.records.setText(str(settings.get(REPORT_RECORDS_A_DAY)))
        self.replies.setChecked(settings.get(REPLIES_BY_REPORTS))
        choose(self.scope, settings.get(OPT_OUT_SCOPE))
        words: list[str] = settings.get(OPT_OUT_WORDS)
        self.words.setText(", ".join(words))

        # What a record cost is from Vonage's price list of 2020, the last one that was public:
        # https://developer.vonage.com/en/reports/overview
        self.add_field(
            _("Delivery &receipts"),
            self.receipts,
            "receipts",
            note=_(
                "SMS Desk asks about messages that are still open. Vonage charges for each record "
                "it hands out, about €0.0004 when it last published a price."
            ),
        )
        self.add_field(
            _("At &most"),
            self.records,
            "report_records_a_day",
            unit=_("records a day"),
            note=_("When they are used up, SMS Desk asks again the next day. 0 asks for none."),
        )
        self.cost = plain.label(tone="muted", name="settings.report_cost", wraps=True)
        self.form.addRow("", self.cost)
        self.add_beside(
            self.replies,
            note=_(
                "For a computer that no webhook can reach: SMS Desk asks every five minutes. A "
                "reply comes minutes late, and is charged up to three times, since late ones are "
                "asked for again. Webhooks bring replies at once and free of charge."
            ),
        )
        self.add_heading(_("Opting out"))
        self.add_field(
            _("S&TOP ends messages from"),
            self.scope,
            "opt_out_scope",
        )
        self.add_field(
            _("&Other words for it"),
            self.words,
            "opt_out_words",
            note=_("Besides STOP and its like. Put a comma between two of them."),
        )

        def estimate() -> ReportEstimate:
            try:
                return desk.receipts.estimate()
            finally:
                desk.close_thread()

        errands.run(estimate, self._show_cost, lambda _error: self.cost.hide())

    def _show_cost(self, estimate: ReportEstimate) -> None:
        self.cost.setText(wording.report_estimate_sentence(estimate))

    def choices(self) -> list[Choice[Any]]:
        records = whole_number(
            self.records,
            REPORT_RECORDS_A_DAY,
            "report_records_a_day",
            _("Enter a whole number from 0 to 10 000 000."),
        )
        return [
            Choice(RECEIPTS, self.receipts.currentData()),
            Choice(REPORT_RECORDS_A_DAY, records),
            Choice(REPLIES_BY_REPORTS, self.replies.isChecked()),
            Choice(OPT_OUT_SCOPE, self.scope.currentData()),
            Choice(OPT_OUT_WORDS, self._words()),
        ]

    def _words(self) -> list[str]:
        """Each word once, in the order they were typed."""
        words = [" ".join(part.split()) for part in re.split("[,;\n]", self.words.text())]
        if any(len(word) > _LONGEST_WORD for word in words):
            sentence = _("A word has at most 40 letters. Put a comma between two of them.")
            raise WrongValueError("opt_out_words", sentence)
        return list(dict.fromkeys(word for word in words if word))
