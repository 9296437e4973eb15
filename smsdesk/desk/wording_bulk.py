"""The sentences of sending to a list: files, rows, and the summary before sending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from smsdesk.desk import wording
from smsdesk.desk.bulk_plan import BulkCountry, BulkPlan, ForeignUse
from smsdesk.desk.bulk_times import DoubtfulTime
from smsdesk.desk.sheets.numbers import Duplicate, Entry, RowProblem
from smsdesk.desk.sheets.table import (
    LARGEST_FILE_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    SheetError,
)
from smsdesk.desk.wording_places import country_name
from smsdesk.desk.wording_tables import N_
from smsdesk.desk.wording_times import place_word
from smsdesk.sms.message import Problem
from smsdesk.sms.phone import show_e164
from smsdesk.sms.schedule import OURS
from smsdesk.system.i18n import _, grouped, ngettext

SHEET_SENTENCES: Mapping[str, str] = {
    "missing": N_("There is no such file."),
    "not_a_file": N_("That is not a file."),
    "unreadable": N_("The file cannot be read."),
    "empty": N_("The file has no rows."),
    "too_large": N_("The file is too large; {bytes} MB are allowed. Divide it."),
    "too_many_rows": N_("The file has more than {rows} rows. Divide it."),
    "too_many_columns": N_("There are more than {columns} columns. Keep only those you need."),
    "not_text": N_("This is no text that can be read. Save the file as CSV in UTF-8."),
    "nul": N_("There is a NUL character, which no text has. Save the file as CSV in UTF-8."),
    "quotes": N_(
        "The quotation marks do not match, so it is not clear where the cell ends. Mend this "
        "line, or save the file as CSV again."
    ),
    "field_too_long": N_(
        "A cell has more than 131,072 characters. Perhaps a quotation mark is missing."
    ),
    "not_a_table": N_(
        "This is no list that can be read. Save it as CSV, Excel workbook (.xlsx) or "
        "OpenDocument spreadsheet (.ods)."
    ),
    "old_excel": N_(
        "This is an old Excel file (.xls), or one with a password. Save it as an .xlsx file "
        "without a password."
    ),
    "password": N_("The file has a password. Save it without one."),
    "damaged": N_("The file is damaged. Open it in its program and save it again."),
    "no_such_column": N_("There is no such column."),
    "no_such_sheet": N_("There is no such sheet."),
    "not_writable": N_("The file cannot be written there. Choose another folder."),
    "exists": N_("There is a file of that name already."),
    "disk_full": N_("There is no room for it on the disk. No file was written."),
}

BULK_SENTENCES: Mapping[tuple[str, str], str] = {
    ("to", "no_number_column"): N_("No column looks like phone numbers. Say which one it is."),
    ("file", "sent_before"): N_(
        "This very file was sent to on {input} already ({value} messages). Sending it again "
        "reaches the same people twice."
    ),
    ("to", "window_of_list"): N_(
        "{input} passes a text on only to people who have written to you within 24 hours. For the "
        "others it is refused, unless something else is tried next."
    ),
    ("to", "nobody"): N_("There is nobody left to send to."),
    ("text", "lone_brace"): N_(
        "A brace at character {value} opens or closes nothing. Write {{ or }} for a brace of "
        "the text."
    ),
    ("text", "empty_name"): N_("There is no name between the braces at character {value}."),
    ("text", "unknown_placeholder"): N_("The list has no column for “{{input}}”."),
    ("text", "expires_first"): N_(
        "The last messages will have waited longer than {value} hours by their turn, and will "
        "not be sent. Send a shorter list, or raise the throughput in Settings."
    ),
    ("text", "many_parts"): N_(
        "The longest message is sent in {value} parts. Phones and networks cope best with 6 or "
        "fewer."
    ),
    ("text", "many_characters"): N_(
        "The longest message has {value} characters. Some Vonage accounts take no more than "
        "1,000."
    ),
}

ROW_SENTENCES: Mapping[tuple[str, str], str] = {
    ("text", "over_limit"): N_(
        "The text is too long for one of the channels, which takes at most {value} characters."
    ),
    ("to", "empty"): N_("There is no number."),
    ("to", "spreadsheet"): N_(
        "“{input}” is a number that a spreadsheet has shortened. Format the column as text and "
        "import again."
    ),
    ("to", "no_country"): N_(
        "“{input}” has no country code. Write it with one, such as +44…, or say the country of "
        "the list."
    ),
    ("to", "two_numbers"): N_("“{input}” is more than one number. Give each a row of its own."),
    ("to", "two_countries"): N_(
        "“{input}” may be a national number, or one whose + got lost. Write it with its +."
    ),
    ("row", "too_many_cells"): N_(
        "The row has more cells than the list has columns, so something has slipped. Put quotation "
        "marks around cells with a separator in them."
    ),
    ("text", "missing_value"): N_("There is nothing in the column “{input}”."),
    ("text", "cell_error"): N_("In the column “{input}” is an error of the spreadsheet."),
    ("text", "too_long"): N_("The message has {value} characters; 3,200 are allowed."),
    ("text", "empty"): N_("The message is empty."),
}


def sheet_sentence(error: SheetError) -> str:
    """Why a file cannot be read, where, and what to do."""
    sentence = _(SHEET_SENTENCES.get(error.code, SHEET_SENTENCES["unreadable"]))
    sentence = (
        sentence.replace("{bytes}", f"{LARGEST_FILE_BYTES // 1_000_000}")
        .replace("{rows}", grouped(MOST_ROWS))
        .replace("{columns}", str(MOST_COLUMNS))
    )
    place = "" if error.place is None else f"{row_word(error.place)}: "
    return f"{error.path.name}: {place}{sentence}"


def row_word(place: int) -> str:
    """Which row of the file, as its program counts them."""
    return _("Row {place}").replace("{place}", str(place))


def bulk_problem_sentence(problem: Problem) -> str:
    """What is wrong with the list or its text as a whole."""
    if problem.code == "unassigned_rows":
        return _unassigned_sentence(problem.input, problem.value or 0)
    sentence = BULK_SENTENCES.get((problem.field, str(problem.code)))
    if sentence is None:
        return wording.problem_sentence(problem)
    return _filled(_(sentence), problem.input, problem.value)


def _unassigned_sentence(first: str, count: int) -> str:
    return _filled(
        ngettext(
            "{input} is in no range that is known to be in use. It can be sent to all the same.",
            "{value} numbers are in no range that is known to be in use, the first is {input}. "
            "They can be sent to all the same.",
            count,
        ),
        first,
        count,
    )


def row_sentence(problem: RowProblem) -> str:
    """Why one row gets no message, beginning with which row it is."""
    return f"{row_word(problem.row.place)}: {row_reason(problem)}"


def row_reason(problem: RowProblem) -> str:
    """Why one row gets no message."""
    sentence = ROW_SENTENCES.get((problem.field, str(problem.code)))
    if sentence is None:
        return wording.problem_sentence(
            Problem(problem.field, problem.typed, problem.code, value=problem.value)
        )
    return _filled(_(sentence), problem.typed, problem.value)


def duplicate_sentence(duplicate: Duplicate) -> str:
    """Why a row gets no message of its own, although nothing is wrong with it."""
    return (
        _("Row {place}: {number} stands in row {first} already, and gets one message.")
        .replace("{place}", str(duplicate.row.place))
        .replace("{first}", str(duplicate.first))
        .replace("{number}", show_e164(duplicate.e164))
    )


def opted_out_sentence(entry: Entry) -> str:
    """Why nobody writes to this row's person."""
    return (
        _("Row {place}: {number} has opted out of messages from this sender, and gets none.")
        .replace("{place}", str(entry.row.place))
        .replace("{number}", show_e164(entry.number.e164))
    )


def doubtful_sentence(one: DoubtfulTime) -> str:
    """Of which row the time zone is uncertain, and which is taken."""
    number = show_e164(one.message.number.e164)
    return f"{row_word(one.message.row.place)}, {number}: {doubtful_reason(one)}"


def doubtful_reason(one: DoubtfulTime) -> str:
    """Why the time of a message is uncertain, and by which clock it leaves."""
    zone = one.reckoned.due.zone
    if zone == OURS:
        return _("No time zone is known; our time is taken.")
    said = _("In one of several time zones; {place}’s, the latest, is taken.")
    return said.replace("{place}", place_word(zone))


def plan_sentence(plan: BulkPlan) -> str:
    """How many messages and parts it is, and how long it takes."""
    count, parts = len(plan.messages), plan.parts
    messages = _count(ngettext("1 message", "{count} messages", count), count)
    in_parts = _count(ngettext("1 part", "{count} parts", parts), parts)
    told = [messages, in_parts] if plan.channel.has_parts else [messages]
    if plan.cost is not None:
        told.append(
            _("≈ {amount}").replace("{amount}", wording.money(plan.cost, plan.currency))
        )
    if count:
        told.append(duration_words(plan.duration))
    return " · ".join(told)


def left_out_sentence(plan: BulkPlan) -> str:
    """How many rows get no message, by reason; "" if there are none."""
    told = []
    if count := len(plan.row_problems):
        told.append(_count(ngettext("1 row to mend", "{count} rows to mend", count), count))
    if count := len(plan.duplicates):
        told.append(
            _count(
                ngettext("1 row merged", "{count} rows merged with earlier ones", count), count
            )
        )
    if count := len(plan.opted_out):
        told.append(_count(ngettext("1 opted out", "{count} opted out", count), count))
    return " · ".join(told)


def country_sentence(country: BulkCountry) -> str:
    """What goes to one country, and what that costs."""
    name = country_name(country.region) if country.region else _("International numbers")
    messages = _count(
        ngettext("1 message", "{count} messages", country.messages), country.messages
    )
    parts = _count(ngettext("1 part", "{count} parts", country.parts), country.parts)
    if country.price is None or country.total is None:
        return f"{name}: {messages}, {parts}, {_('price unknown')}"
    price = wording.money(country.price, country.currency)
    return f"{name}: {messages}, {parts} × {price} ≈ " + wording.money(
        country.total, country.currency
    )


def foreign_sentence(use: ForeignUse) -> str:
    """Which character makes messages dearer, and what may stand for it."""
    told = _count(
        ngettext(
            "“{char}” ({name}) makes 1 message UCS-2, first in row {place}.",
            "“{char}” ({name}) makes {count} messages UCS-2, first in row {place}.",
            use.messages,
        ),
        use.messages,
    )
    told = told.replace("{place}", str(use.first_place)).replace("{name}", use.name)
    told = told.replace("{char}", use.char)
    if use.suggestion is None:
        return told
    if not use.suggestion:
        return f"{told} {_('It can be left out.')}"
    return f"{told} {_('“{other}” may stand for it.').replace('{other}', use.suggestion)}"


def duration_words(duration: timedelta) -> str:
    """About how long the sending takes."""
    seconds = duration.total_seconds()
    if seconds < 90:
        return _("about {count} s").replace("{count}", str(max(1, round(seconds))))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("about {count} min").replace("{count}", str(minutes))
    tenths = round(seconds / 360)
    hours = grouped(tenths / 10, places=1 if tenths % 10 else 0)
    return _("about {count} h").replace("{count}", hours)


def _filled(sentence: str, text: str, value: int | None) -> str:
    """The sentence with its number, and last with the words of others in it."""
    number = "" if value is None else grouped(value)
    return sentence.replace("{value}", number).replace("{input}", text.strip())


def _count(sentence: str, count: int) -> str:
    return sentence.replace("{count}", grouped(count))
