"""What a message carries besides its text: a picture, an approved template, and how its channel
is to treat it.

Which of it a channel takes is known by `channel`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsdesk.sms.encoding import Encoding


@dataclass(frozen=True, slots=True)
class ApprovedTemplate:
    """A text that WhatsApp has approved, by its name, with what is put into its gaps."""

    name: str
    """Alone, or behind the namespace of the business and a colon."""
    locale: str
    """The language it was approved in, such as "en_GB"."""
    parameters: tuple[str, ...] = ()
    """For {{1}}, {{2}} and so on."""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything but the text. An empty one makes a plain text message.

    The text of a message with a picture is what stands below the picture; a template has a text
    of its own, which is not known here.
    """

    image_url: str = ""
    template: ApprovedTemplate | None = None
    category: str = ""
    tag: str = ""
    """Messenger: what makes a message allowed outside its reply window."""
    ttl_s: int | None = None
    """Seconds after which it is not delivered any more; None leaves it to the channel."""

    @property
    def needs_no_text(self) -> bool:
        """There is something to be seen without it."""
        return bool(self.image_url) or self.template is not None


PLAIN = Content()


@dataclass(frozen=True, slots=True)
class Leg:
    """One message as it goes out on one channel: by itself, or as one of several that are tried
    in turn until one arrives."""

    channel: str
    to: str
    """E.164, or the ID of a person on the channel."""
    sender: str
    text: str
    encoding: Encoding
    parts: int
    content: Content = PLAIN
    entity_id: str | None = None
    content_id: str | None = None


def write_content(content: Content) -> str | None:
    """The content as it is stored; None for an empty one."""
    if content == PLAIN:
        return None
    fields: dict[str, Any] = {}
    if content.image_url:
        fields["image_url"] = content.image_url
    if content.template is not None:
        fields["template"] = {
            "name": content.template.name,
            "locale": content.template.locale,
            "parameters": list(content.template.parameters),
        }
    for name in ("category", "tag"):
        if value := getattr(content, name):
            fields[name] = value
    if content.ttl_s is not None:
        fields["ttl_s"] = content.ttl_s
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_content(stored: str | None) -> Content:
    """What `write_content` has written."""
    if stored is None:
        return PLAIN
    fields = json.loads(stored)
    template = fields.pop("template", None)
    if template is not None:
        template = ApprovedTemplate(
            template["name"], template["locale"], tuple(template["parameters"])
        )
    return Content(template=template, **fields)
