"""The way of a message after it was accepted: charged, told of, answered by its recipient.

What the statuses look like on the wire is in `webhooks`; which fate a message has, in
`outcomes`.
"""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from smsdesk.simulator.book import MessageBook, MessageRecord, settle
from smsdesk.simulator.channels import CHANNELS
from smsdesk.simulator.messages import Submission
from smsdesk.simulator.outcomes import OUTCOMES, Outcome, PlannedReceipt
from smsdesk.simulator.parts import count_parts
from smsdesk.simulator.prices import country_of
from smsdesk.simulator.samples import KINDS
from smsdesk.simulator.timetable import Timetable
from smsdesk.simulator.webhooks import Postman, inbound_payload, status_payload

REPLY_AFTER_S = 1.0
"""From the last status to what the recipient writes back."""


@dataclass(frozen=True, slots=True)
class WebhookUrls:
    """Where an application, or failing that the account, wants its webhooks; "" is nowhere."""

    status: str = ""
    inbound: str = ""


class Carrier:
    """Carries messages both ways, at the times their outcomes ask for."""

    def __init__(
        self,
        *,
        book: MessageBook,
        timetable: Timetable,
        postman: Postman,
        webhook_urls: Callable[[str | None], WebhookUrls],
        outcome_of: Callable[[str], Outcome],
        base_url: Callable[[], str],
        now: Callable[[], float],
        pace: float,
    ) -> None:
        """`outcome_of` says what befalls a message to a recipient, where it is tried after
        another; `base_url` is where what people send is fetched."""
        self._base_url = base_url
        self._outcome_of = outcome_of
        self._book = book
        self._timetable = timetable
        self._postman = postman
        self._webhook_urls = webhook_urls
        self._now = now
        self._pace = pace

    def accept(
        self,
        submission: Submission,
        outcome: Outcome,
        *,
        application_id: str | None,
        after: MessageRecord | None = None,
    ) -> MessageRecord:
        """The record of a message just accepted; nothing happens until it is carried.

        `after` is the one that was rejected, where this is tried in its place.
        """
        workflow_id = uuid.uuid4().hex if submission.failover else None
        parts = 1
        if submission.channel == "sms":
            parts = count_parts(submission.text, submission.encoding_type)
        return MessageRecord(
            message_uuid=str(uuid.uuid4()),
            direction="outbound",
            channel=submission.channel,
            to=submission.to,
            sender=submission.sender,
            text=submission.text,
            parts=parts,
            received_at=self._now(),
            client_ref=submission.client_ref,
            application_id=application_id,
            webhook_url=submission.webhook_url,
            price=_money(country_of(submission.to).price * parts),
            outcome=outcome.name,
            entity_id=submission.entity_id,
            content_id=submission.content_id,
            message_type=submission.message_type,
            workflow_id=workflow_id if after is None else after.workflow_id,
            workflow_item=1 if after is None else after.workflow_item + 1,
            workflow_items=1 + len(submission.failover)
            if after is None
            else after.workflow_items,
            others=tuple(map(asdict, submission.failover))
            if after is None
            else tuple(after.others[1:]),
        )

    def carry(self, record: MessageRecord, outcome: Outcome) -> None:
        """Enter the message into the book and plan everything that follows."""
        self._book.add(record)
        for receipt in outcome.receipts:
            if receipt.status == "read" and not CHANNELS[record.channel].adds_read:
                continue
            self._plan(record, receipt)
        if outcome.reply is not None and (record.sender.isdigit() or record.channel != "sms"):
            told_s = max((r.after_s for r in outcome.receipts), default=0.0)
            self._timetable.after(told_s + REPLY_AFTER_S, lambda: self._reply(record, outcome))

    def resume(self) -> None:
        """Bring messages to their end that were on their way when the simulator stopped."""
        for record in self._book.records:
            outcome = OUTCOMES.get(record.outcome)
            if record.direction == "inbound" or record.is_final or outcome is None:
                continue
            for receipt in outcome.receipts:
                is_known = receipt.status != "read" or CHANNELS[record.channel].adds_read
                if is_known and receipt.status != record.status:
                    self._plan(record, receipt)

    def receive(
        self,
        *,
        sender: str,
        to: str,
        text: str,
        application_id: str | None,
        channel: str = "sms",
        kind: str = "text",
        answers: str | None = None,
    ) -> MessageRecord:
        """A person writes to us: keep the message and call the inbound webhook.

        `kind` is one of `samples`, and `answers` the message that is answered by it.
        """
        if kind not in KINDS[channel]:
            kind = "text"
        record = MessageRecord(
            message_uuid=str(uuid.uuid4()),
            direction="inbound",
            channel=channel,
            to=to,
            sender=sender,
            text=text,
            parts=count_parts(text) if channel == "sms" else 1,
            received_at=self._now(),
            status="delivered",
            application_id=application_id,
            message_type=kind,
            in_reply_to=answers,
        )
        self._book.add(record)
        if url := self._webhook_urls(application_id).inbound:
            payload = inbound_payload(record, base_url=self._base_url())
            self._postman.post(url, payload, application_id=application_id)
        return record

    def _reply(self, record: MessageRecord, outcome: Outcome) -> None:
        self.receive(
            sender=record.to,
            to=record.sender,
            text=outcome.reply or "",
            application_id=record.application_id,
            channel=record.channel,
            kind=outcome.reply_kind,
            answers=record.message_uuid,
        )

    def _plan(self, record: MessageRecord, receipt: PlannedReceipt) -> None:
        def come_about() -> None:
            self.tell(record.message_uuid, receipt)
            if record.others and receipt.status in ("rejected", "undeliverable"):
                self._try_next(record)

        self._timetable.after(receipt.after_s, come_about)

    def _try_next(self, refused: MessageRecord) -> None:
        """What Vonage does when a message was refused and others are to be tried after it."""
        fields: dict[str, Any] = {**refused.others[0], "failover": ()}
        submission = Submission(**fields)
        outcome = fate(self._outcome_of(submission.to), submission)
        record = self.accept(
            submission, outcome, application_id=refused.application_id, after=refused
        )
        self.carry(record, outcome)

    def tell(self, message_uuid: str, receipt: PlannedReceipt) -> None:
        """A status has come about: note it, and call the status webhook."""

        def note(record: MessageRecord) -> MessageRecord:
            return settle(record, receipt.status, code=receipt.code, at=self._now())

        _, record = self._book.change(message_uuid, note)
        at = self._now()
        if receipt.stamped_s is not None:
            at = record.received_at + receipt.stamped_s * self._pace
        url = record.webhook_url or self._webhook_urls(record.application_id).status
        if url:
            payload = status_payload(record, receipt.status, code=receipt.code, at=at)
            self._postman.post(url, payload, application_id=record.application_id)


def fate(outcome: Outcome, submission: Submission) -> Outcome:
    """The outcome, or delivery where it spares a message of that kind."""
    spares = (
        (outcome.wants_entity_id and bool(submission.entity_id))
        or (outcome.spares_phones and submission.channel in ("sms", "mms"))
        or (
            outcome.spares_templates
            and (submission.channel != "whatsapp" or submission.message_type == "template")
        )
    )
    return OUTCOMES["delivered"] if spares else outcome


def _money(amount: Decimal) -> str:
    return f"{amount:.4f}"
