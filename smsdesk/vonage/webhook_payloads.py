"""The JSON that Vonage brings by itself: what became of a message, and what somebody wrote to us.

Two forms are read, that of the Messages API v1 and the older v0.1, which an application made
long ago may still be set to. Whether a webhook is genuine is decided in `signature`.
https://developer.vonage.com/en/api/messages and, for v0.1,
https://developer.vonage.com/en/api/messages.v0
"""

from collections.abc import Iterator, Mapping
from typing import Any

from smsdesk.sms.failure import FailureReason
from smsdesk.sms.inbound import InboundMessage, JoinedPart
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import State
from smsdesk.vonage.errors import PayloadError
from smsdesk.vonage.fields import (
    count_of,
    is_digits,
    moment_of,
    number_of,
    object_of,
    price_of,
    read_json,
    text_of,
    uuid_of,
)
from smsdesk.vonage.inbound_payloads import address_of, read_received
from smsdesk.vonage.payloads import (
    LONGEST_INBOUND,
    LONGEST_REF,
    LONGEST_WORKFLOW,
    MOST_LEGS,
    STATUSES,
)

_LONGEST_TITLE = 200
_LONGEST_DETAIL = 1000
_LONGEST_LINK = 500
_LONGEST_KEYWORD = 100
_LONGEST_ID = 60
_MOST_PARTS = 1000
_MOST_PARTS_OF_ONE = 255  # the count is one octet: 3GPP TS 23.040, 9.2.3.24.1
_CHANNELS = {"viber_service_msg": "viber_service"}
"""Names of v0.1 for what v1 calls otherwise."""


def read_status(body: bytes, *, jti: str | None = None) -> DeliveryReceipt:
    """The receipt in a status webhook. Raises PayloadError: not_json, status, no_reference."""
    data = _read_object(body)
    status = STATUSES.get(text_of(data.get("status"), _LONGEST_TITLE))
    if status is None:
        raise PayloadError("status")
    message_uuid = uuid_of(data.get("message_uuid"))
    client_ref = text_of(data.get("client_ref"), LONGEST_REF) or None
    if message_uuid is None and client_ref is None:
        raise PayloadError("no_reference")
    usage = object_of(data.get("usage"))
    workflow = object_of(data.get("workflow"))
    return DeliveryReceipt(
        message_uuid=message_uuid,
        client_ref=client_ref,
        status=status,
        provider_time=moment_of(data.get("timestamp")),
        source="webhook",
        failure=_failure(data.get("error"), status),
        price=price_of(usage.get("price")),
        currency=text_of(usage.get("currency"), 3) or None,
        network=text_of(object_of(data.get("destination")).get("network_code"), 10) or None,
        parts=count_of(object_of(data.get("sms")).get("count_total"), most=_MOST_PARTS),
        raw=body.decode("utf-8"),
        jti=jti,
        channel=_channel(data),
        workflow_id=text_of(workflow.get("workflow_id"), LONGEST_WORKFLOW) or None,
        leg=count_of(workflow.get("items_number"), most=MOST_LEGS),
    )


def read_inbound(body: bytes, *, jti: str | None = None) -> InboundMessage:
    """The message in an inbound webhook, its text exactly as it came.

    What is no text, such as a sticker or a place on the map, has an empty one; what it is stands
    beside it. Raises PayloadError: not_json, no_reference or no_sender; unsupported for a body
    that holds nothing at all.
    """
    data = _read_object(body)
    message_uuid = uuid_of(data.get("message_uuid"))
    if message_uuid is None:
        raise PayloadError("no_reference")
    sender = _address(data, "from")
    if not sender:
        raise PayloadError("no_sender")
    text = next(_texts(data), None)
    received = read_received(data)
    if text is None and received is None:
        raise PayloadError("unsupported")
    old = object_of(data.get("message"))
    sms = {**object_of(old.get("sms")), **object_of(data.get("sms"))}
    usage = object_of(data.get("usage"))
    return InboundMessage(
        message_uuid=message_uuid,
        sender=sender,
        to=_address(data, "to"),
        text=text or "",
        provider_time=moment_of(data.get("timestamp")),
        source="webhook",
        raw=body.decode("utf-8"),
        channel=_channel(data),
        keyword=text_of(sms.get("keyword"), _LONGEST_KEYWORD),
        parts=count_of(sms.get("num_messages"), most=_MOST_PARTS) or 1,
        network=text_of(object_of(data.get("origin")).get("network_code"), 10) or None,
        price=price_of(usage.get("price")),
        currency=text_of(usage.get("currency"), 3) or None,
        part=_part(data) or _part(sms),
        jti=jti,
        received=received,
    )


def _read_object(body: bytes) -> Mapping[str, Any]:
    data = read_json(body)
    if not isinstance(data, dict):
        raise PayloadError("not_json")
    return data


def _failure(error: object, status: State) -> FailureReason | None:
    """Why it failed. In a receipt the title is the number, as text or not; v0.1 has it apart."""
    if not isinstance(error, dict):
        return None
    title = text_of(error.get("title"), _LONGEST_TITLE)
    anchor = text_of(error.get("type"), _LONGEST_LINK).rpartition("#")[2]
    old_code = text_of(error.get("code"), _LONGEST_TITLE)
    numbers = (said for said in (title, anchor, old_code) if is_digits(said))
    detail = text_of(error.get("detail"), _LONGEST_DETAIL)
    old_detail = text_of(error.get("reason"), _LONGEST_DETAIL)
    return FailureReason(next(numbers, str(status)), title or old_code, detail or old_detail)


def _address(data: Mapping[str, Any], name: str) -> str:
    """Who wrote, or was written to: a text in v1, an object with a number or an id in v0.1."""
    value = data.get(name)
    if isinstance(value, dict):
        return number_of(value.get("number")) or text_of(value.get("id"), _LONGEST_ID)
    return address_of(_channel(data), value, is_theirs=name == "from")


def _channel(data: Mapping[str, Any]) -> str:
    said = text_of(data.get("channel"), 30) or text_of(
        object_of(data.get("from")).get("type"), 30
    )
    return _CHANNELS.get(said, said) or "sms"


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    """What can be read in a message, the likeliest place first.

    Only `text` may be empty: an empty SMS is one. Elsewhere text is what goes with something
    else, such as the title of a reply that was tapped, or the words below a picture.
    """
    content = object_of(object_of(data.get("message")).get("content"))
    for holder in (data, content):
        if isinstance(holder.get("text"), str):
            yield text_of(holder["text"], LONGEST_INBOUND)
    for holder in (data, content):
        kind = holder.get("message_type") or holder.get("type")
        inner = object_of(holder.get(kind)) if isinstance(kind, str) else {}
        for name in ("text", "title", "caption"):
            if isinstance(inner.get(name), str) and inner[name]:
                yield text_of(inner[name], LONGEST_INBOUND)
    several = data.get("content")  # MMS with several things in it
    for one in several if isinstance(several, list) else ():
        said = object_of(one)
        if said.get("type") == "text" and isinstance(said.get("text"), str):
            yield text_of(said["text"], LONGEST_INBOUND)


def _part(fields: Mapping[str, Any]) -> JoinedPart | None:
    """Where a part of a divided message belongs, in the words of the older SMS API.

    https://developer.vonage.com/en/api/sms: `concat`, `concat-ref`, `concat-part`,
    `concat-total`.
    """
    ref = text_of(fields.get("concat-ref"), LONGEST_REF)
    number = count_of(fields.get("concat-part"), most=_MOST_PARTS_OF_ONE)
    total = count_of(fields.get("concat-total"), most=_MOST_PARTS_OF_ONE)
    is_divided = (
        text_of(fields.get("concat"), 5).lower() == "true" or fields.get("concat") is True
    )
    if not is_divided or not ref or number is None or total is None or number > total:
        return None
    return JoinedPart(ref, number, total)
