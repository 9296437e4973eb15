"""Sentences about channels: their lengths, their windows, what came in on them, which of several
has arrived; and what is wrong with a draft for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.desk.wording_tables import N_
from smsdesk.sms.channels import find_channel, title_of
from smsdesk.sms.channels.content import PLAIN
from smsdesk.sms.failure import ERROR_CODES
from smsdesk.sms.message import normalise_text
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped, ngettext

if TYPE_CHECKING:
    from smsdesk.desk.channels import Choice, ReplyWindow
    from smsdesk.sms.channels import Channel
    from smsdesk.sms.channels.content import Content
    from smsdesk.sms.channels.received import Attachment, Person, Received
    from smsdesk.sms.failure import FailureReason
    from smsdesk.sms.message import Preview
    from smsdesk.store.legs import LegNews

CHANNEL_PROBLEMS: Mapping[tuple[str, str], str] = {
    ("channel", "unknown"): N_("“{input}” is no channel."),
    ("channel", "off"): N_("{input} is not switched on for this account. Do so in Settings."),
    ("channel", "not_in_sandbox"): N_(
        "Vonage's sandbox has no {input}. Choose WhatsApp, Viber or Messenger."
    ),
    ("channel", "needs_identity"): N_("“{input}” is not an ID of this channel."),
    ("channel", "needs_number"): N_("“{input}” is not a phone number."),
    ("channel", "not_for_lists"): N_(
        "{input} names people by IDs, so that a list of numbers cannot go out on it."
    ),
    ("from", "needs_number"): N_(
        "Here the sender must be a full number of yours, with its country code."
    ),
    ("from", "bad_identity"): N_(
        "The sender must be the ID that the channel has given you, without spaces."
    ),
    ("from", "bad_agent"): N_(
        "The sender must be the name that you registered for RCS: letters, digits, “-”, “_” and "
        "“&”, without spaces."
    ),
    ("to", "bad_identity"): N_("“{input}” is not an ID: it has 1 to 50 characters, no spaces."),
    ("to", "no_address"): N_(
        "It is not known how “{input}” is reached there. Join an address of that channel to the "
        "contact, or leave the channel out."
    ),
    ("to", "window_closed_whatsapp"): N_(
        "“{input}” has not written on WhatsApp within 24 hours, as far as is known here. WhatsApp "
        "then takes only an approved template."
    ),
    ("to", "window_closed_messenger"): N_(
        "“{input}” has not written on Messenger within 24 hours, as far as is known here. "
        "Messenger then takes only messages with a tag."
    ),
    ("text", "over_limit"): N_(
        "{input} takes at most {value} characters. Shorten the message."
    ),
    ("text", "no_caption"): N_(
        "{input} has no place for words below a picture. Send them as a message of their own."
    ),
    ("text", "caption_too_long"): N_(
        "The words below the picture are too long: {value} characters. Shorten them."
    ),
    ("text", "has_template"): N_(
        "A template has a text of its own. Remove the message, or the template."
    ),
    ("image", "not_possible"): N_("{input} carries no pictures."),
    ("image", "has_template"): N_("A template and a picture cannot go together."),
    ("image", "malformed"): N_("“{input}” is not a web address."),
    ("image", "not_https"): N_(
        "The picture's address must begin with https:// so that Vonage can fetch it safely."
    ),
    ("image", "has_password"): N_(
        "There is a name or a password in the picture's address; anybody could read it."
    ),
    ("image", "private_host"): N_(
        "Vonage cannot reach “{input}”: it is an address within a network of your own."
    ),
    ("image", "too_long"): N_("The picture's address is longer than 2,000 characters."),
    ("image", "wrong_type"): N_("Pictures of the kind “{input}” are not taken here."),
    ("image", "no_ending"): N_(
        "It cannot be seen from “{input}” whether it is a picture. It can be sent all the same."
    ),
    ("template", "not_possible"): N_("{input} has no templates."),
    ("template", "not_in_sandbox"): N_("Vonage's sandbox takes no templates."),
    ("template", "empty"): N_("Name the template."),
    ("template", "malformed"): N_(
        "“{input}” is not the name of a template: small letters, digits and “_”, perhaps behind "
        "a namespace and a colon."
    ),
    ("template", "locale"): N_("Say in which language the template is wanted, such as en_GB."),
    ("template", "bad_locale"): N_(
        "“{input}” is not a language of a template. Write it as en or en_GB."
    ),
    ("template", "many_parameters"): N_("A template has at most {value} gaps."),
    ("template", "empty_parameter"): N_("Gap {value} of the template is empty."),
    ("template", "bad_parameter"): N_(
        "What goes into gap {value} is too long, or has line breaks or many spaces in a row."
    ),
    ("category", "not_possible"): N_("This channel has no categories."),
    ("category", "unknown"): N_("“{input}” is not a category of this channel."),
    ("tag", "not_possible"): N_("A tag goes only with the Messenger category message_tag."),
    ("tag", "empty"): N_("The category message_tag needs a tag."),
    ("tag", "malformed"): N_("“{input}” is not a tag: it has capital letters and “_” only."),
    ("ttl", "not_possible"): N_("{input} keeps messages as long as it likes."),
    ("ttl", "too_short"): N_("{input} keeps a message for at least {value} seconds."),
    ("ttl", "too_long"): N_("{input} keeps a message for at most {value} seconds."),
    ("failover", "unknown_channel"): N_("“{input}” is no channel."),
    ("failover", "channel_twice"): N_("A channel can be tried only once."),
    ("failover", "too_many"): N_("At most {value} channels can be tried in turn."),
}

_LONGEST_QUOTE = 60


# Before sending -------------------------------------------------------------------------


def characters_sentence(preview: Preview) -> str:
    """How long a text is where it is not divided into parts."""
    return length_of(preview.text, preview.channel, preview.content).sentence


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is, in words, and whether that is too long."""

    sentence: str
    is_over: bool = False


def length_of(text: str, channel: Channel, content: Content = PLAIN) -> Length:
    """What may still be written on a channel that has no parts. Below a picture it is less, and
    beside a template there is no text."""
    if content.template is not None:
        return Length(_("The template has its own text"))
    most = channel.longest_with(content)
    over = len(normalise_text(text)) - most
    if over > 0:
        told = ngettext("1 character too long", "{count} characters too long", over)
    else:
        told = ngettext("1 character left", "{count} characters left", -over)
    return Length(told.replace("{count}", grouped(abs(over))), is_over=over > 0)


def next_lengths(text: str, channels: Iterable[Channel]) -> Length:
    """What is to be known of the length on channels that are tried after the first: the parts
    where there are any, and what is too long."""
    told, is_over = [], False
    for channel in channels:
        length = length_of(text, channel)
        is_over = is_over or length.is_over
        parts = channel.measure(normalise_text(text)).parts
        if length.is_over:
            told.append(f"{channel.title}: {length.sentence}")
        elif channel.has_parts:
            count = ngettext("1 part", "{count} parts", parts).replace("{count}", str(parts))
            told.append(f"{channel.title}: {count}")
    return Length(" · ".join(told), is_over)


def obstacle_sentence(choice: Choice, *, is_next: bool = False) -> str:
    """What keeps these recipients from a channel; "" for nothing. A sender that is missing can
    still be typed, but only for the channel that is tried first."""
    problem = choice.problem
    if problem is None:
        return ""
    if (problem.field, problem.code) == ("from", "empty"):
        return _("its sender is not set; see Settings, Channels") if is_next else ""
    told = CHANNEL_PROBLEMS.get((problem.field, str(problem.code)))
    if told is None:
        return _("its sender is not right; see Settings, Channels")
    return _(told).replace("{input}", problem.input)


def order_sentence(channels: Iterable[str]) -> str:
    """Which channels are tried, in their order."""
    return _(", then ").join(title_of(name) for name in channels)


def window_sentence(window: ReplyWindow, channel: str, *, now: datetime) -> str:
    """Until when a person may be written to freely on a channel; "" where always."""
    if window.open_until is None and window.is_open:
        return ""
    if window.open_until is not None and window.is_open:
        until = window.open_until.astimezone()
        is_today = until.date() == now.astimezone().date()
        told = _("Free text until {time} today.") if is_today else _(
            "Free text until {time} tomorrow."
        )  # fmt: skip
        return told.replace("{time}", f"{until:%H:%M}")
    known = find_channel(channel)
    works = (
        _("only a template works.")
        if known is not None and known.has_templates
        else _("only a message with a tag works.")
    )
    why = (
        _("Closed, as they have not written here yet: {works}")
        if window.open_until is None
        else _("Closed, as their last message is older than 24 hours: {works}")
    )
    return why.replace("{works}", works)


def off_sentence(channel: str) -> str:
    """Why what came on a channel cannot be answered there."""
    told = _("{channel} is not switched on for this account, so it cannot be answered here.")
    return told.replace("{channel}", title_of(channel))


def not_again_sentence(channel: str) -> str:
    """Why what went out on a channel cannot be sent again there."""
    told = _(CHANNEL_PROBLEMS["channel", "off"])
    return told.replace("{input}", title_of(channel))


SANDBOX_SENTENCE = N_(
    "This account uses Vonage's sandbox: one message a second and 100 a month, on WhatsApp, Viber "
    "and Messenger, and only to people who have joined it by sending its pass phrase. SMS does not "
    "exist there."
)


# What a message is ----------------------------------------------------------------------


def content_text(content: Content, text: str) -> str:
    """An outbound message in words: its text, or what it is instead."""
    if content.template is not None:
        template = content.template
        told = _("Template “{name}” ({locale})").replace("{name}", template.name)
        told = told.replace("{locale}", template.locale)
        return f"{told}: {' · '.join(template.parameters)}" if template.parameters else told
    if content.image_url:
        picture = _("Picture {url}").replace("{url}", content.image_url)
        return f"{picture}\n{text}" if text else picture
    return text


def received_text(received: Received, text: str) -> str:
    """An inbound message in words: what it is, and below it what was written."""
    told = _what(received)
    return "\n".join(part for part in (told, text) if part)


def _what(received: Received) -> str:
    if received.attachments:
        return "\n".join(attachment_sentence(one) for one in received.attachments)
    match received.kind:
        case "location":
            where = f"{received.latitude}, {received.longitude}"
            where = f"{received.place} ({where})" if received.place else where
            return _("Location: {where}").replace("{where}", where)
        case "contacts":
            return "\n".join(person_sentence(one) for one in received.people)
        case "reply" | "button":
            return ""
        case "order":
            return ngettext(
                "An order of 1 item", "An order of {count} items", received.items
            ).replace("{count}", str(received.items))
        case "reaction" if received.emoji:
            return _("Reacted with {emoji}").replace("{emoji}", received.emoji)
        case "reaction":
            return _("Took a reaction back")
        case "text":
            return ""
        case "unsupported":
            note = f" ({received.note})" if received.note else ""
            return _("Something that this channel cannot pass on") + note
        case "not_told":
            return _("Something other than a text; Vonage's report does not say what")
        case other:
            return _("Something that cannot be shown here ({kind})").replace("{kind}", other)


def quote_sentence(text: str) -> str:
    """Which message an inbound one answers; "" for one that is not known here any more."""
    if not text:
        return _("In reply to an earlier message:")
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE].rstrip() + "…"
    return _("In reply to “{text}”:").replace("{text}", line)


def profile_sentence(profile: str) -> str:
    """The name that somebody goes by on a channel, which nobody has checked."""
    return _("Calls themselves “{name}” there").replace("{name}", profile)


def attachment_sentence(attachment: Attachment) -> str:
    """One thing that came along, by its kind and its name; its address is shown elsewhere."""
    word = _(_ATTACHMENTS.get(attachment.kind, N_("File")))
    return f"{word}: {attachment.name}" if attachment.name else word


_ATTACHMENTS: Mapping[str, str] = {
    "image": N_("Picture"),
    "audio": N_("Sound"),
    "video": N_("Video"),
    "file": N_("File"),
    "vcard": N_("Contact card"),
    "sticker": N_("Sticker"),
}


def person_sentence(person: Person) -> str:
    """Somebody's card on one line."""
    ways = ", ".join((*person.phones, *person.emails))
    told = f"{person.name}, {ways}" if person.name and ways else person.name or ways
    return _("Contact: {who}").replace("{who}", told)


# What became of it ----------------------------------------------------------------------


def leg_sentence(news: LegNews) -> str:
    """What became of one of several channels."""
    return f"{title_of(news.leg.channel)}: {_(_LEG_WORDS[news.state])}"


def refusal_sentence(failure: FailureReason) -> str:
    """Why one channel has refused a message, with Vonage's number for it."""
    known = ERROR_CODES.get(failure.code)
    told = failure.title if known is None else _(known.meaning)
    return f"{told} ({failure.code})" if told else failure.code


def arrived_sentence(legs: Iterable[LegNews]) -> str:
    """By which channel a message has arrived; "" as long as it has by none."""
    for news in legs:
        if news.has_arrived:
            return _("Arrived by {channel}").replace("{channel}", title_of(news.leg.channel))
    return ""


_LEG_WORDS: Mapping[State | None, str] = {
    None: N_("not tried"),
    State.ACCEPTED: N_("Vonage has it"),
    State.SUBMITTED: N_("passed on"),
    State.DELIVERED: N_("delivered"),
    State.READ: N_("read"),
    State.REJECTED: N_("refused"),
    State.UNDELIVERABLE: N_("not delivered"),
}
