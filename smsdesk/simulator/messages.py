"""What a request to send must look like: the checks of `POST /v1/messages`, and its refusals.

Written from the Messages API document 1.20.0. Who may send is for `tokens`, and what becomes
of a good message for `carrier`.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from smsdesk.simulator.wire import Json, Reply, problem

LONGEST_CLIENT_REF = 100
_NUMBER = re.compile(r"[1-9][0-9]{6,14}")
_AGENT = re.compile(r"[A-Za-z0-9_&-]{1,50}")


@dataclass(frozen=True, slots=True)
class _Channel:
    longest_text: int
    recipient: re.Pattern[str]
    sender: re.Pattern[str]
    ttl_s: tuple[int, int] | None = None


_ID = re.compile(r".{1,50}", re.DOTALL)
_ANY = re.compile(r".+", re.DOTALL)
_CHANNELS = {
    "sms": _Channel(3200, _NUMBER, _ANY, (20, 604_800)),
    "mms": _Channel(3200, _NUMBER, _NUMBER, (300, 259_200)),
    "rcs": _Channel(3072, _NUMBER, _AGENT, (20, 259_200)),
    "whatsapp": _Channel(4096, _ID, _NUMBER),
    "messenger": _Channel(640, _ID, _ID),
    "viber_service": _Channel(1000, _NUMBER, _ID),
}


class InvalidMessageError(ValueError):
    """The request is refused with 422; `reply` is the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("invalid message")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as asked for, checked. Numbers are digits without `+`."""

    channel: str
    to: str
    sender: str
    text: str
    client_ref: str | None
    webhook_url: str | None
    encoding_type: str
    entity_id: str | None
    content_id: str | None


def read_submission(body: Json | None) -> Submission:
    """Check a request body field by field. Raises InvalidMessageError.

    Unknown fields are ignored, as the schema does. Only text messages are understood.
    """
    if body is None:
        detail = "The request body did not contain valid JSON"
        raise InvalidMessageError(problem(422, detail, detail=detail, anchor="#invalid-json"))
    channel_name = body.get("channel")
    channel = _CHANNELS.get(channel_name) if isinstance(channel_name, str) else None
    if channel is None:
        raise _invalid("channel", "Unsupported channel", "1100", "Is not a known channel")
    if body.get("message_type") != "text":
        raise _invalid(
            "message_type", "Invalid message type", "1140", "Only text is supported here"
        )
    return Submission(
        channel=str(channel_name),
        to=_recipient(body.get("to"), channel),
        sender=_sender(body.get("from"), channel),
        text=_text(body.get("text"), channel),
        client_ref=_client_ref(body.get("client_ref")),
        webhook_url=_webhook_url(body.get("webhook_url")),
        encoding_type=_encoding_type(body, channel),
        entity_id=_registered(body, "entity_id"),
        content_id=_registered(body, "content_id"),
    )


def _recipient(value: object, channel: _Channel) -> str:
    if isinstance(value, list):
        raise _invalid("to", "Invalid recipient", "110", "One recipient per request")
    if not isinstance(value, str) or not channel.recipient.fullmatch(value):
        reason = "7 to 15 digits with the country code, without + or 00"
        raise _invalid("to", "Invalid recipient", "110", reason)
    return value


def _sender(value: object, channel: _Channel) -> str:
    if not isinstance(value, str) or not channel.sender.fullmatch(value):
        raise _invalid("from", "Invalid sender", "1120", "Is required and must fit the channel")
    return value


def _text(value: object, channel: _Channel) -> str:
    if not isinstance(value, str) or not value:
        raise _invalid("text", "Invalid params", "1150", "Is required")
    if len(value) > channel.longest_text:
        reason = f"length must be at most {channel.longest_text} characters"
        raise _invalid("text", "Invalid params", "1150", reason)
    return value


def _client_ref(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST_CLIENT_REF:
        reason = f"a string of at most {LONGEST_CLIENT_REF} characters"
        raise _invalid("client_ref", "Invalid client reference", "1060", reason)
    return value


def _webhook_url(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or urlsplit(value).scheme not in ("http", "https"):
        raise _invalid("webhook_url", "Invalid params", "1150", "Is not a URL")
    return value


def _encoding_type(body: Json, channel: _Channel) -> str:
    """The encoding asked for, having checked the other options of the channel as well."""
    if (ttl := body.get("ttl")) is not None and channel.ttl_s is not None:
        low, high = channel.ttl_s
        if isinstance(ttl, bool) or not isinstance(ttl, int) or not low <= ttl <= high:
            raise _invalid("ttl", "Invalid params", "1150", f"{low} to {high} seconds")
    version = body.get("webhook_version")
    if version not in (None, "v0.1", "v1"):
        raise _invalid("webhook_version", "Invalid params", "1150", "v0.1 or v1")
    for flag in ("trusted_recipient", "trusted_sender"):
        if not isinstance(body.get(flag, False), bool):
            raise _invalid(flag, "Invalid params", "1150", "true or false")
    options = body.get("sms", {})
    if not isinstance(options, dict):
        raise _invalid("sms", "Invalid channel parameters", "1110", "Is not an object")
    encoding_type = options.get("encoding_type", "auto")
    if encoding_type not in ("auto", "text", "unicode"):
        reason = "auto, text or unicode"
        raise _invalid("sms.encoding_type", "Invalid channel parameters", "1110", reason)
    return str(encoding_type)


def _registered(body: Json, name: str) -> str | None:
    """An ID of India's register, once the options themselves have been checked."""
    options = body.get("sms")
    value = options.get(name) if isinstance(options, dict) else None
    if value is not None and not isinstance(value, str):
        raise _invalid(f"sms.{name}", "Invalid channel parameters", "1110", "Is not a string")
    return value


def _invalid(name: str, title: str, code: str, reason: str) -> InvalidMessageError:
    return InvalidMessageError(
        problem(
            422,
            title,
            detail="The value of one or more parameters is invalid.",
            anchor=f"/messages#{code}",
            invalid=[(name, reason)],
        )
    )
