"""What a channel allows: who may be written to and from, and what a message may carry.

Everything is judged by what was typed; nothing is asked of the network.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from smsdesk.sms.channels.channel import Address
from smsdesk.sms.problem import Problem
from smsdesk.sms.recipients import read_identities, read_recipients
from smsdesk.sms.sender_id import (
    ChannelSenderProblem,
    SenderId,
    SenderIdError,
    SenderIdProblem,
    SenderKind,
    parse_sender_id,
)

if TYPE_CHECKING:
    from smsdesk.sms.channels.channel import Channel
    from smsdesk.sms.channels.content import ApprovedTemplate, Content
    from smsdesk.sms.recipients import RecipientEntry

LONGEST_URL = 2000
LONGEST_PARAMETER = 1024
MOST_PARAMETERS = 50

_AGENT = re.compile(r"[A-Za-z0-9_&-]{1,50}")
"""An RCS sender ID: without blanks, and exactly as it was registered."""
_TEMPLATE_NAME = re.compile(r"(?:[A-Za-z0-9_-]{1,100}:)?[a-z0-9_]{1,512}")
"""https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates"""
_LOCALE = re.compile(r"[a-z]{2,3}(?:[_-][A-Z][A-Za-z]{1,3})?")
_TAG = re.compile(r"[A-Z_]{1,50}")
_PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")


def read_people(
    channel: Channel, text: str, *, default_region: str | None
) -> list[RecipientEntry]:
    """The recipients of a list, by what the channel names people by."""
    if channel.recipient is Address.IDENTITY:
        return read_identities(text)
    return read_recipients(text, default_region=default_region)


def parse_sender(channel: Channel, text: str, *, default_region: str | None) -> SenderId:
    """Read a sender as it is typed. Raises SenderIdError."""
    typed = text.strip()
    if not typed:
        raise SenderIdError(SenderIdProblem.EMPTY, text)
    match channel.sender:
        case Address.SENDER_ID:
            return parse_sender_id(text, default_region=default_region)
        case Address.NUMBER:
            return _parse_number(text, default_region)
        case Address.AGENT if not _AGENT.fullmatch(typed):
            raise SenderIdError(ChannelSenderProblem.BAD_AGENT, text)
    try:
        return SenderId(typed, SenderKind.IDENTITY)
    except ValueError:
        raise SenderIdError(ChannelSenderProblem.BAD_IDENTITY, text) from None


def _parse_number(text: str, default_region: str | None) -> SenderId:
    try:
        sender = parse_sender_id(text, default_region=default_region)
    except SenderIdError:
        raise SenderIdError(ChannelSenderProblem.NEEDS_NUMBER, text) from None
    if sender.kind is not SenderKind.LONG_NUMBER:
        raise SenderIdError(ChannelSenderProblem.NEEDS_NUMBER, text)
    return sender


def content_problems(channel: Channel, content: Content, text: str) -> Iterator[Problem]:
    """What a channel does not take of a content, and of the text that goes with it."""
    if content.image_url:
        yield from _picture_problems(channel, content, text)
    if content.template is not None:
        yield from _template_problems(channel, content.template, content, text)
    if content.category and content.category not in channel.categories:
        yield Problem("category", content.category, _or_not_possible(channel.categories))
    is_with_tag = bool(content.category) and content.category == channel.category_with_tag
    if is_with_tag and not _TAG.fullmatch(content.tag):
        yield Problem("tag", content.tag, "malformed" if content.tag else "empty")
    elif content.tag and not is_with_tag:
        yield Problem("tag", content.tag, "not_possible")
    if content.ttl_s is not None:
        yield from _ttl_problems(channel, content.ttl_s)


def _or_not_possible(choices: tuple[str, ...]) -> str:
    return "unknown" if choices else "not_possible"


def _ttl_problems(channel: Channel, ttl_s: int) -> Iterator[Problem]:
    if channel.ttl_s is None:
        yield Problem("ttl", channel.title, "not_possible")
        return
    least, most = channel.ttl_s
    if ttl_s < least:
        yield Problem("ttl", channel.title, "too_short", value=least)
    elif ttl_s > most:
        yield Problem("ttl", channel.title, "too_long", value=most)


# Pictures -------------------------------------------------------------------------------


def _picture_problems(channel: Channel, content: Content, text: str) -> Iterator[Problem]:
    pictures, url = channel.pictures, content.image_url
    if pictures is None:
        yield Problem("image", channel.title, "not_possible")
        return
    if len(url) > LONGEST_URL:
        yield Problem("image", "", "too_long", value=len(url))
        return
    try:
        parts = urlsplit(url)
        code = _address_problem(url, parts)
    except ValueError:
        code = "malformed"
    if code:
        yield Problem("image", url, code)
        return
    ending = PurePosixPath(parts.path).suffix.lower()
    if ending and ending not in pictures.endings:
        yield Problem("image", ending, "wrong_type")
    elif not ending:
        yield Problem("image", url, "no_ending", is_warning=True)
    if text and not pictures.longest_caption:
        yield Problem("text", channel.title, "no_caption")
    elif len(text) > pictures.longest_caption:
        yield Problem("text", channel.title, "caption_too_long", value=len(text))


def _address_problem(url: str, parts: SplitResult) -> str:
    """What keeps Vonage from fetching a picture; "" for nothing that can be seen."""
    host = (parts.hostname or "").rstrip(".").lower()
    if any(char.isspace() or not char.isprintable() for char in url) or not host:
        return "malformed"
    if parts.scheme != "https":
        return "not_https"
    if parts.username is not None or parts.password is not None:
        return "has_password"
    return "private_host" if is_private_host(host) else ""


def is_private_host(host: str) -> bool:
    """Whether that name or number means something only within somebody's own network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith(_PRIVATE_ENDINGS)
        return not is_public or host.rpartition(".")[2].isdigit()


# Templates ------------------------------------------------------------------------------


def _template_problems(
    channel: Channel, template: ApprovedTemplate, content: Content, text: str
) -> Iterator[Problem]:
    if not channel.has_templates:
        yield Problem("template", channel.title, "not_possible")
        return
    if not _TEMPLATE_NAME.fullmatch(template.name):
        yield Problem("template", template.name, "malformed" if template.name else "empty")
    if not _LOCALE.fullmatch(template.locale):
        yield Problem(
            "template", template.locale, "bad_locale" if template.locale else "locale"
        )
    if text.strip():
        yield Problem("text", "", "has_template")
    if content.image_url:
        yield Problem("image", "", "has_template")
    if len(template.parameters) > MOST_PARAMETERS:
        yield Problem("template", "", "many_parameters", value=MOST_PARAMETERS)
    for place, parameter in enumerate(template.parameters, start=1):
        # WhatsApp refuses a parameter with a line break, or with more than four blanks in a row.
        if not parameter.strip():
            yield Problem("template", "", "empty_parameter", value=place)
        elif len(parameter) > LONGEST_PARAMETER or re.search(r"[\n\r\t]| {5}", parameter):
            yield Problem("template", parameter[:50], "bad_parameter", value=place)
