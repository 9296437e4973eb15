"""What each channel takes, and what is said about the rest, before anything is sent."""

from dataclasses import replace

import pytest

from smsdesk.sms.channels import CHANNELS, find_channel, title_of
from smsdesk.sms.channels.checks import parse_sender, read_people
from smsdesk.sms.channels.content import (
    PLAIN,
    ApprovedTemplate,
    Content,
    read_content,
    write_content,
)
from smsdesk.sms.message import Draft, DraftLeg, Preview, check_draft
from smsdesk.sms.sender_id import SenderIdError

ANYBODY = "+447400123456"
PICTURE = "https://example.com/cat.jpg"
WHATSAPP = Draft("+447400000001", ANYBODY, "Hello", channel="whatsapp")
VIBER = replace(WHATSAPP, sender="16273", channel="viber_service")
MESSENGER = Draft("104", "5550123456789", "Hello", channel="messenger")
TEMPLATE = ApprovedTemplate("order_ready", "en_GB", ("Anna",))


def look(draft: Draft) -> Preview:
    return check_draft(draft, default_region="GB")


def found(draft: Draft) -> list[tuple[str, str, str]]:
    """Field, code and leg of everything that keeps a draft from being sent."""
    return [
        (one.field, str(one.code), one.leg)
        for one in look(draft).problems
        if not one.is_warning
    ]


@pytest.mark.parametrize(
    ("channel", "sender", "to"),
    [
        ("sms", "Acme", ANYBODY),
        ("mms", "+12015550123", "+12015550199"),
        ("rcs", "Acme_Agent-1", ANYBODY),
        ("whatsapp", "+447400000001", ANYBODY),
        ("viber_service", "16273", ANYBODY),
        ("messenger", "104", "5550123456789"),
    ],
)
def test_a_text_can_be_sent_on_every_channel(channel: str, sender: str, to: str) -> None:
    preview = look(Draft(sender, to, "Hello", channel=channel))

    assert preview.can_send, preview.problems
    (person,) = preview.people
    (leg,) = preview.legs_to(person)
    assert (leg.channel, leg.to, leg.sender) == (channel, to, sender)


def test_a_channel_that_nobody_knows_is_a_problem_and_no_error() -> None:
    assert found(Draft("a", ANYBODY, "x", channel="pigeon")) == [("channel", "unknown", "")]
    assert find_channel("pigeon") is None
    assert title_of("pigeon") == "pigeon"


@pytest.mark.parametrize(
    ("channel", "sender", "problem"),
    [
        ("whatsapp", "Acme", "needs_number"),
        ("mms", "60066", "needs_number"),
        ("whatsapp", "", "empty"),
        ("rcs", "two words", "bad_agent"),
        ("viber_service", "x" * 51, "bad_identity"),
        ("messenger", "two words", "bad_identity"),
        ("sms", "far too long a name", "bad_characters"),
    ],
)
def test_a_sender_must_be_what_the_channel_has(channel: str, sender: str, problem: str) -> None:
    with pytest.raises(SenderIdError) as caught:
        parse_sender(CHANNELS[channel], sender, default_region="GB")

    assert caught.value.problem == problem


def test_ids_are_read_one_by_one_and_never_as_numbers() -> None:
    typed = "5550123456789, 07400 123456; 5550123456789\nüser"
    entries = read_people(CHANNELS["messenger"], typed, default_region="GB")

    assert [one.identity for one in entries] == [
        *("5550123456789", None, "5550123456789", "üser"),
    ]
    assert [one.is_duplicate for one in entries] == [False, False, True, False]
    assert entries[1].problem == "bad_identity"
    assert {one.number for one in entries} == {None}


def test_sms_alone_counts_parts() -> None:
    text = "x" * 161
    sizes = {name: channel.measure(text) for name, channel in CHANNELS.items()}

    assert {name: size.parts for name, size in sizes.items()} == {
        **dict.fromkeys(CHANNELS, 1),
        "sms": 2,
    }
    assert sizes["messenger"].remaining == 640 - 161
    assert CHANNELS["whatsapp"].measure("🙂").remaining == 4095


@pytest.mark.parametrize("name", CHANNELS)
def test_the_longest_text_is_taken_and_one_more_is_not(name: str) -> None:
    most = CHANNELS[name].longest_text
    sender = "+447400000001" if name in ("whatsapp", "mms") else "16273"
    draft = Draft(sender, ANYBODY, "x" * most, channel=name)

    assert ("text", "over_limit", "") not in found(draft)
    assert found(draft) == []
    code = "too_long" if name == "sms" else "over_limit"
    assert found(replace(draft, text="x" * (most + 1))) == [("text", code, "")]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/cat.jpg", "not_https"),
        ("cat.jpg", "malformed"),
        ("https:///cat.jpg", "malformed"),
        ("https://exa mple.com/cat.jpg", "malformed"),
        ("https://[::1/cat.jpg", "malformed"),
        ("ftp://example.com/cat.jpg", "not_https"),
        ("https://anna:secret@example.com/cat.jpg", "has_password"),
        ("https://localhost/cat.jpg", "private_host"),
        ("https://127.0.0.1/cat.jpg", "private_host"),
        ("https://10.1.2.3/cat.jpg", "private_host"),
        ("https://192.168.0.4/cat.jpg", "private_host"),
        ("https://169.254.169.254/cat.jpg", "private_host"),
        ("https://[::1]/cat.jpg", "private_host"),
        ("https://[fe80::1]/cat.jpg", "private_host"),
        ("https://0x7f.1/cat.jpg", "private_host"),
        ("https://2130706433/cat.jpg", "private_host"),
        ("https://printer.local/cat.jpg", "private_host"),
        ("https://LOCALHOST./cat.jpg", "private_host"),
        ("https://example.com/cat.tiff", "wrong_type"),
        ("https://example.com/cat.gif", "wrong_type"),
        ("https://example.com/" + "x" * 2000, "too_long"),
    ],
)
def test_a_picture_that_vonage_could_not_fetch_is_refused(url: str, code: str) -> None:
    draft = replace(WHATSAPP, content=Content(image_url=url))

    assert found(draft) == [("image", code, "")]


def test_a_picture_needs_no_text_and_its_kind_need_not_be_seen() -> None:
    good = replace(WHATSAPP, text="", content=Content(image_url=PICTURE))
    unseen = replace(good, content=Content(image_url="https://example.com/media?id=1"))

    assert found(good) == []
    assert [(one.field, one.code, one.is_warning) for one in look(unseen).problems] == [
        ("image", "no_ending", True),
    ]
    assert found(replace(WHATSAPP, text="")) == [("text", "empty", "")]


@pytest.mark.parametrize(
    ("draft", "problem"),
    [
        (Draft("Acme", ANYBODY, "x", content=Content(image_url=PICTURE)), "not_possible"),
        (replace(MESSENGER, content=Content(image_url=PICTURE)), "no_caption"),
        (replace(VIBER, text="x" * 1001, content=Content(image_url=PICTURE)), "over_limit"),
        (
            replace(WHATSAPP, text="x" * 3001, content=Content(image_url=PICTURE)),
            "caption_too_long",
        ),
        (replace(VIBER, text="", content=Content(template=TEMPLATE)), "not_possible"),
        (replace(WHATSAPP, content=Content(template=TEMPLATE)), "has_template"),
        (
            replace(WHATSAPP, text="", content=Content(template=replace(TEMPLATE, name="Ö"))),
            "malformed",
        ),
        (
            replace(WHATSAPP, text="", content=Content(template=replace(TEMPLATE, locale=""))),
            "locale",
        ),
        (
            replace(WHATSAPP, text="", content=Content(template=replace(TEMPLATE, locale="E"))),
            "bad_locale",
        ),
        (replace(VIBER, content=Content(category="chat")), "unknown"),
        (replace(WHATSAPP, content=Content(category="promotion")), "not_possible"),
        (replace(VIBER, content=Content(ttl_s=29)), "too_short"),
        (replace(VIBER, content=Content(ttl_s=259_201)), "too_long"),
        (replace(WHATSAPP, content=Content(ttl_s=60)), "not_possible"),
        (replace(MESSENGER, content=Content(category="message_tag")), "empty"),
        (replace(MESSENGER, content=Content(tag="ACCOUNT_UPDATE")), "not_possible"),
        (
            replace(MESSENGER, content=Content(category="message_tag", tag="x y")),
            "malformed",
        ),
    ],
)
def test_what_a_channel_does_not_have_is_named(draft: Draft, problem: str) -> None:
    codes = [code for _field, code, _leg in found(draft)]

    assert problem in codes


@pytest.mark.parametrize("wrong", ["", "two\nlines", "five     blanks", "x" * 1025])
def test_what_fills_a_gap_must_be_what_whatsapp_takes(wrong: str) -> None:
    template = replace(TEMPLATE, parameters=("fine", wrong))
    draft = replace(WHATSAPP, text="", content=Content(template=template))

    ((field, code, _leg),) = found(draft)
    (problem,) = [one for one in look(draft).problems if one.field == "template"]
    assert (field, problem.value) == ("template", 2)
    assert code in ("empty_parameter", "bad_parameter")


# Several channels -----------------------------------------------------------------------


def test_legs_have_texts_and_senders_of_their_own() -> None:
    draft = replace(
        WHATSAPP,
        text="",
        content=Content(template=TEMPLATE),
        failover=(
            DraftLeg("viber_service", "16273", "Your order is ready."),
            DraftLeg("sms", "A1", "Order?"),
        ),
    )
    preview = look(draft)

    assert preview.can_send, preview.problems
    legs = preview.legs_to(preview.people[0])
    assert [(one.channel, one.sender, one.text) for one in legs] == [
        ("whatsapp", "+447400000001", ""),
        ("viber_service", "16273", "Your order is ready."),
        ("sms", "A1", "Order?"),
    ]
    assert {one.to for one in legs} == {ANYBODY}


def test_every_problem_of_a_leg_says_which_leg() -> None:
    legs = (DraftLeg("viber_service", ""), DraftLeg("sms", "Ö", ""), DraftLeg("sms", "A1"))
    draft = replace(WHATSAPP, failover=(*legs, DraftLeg("pigeon", "x"), DraftLeg("whatsapp")))

    assert found(draft) == [
        ("from", "empty", "viber_service"),
        ("from", "bad_characters", "sms"),
        ("text", "empty", "sms"),
        ("failover", "channel_twice", ""),
        ("failover", "unknown_channel", ""),
        ("failover", "channel_twice", ""),
    ]


def test_who_has_an_id_elsewhere_is_found_through_their_contact() -> None:
    draft = replace(WHATSAPP, failover=(DraftLeg("messenger", "104"),))
    known = check_draft(
        draft, default_region="GB", address_on=lambda address, channel: f"{channel}-id"
    )

    assert found(draft) == [("to", "no_address", "messenger")]
    assert known.can_send
    assert known.legs_to(known.people[0])[1].to == "messenger-id"


def test_the_ids_of_india_go_with_the_sms_behind_another_channel() -> None:
    draft = replace(
        WHATSAPP,
        recipients="+919876543210",
        entity_id="1201159100000001234",
        failover=(DraftLeg("sms", "ACMEIN"),),
    )
    preview = look(draft)

    assert preview.is_to_india
    assert preview.legs_to(preview.people[0])[1].entity_id == "1201159100000001234"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        Content(image_url=PICTURE, category="promotion", ttl_s=60),
        Content(template=TEMPLATE),
        Content(tag="X"),
    ],
)
def test_a_content_is_read_as_it_was_written(content: Content) -> None:
    stored = write_content(content)

    assert read_content(stored) == content
    assert (stored is None) == (content == PLAIN)
