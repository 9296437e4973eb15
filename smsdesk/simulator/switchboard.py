"""The switchboard: every request is brought to whom it concerns, and entered into the ledger.

Sockets are `connection`'s business; the rooms it asks know what is to be answered.
"""

from collections.abc import Callable
from dataclasses import dataclass

from smsdesk.simulator import applications, media, reports
from smsdesk.simulator.account import Account
from smsdesk.simulator.applications import Applications
from smsdesk.simulator.book import MessageRecord
from smsdesk.simulator.carrier import Carrier, fate
from smsdesk.simulator.connection import Exchange
from smsdesk.simulator.ledger import Ledger
from smsdesk.simulator.messages import InvalidMessageError, read_submission
from smsdesk.simulator.outcomes import OUTCOMES, Outcome, Refusal
from smsdesk.simulator.reports import Reports
from smsdesk.simulator.scenarios import MESSAGES_PATH, Director
from smsdesk.simulator.tokens import Caller, Doorkeeper, RefusedError
from smsdesk.simulator.wire import Reply, Request, json_reply, problem


@dataclass(slots=True)
class Switchboard:
    """Holds the lines to all rooms; `director` may be replaced at any moment."""

    director: Director
    doorkeeper: Doorkeeper
    carrier: Carrier
    reports: Reports
    applications: Applications
    account: Account
    ledger: Ledger
    now: Callable[[], float]

    def exchange(self, request: Request) -> Exchange:
        """Decide, enter into the ledger, act, and only then answer."""
        caller, refused = self._admit(request)
        is_message = request.method == "POST" and request.path == MESSAGES_PATH
        if is_message:
            decision = self._decide_message(request, caller, refused)
        else:
            decision = self._decide_other(request, refused)
        self.ledger.append(
            request,
            now=self.now(),
            answer_plan=decision.plan,
            status=decision.reply.status if decision.reply else None,
            application_id=caller.application_id if caller else None,
            message_uuid=decision.record.message_uuid if decision.record else None,
        )
        outcome = decision.outcome
        if outcome is None:
            return Exchange(decision.reply)
        if decision.record is not None:
            self.carrier.carry(decision.record, outcome)
        return Exchange(decision.reply, outcome.fault, outcome.answer_delay_s)

    def _decide_message(
        self, request: Request, caller: Caller | None, refused: Reply | None
    ) -> "_Decision":
        body = request.json_object()
        to = (body or {}).get("to")
        outcome = self.director.choose_for_message(to if isinstance(to, str) else "")
        if outcome.skips_checks:
            return _unchecked(outcome)
        if refused is not None:
            return _Decision("unauthorized", refused)
        try:
            submission = read_submission(body)
        except InvalidMessageError as error:
            return _Decision("invalid", error.reply)
        if self.account.balance <= 0:
            outcome = OUTCOMES["low-balance"]
        outcome = fate(outcome, submission)
        if outcome.refusal is not None:
            return _Decision(outcome.name, _refuse(outcome.refusal), outcome)
        record = self.carrier.accept(
            submission, outcome, application_id=caller.application_id if caller else None
        )
        said = {"message_uuid": record.message_uuid}
        if record.workflow_id is not None:
            said["workflow_id"] = record.workflow_id
        reply = _instead(json_reply(said, status=202), outcome)
        return _Decision(outcome.name, reply, outcome, record)

    def _decide_other(self, request: Request, refused: Reply | None) -> "_Decision":
        outcome = self.director.choose_for(request.path)
        if outcome is not None and outcome.skips_checks:
            return _unchecked(outcome)
        if refused is not None:
            return _Decision("unauthorized", refused)
        if outcome is None:
            return _Decision("answered", self._route(request))
        if outcome.refusal is not None:
            return _Decision(outcome.name, _refuse(outcome.refusal), outcome)
        return _Decision(outcome.name, _instead(self._route(request), outcome), outcome)

    def _route(self, request: Request) -> Reply:
        path = request.path
        if path == MESSAGES_PATH:
            return problem(405, "Method Not Allowed", anchor="#method-not-allowed")
        if path == reports.PATH and request.method == "GET":
            return self.reports.answer(request.query)
        if path.startswith(media.PATH) and request.method == "GET":
            return media.answer(path)
        if path.startswith(applications.PATH):
            return self.applications.answer(request)
        reply = self.account.answer(request)
        return reply or problem(
            404, "Not Found", detail="Nothing is known here.", anchor="#not-found"
        )

    def _admit(self, request: Request) -> tuple[Caller | None, Reply | None]:
        """The caller, or why there is none. Only the Messages API takes tokens; media are for
        anybody who knows their address, unless an application secures what comes in."""
        authorization = request.headers.get("authorization", "")
        try:
            if request.path.startswith(media.PATH):
                if not self.applications.secures_media():
                    return None, None
                return self.doorkeeper.admit(authorization), None
            if request.path.startswith(MESSAGES_PATH):
                return self.doorkeeper.admit(authorization), None
            return self.doorkeeper.admit_account(authorization), None
        except RefusedError as error:
            reply = problem(401, "Unauthorized", detail=str(error), anchor=error.anchor)
            return None, reply


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a request will get; `plan` is its name in the ledger."""

    plan: str
    reply: Reply | None
    outcome: Outcome | None = None
    record: MessageRecord | None = None


def _unchecked(outcome: Outcome) -> _Decision:
    """What an outage or a strange network does, whoever asks and for what."""
    reply = _refuse(outcome.refusal) if outcome.refusal else None
    return _Decision(outcome.name, reply, outcome)


def _refuse(refusal: Refusal) -> Reply:
    if refusal.body is not None:
        body = refusal.body * refusal.repeated
        return Reply(refusal.status, body, refusal.content_type, refusal.headers)
    return problem(
        refusal.status,
        refusal.title,
        detail=refusal.detail,
        anchor=refusal.anchor,
        invalid=list(refusal.invalid),
        headers=refusal.headers,
    )


def _instead(reply: Reply, outcome: Outcome) -> Reply | None:
    """The good reply, or what the outcome puts in its place."""
    if not outcome.fault.has_answer:
        return None
    answer = outcome.answer
    if answer is None:
        return reply
    body = reply.body if answer.body is None else answer.body
    return Reply(answer.status, body, answer.content_type, answer.headers)
