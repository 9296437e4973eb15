"""The opt-out list as a table: its columns, and how a page of it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject

from smsdesk.desk import wording_opt_outs
from smsdesk.desk.opt_outs import Key, OptOuts, OptOutStoreError, Outline, key_of
from smsdesk.sms.suppression import ALL_SENDERS, Suppression
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.history.when import short_time, whole_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.paged_model import PAGE, PagedModel

NUMBER, SENDER, SINCE, WHY = range(4)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The entries that a search leaves."""

    opt_outs: OptOuts
    search: str = ""

    def outline(self) -> Outline:
        return self.opt_outs.outline(search=self.search, size=PAGE)

    def page(self, after: Key | None) -> list[Suppression]:
        return self.opt_outs.page(search=self.search, after=after, limit=PAGE)


class OptOutModel(PagedModel[_Rows, Suppression]):
    """`show` reads the list, or what a search leaves of it; `look_again` follows a change."""

    def __init__(
        self, opt_outs: OptOuts, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(
            _Rows(opt_outs),
            titles=(_("Number"), _("Sender"), _("Since"), _("Why")),
            unreadable=OptOutStoreError,
            worker=worker,
            parent=parent,
        )

    def show(self, search: str) -> None:
        self.ask(replace(self._wanted, search=search.strip()))

    def row_of(self, key: Key) -> int | None:
        """Where an entry is, if it is there."""
        return self._find(key, lambda entry: key_of(entry) == key)

    def _text(self, item: Suppression, column: int) -> str:
        if column == NUMBER:
            return plain.one_line(show_number(item.number))
        if column == SENDER:
            return plain.one_line(wording_opt_outs.sender_word(_sender(item)))
        if column == SINCE:
            return short_time(item.since, now=datetime.now(UTC))
        return plain.one_line(wording_opt_outs.reason_sentence(item))

    def _hover(self, item: Suppression, column: int) -> str:
        if column == SINCE:
            return whole_time(item.since)
        return wording_opt_outs.reason_sentence(item) if column == WHY else ""

    def _is_quiet(self, item: Suppression, column: int) -> bool:
        return column == SINCE or (column == SENDER and item.sender == ALL_SENDERS)


def _sender(entry: Suppression) -> str:
    return show_number(entry.sender) if entry.sender.startswith("+") else entry.sender
