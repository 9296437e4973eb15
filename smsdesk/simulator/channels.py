"""What a message on each channel must look like: one table, and the checks it asks for.

Written from the Messages API documents 1.11.0 and 1.20.0; whatever is not named there is
ignored, as the schema does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from smsdesk.simulator.wire import Json, Reply, problem

OPTIONS = ("Invalid channel parameters", "1110")
PARAMETERS = ("Invalid params", "1150")
_ENDINGS = (".jpg", ".jpeg", ".png")


class InvalidMessageError(ValueError):
    """The request is refused with 422; `reply` is the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("invalid message")
        self.reply = reply


def refuse(name: str, kind: tuple[str, str], reason: str) -> InvalidMessageError:
    """A refusal that names the field; `kind` is Vonage's title and the number after it."""
    title, code = kind
    return InvalidMessageError(
        problem(
            422,
            title,
            detail="The value of one or more parameters is invalid.",
            anchor=f"/messages#{code}",
            invalid=[(name, reason)],
        )
    )


_NUMBER = re.compile(r"[1-9][0-9]{6,14}")
_AGENT = re.compile(r"[A-Za-z0-9_&-]{1,50}")
_ID = re.compile(r".{1,50}", re.DOTALL)
_ANY = re.compile(r".+", re.DOTALL)

Check = Callable[[Json], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """The rules of one channel."""

    longest_text: int
    recipient: re.Pattern[str]
    sender: re.Pattern[str]
    ttl_s: tuple[int, int] | None = None
    options: str = ""
    """The name of the object that holds what only this channel understands."""
    categories: tuple[str, ...] = ()
    own_ttl_s: tuple[int, int] | None = None
    """Of a time to live that stands in that object."""
    pictures: tuple[str, ...] = ()
    longest_caption: int | None = 3000
    """None: a caption is not known, and refused so that nobody relies on it."""
    has_templates: bool = False
    adds_read: bool = False
    checks: tuple[Check, ...] = field(default=())


def _check_sms(body: Json) -> None:
    options = options_of(body, "sms")
    if options.get("encoding_type", "auto") not in ("auto", "text", "unicode"):
        raise refuse("sms.encoding_type", OPTIONS, "auto, text or unicode")
    for name in ("entity_id", "content_id"):
        if not isinstance(options.get(name, ""), str):
            raise refuse(f"sms.{name}", OPTIONS, "Is not a string")


def _check_messenger(body: Json) -> None:
    options = options_of(body, "messenger")
    is_tagged = options.get("category") == "message_tag"
    tag = options.get("tag")
    if is_tagged and (not isinstance(tag, str) or not tag):
        raise refuse("messenger.tag", OPTIONS, "Is required for the category message_tag")


def _check_viber(body: Json) -> None:
    action = options_of(body, "viber_service").get("action")
    if action is not None and not (
        isinstance(action, dict)
        and isinstance(action.get("url"), str)
        and isinstance(action.get("text"), str)
        and len(str(action["text"])) <= 30
    ):
        raise refuse("viber_service.action", OPTIONS, "A url, and a text of 30 characters")


def _check_whatsapp(body: Json) -> None:
    context = body.get("context")
    if context is not None and not (
        isinstance(context, dict) and isinstance(context.get("message_uuid"), str)
    ):
        raise refuse("context.message_uuid", OPTIONS, "Is required")
    if body.get("message_type") != "template":
        return
    options = options_of(body, "whatsapp")
    if not isinstance(options.get("locale"), str) or not options["locale"]:
        raise refuse("whatsapp.locale", OPTIONS, "Is required for a template")
    if options.get("policy", "deterministic") != "deterministic":
        raise refuse("whatsapp.policy", OPTIONS, "deterministic")


CHANNELS: Mapping[str, Channel] = {
    "sms": Channel(
        3200, _NUMBER, _ANY, (20, 604_800), "sms", longest_caption=None, checks=(_check_sms,)
    ),
    "mms": Channel(
        3200, _NUMBER, _NUMBER, (300, 259_200), pictures=(*_ENDINGS, ".gif", ".bmp")
    ),
    "rcs": Channel(
        3072,
        _NUMBER,
        _AGENT,
        (20, 259_200),
        "rcs",
        ("authentication", "transaction", "promotion", "service-request", "acknowledgement"),
        pictures=(*_ENDINGS, ".gif"),
        longest_caption=None,
        adds_read=True,
    ),
    "whatsapp": Channel(
        4096,
        _ID,
        _NUMBER,
        options="whatsapp",
        pictures=_ENDINGS,
        has_templates=True,
        adds_read=True,
        checks=(_check_whatsapp,),
    ),
    "messenger": Channel(
        640,
        _ID,
        _ID,
        options="messenger",
        categories=("response", "update", "message_tag"),
        pictures=(*_ENDINGS, ".gif"),
        longest_caption=None,
        adds_read=True,
        checks=(_check_messenger,),
    ),
    "viber_service": Channel(
        1000,
        _NUMBER,
        _ID,
        options="viber_service",
        categories=("transaction", "promotion"),
        own_ttl_s=(30, 259_200),
        pictures=_ENDINGS,
        longest_caption=1000,
        adds_read=True,
        checks=(_check_viber,),
    ),
}


def options_of(body: Json, name: str) -> Json:
    """The object of that name; an empty one where it is not there."""
    options = body.get(name, {})
    if not isinstance(options, dict):
        raise refuse(name, OPTIONS, "Is not an object")
    return options


def check_options(body: Json, channel: Channel) -> None:
    """What stands beside the message: times to live, a category, and the channel's own."""
    check_seconds("ttl", body.get("ttl"), channel.ttl_s, PARAMETERS)
    if channel.options:
        options = options_of(body, channel.options)
        category = options.get("category")
        if category is not None and channel.categories and category not in channel.categories:
            reason = f"one of {', '.join(channel.categories)}"
            raise refuse(f"{channel.options}.category", OPTIONS, reason)
        check_seconds(f"{channel.options}.ttl", options.get("ttl"), channel.own_ttl_s, OPTIONS)
    for check in channel.checks:
        check(body)


def check_seconds(
    name: str, value: object, bounds: tuple[int, int] | None, kind: tuple[str, str]
) -> None:
    """A time to live; where the channel has none, it is not looked at."""
    if value is None or bounds is None:
        return
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise refuse(name, kind, f"{low} to {high} seconds")


def read_what(body: Json, channel: Channel) -> tuple[str, str]:
    """The message type, and what a person would read of the message."""
    kind = body.get("message_type")
    if kind == "text":
        return "text", _read_text(body.get("text"), channel)
    if kind == "image" and channel.pictures:
        return "image", _read_picture(body.get("image"), channel)
    if kind == "template" and channel.has_templates:
        return "template", _read_template(body.get("template"))
    reason = "Is not a type that this channel has here"
    raise refuse("message_type", ("Invalid message type", "1140"), reason)


def _read_text(value: object, channel: Channel) -> str:
    if not isinstance(value, str) or not value:
        raise refuse("text", PARAMETERS, "Is required")
    if len(value) > channel.longest_text:
        reason = f"length must be at most {channel.longest_text} characters"
        raise refuse("text", PARAMETERS, reason)
    return value


def _read_picture(value: object, channel: Channel) -> str:
    picture = value if isinstance(value, dict) else {}
    url = picture.get("url")
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise refuse("image.url", PARAMETERS, "Is required, and must be a URL")
    path = urlsplit(url).path.lower()
    if "." in path.rpartition("/")[2] and not path.endswith(channel.pictures):
        raise refuse("image.url", PARAMETERS, f"one of {', '.join(channel.pictures)}")
    caption = picture.get("caption", "")
    longest = channel.longest_caption
    if not isinstance(caption, str) or ("caption" in picture and not caption):
        raise refuse("image.caption", PARAMETERS, "Is not a text")
    if caption and (longest is None or len(caption) > longest):
        raise refuse("image.caption", PARAMETERS, f"at most {longest or 0} characters")
    return caption


def _read_template(value: object) -> str:
    template = value if isinstance(value, dict) else {}
    name, parameters = template.get("name"), template.get("parameters", [])
    if not isinstance(name, str) or not name:
        raise refuse("template.name", PARAMETERS, "Is required")
    if not isinstance(parameters, list) or not all(isinstance(p, str) for p in parameters):
        raise refuse("template.parameters", PARAMETERS, "Is not a list of texts")
    return " ".join([name, *parameters])
