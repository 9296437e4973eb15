"""Sending to a list: read it, say what would happen, and queue all of it or nothing.

Nothing is stored before `queue`. Reading and planning take seconds for a long list, and are
called on a thread that may wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from smsdesk.delivery.outbox import Addressed, Outbox
from smsdesk.desk.bulk_plan import (
    BulkCountry,
    BulkPlan,
    ForeignUse,
    PlannedMessage,
    RowPreview,
    Sheet,
)
from smsdesk.desk.bulk_times import BulkTimes, DoubtfulTime
from smsdesk.desk.channels import throughput_of
from smsdesk.desk.compose import Compose, NotStoredError, sender_problems
from smsdesk.desk.opt_outs import OptOuts, OptOutStoreError
from smsdesk.desk.prices import Prices
from smsdesk.desk.sheets.numbers import Entry, RowProblem, read_numbers
from smsdesk.desk.sheets.reading import (
    LOOK_EVERY,
    ReadingOptions,
    choose_number_column,
    never,
    read_table,
    without_cycles,
)
from smsdesk.desk.sheets.table import ReadingStoppedError, Row, Table
from smsdesk.desk.sheets.writing import harmless, write_csv
from smsdesk.desk.timing import Outlook, PastError
from smsdesk.sms import dlt
from smsdesk.sms.channels import CHANNELS, Channel
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.channels.checks import parse_sender
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.encoding import Encoding, foreign_characters, foreign_set, replace_foreign
from smsdesk.sms.message import DraftLeg, Problem, ProblemCode, dlt_problems, text_problems
from smsdesk.sms.schedule import Plan as Schedule
from smsdesk.sms.segments import is_plain_part, measure
from smsdesk.sms.sender_id import SenderId, SenderIdError
from smsdesk.sms.template import Template, TemplateError, parse_template
from smsdesk.store.errors import StoreError, SuppressedError
from smsdesk.store.imports import Imports
from smsdesk.system.clock import Clock
from smsdesk.system.settings import EXPIRY_HOURS, SENDER_THROUGHPUT, Settings

Progress = Callable[[int], None]

TRIES = 5
"""So often a list is queued anew because somebody opted out at that very moment."""

_CELL_ERRORS = frozenset(
    ("#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
)
"""What a spreadsheet shows in place of a result."""


@dataclass(frozen=True, slots=True)
class BulkQueued:
    """What was put into the log."""

    batch_id: str
    ids: tuple[str, ...]
    plan: BulkPlan
    """What was queued: the plan that was shown, without those who opted out meanwhile."""
    needs_confirmation: bool
    """It waits for a second person."""
    undo_until: datetime | None = None
    """Until then they stay here, so that all of it can be taken back."""
    left_out: int = 0
    """How many of the messages that were shown are not among them, because of an opt-out."""


class PlanChangedError(Exception):
    """Nothing is left to be queued; `plan` says why."""

    def __init__(self, plan: BulkPlan) -> None:
        super().__init__("everybody has opted out meanwhile")
        self.plan = plan


class Bulk:
    """What the bulk page and `smsdesk batch` ask for."""

    def __init__(
        self,
        *,
        compose: Compose,
        outbox: Outbox,
        imports: Imports,
        opt_outs: OptOuts,
        prices: Prices,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None],
    ) -> None:
        self._compose = compose
        self._outbox = outbox
        self._imports = imports
        self._opt_outs = opt_outs
        self._prices = prices
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender
        self._times = BulkTimes(compose.timing)

    # Reading --------------------------------------------------------------------

    @without_cycles()
    def read(
        self,
        path: Path,
        options: ReadingOptions | None = None,
        *,
        data: bytes | None = None,
        on_head: Callable[[Table], None] | None = None,
        on_progress: Progress | None = None,
        stop: Callable[[], bool] = never,
    ) -> Sheet:
        """Read a file and its numbers. Without a region in `options` the desk's own is taken.

        With `data` these bytes are the list, and `path` is only its name. `on_head` is given
        the first 50 rows early. Raises SheetError, or ReadingStoppedError.
        """
        options = options or ReadingOptions()
        region = options.default_region or self._compose.default_region
        table = read_table(
            path,
            replace(options, default_region=region),
            data=data,
            on_head=on_head,
            on_progress=on_progress,
            stop=stop,
        )
        return _with_numbers(table, region, on_progress, stop)

    @without_cycles()
    def choose(
        self,
        sheet: Sheet,
        *,
        number_column: str | None = None,
        region: str | None = None,
        on_progress: Progress | None = None,
        stop: Callable[[], bool] = never,
    ) -> Sheet:
        """The same list with another column of numbers, or another country; the file is not
        read again. Raises SheetError, or ReadingStoppedError."""
        table = sheet.table
        if number_column is not None:
            table = choose_number_column(table, number_column)
        return _with_numbers(table, region or sheet.region, on_progress, stop)

    # Saying what would happen ---------------------------------------------------

    def preview_row(
        self,
        sheet: Sheet,
        text: str,
        place: int,
        *,
        replace: bool = False,
        allow_blank: bool = False,
        channel: Channel = SMS,
    ) -> RowPreview:
        """The message of one of the sheet's entries; quick, made at every keystroke.

        Raises TemplateError, or IndexError.
        """
        entry = sheet.numbers.entries[place]
        template = parse_template(text)
        filling = _Filling(
            template,
            sheet.table,
            replaces=replace,
            allows_blank=allow_blank,
            channels=(channel,),
        )
        made = filling.fill(entry)
        if isinstance(made, RowProblem):
            return RowPreview(entry, "", channel.measure(""), made)
        return RowPreview(entry, made.text, channel.measure(made.text), None)

    @without_cycles()
    def plan(
        self,
        sheet: Sheet,
        text: str,
        sender: str,
        *,
        replace: bool = False,
        allow_blank: bool = False,
        entity_id: str = "",
        content_id: str = "",
        channel: str = SMS.name,
        failover: Sequence[DraftLeg] = (),
        on_progress: Progress | None = None,
        stop: Callable[[], bool] = never,
    ) -> BulkPlan:
        """Everything that would happen, and nothing of it done.

        With `replace` characters that GSM-7 lacks are replaced where that spares UCS-2; with
        `allow_blank` an empty cell is nothing instead of a problem. `failover` are the channels
        that are tried in turn after `channel`, with the same text. Raises ReadingStoppedError,
        or NotStoredError when the log cannot be asked.
        """
        first, sender_id, problems = self._read_way(channel, sender, sheet.region)
        others, more = self._read_failover(first, failover, sheet.region)
        problems += more
        template, found = _read_template(text, sheet.table)
        problems += found
        if sheet.table.number_column is None:
            problems.append(Problem("to", "", "no_number_column"))
        entries = sheet.numbers.entries
        try:
            senders = [sender_id, *(other for _channel, other in others)]
            refused = set[str]().union(*(self._opted_out(entries, one) for one in senders))
            earlier = tuple(self._imports.of(sheet.table.sha256))
        except (OptOutStoreError, StoreError) as error:
            raise NotStoredError(error.code) from error
        row_problems = list(sheet.numbers.problems)
        messages = []
        if template is not None:
            filling = _Filling(
                template,
                sheet.table,
                replaces=replace,
                allows_blank=allow_blank,
                channels=(first, *(other for other, _sender in others)),
            )
            for count, entry in enumerate(entries, start=1):
                if count % LOOK_EVERY == 0:
                    _look(count, on_progress, stop)
                if entry.number.e164 in refused:
                    continue
                made = filling.fill(entry)
                if isinstance(made, RowProblem):
                    row_problems.append(made)
                else:
                    messages.append(made)
        row_problems.sort(key=lambda problem: problem.row.place)
        opted_out = [entry for entry in entries if entry.number.e164 in refused]
        blank = BulkPlan(
            sheet=sheet,
            sender=sender_id,
            text=text,
            entity_id=dlt.normalise_id(entity_id) or None,
            content_id=dlt.normalise_id(content_id) or None,
            is_replaced=replace,
            messages=tuple(messages),
            problems=tuple(problems),
            row_problems=tuple(row_problems),
            opted_out=tuple(opted_out),
            countries=(),
            foreign=(),
            parts_if_replaced=0,
            earlier=earlier,
            duration=timedelta(),
            channel=first,
            failover=others,
        )
        return self._summed_up(blank)

    def priced(self, plan: BulkPlan) -> BulkPlan:
        """The plan with the prices that are known by now."""
        by_country = plan.channel.goes_by_country
        counted = self._count_countries(plan.messages, by_country=by_country)
        return replace(plan, countries=tuple(counted))

    # When it leaves -------------------------------------------------------------

    def timed(
        self,
        plan: BulkPlan,
        when: Schedule | None = None,
        *,
        due_at: datetime | None = None,
        ignores_quiet_hours: bool = False,
    ) -> BulkPlan:
        """The plan for another time: by a clock, at a moment, or at once."""
        return replace(plan, when=when, due_at=due_at, ignores_quiet_hours=ignores_quiet_hours)

    def outlook(self, plan: BulkPlan, *, stop: Callable[[], bool] = never) -> Outlook:
        """What the time of the plan means for its recipients, and who has quiet hours then.
        Takes seconds for a long list. Raises ReadingStoppedError."""
        return self._times.outlook(plan, pace=self._rate(plan.sender), stop=stop)

    def doubtful_times(self, plan: BulkPlan) -> list[DoubtfulTime]:
        """The messages whose recipients may be in several time zones, or in none that is known,
        where that matters for the time of the plan."""
        return self._times.doubtful(plan)

    def _read_way(
        self, name: str, sender: str, region: str | None
    ) -> tuple[Channel, SenderId | None, list[Problem]]:
        """A channel and its sender, and what is wrong with them for a list of numbers."""
        channel = CHANNELS.get(name)
        if channel is None:
            return SMS, None, [Problem("channel", name, "unknown")]
        problems = list(self._compose.channels.not_on([channel]))
        if channel.recipient is not Address.NUMBER:
            problems.append(Problem("channel", channel.title, "not_for_lists"))
        try:
            return channel, parse_sender(channel, sender, default_region=region), problems
        except SenderIdError as error:
            return channel, None, [*problems, Problem("from", sender, error.problem)]

    def _read_failover(
        self, first: Channel, failover: Sequence[DraftLeg], region: str | None
    ) -> tuple[tuple[tuple[Channel, SenderId], ...], list[Problem]]:
        """The channels that are tried next, and what is wrong with them."""
        found: list[tuple[Channel, SenderId]] = []
        problems: list[Problem] = []
        seen = {first}
        for leg in failover:
            typed = leg.sender or self._compose.channels.sender_of(leg.channel)
            channel, sender, wrong = self._read_way(leg.channel, typed, region)
            if not wrong and channel in seen:
                wrong = [Problem("failover", channel.title, "channel_twice")]
            problems += [replace(one, leg=leg.channel) for one in wrong]
            seen.add(channel)
            if sender is not None and not wrong:
                found.append((channel, sender))
        return tuple(found), problems

    def _opted_out(self, entries: Sequence[Entry], sender: SenderId | None) -> Collection[str]:
        numbers = [entry.number.e164 for entry in entries]
        return self._opt_outs.among(numbers, sender="" if sender is None else sender.value)

    def _summed_up(self, plan: BulkPlan) -> BulkPlan:
        """The plan with all that follows from its messages."""
        problems = [problem for problem in plan.problems if not problem.is_warning]
        if not plan.messages and not problems:
            problems.append(Problem("to", "", "nobody"))
        by_country = plan.channel.goes_by_country
        countries = tuple(self._count_countries(plan.messages, by_country=by_country))
        if dlt.REGION in [country.region for country in countries]:
            ids = [("entity_id", plan.entity_id), ("content_id", plan.content_id)]
            problems += [one for field, id_ in ids for one in dlt_problems(field, id_ or "")]
        else:
            plan = replace(plan, entity_id=None, content_id=None)
        duration = timedelta(seconds=len(plan.messages) / self._rate(plan.sender))
        problems += self._warnings(plan, [country.region for country in countries], duration)
        foreign, spared = _count_foreign(plan.messages) if plan.channel.has_parts else ((), 0)
        return replace(
            plan,
            problems=tuple(problems),
            countries=countries,
            foreign=foreign,
            parts_if_replaced=plan.parts - spared,
            duration=duration,
        )

    def _count_countries(
        self, messages: Sequence[PlannedMessage], *, by_country: bool = True
    ) -> Iterator[BulkCountry]:
        """What goes where; prices are known only of what is sold by country."""
        counted: Counter[str | None] = Counter()
        parts: Counter[str | None] = Counter()
        for message in messages:
            counted[message.number.region] += 1
            parts[message.number.region] += message.parts
        lists = self._prices.price_lists(counted) if by_country else {}
        for region, count in counted.most_common():
            known = lists.get(region or "")
            yield BulkCountry(
                region=region,
                messages=count,
                parts=parts[region],
                price=known.prices.default if known else None,
                currency=known.prices.currency if known else "",
                is_old=known.is_old if known else False,
            )

    def _warnings(
        self, plan: BulkPlan, regions: Sequence[str | None], duration: timedelta
    ) -> Iterator[Problem]:
        if plan.sender is not None and plan.channel.goes_by_country:
            yield from sender_problems(plan.sender, regions, self._settings)
        if plan.channel.reply_window is not None:
            yield Problem("to", plan.channel.title, "window_of_list", is_warning=True)
        if unassigned := plan.unassigned:
            shown = unassigned[0].number.e164
            yield Problem(
                "to", shown, "unassigned_rows", is_warning=True, value=len(unassigned)
            )
        if plan.earlier:
            last = plan.earlier[0]
            day = last.at.astimezone().date().isoformat()
            yield Problem("file", day, "sent_before", is_warning=True, value=last.size)
        if dearest := plan.dearest:
            size = plan.channel.measure(dearest.text)
            found = text_problems(dearest.text, size, plan.channel)
            yield from (one for one in found if one.is_warning)
        hours: int = self._settings.get(EXPIRY_HOURS)
        if duration > timedelta(hours=hours):
            yield Problem("text", "", "expires_first", is_warning=True, value=hours)

    def _rate(self, sender: SenderId | None) -> float:
        """Messages a second, as they are set."""
        rate = throughput_of(self._settings)
        slower: dict[str, float] = self._settings.get(SENDER_THROUGHPUT)
        return min(rate, slower.get(sender.value, rate)) if sender else rate

    # Queueing -------------------------------------------------------------------

    @without_cycles()
    def queue(
        self,
        plan: BulkPlan,
        *,
        name: str = "",
        ref: str = "",
        undo: timedelta = timedelta(0),
    ) -> BulkQueued:
        """Queue every message of the plan, in one commit, or none.

        A plan for no time of its own stays here for the time `undo`, in which it can be taken
        back.

        The batch is called `name`, or like its file.

        Who opted out since the plan was made is left out; nobody else is, and nobody comes in.
        Raises PastError when the time of the plan is over, NotStoredError when the log could
        not take them, and PlanChangedError when nobody is left.
        """
        if not plan.can_queue or plan.sender is None:
            raise ValueError("a plan with problems is not queued")
        sender, shown = plan.sender.value, len(plan.messages)
        if self._times.is_past(plan):
            raise PastError("that time is over")
        undo_until = self._clock.now() + undo if undo and not plan.is_for_later else None
        for _ in range(TRIES):
            try:
                queued = self._outbox.queue_each(
                    [
                        Addressed(
                            m.number.e164, m.text, m.encoding, m.parts, m.number.region, due
                        )
                        for m, due in zip(plan.messages, self._times.dues(plan), strict=True)
                    ],
                    sender=sender,
                    ref=ref.strip() or None,
                    at=self._clock.now(),
                    expires_after=timedelta(hours=self._settings.get(EXPIRY_HOURS)),
                    due_at=plan.due_at or undo_until,
                    ignores_quiet_hours=plan.ignores_quiet_hours,
                    entity_id=plan.entity_id,
                    content_id=plan.content_id,
                    name=name.strip() or plan.sheet.table.path.name,
                    source_sha256=plan.sheet.table.sha256,
                    ways=plan.ways,
                )
            except SuppressedError as error:
                self._opt_outs.forget_answers()
                plan = self._without(plan, frozenset(error.numbers))
                if not plan.messages:
                    raise PlanChangedError(plan) from None
                continue
            except StoreError as error:
                raise NotStoredError(error.code) from error
            self._wake_sender()
            self._compose.remember_ways(
                plan.ways or [(plan.channel, sender)], plan.entity_id, plan.content_id
            )
            return BulkQueued(
                queued.batch_id,
                queued.ids,
                plan,
                queued.needs_confirmation,
                None if queued.needs_confirmation else undo_until,
                shown - len(queued.ids),
            )
        raise NotStoredError(SuppressedError.code)

    def _without(self, plan: BulkPlan, numbers: Collection[str]) -> BulkPlan:
        kept = [one for one in plan.messages if one.number.e164 not in numbers]
        gone = [one for one in plan.sheet.numbers.entries if one.number.e164 in numbers]
        opted_out = sorted({*plan.opted_out, *gone}, key=lambda entry: entry.row.place)
        return self._summed_up(
            replace(plan, messages=tuple(kept), opted_out=tuple(opted_out), places={})
        )

    # Handing back what was left out ---------------------------------------------

    def save_problems(
        self,
        plan: BulkPlan,
        path: Path,
        *,
        say: Callable[[RowProblem], str] = lambda problem: problem.code,
    ) -> int:
        """Write the rows that need mending as CSV, which can be imported again as it is.

        `say` puts a problem into words. Returns how many. Raises SheetError.
        """
        table = plan.sheet.table
        return write_csv(path, _problem_rows(table, plan.row_problems, say)) - 1


def _with_numbers(
    table: Table,
    region: str | None,
    on_progress: Progress | None,
    stop: Callable[[], bool],
) -> Sheet:
    numbers = read_numbers(table, default_region=region, on_progress=on_progress, stop=stop)
    return Sheet(table, numbers, region)


def _look(count: int, on_progress: Progress | None, stop: Callable[[], bool]) -> None:
    if stop():
        raise ReadingStoppedError
    if on_progress is not None:
        on_progress(count)


def _read_template(text: str, table: Table) -> tuple[Template | None, list[Problem]]:
    if not text.strip():
        return None, [Problem("text", "", ProblemCode.EMPTY)]
    try:
        template = parse_template(text)
    except TemplateError as error:
        return None, [Problem("text", "", error.code, value=error.place + 1)]
    unknown = template.unknown_names(table.placeholders)
    if unknown:
        return None, [Problem("text", name, "unknown_placeholder") for name in unknown]
    return template, []


class _Filling:
    """Makes messages of rows."""

    def __init__(
        self,
        template: Template,
        table: Table,
        *,
        replaces: bool = False,
        allows_blank: bool = False,
        channels: Sequence[Channel] = (SMS,),
    ) -> None:
        places = {column.name: place for place, column in enumerate(table.columns)}
        self._template = template
        nowhere = len(table.columns)
        self._columns = [(name, places.get(name, nowhere)) for name in template.names]
        self._replaces = replaces
        self._allows_blank = allows_blank
        self._channel, *self._others = channels

    def fill(self, entry: Entry) -> PlannedMessage | RowProblem:
        row = entry.row
        values = {}
        for name, column in self._columns:
            value = values[name] = row.cell(column)
            if not value and not self._allows_blank:
                return RowProblem(row, name, "text", "missing_value")
            if value in _CELL_ERRORS:
                return RowProblem(row, name, "text", "cell_error")
        text = self._template.fill(values)
        if is_plain_part(text):
            return PlannedMessage(row, entry.number, text, Encoding.GSM7, 1)
        channel = self._channel
        size = channel.measure(text)
        if self._replaces and size.encoding is Encoding.UCS2:
            replaced = replace_foreign(text)
            smaller = channel.measure(replaced)
            if smaller.encoding is Encoding.GSM7:
                text, size = replaced, smaller
        for problem in text_problems(text, size, channel):
            if not problem.is_warning:
                return RowProblem(row, entry.typed, "text", problem.code, problem.value)
        for other in self._others:
            if len(text) > other.longest_text:
                return RowProblem(row, other.title, "text", "over_limit", other.longest_text)
        return PlannedMessage(row, entry.number, text, size.encoding, size.parts)


def _count_foreign(messages: Iterable[PlannedMessage]) -> tuple[tuple[ForeignUse, ...], int]:
    """The characters that make messages UCS-2, and how many parts replacing them would spare."""
    counted: Counter[str] = Counter()
    first: dict[str, PlannedMessage] = {}
    spared = 0
    for message in messages:
        if message.encoding is not Encoding.UCS2:
            continue
        foreign = foreign_set(message.text)
        counted.update(foreign)
        for char in foreign:
            first.setdefault(char, message)
        smaller = measure(replace_foreign(message.text))
        if smaller.encoding is Encoding.GSM7:
            spared += message.parts - smaller.parts
    uses = []
    for char, count in counted.most_common():
        (found,) = foreign_characters(char)
        place = first[char].row.place
        uses.append(ForeignUse(char, found.name, found.suggestion, count, place))
    return tuple(uses), spared


def _problem_rows(
    table: Table, problems: Iterable[RowProblem], say: Callable[[RowProblem], str]
) -> Iterator[Sequence[str]]:
    headers = [column.header or column.name for column in table.columns]
    yield [*map(harmless, headers), "row", "problem"]
    for problem in problems:
        cells = [
            _kept_as_typed(cell) if place == table.number_column else harmless(cell)
            for place, cell in enumerate(_padded(problem.row, len(headers)))
        ]
        yield [*cells, str(problem.row.place), harmless(say(problem))]


def _padded(row: Row, width: int) -> Iterator[str]:
    """As many cells as there are columns. What is too much in a row stands in its last cell,
    where a person can see it."""
    for place in range(width - 1):
        yield row.cell(place)
    yield " ".join(row.cells[width - 1 :]).strip()


def _kept_as_typed(number: str) -> str:
    """A number that a spreadsheet leaves alone: neither its plus nor its zeros get lost."""
    return f"'{number}" if number[:1].isdecimal() else harmless(number)
