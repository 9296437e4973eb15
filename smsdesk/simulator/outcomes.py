"""What may become of a request: every outcome the simulator can play, and its test numbers.

These are tables; `connection` plays the faults of the line, `carrier` the receipts and replies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

PORTAL = b"<!doctype html><title>Welcome</title><p>Please sign in to use this network.</p>"


class Fault(StrEnum):
    """What goes wrong on the line after the full request was read."""

    NONE = "none"
    CLOSE = "close"
    RESET = "reset"
    SILENCE = "silence"
    CUT = "cut"
    DRIP = "drip"
    IDLE_CLOSE = "idle-close"

    @property
    def has_answer(self) -> bool:
        return self not in (Fault.CLOSE, Fault.RESET, Fault.SILENCE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer given instead of the real one."""

    status: int
    title: str = ""
    detail: str = ""
    anchor: str = ""
    invalid: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    """Sent as it is in place of the RFC 7807 object."""
    repeated: int = 1
    """How many times `body` is sent."""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedReceipt:
    """A status Vonage will report `after_s` seconds from acceptance, before scaling.

    `stamped_s` is the moment it speaks of, when that is not the moment it is told.
    """

    status: str
    after_s: float
    code: str | None = None
    stamped_s: float | None = None


SUBMITTED = PlannedReceipt("submitted", 0.3)
DELIVERED = PlannedReceipt("delivered", 1.5)
READ = PlannedReceipt("read", 3.0)
"""Only on channels that have it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole fate of one message (or, for other paths, of one request)."""

    name: str
    means: str
    receipts: tuple[PlannedReceipt, ...] = (SUBMITTED, DELIVERED)
    refusal: Refusal | None = None
    fault: Fault = Fault.NONE
    is_processed: bool = True
    """False: the message is not taken, whatever is answered."""
    answer: Refusal | None = None
    """Given in place of the 202, although the message was taken."""
    reply: str | None = None
    """What the recipient writes back."""
    reply_kind: str = "text"
    """What it is, on channels that have more than text; `samples` knows what belongs to it."""
    tries: int | None = None
    """Only the first so many tries to one recipient end like this; later ones are delivered."""
    answer_delay_s: float = 0.0
    wants_entity_id: bool = False
    """Only a message without an `entity_id` ends like this; others are delivered."""
    spares_phones: bool = False
    """SMS and MMS are delivered; only on the other channels a message ends like this."""
    spares_templates: bool = False
    """Only WhatsApp messages that are no templates end like this; others are delivered."""

    @property
    def skips_checks(self) -> bool:
        """True where not even the credentials are looked at: outages and strange networks."""
        if self.refusal is None:
            return not self.is_processed
        return not 400 <= self.refusal.status < 500


def _rejected(code: str) -> tuple[PlannedReceipt, ...]:
    return (SUBMITTED, PlannedReceipt("rejected", 1.5, code=code))


def _refused(name: str, means: str, refusal: Refusal, *, tries: int | None = None) -> Outcome:
    return Outcome(name, means, receipts=(), refusal=refusal, is_processed=False, tries=tries)


def _broken(name: str, means: str, fault: Fault) -> Outcome:
    return Outcome(name, means, receipts=(), fault=fault, is_processed=False)


_RATE_LIMIT = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0"}
_BUSY = Refusal(429, "Rate Limit Hit", "Please wait, then retry your request", "/messages#1000")
_BUSY_2S = Refusal(
    429,
    "Rate Limit Hit",
    "Please wait, then retry your request",
    "/messages#1000",
    headers={"Retry-After": "2", **_RATE_LIMIT},
)
_BAD_RECIPIENT = Refusal(
    422,
    "Invalid recipient",
    "The value of one or more parameters is invalid.",
    "/messages#110",
    invalid=(("to", "Is not a valid recipient"),),
)

_TABLE = (
    # How the message ends
    Outcome("delivered", "submitted, then delivered"),
    Outcome(
        "undeliverable",
        "submitted, then undeliverable (1260)",
        (SUBMITTED, PlannedReceipt("undeliverable", 1.5, code="1260")),
    ),
    Outcome("opted-out", "rejected 1240: the recipient has opted out", _rejected("1240")),
    Outcome("barred", "rejected 1050: the number is barred", _rejected("1050")),
    Outcome("expired", "rejected 1360: not delivered in time", _rejected("1360")),
    Outcome("blocked", "rejected 1280: blocked by the carrier", _rejected("1280")),
    Outcome(
        "unregistered",
        "without an `entity_id` rejected 1480, with one delivered",
        _rejected("1480"),
        wants_entity_id=True,
    ),
    Outcome("parts-lost", "rejected 1490: not every part was confirmed", _rejected("1490")),
    Outcome(
        "slow-receipt",
        "submitted at once, delivered after 60 s",
        (SUBMITTED, PlannedReceipt("delivered", 60.0)),
    ),
    Outcome("no-receipt", "submitted; the handset never confirms", (SUBMITTED,)),
    Outcome("no-status", "accepted; not a single status follows", ()),
    Outcome(
        "out-of-order",
        "delivered is told first, the earlier submitted after it",
        (
            PlannedReceipt("delivered", 0.8),
            PlannedReceipt("submitted", 1.5, stamped_s=0.3),
        ),
    ),
    Outcome(
        "told-twice",
        "every status is told twice",
        (SUBMITTED, SUBMITTED, DELIVERED, DELIVERED),
    ),
    # On other channels
    Outcome(
        "read", "delivered and, on channels that tell it, read", (SUBMITTED, DELIVERED, READ)
    ),
    Outcome(
        "not-a-user",
        "rejected 1300: nobody there uses the channel; SMS and MMS are delivered",
        _rejected("1300"),
        spares_phones=True,
    ),
    Outcome(
        "not-on-this-device",
        "undeliverable 1310: the device cannot take it; SMS and MMS are delivered",
        (SUBMITTED, PlannedReceipt("undeliverable", 1.5, code="1310")),
        spares_phones=True,
    ),
    Outcome(
        "window-closed",
        "WhatsApp: rejected 1340 without a template, for they have not written for a day",
        _rejected("1340"),
        spares_templates=True,
    ),
    # The recipient writes back
    Outcome("reply", "delivered, and the recipient answers “Thanks!”", reply="Thanks!"),
    Outcome("stop", "delivered, and the recipient answers “STOP”", reply="STOP"),
    Outcome(
        "long-reply",
        "delivered, and the recipient answers in two parts with an emoji",
        reply="Thank you for letting me know, I will be there at nine with the papers. "
        + "See you tomorrow 🙂",
    ),
    *(
        Outcome(
            f"reply-{kind}",
            f"delivered, and the recipient answers with {told}; in words on SMS",
            reply="Thanks!",
            reply_kind=kind,
        )
        for kind, told in (
            ("image", "a picture"),
            ("audio", "a sound"),
            ("video", "a video"),
            ("file", "a file"),
            ("vcard", "a contact card"),
            ("location", "a place"),
            ("contacts", "somebody's card"),
            ("button", "a button that was tapped"),
            ("sticker", "a sticker"),
            ("reaction", "a reaction"),
            ("order", "an order"),
            ("unsupported", "something the channel cannot pass on"),
            ("quote", "a text that quotes ours"),
        )
    ),
    # Refused
    _refused(
        "unauthorized",
        "401: credentials refused",
        Refusal(
            401,
            "Unauthorized",
            "You did not provide correct credentials.",
            "#unauthorized",
        ),
    ),
    _refused(
        "unprovisioned",
        "401: these credentials may not use the Messages API",
        Refusal(
            401,
            "Unauthorized",
            "The supplied credentials do not have access to the requested product.",
            "#unprovisioned",
        ),
    ),
    _refused(
        "low-balance",
        "402: no credit",
        Refusal(
            402,
            "Low balance",
            "This request could not be performed due to your account balance being low.",
            "#low-balance",
        ),
    ),
    _refused(
        "forbidden",
        "403: not allowed",
        Refusal(
            403,
            "Forbidden",
            "Your account does not have permission to perform this action.",
            "#forbidden",
        ),
    ),
    _refused(
        "not-found",
        "404: no such resource",
        Refusal(404, "Not Found", "The requested resource was not found.", "#not-found"),
    ),
    _refused("bad-recipient", "422: the recipient is invalid", _BAD_RECIPIENT),
    _refused(
        "bad-sender",
        "422: the sender ID is invalid",
        Refusal(
            422,
            "Invalid sender",
            "The value of one or more parameters is invalid.",
            "/messages#1120",
            invalid=(("from", "Is not allowed for this account"),),
        ),
    ),
    _refused("busy", "429 every time, without a Retry-After", _BUSY),
    _refused("busy-thrice", "429 for the first 3 tries, then delivered", _BUSY, tries=3),
    _refused(
        "busy-2s",
        "429 with Retry-After: 2 for the first try, then delivered",
        _BUSY_2S,
        tries=1,
    ),
    _refused(
        "error-500",
        "500: internal error",
        Refusal(500, "Internal error", "There was an error processing your request."),
    ),
    _refused("error-502", "502: bad gateway, with an HTML body", Refusal(502, body=b"<html>")),
    _refused("error-503", "503: not available", Refusal(503, "Service Unavailable")),
    _refused("error-504", "504: gateway time-out", Refusal(504, body=b"<html>")),
    _refused("odd-418", "418 with an empty body", Refusal(418, body=b"")),
    _refused("odd-599", "599 with an empty body", Refusal(599, body=b"")),
    _refused(
        "huge-error",
        "500 with a body of 5 MB that is not valid UTF-8",
        Refusal(500, body=b"\xff", repeated=5_000_000, content_type="application/json"),
    ),
    _refused(
        "deep-error",
        "500 with JSON nested 100,000 levels deep",
        Refusal(500, body=b"[", repeated=100_000, content_type="application/json"),
    ),
    # Trouble on the line, the message not taken
    _broken("close", "connection closed without an answer; not taken", Fault.CLOSE),
    _broken("reset", "connection reset without an answer; not taken", Fault.RESET),
    _broken("silence", "no answer, the connection stays open; not taken", Fault.SILENCE),
    _refused(
        "redirect",
        "307 to another host",
        Refusal(307, body=b"", headers={"Location": "https://elsewhere.invalid/"}),
    ),
    _refused(
        "portal", "200 with a sign-in page, as a hotel network does", Refusal(200, body=PORTAL)
    ),
    _refused("portal-511", "511: the network wants a sign-in", Refusal(511, body=PORTAL)),
    # Trouble on the line, the message taken
    Outcome("lost-answer", "taken and delivered, but the answer is lost", fault=Fault.CLOSE),
    Outcome("lost-silence", "taken and delivered, but no answer comes", fault=Fault.SILENCE),
    Outcome("cut", "taken; the 202 is cut in the middle of its body", fault=Fault.CUT),
    Outcome("drip", "taken; the answer comes one byte a second", fault=Fault.DRIP),
    Outcome("late", "taken; the answer comes after 10 s", answer_delay_s=10.0),
    Outcome("html-202", "taken; 202 with an HTML body", answer=Refusal(202, body=b"<html>")),
    Outcome("empty-202", "taken; 202 with an empty body", answer=Refusal(202, body=b"")),
    Outcome(
        "no-id",
        "taken; 202 with {} for a body",
        answer=Refusal(202, body=b"{}", content_type="application/json"),
    ),
    Outcome("odd-299", "taken; 299 with an empty body", answer=Refusal(299, body=b"")),
    Outcome(
        "wrong-type",
        "taken; a good 202 that calls itself text/plain",
        answer=Refusal(202, content_type="text/plain"),
    ),
    Outcome(
        "idle-close",
        "taken and answered; the idle connection is then closed without notice",
        fault=Fault.IDLE_CLOSE,
    ),
)

OUTCOMES: Mapping[str, Outcome] = MappingProxyType({o.name: o for o in _TABLE})

TEST_NUMBERS: Mapping[str, Outcome] = MappingProxyType(
    {
        "911000001480": OUTCOMES["unregistered"],
    }
    | {
        f"447700900{digits}": OUTCOMES[name]
        for digits, name in {
            # 1xx: how a message ends
            "100": "undeliverable",
            "101": "opted-out",
            "102": "barred",
            "103": "expired",
            "104": "blocked",
            "105": "parts-lost",
            "110": "slow-receipt",
            "111": "no-receipt",
            "112": "no-status",
            "113": "out-of-order",
            "114": "told-twice",
            # 13x: other channels
            "130": "read",
            "131": "not-a-user",
            "132": "not-on-this-device",
            "133": "window-closed",
            # 2xx: the recipient writes back
            "200": "reply",
            "201": "stop",
            "202": "long-reply",
            "210": "reply-image",
            "211": "reply-audio",
            "212": "reply-video",
            "213": "reply-file",
            "214": "reply-vcard",
            "215": "reply-location",
            "216": "reply-contacts",
            "217": "reply-button",
            "218": "reply-sticker",
            "219": "reply-reaction",
            "220": "reply-order",
            "221": "reply-unsupported",
            "222": "reply-quote",
            # 4xx and 5xx: the HTTP status is the last three digits
            "401": "unauthorized",
            "402": "low-balance",
            "403": "forbidden",
            "404": "not-found",
            "411": "unprovisioned",
            "418": "odd-418",
            "422": "bad-recipient",
            "423": "bad-sender",
            "428": "busy-2s",
            "429": "busy-thrice",
            "430": "busy",
            "500": "error-500",
            "502": "error-502",
            "503": "error-503",
            "504": "error-504",
            "505": "huge-error",
            "506": "deep-error",
            "599": "odd-599",
            # 6xx: trouble on the line, the message not taken
            "600": "close",
            "601": "reset",
            "602": "silence",
            "603": "redirect",
            "604": "portal",
            "605": "portal-511",
            # 7xx: trouble on the line, the message taken
            "700": "lost-answer",
            "701": "lost-silence",
            "702": "cut",
            "703": "drip",
            "704": "late",
            "705": "html-202",
            "706": "empty-202",
            "707": "no-id",
            "708": "odd-299",
            "709": "wrong-type",
            "710": "idle-close",
        }.items()
    }
)
"""Recipients with a fate of their own, in the range kept free for drama (Ofcom: 07700 900000
to 900999 is never assigned). India keeps no range free; but 1 is the level of its special
services, and no subscriber's number begins with it (National Numbering Plan 2003, Annex IV).
Every other number is delivered."""
