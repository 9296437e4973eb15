"""The sentences of the page that sends to a list: what was read, what is left out, and what
stands before the last press. Those about files, rows and texts are in `wording_bulk`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from smsdesk.desk import wording, wording_bulk, wording_times
from smsdesk.desk.bulk_plan import BulkPlan
from smsdesk.desk.sheets.numbers import Duplicate, Entry
from smsdesk.desk.sheets.table import Table
from smsdesk.desk.wording_tables import N_
from smsdesk.sms.phone import show_e164
from smsdesk.sms.schedule import Plan as Schedule
from smsdesk.system.i18n import _, grouped, ngettext

ENCODING_NAMES: Mapping[str, str] = {
    "utf-8-sig": N_("Unicode (UTF-8)"),
    "utf-16": N_("Unicode (UTF-16)"),
    "cp1252": N_("Western (Windows-1252)"),
    "cp1250": N_("Central European (Windows-1250)"),
    "cp1251": N_("Cyrillic (Windows-1251)"),
    "cp1253": N_("Greek (Windows-1253)"),
    "cp1254": N_("Turkish (Windows-1254)"),
    "cp1255": N_("Hebrew (Windows-1255)"),
    "cp1256": N_("Arabic (Windows-1256)"),
    "cp932": N_("Japanese (Shift JIS)"),
    "gb18030": N_("Chinese, simplified (GB 18030)"),
    "big5": N_("Chinese, traditional (Big5)"),
    "cp949": N_("Korean (Windows-949)"),
}
"""The encodings that a person may choose, the likely ones first."""

SEPARATOR_NAMES: Mapping[str, str] = {
    ",": N_("Comma"),
    ";": N_("Semicolon"),
    "\t": N_("Tab"),
    "|": N_("Bar"),
}

FORM_NAMES: Mapping[str, str] = {
    "text": N_("text file"),
    "xlsx": N_("Excel workbook"),
    "ods": N_("OpenDocument spreadsheet"),
}


def encoding_name(encoding: str) -> str:
    return _(ENCODING_NAMES[encoding]) if encoding in ENCODING_NAMES else encoding


def separator_name(separator: str) -> str:
    return _(SEPARATOR_NAMES[separator]) if separator in SEPARATOR_NAMES else separator


def table_sentence(table: Table) -> str:
    """How many rows were read, and of what."""
    count = len(table.rows)
    rows = _count(ngettext("1 row", "{count} rows", count), count)
    return f"{rows} · {_(FORM_NAMES[table.form])}"


def column_word(table: Table, place: int) -> str:
    """What a person calls a column: its header, or which one it is."""
    header = table.columns[place].header
    return header or _("Column {number}").replace("{number}", str(place + 1))


def reading_sentence(name: str, count: int) -> str:
    """How far the reading is."""
    if not count:
        return _("Reading {name}…").replace("{name}", name)
    return (
        _("Reading {name}: {count} rows so far")
        .replace("{count}", grouped(count))
        .replace("{name}", name)
    )


def numbers_sentence(count: int, of: int) -> str:
    """How far the reading of the numbers is."""
    return (
        _("Reading the numbers: {count} of {all}")
        .replace("{count}", grouped(count))
        .replace("{all}", grouped(of))
    )


def counting_sentence(count: int, of: int) -> str:
    """How far the making of the messages is."""
    if not count:
        return _("Counting…")
    return (
        _("Counting: {count} of {all} messages")
        .replace("{count}", grouped(count))
        .replace("{all}", grouped(of))
    )


def kept_list_sentence(name: str) -> str:
    """What is shown after another file could not be read."""
    return _("The list below is still {name}.").replace("{name}", name)


def worst_sentence(plan: BulkPlan) -> str:
    """The dearest message and, if it is another, the longest; "" without messages."""
    dearest, longest = plan.dearest, plan.longest
    if dearest is None or longest is None:
        return ""
    parts = _count(ngettext("1 part", "{count} parts", dearest.parts), dearest.parts)
    characters = _count(
        ngettext("1 character", "{count} characters", len(longest.text)), len(longest.text)
    )
    if not plan.channel.has_parts:
        sentence = _("The longest message is row {row}: {characters}.")
    elif dearest.row.place == longest.row.place:
        sentence = _("The longest message is row {row}: {characters}, {parts}.")
    else:
        sentence = _(
            "The longest message is row {row}: {characters}. The most parts has row {other}: "
            "{parts}."
        )
    return (
        sentence.replace("{row}", grouped(longest.row.place))
        .replace("{other}", grouped(dearest.row.place))
        .replace("{characters}", characters)
        .replace("{parts}", parts)
    )


def ucs2_sentence(in_ucs2: int, count: int) -> str:
    """How many of the messages need the dearer encoding; "" if none does."""
    if not in_ucs2:
        return ""
    sentence = ngettext(
        "1 of {all} messages is sent as UCS-2, with 70 characters to a part.",
        "{count} of {all} messages are sent as UCS-2, with 70 characters to a part.",
        in_ucs2,
    )
    return _count(sentence, in_ucs2).replace("{all}", grouped(count))


def replaced_sentence() -> str:
    return _("What GSM-7 lacks is replaced in all messages where that saves UCS-2.")


def replace_title(saved: int) -> str:
    title = ngettext("Replace in &all: saves {count} part", "Replace in &all: saves {count} parts",
                     saved)  # fmt: skip
    return _count(title, saved)


def messages_words(count: int) -> str:
    return _count(ngettext("1 message", "{count} messages", count), count)


def size_sentence(plan: BulkPlan) -> str:
    """How many parts it is, where there are any, and how long it takes."""
    duration = wording_bulk.duration_words(plan.duration)
    if not plan.channel.has_parts:
        return duration
    parts = plan.parts
    told = _count(ngettext("1 part", "{count} parts", parts), parts)
    return f"{told} · {duration}"


def merged_reason(duplicate: Duplicate) -> str:
    """Why a row gets no message of its own, where its place is told already."""
    return (
        _("{number} stands in row {first} already, and gets one message.")
        .replace("{first}", grouped(duplicate.first))
        .replace("{number}", show_e164(duplicate.e164))
    )


def opted_out_reason(entry: Entry) -> str:
    """Why nobody writes to a row's person, where its place is told already."""
    sentence = _("{number} has opted out of messages from this sender.")
    return sentence.replace("{number}", show_e164(entry.number.e164))


def send_title(count: int) -> str:
    return _count(ngettext("&Send 1 message", "&Send {count} messages", count), count)


def schedule_title(count: int) -> str:
    return _count(ngettext("&Schedule 1 message", "&Schedule {count} messages", count), count)


def confirm_sentence() -> str:
    return _("To be sure, type the &number of messages:")


def total_sentence(plan: BulkPlan) -> str:
    """What all of it costs, or why nobody knows."""
    if plan.cost is not None:
        amount = wording.money(plan.cost, plan.currency)
        return _("≈ {amount}, an estimate: parts × price.").replace("{amount}", amount)
    if not plan.channel.goes_by_country:
        return _("Prices are known for SMS only.")
    known = [country for country in plan.countries if country.total is not None]
    if not known:
        return _("The prices are not known yet.")
    if len(known) < len(plan.countries):
        return _("Not all prices are known, so there is no sum.")
    return _("The prices are in several currencies, so there is no sum.")


def queued_sentence(
    count: int, *, gone: int, when: Schedule | None = None, now: datetime
) -> str:
    """What was put into the log, for which time, and that somebody opted out meanwhile. `now` is
    on our wall."""
    if when is None:
        told = _count(ngettext("Queued 1 message.", "Queued {count} messages.", count), count)
    else:
        told = wording_times.scheduled_done(count, when, now=now)
    if gone:
        told += " " + _count(
            ngettext(
                "1 more has opted out meanwhile, and gets none.",
                "{count} more have opted out meanwhile, and get none.",
                gone,
            ),
            gone,
        )
    return told


def _count(sentence: str, count: int) -> str:
    return sentence.replace("{count}", grouped(count))
