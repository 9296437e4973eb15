"""The sentences: the only place where states and codes become words for people.

A sentence says what happened, what it means for the message, and what can be done. The command
line and the window say the same ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from smsdesk.delivery.status import (
    Closed,
    ReceiptSource,
    SenderPhase,
)
from smsdesk.desk.wording_channels import (
    CHANNEL_PROBLEMS,
    characters_sentence,
    content_text,
    received_text,
)
from smsdesk.desk.wording_places import country_name
from smsdesk.desk.wording_tables import (
    ACCOUNT_SENTENCES,
    ALARM_SENTENCES,
    CAUSE_SENTENCES,
    DOCTOR_SENTENCES,
    EARLIER_TRY,
    EVENT_SENTENCES,
    FILTER_WORDS,
    HELD_SENTENCES,
    OPENING_SENTENCES,
    PROBLEM_SENTENCES,
    PROFILE_SENTENCES,
    REGION_WORDS,
    ROTATION_SENTENCES,
    STATE_SENTENCES,
    STATE_WORDS,
    STORE_SENTENCES,
    UNKNOWN_SENTENCES,
    VOUCHED,
)
from smsdesk.desk.wording_times import held_back_sentence, is_for_later, scheduled_sentence
from smsdesk.sms.channels import title_of
from smsdesk.sms.failure import ERROR_CODES, Retry
from smsdesk.sms.state import NEVER_SENT, HeldReason, State
from smsdesk.sms.suppression import OPTED_OUT
from smsdesk.system.i18n import _, grouped, ngettext

if TYPE_CHECKING:  # start-up time: with them come the doors to Vonage
    from smsdesk.delivery.status import (
        ReceiptsStatus,
        ReportEstimate,
        SenderStatus,
    )
    from smsdesk.desk.account_values import AccountError
    from smsdesk.desk.compose import Undone
    from smsdesk.desk.doctor import Finding
    from smsdesk.desk.glance import AccountGlance
    from smsdesk.desk.history import Evidence
    from smsdesk.desk.opening import OpeningError
    from smsdesk.desk.profiles import ProfileError
    from smsdesk.desk.rotation import RotationState
    from smsdesk.sms.encoding import Encoding
    from smsdesk.sms.message import Message, MessageEvent, Preview, Problem
    from smsdesk.sms.prices import CostEstimate, CountryCost
    from smsdesk.sms.segments import Measure

# Messages -----------------------------------------------------------------------------


def state_word(state: State) -> str:
    """The state in a word or two, as the list shows it."""
    return _(STATE_WORDS[state])


def message_word(message: Message) -> str:
    """The same of one message; what leaves in a moment waits, whatever the log calls it."""
    return state_word(State.QUEUED if message.is_about_to_leave else message.state)


def filter_word(group: str) -> str:
    """The name of a group of the filter row."""
    return _(FILTER_WORDS[group])


def state_sentence(message: Message) -> str:
    """What became of a message, and what can be done, in one to three sentences."""
    if message.held_reason is HeldReason.QUIET_HOURS:
        sentence = held_back_sentence(message, now=datetime.now(UTC))
    elif is_for_later(message):
        sentence = scheduled_sentence(message, now=datetime.now(UTC))
    elif message.state is State.HELD and message.held_reason is not None:
        sentence = held_sentence(message.held_reason)
    elif message.state is State.UNKNOWN:
        sentence = unknown_sentence(message.unknown_reason or "")
    elif message.is_about_to_leave:
        sentence = _("Leaves in a moment; until then it can be taken back.")
    elif message.failure is not None:
        sentence = failure_sentence(message)
    elif message.state is State.ACCEPTED and message.message_uuid is None:
        sentence = _(VOUCHED)
    else:
        sentence = _(STATE_SENTENCES[message.state])
    if message.unknown_reason is not None and message.state in NEVER_SENT:
        sentence += " " + _(EARLIER_TRY)
    if message.alarm is not None:
        sentence += " " + _(
            ALARM_SENTENCES.get(message.alarm, ALARM_SENTENCES["contradiction"])
        )
    return sentence


def message_text(message: Message) -> str:
    """The text, or what the message is instead, or why there is none any more."""
    if message.text_kept_days is None:
        if message.received is not None:
            return received_text(message.received, message.text)
        return content_text(message.content, message.text)
    return text_removed_sentence(message.text_kept_days)


def copied_text(message: Message) -> str:
    """What is copied of a message: what was written in it, or else what it is."""
    return message.text or message_text(message)


def text_removed_sentence(days: int) -> str:
    """Stands where a text was."""
    return ngettext(
        "Text removed after {count} day", "Text removed after {count} days", days
    ).replace("{count}", str(days))


def not_sendable_sentence(days: int) -> str:
    """Why a message whose text is gone cannot be sent again."""
    return ngettext(
        "It cannot be sent again: its text was removed after {count} day. Write it anew.",
        "It cannot be sent again: its text was removed after {count} days. Write it anew.",
        days,
    ).replace("{count}", str(days))


def held_sentence(reason: HeldReason) -> str:
    """Why a message waits, and what it waits for."""
    return _(HELD_SENTENCES[reason])


def unknown_sentence(reason: str) -> str:
    """Why nobody can say whether a message was sent."""
    why = UNKNOWN_SENTENCES.get(reason)
    if why is None and reason.startswith("status_"):
        status = reason.removeprefix("status_")
        first = _(
            "This message may or may not have been sent: Vonage answered with an error "
            "({status}) that does not tell."
        ).replace("{status}", status)
    else:
        sentence = why or UNKNOWN_SENTENCES["closed"]
        first = _(sentence)
    return first + " " + _("Sending it again could reach the person twice.")


def failure_sentence(message: Message) -> str:
    """What happened, why, and what to do, for a message that failed or was refused."""
    failure = message.failure
    if failure is None:
        return _(STATE_SENTENCES[message.state])
    first = _(STATE_SENTENCES[message.state])
    if failure.code == "expired":
        return _(
            "Not sent. The message waited longer than it was allowed to. Send it again if "
            "it still matters."
        )
    if failure.code == OPTED_OUT:
        return _(
            "Not sent. The recipient opted out of messages from this sender while the message "
            "waited."
        )
    if failure.code == "invalid":
        why = failure.detail or failure.title
        said = _("Vonage refused it: {why}.").replace("{why}", why.rstrip(".")) if why else ""
        return " ".join(
            filter(None, (_("Not sent."), said, _("Correct it and send it again.")))
        )
    known = ERROR_CODES.get(failure.code)
    if known is None:
        why = failure.detail or failure.title
        return f"{first} {why} ({failure.code})".replace("  ", " ")
    return f"{first} {_(known.meaning)} ({failure.code}) {_retry_sentence(known.retry)}"


def _retry_sentence(retry: Retry) -> str:
    return {
        Retry.YES: _("Sending it again later may work."),
        Retry.NO: _("Sending it again unchanged will not help."),
        Retry.BY_PERSON: _("Look into it before you send it again."),
        Retry.LATER: _("It may work once the limit has run out."),
        Retry.NEVER: _("Do not write to this number again."),
    }[retry]


def event_sentence(event: MessageEvent) -> str:
    """One line of a message's life."""
    sentence = EVENT_SENTENCES.get((event.source, event.status))
    if sentence is None:
        sentence = EVENT_SENTENCES.get(("*", event.status), event.status)
    detail = event.detail
    if event.status == "held" and detail:
        return held_sentence(HeldReason(detail))
    if event.status in ("not_sent", "refused", "refused_all", "unknown") and detail:
        return f"{_(sentence)} {cause_sentence(detail)}".strip()
    return _(sentence).replace("{detail}", detail)


def evidence_sentence(evidence: Evidence) -> str:
    """What is known about a doubtful message."""
    from smsdesk.desk.history import EvidenceLevel  # start-up time

    if evidence.level is EvidenceLevel.NOTHING_YET:
        return _("Vonage has not been asked about it yet.")
    if evidence.level is EvidenceLevel.PROBABLY_NOT_SENT:
        return _(
            "Probably not sent: Vonage's reports, asked twice and well apart, know other "
            "messages of that time but not this one."
        )
    if evidence.level is EvidenceLevel.NOBODY_CAN_ASK:
        return _("Nobody can find out: Vonage cannot be asked, and no webhook is listened for.")
    if evidence.level is EvidenceLevel.CANNOT_BE_DETERMINED:
        return _("It cannot be determined any more. Ask the person, if it matters.")
    return ngettext(
        "Vonage was asked once and does not know it yet, which proves nothing so soon.",
        "Vonage was asked {count} times and does not know it yet, which proves nothing so soon.",
        evidence.lookups,
    ).replace("{count}", str(evidence.lookups))


# Writing --------------------------------------------------------------------------------


def problem_sentence(problem: Problem) -> str:
    """What is wrong with a field, and what to do about it."""
    code = str(problem.code)
    sentence = PROBLEM_SENTENCES.get((problem.field, code))
    if sentence is None:
        sentence = CHANNEL_PROBLEMS.get((problem.field, code))
    if sentence is None:
        sentence = PROBLEM_SENTENCES.get(("*", code), PROBLEM_SENTENCES["*", ""])
    value = "" if problem.value is None else str(problem.value)
    told = _(sentence).replace("{value}", value).replace("{input}", problem.input.strip())
    return f"{title_of(problem.leg)}: {told}" if problem.leg else told


def length_sentence(preview: Preview) -> str:
    """How long a draft's text is, as its channel counts."""
    if preview.channel.has_parts:
        return meter_sentence(preview.measure)
    return characters_sentence(preview)


def meter_sentence(measure: Measure) -> str:
    """Parts first, since parts cost money; then what is left, and the encoding."""
    parts = ngettext("1 part", "{count} parts", measure.parts).replace(
        "{count}", str(measure.parts)
    )
    left = ngettext("1 character left", "{count} characters left", measure.remaining).replace(
        "{count}", str(measure.remaining)
    )
    return f"{parts} · {left} · {encoding_word(measure.encoding)}"


def money(amount: Decimal, currency: str) -> str:
    """An amount as people write it; small ones keep what they are made of."""
    places = 2 if amount >= 1 or amount == amount.quantize(_CENT) else 4
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    while places > 2 and rounded == round(rounded, places - 1):
        places -= 1
    shown = grouped(rounded, places=places)
    sign = _CURRENCY_SIGNS.get(currency)
    if not sign:
        return f"{shown} {currency}".strip()
    return _("{sign}{amount}").replace("{sign}", sign).replace("{amount}", shown)


def price_sentence(price: str, currency: str | None) -> str:
    """What one message cost, as Vonage says; what is no amount stands as it came."""
    try:
        amount = Decimal(price)
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and abs(amount) < _MOST_MONEY:
        told = money(amount, currency or "")
    else:
        told = f"{price} {currency or ''}".strip()
    return _("Price {price}").replace("{price}", told)


_CENT = Decimal("0.01")
_MOST_MONEY = 10**9
_CURRENCY_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


def estimate_sentence(estimate: CostEstimate) -> str:
    """What the draft would cost, in a few words; "" without recipients."""
    if not estimate.countries:
        return ""
    total = estimate.total
    if total is None:
        return _partly_known(estimate)
    told = _("≈ {amount}").replace("{amount}", money(total, estimate.currency))
    return told + " " + _("(old prices)") if estimate.is_old else told


def _partly_known(estimate: CostEstimate) -> str:
    unknown = [_country_name(one.region) for one in estimate.countries if not one.is_known]
    if not unknown:
        return _("Price in several currencies")
    if len(unknown) == len(estimate.countries):
        return _("Price unknown")
    return _("Price unknown for {countries}").replace("{countries}", ", ".join(unknown))


def country_cost_sentence(cost: CountryCost) -> str:
    """Parts × recipients × price for one country."""
    parts = ngettext("1 part", "{count} parts", cost.parts)
    recipients = ngettext("1 recipient", "{count} recipients", cost.recipients)
    amount = (
        f"{parts.replace('{count}', str(cost.parts))} × "
        f"{recipients.replace('{count}', grouped(cost.recipients))}"
    )
    name = _country_name(cost.region)
    if cost.total is None or cost.lowest is None or cost.highest is None:
        return f"{name}: {amount}, {_('price unknown')}"
    price = money(cost.lowest, cost.currency)
    if cost.highest != cost.lowest:
        price = f"{price}–{money(cost.highest, cost.currency)}"
    told = f"{name}: {amount} × {price} ≈ {money(cost.total, cost.currency)}"
    if not cost.is_old or cost.asked_at is None:
        return told
    asked = _("price of {date}").replace("{date}", cost.asked_at.date().isoformat())
    return f"{told} ({asked})"


def _country_name(region: str | None) -> str:
    return country_name(region) if region else _("International numbers")


def encoding_word(encoding: Encoding) -> str:
    """The encoding's name, which the standards give and no language changes."""
    return encoding.value


def undo_sentence(people: int, seconds: int) -> str:
    """What happens in a moment, unless the person takes it back."""
    return (
        ngettext(
            "Sending to {count} person in {seconds} s",
            "Sending to {count} people in {seconds} s",
            people,
        )
        .replace("{count}", grouped(people))
        .replace("{seconds}", str(seconds))
    )


def needs_confirmation_sentence(count: int) -> str:
    """What was sent waits for a second person."""
    return ngettext(
        "{count} message waits until a second person confirms it.",
        "{count} messages wait until a second person confirms them.",
        count,
    ).format(count=grouped(count))


def not_left_sentence(people: int) -> str:
    """What becomes of a Send that can still be taken back when the program is quit."""
    return ngettext(
        "{count} message that can still be taken back stays here. It leaves when SMS Desk is "
        "opened again within half an hour; after that you are asked first.",
        "{count} messages that can still be taken back stay here. They leave when SMS Desk is "
        "opened again within half an hour; after that you are asked first.",
        people,
    ).replace("{count}", grouped(people))


def undone_sentence(undone: Undone) -> str:
    """Whether a Send was taken back, or who had been sent it by then."""
    stopped, left = undone.stopped, undone.left
    if not left:
        return _("Stopped. Nothing was sent.")
    if not stopped:
        return ngettext(
            "Too late: it had left already.", "Too late: all {count} had left already.", left
        ).replace("{count}", grouped(left))
    return (
        ngettext(
            "{stopped} of {all} was stopped; {left} had left.",
            "{stopped} of {all} were stopped; {left} had left.",
            stopped,
        )
        .replace("{stopped}", grouped(stopped))
        .replace("{all}", grouped(stopped + left))
        .replace("{left}", grouped(left))
    )


def store_sentence(code: str) -> str:
    """Why messages could not be put into the log; the draft is still there."""
    return _(STORE_SENTENCES.get(code, STORE_SENTENCES["store"]))


# The sender and the receipts --------------------------------------------------------------


def sender_sentence(status: SenderStatus, *, now: datetime) -> str:
    """What the sender is doing, for the status bar."""
    waiting = _waiting(status.waiting)
    if status.phase is SenderPhase.HELD and status.hold is not None:
        what = _sender_held(status)
    elif status.phase is SenderPhase.WAITING and status.closed is not None:
        what = _sender_waits(status, now)
    else:
        what = {
            SenderPhase.STARTING: _("Starting"),
            SenderPhase.ELSEWHERE: _("Another SMS Desk is sending"),
            SenderPhase.READY: _("Ready"),
            SenderPhase.SENDING: _("Sending"),
            SenderPhase.STOPPING: _("Finishing what is on its way"),
            SenderPhase.STOPPED: _("Not sending"),
        }.get(status.phase, _("Ready"))
    return f"{what} · {waiting}"


def _waiting(count: int) -> str:
    return ngettext("1 waiting", "{count} waiting", count).replace("{count}", grouped(count))


def _sender_held(status: SenderStatus) -> str:
    if status.hold is HeldReason.PAUSED:
        return _("Paused by you")
    return cause_sentence(status.cause) or held_sentence(status.hold or HeldReason.CONFIG)


def _sender_waits(status: SenderStatus, now: datetime) -> str:
    seconds = 0
    if status.retry_at is not None:
        seconds = max(0, round((status.retry_at - now).total_seconds()))
    why = {
        Closed.NETWORK: _("No connection to Vonage"),
        Closed.PACE: _("Vonage asks us to go slower"),
        Closed.BREAKER: _("Vonage does not answer reliably"),
        Closed.SETTLING: _("Waiting for the network after sleep"),
    }[status.closed or Closed.NETWORK]
    again = _("next try in {seconds} s").replace("{seconds}", str(seconds))
    return f"{why}, {again}"


def cause_sentence(cause: str) -> str:
    """Why something was held, refused or not connected; "" for a code without a sentence."""
    if cause.startswith("key_"):
        return _account_text("private_key_path", cause.removeprefix("key_"))
    if cause in CAUSE_SENTENCES:
        return _(CAUSE_SENTENCES[cause])
    if cause.startswith("status_"):
        return _("Vonage answered {status}.").replace("{status}", cause.removeprefix("status_"))
    known = ("vault", cause) in ACCOUNT_SENTENCES or ("*", cause) in ACCOUNT_SENTENCES
    return _account_text("vault", cause) if known else ""


def receipts_sentence(status: ReceiptsStatus, *, now: datetime) -> str:
    """Where news of messages comes from, and how old the last is."""
    if status.source is ReceiptSource.REPORTS:
        if status.last_at is None:
            return _("Receipts: Reports")
        return _("Receipts: Reports, {age}").replace("{age}", age_of(now, status.last_at))
    return {
        ReceiptSource.OFF: _("Receipts: off"),
        ReceiptSource.NO_SECRET: _("Receipts: add an API key and secret in Settings"),
        ReceiptSource.REFUSED: _("Receipts: Vonage refused the API key or secret"),
        ReceiptSource.UNREACHABLE: _("Receipts: Vonage cannot be reached"),
        ReceiptSource.SPENT: _("Receipts: today's limit of records is used up"),
    }.get(status.source, "")


def records_sentence(records: int, at_most: int) -> str:
    """How many records of reports have been asked for today."""
    asked = ngettext(
        "1 record of Vonage's reports today",
        "{count} records of Vonage's reports today",
        records,
    )
    said = asked.replace("{count}", grouped(records))
    return said + _(", of at most {most}").replace("{most}", grouped(at_most))


def report_estimate_sentence(estimate: ReportEstimate) -> str:
    """What asking has cost today, and what it may cost yet."""
    said = records_sentence(estimate.today, estimate.most_a_day) + "."
    if not estimate.open_messages:
        return said
    more = ngettext(
        "1 message is still asked about: that is {more} more at most.",
        "{count} messages are still asked about: that is {more} more at most.",
        estimate.open_messages,
    )
    more = more.replace("{count}", grouped(estimate.open_messages))
    return f"{said} {more.replace('{more}', grouped(estimate.at_most_more))}"


def age_of(now: datetime, then: datetime) -> str:
    """How long ago something was, in minutes."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    return _("{count} min ago").replace("{count}", str(minutes))


def notice_sentence(code: str) -> str:
    """Something odd that was found at the start."""
    sentences = {
        "settings_damaged": _(
            "The settings file was damaged. It was kept as settings.json.damaged, and the program "
            "starts with its defaults."
        ),
        "settings_unreadable": _(
            "The settings file cannot be read; the program starts with its defaults."
        ),
    }
    return sentences.get(code, code)


def interrupted_sentence(count: int) -> str:
    """What the start found after a bad end."""
    return ngettext(
        "SMS Desk stopped unexpectedly. 1 message needs review.",
        "SMS Desk stopped unexpectedly. {count} messages need review.",
        count,
    ).replace("{count}", str(count))


# Account and opening --------------------------------------------------------------------


def account_sentence(error: AccountError) -> str:
    """What will not do about the account, and what to do."""
    return _account_text(error.field, error.code)


def _account_text(field: str, code: str) -> str:
    sentence = ACCOUNT_SENTENCES.get((field, code)) or ACCOUNT_SENTENCES.get(("*", code))
    if sentence is None and code in CAUSE_SENTENCES:
        return f"{_(CAUSE_SENTENCES[code])}."
    if sentence is None and code.startswith("status_"):
        return _("Vonage answered {status}.").replace("{status}", code.removeprefix("status_"))
    if sentence is None:
        sentence = ACCOUNT_SENTENCES["*", ""]
    return _(sentence).replace("{code}", code)


def rotation_sentence(state: RotationState) -> str:
    """How far a change of keys has come."""
    return _(ROTATION_SENTENCES[state.step.value])


def region_word(code: str | None) -> str:
    """The region through which messages are sent."""
    return _("Another host") if code is None else _(REGION_WORDS[code])


def profile_sentence(error: ProfileError) -> str:
    """Why an account cannot be made or removed."""
    known = PROFILE_SENTENCES.get(error.code)
    return _(known) if known is not None else _account_text("vault", error.code)


def glance_sentence(glance: AccountGlance) -> str:
    """The balance for the status bar; "" while it is not known."""
    if glance.balance is None:
        return cause_sentence(glance.problem) if glance.problem else ""
    told = _("Balance {amount}").replace("{amount}", money(glance.balance, glance.currency))
    return f"{told} · {_('low')}" if glance.is_low else told


def finding_sentence(finding: Finding) -> str:
    """What the doctor saw, or what is wrong and what to do."""
    if not finding.code:
        return finding.value
    if finding.code == "kept":
        texts, messages = map(int, finding.value.split())
        return retention_sentence(texts_days=texts, messages_days=messages)
    if finding.name == "search" and finding.value:
        done, of = map(int, finding.value.split())
        said = _(DOCTOR_SENTENCES[finding.code])
        return said.replace("{done}", grouped(done)).replace("{of}", grouped(of))
    if finding.name == "trail":
        from smsdesk.desk import wording_trail  # start-up time: only the doctor says it

        told = wording_trail.finding_sentence(finding.code, finding.value)
        return told or cause_sentence(finding.code) or finding.code
    sentence = DOCTOR_SENTENCES.get(finding.code)
    if sentence is not None:
        return _(sentence).replace("{value}", finding.value)
    return cause_sentence(finding.code) or finding.code


def retention_sentence(*, texts_days: int, messages_days: int) -> str:
    """How long the log keeps what; 0 days are for ever."""
    # A message takes its text along.
    if messages_days and (not texts_days or messages_days <= texts_days):
        texts_days = messages_days
    return (
        _("Texts are kept {texts}, messages {messages}")
        .replace("{texts}", _period(texts_days))
        .replace("{messages}", _period(messages_days))
    )


def _period(days: int) -> str:
    if days == 0:
        return _("for ever")
    months = round(days / _DAYS_A_MONTH)
    if months >= 12 and abs(days - months * _DAYS_A_MONTH) <= 1:
        return ngettext("{count} month", "{count} months", months).replace(
            "{count}", str(months)
        )
    return ngettext("{count} day", "{count} days", days).replace("{count}", str(days))


_DAYS_A_MONTH = 365.25 / 12


def updating_sentence() -> str:
    """Said while a log of an earlier version is brought up to this one."""
    return _(
        "The message log comes from an earlier version and is being prepared for this one. "
        "A copy is kept in the backups folder. With many messages this takes a minute or two; "
        "if it is interrupted, nothing is lost and the next start goes on."
    )


def opening_sentence(error: OpeningError) -> str:
    """Why the program cannot open its log here, and the way out."""
    sentence = OPENING_SENTENCES.get(error.code, OPENING_SENTENCES["store"])
    return _(sentence).replace("{path}", str(error.path)).replace("{detail}", error.detail)
