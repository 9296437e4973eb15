"""The audit trail as a table: its columns, and how a page of it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject

from smsdesk.desk import wording_trail
from smsdesk.desk.trail import AuditTrail, Entry, Outline, TrailError, TrailFilter
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.history.when import short_time, whole_time
from smsdesk.ui.paged_model import PAGE, PagedModel

WHEN, WHO, ACT, DETAIL = range(4)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The entries that a filter leaves, the newest first."""

    trail: AuditTrail
    which: TrailFilter

    @property
    def search(self) -> str:
        """Something, if not all entries are meant."""
        return "" if self.which == TrailFilter() else "filter"

    def outline(self) -> Outline:
        return self.trail.outline(self.which, size=PAGE)

    def page(self, after: int | None) -> list[Entry]:
        return self.trail.page(self.which, before=after, limit=PAGE)


class TrailModel(PagedModel[_Rows, Entry]):
    """`show` reads the entries that a filter leaves; `look_again` follows a change."""

    def __init__(
        self, trail: AuditTrail, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(
            _Rows(trail, TrailFilter()),
            titles=(_("When"), _("Who"), _("What"), _("Details")),
            unreadable=TrailError,
            worker=worker,
            parent=parent,
        )

    @property
    def which(self) -> TrailFilter:
        """What was asked for last."""
        return self._wanted.which

    def show(self, which: TrailFilter) -> None:
        self.ask(replace(self._wanted, which=which))

    def row_of(self, entry_id: int) -> int | None:
        """Where an entry is, among the pages that have been read."""
        for number, page in self._pages.items():
            for place, entry in enumerate(page):
                if entry.id == entry_id:
                    return number * PAGE + place
        return None

    def _text(self, item: Entry, column: int) -> str:
        if column == WHEN:
            return short_time(item.at, now=datetime.now(UTC))
        if column == WHO:
            return plain.one_line(item.who)
        if column == ACT:
            return plain.one_line(wording_trail.act_name(item.what))
        return plain.one_line(wording_trail.detail_sentence(item))

    def _hover(self, item: Entry, column: int) -> str:
        if column == WHEN:
            return whole_time(item.at)
        if column == DETAIL:
            return wording_trail.whole_entry(item)
        return ""

    def _is_quiet(self, item: Entry, column: int) -> bool:
        return column in (WHEN, WHO)
