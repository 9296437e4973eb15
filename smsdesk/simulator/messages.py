"""What a request to send must look like: the checks of `POST /v1/messages`, and its refusals.

Written from the Messages API document 1.20.0. What each channel asks for is in `channels`, who
may send is for `tokens`, and what becomes of a good message for `carrier`.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from smsdesk.simulator.channels import (
    CHANNELS,
    PARAMETERS,
    Channel,
    InvalidMessageError,
    check_options,
    options_of,
    read_what,
    refuse,
)
from smsdesk.simulator.wire import Json, problem

__all__ = ["InvalidMessageError", "Submission", "read_submission"]

LONGEST_CLIENT_REF = 100


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as asked for, checked. Numbers are digits without `+`."""

    channel: str
    message_type: str
    to: str
    sender: str
    text: str
    """What a person reads of it: the text, a caption, or a template with what fills it."""
    client_ref: str | None
    webhook_url: str | None
    encoding_type: str
    entity_id: str | None
    content_id: str | None
    failover: tuple["Submission", ...] = ()
    """What is to be sent, one after the other, as long as each is rejected."""


def read_submission(body: Json | None) -> Submission:
    """Check a request body field by field, and what it wants to be tried after it. Raises
    InvalidMessageError.

    Unknown fields are ignored, as the schema does.
    """
    if body is None:
        detail = "The request body did not contain valid JSON"
        raise InvalidMessageError(problem(422, detail, detail=detail, anchor="#invalid-json"))
    failover = body.get("failover", [])
    if not isinstance(failover, list) or not all(isinstance(one, dict) for one in failover):
        raise refuse("failover", PARAMETERS, "Is not a list of messages")
    return _read_one(body, tuple(_read_one(one) for one in failover))


def _read_one(body: Json, failover: tuple[Submission, ...] = ()) -> Submission:
    name = body.get("channel")
    channel = CHANNELS.get(name) if isinstance(name, str) else None
    if channel is None:
        kind = ("Unsupported channel", "1100")
        raise refuse("channel", kind, "Is not a known channel")
    message_type, text = read_what(body, channel)
    _check_common(body)
    check_options(body, channel)
    options = options_of(body, "sms") if name == "sms" else {}
    return Submission(
        channel=str(name),
        message_type=message_type,
        to=_recipient(body.get("to"), channel),
        sender=_sender(body.get("from"), channel),
        text=text,
        client_ref=_client_ref(body.get("client_ref")),
        webhook_url=_webhook_url(body.get("webhook_url")),
        encoding_type=str(options.get("encoding_type", "auto")),
        entity_id=_text_or_none(options.get("entity_id")),
        content_id=_text_or_none(options.get("content_id")),
        failover=failover,
    )


def _recipient(value: object, channel: Channel) -> str:
    kind = ("Invalid recipient", "110")
    if isinstance(value, list):
        raise refuse("to", kind, "One recipient per request")
    if not isinstance(value, str) or not channel.recipient.fullmatch(value):
        raise refuse("to", kind, "7 to 15 digits with the country code, without + or 00")
    return value


def _sender(value: object, channel: Channel) -> str:
    if not isinstance(value, str) or not channel.sender.fullmatch(value):
        kind = ("Invalid sender", "1120")
        raise refuse("from", kind, "Is required and must fit the channel")
    return value


def _client_ref(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST_CLIENT_REF:
        reason = f"a string of at most {LONGEST_CLIENT_REF} characters"
        raise refuse("client_ref", ("Invalid client reference", "1060"), reason)
    return value


def _webhook_url(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or urlsplit(value).scheme not in ("http", "https"):
        raise refuse("webhook_url", PARAMETERS, "Is not a URL")
    return value


def _check_common(body: Json) -> None:
    if body.get("webhook_version") not in (None, "v0.1", "v1"):
        raise refuse("webhook_version", PARAMETERS, "v0.1 or v1")
    for flag in ("trusted_recipient", "trusted_sender"):
        if not isinstance(body.get(flag, False), bool):
            raise refuse(flag, PARAMETERS, "true or false")


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
