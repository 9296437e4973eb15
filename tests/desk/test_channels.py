"""Which channels an account uses, whom they reach, and that with SMS alone nothing is seen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smsdesk.delivery.heard import Heard
from smsdesk.desk import wording, wording_channels
from smsdesk.desk.channels import SANDBOX_ORIGIN, throughput_of
from smsdesk.desk.contacts import ContactError
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_channels import SANDBOX_SENTENCE
from smsdesk.sms.channels import CHANNELS
from smsdesk.sms.channels.content import ApprovedTemplate, Content
from smsdesk.sms.channels.received import Received
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.message import Draft, DraftLeg, Problem
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.system.settings import API_URL, THROUGHPUT
from smsdesk.system.settings import CHANNELS as CHANNELS_SETTING
from tests.desk.office import Office
from tests.support import NOW, StoppedClock

ANNA, PAGE_ID, OURS = "+447400123456", "5550123456789", "+447400000001"
WHATSAPP = Draft(OURS, ANNA, "Hello", channel="whatsapp")
BOTH = replace(WHATSAPP, failover=(DraftLeg("sms", "Acme"),))
ALL = ("sms", "mms", "rcs", "whatsapp", "viber_service", "messenger")


@pytest.fixture
def everything(desk: Desk) -> Desk:
    desk.compose.channels.switch_on(ALL)
    return desk


def hear(office: Office, text: str, *, sender: str = ANNA, channel: str = "whatsapp") -> None:
    database = Database(office.paths.database)
    Heard(
        database=database,
        on_change=lambda _ids: None,
        on_list=lambda: None,
        clock=StoppedClock(),
    ).take(
        [
            InboundMessage(
                message_uuid=f"{sender}-{channel}-{text}",
                sender=sender,
                to=OURS if channel != "messenger" else "104",
                text=text,
                provider_time=NOW,
                source="webhook",
                raw=f"{sender}-{channel}-{text}",
                channel=channel,
                received=Received(profile="Anna"),
            )
        ]
    )
    database.close_thread()


def codes(desk: Desk, draft: Draft, *, warnings: bool = False) -> list[tuple[str, str]]:
    problems = desk.compose.preview(draft).problems
    return [(one.field, str(one.code)) for one in problems if one.is_warning == warnings]


# Switching on ---------------------------------------------------------------------------


def test_at_first_there_is_only_sms(desk: Desk) -> None:
    channels = desk.compose.channels

    assert channels.is_only_sms
    assert codes(desk, WHATSAPP) == [("channel", "off")]
    assert codes(desk, BOTH) == [("channel", "off")]


def test_channels_are_switched_on_and_offered_in_one_order(desk: Desk) -> None:
    channels = desk.compose.channels
    channels.switch_on(["viber_service", "sms", "sms"])

    assert [one.name for one in channels.on] == ["sms", "viber_service"]
    assert not channels.is_only_sms
    desk.settings.set(CHANNELS_SETTING, ["pigeon"])
    assert channels.is_only_sms
    for wrong in ([], ["sms", "pigeon"]):
        with pytest.raises(ValueError, match="channels"):
            channels.switch_on(wrong)


def test_the_sandbox_is_sent_to_once_a_second_and_says_so(desk: Desk) -> None:
    desk.settings.set(THROUGHPUT, 25.0)
    read = desk.sender._settings  # type: ignore[attr-defined]
    assert read().throughput_per_s == 25.0

    desk.settings.set(API_URL, SANDBOX_ORIGIN)

    assert read().throughput_per_s == throughput_of(desk.settings) == 1.0
    for word in ("one message a second", "100 a month", "pass phrase", "SMS does not exist"):
        assert word in SANDBOX_SENTENCE


def test_the_sandbox_has_channels_of_its_own(desk: Desk) -> None:
    desk.settings.set(API_URL, SANDBOX_ORIGIN)
    channels = desk.compose.channels

    assert channels.is_sandbox
    assert [one.name for one in channels.on] == ["whatsapp", "viber_service", "messenger"]
    assert codes(desk, Draft(OURS, ANNA, "Hello")) == [("channel", "not_in_sandbox")]
    template = Content(template=ApprovedTemplate("hello", "en"))
    approved = replace(WHATSAPP, text="", content=template)
    assert codes(desk, approved) == [("template", "not_in_sandbox")]
    channels.switch_on(["sms", "viber_service"])
    assert [one.name for one in channels.on] == ["viber_service"]


def test_a_choice_says_what_keeps_somebody_from_a_channel(everything: Desk) -> None:
    everything.compose.channels.remember("rcs", "Acme")
    by_number = everything.compose.choices(Draft("Acme", ANNA, "Hello"))
    by_id = everything.compose.choices(Draft("104", PAGE_ID, "Hello", channel="messenger"))

    assert [one.channel.name for one in by_number] == list(ALL)
    found = {one.channel.name: one.problem for one in by_number}
    assert found["sms"] is None
    assert found["rcs"] is None
    assert found["whatsapp"] == Problem("from", "", "empty", leg="whatsapp")
    possible = {one.channel.name for one in by_id if one.problem is None}
    assert possible == {"messenger"}
    (number,) = [one.problem for one in by_id if one.channel.name == "sms"]
    assert number == Problem("channel", PAGE_ID, "needs_number")


# The window in which they may be answered -----------------------------------------------


def test_the_window_is_open_for_a_day_after_they_wrote(
    office: Office, everything: Desk
) -> None:
    channels, clock = everything.compose.channels, office.clock
    assert isinstance(clock, StoppedClock)
    assert codes(everything, WHATSAPP, warnings=True) == [("to", "window_closed_whatsapp")]
    hear(office, "Hello?")

    window = channels.window(ANNA, "whatsapp")
    assert (window.is_open, window.open_until) == (True, NOW + timedelta(hours=24))
    assert codes(everything, WHATSAPP, warnings=True) == []
    assert not channels.window(ANNA, "messenger").is_open
    assert channels.window(ANNA, "sms").is_open

    clock.move(timedelta(hours=24))
    assert not channels.window(ANNA, "whatsapp").is_open
    template = Content(template=ApprovedTemplate("hello", "en"))
    assert codes(everything, replace(WHATSAPP, text="", content=template), warnings=True) == []


def test_a_window_is_told_in_words(office: Office, everything: Desk) -> None:
    channels = everything.compose.channels

    def told(after: timedelta) -> str:
        window = channels.window(ANNA, "whatsapp")
        return wording_channels.window_sentence(window, "whatsapp", now=NOW + after)

    works = "only a template works."
    assert told(timedelta()) == f"Closed, as they have not written here yet: {works}"
    hear(office, "Hello?")
    time = f"{(NOW + timedelta(hours=24)).astimezone():%H:%M}"
    assert told(timedelta(minutes=1)) == f"Free text until {time} tomorrow."
    assert told(timedelta(hours=23, minutes=59)) == f"Free text until {time} today."
    assert isinstance(office.clock, StoppedClock)
    office.clock.move(timedelta(hours=24))
    why = "Closed, as their last message is older than 24 hours"
    assert told(timedelta(hours=24)) == f"{why}: {works}"
    sms = channels.window(ANNA, "sms")
    assert wording_channels.window_sentence(sms, "sms", now=NOW) == ""


# Sending, and keeping the draft ---------------------------------------------------------


def test_what_is_sent_by_several_channels_is_one_message(everything: Desk) -> None:
    result = everything.compose.send(BOTH)

    (message,) = result.messages
    assert (message.channel, message.legs, message.state) == ("whatsapp", 2, State.QUEUED)
    legs = everything.history.legs(message)
    assert [news.leg.channel for news in legs] == ["whatsapp", "sms"]
    assert wording_channels.leg_sentence(legs[1]) == "SMS: not tried"
    assert wording_channels.arrived_sentence(legs) == ""
    again = everything.compose.channels.with_senders(Draft(channel="whatsapp"))
    assert again.sender == OURS


def test_sending_again_goes_the_same_ways(office: Office, everything: Desk) -> None:
    (message,) = everything.compose.send(BOTH).messages
    log = office.log()
    claim = log.claim(message.id, at=office.clock.now())
    assert claim is not None
    log.finish(claim, State.ACCEPTED, message_uuid="a" * 8, at=office.clock.now())
    log.database.close_thread()

    again = everything.history.send_again(message.id)

    legs = everything.history.legs(again)
    assert [news.leg for news in legs] == [
        news.leg for news in everything.history.legs(message)
    ]


def test_a_draft_keeps_its_channels(everything: Desk) -> None:
    content = Content(image_url="https://example.com/cat.jpg", category="promotion")
    draft = replace(
        BOTH, channel="viber_service", sender="16273", content=content, failover=BOTH.failover
    )
    everything.compose.save_draft(draft)

    assert everything.compose.load_draft() == draft


def test_a_template_keeps_how_it_goes_out(everything: Desk) -> None:
    kept = everything.templates.save(None, name="Ready", text="Your order is ready.", ways=BOTH)
    plain = everything.templates.save(None, name="Plain", text="Hello")

    found = {one.name: one for one in everything.templates.all()}
    assert found["Ready"] == kept
    assert (kept.ways.channel, kept.ways.failover) == ("whatsapp", BOTH.failover)
    assert (kept.ways.recipients, kept.ways.text) == ("", "")
    assert found["Plain"].ways == plain.ways == Draft()
    changed = everything.templates.save(kept, name="Ready", text="Your order is ready.")
    assert everything.templates.all().count(changed) == 1


def test_who_has_opted_out_of_the_sms_behind_it_is_refused(everything: Desk) -> None:
    everything.opt_outs.add(ANNA, sender="Acme", why="asked", default_region=None)

    assert codes(everything, WHATSAPP) == []
    assert codes(everything, BOTH) == [("to", "opted_out")]


def test_only_what_is_sold_like_an_sms_has_a_price(everything: Desk) -> None:
    sms = everything.prices.estimate(everything.compose.preview(Draft("Acme", ANNA, "Hi")))
    other = everything.prices.estimate(everything.compose.preview(WHATSAPP))

    assert len(sms.countries) == 1
    assert other.countries == ()
    assert wording.estimate_sentence(other) == ""


def test_a_text_is_measured_in_the_words_of_its_channel(everything: Desk) -> None:
    def told(draft: Draft) -> str:
        return wording.length_sentence(everything.compose.preview(draft))

    assert told(WHATSAPP) == "4,091 characters left"
    assert told(replace(WHATSAPP, text="x" * 4097)) == "1 character too long"
    assert told(Draft("Acme", ANNA, "Hello")) == "1 part · 155 characters left · GSM-7"


# Conversations --------------------------------------------------------------------------


def test_channels_are_looked_at_together_or_each_by_itself(
    office: Office, everything: Desk
) -> None:
    hear(office, "by SMS", channel="sms")
    hear(office, "on WhatsApp")

    both = everything.conversations.load(ANNA)
    sms = everything.conversations.load(ANNA, channel="sms")

    assert [one.text for one in both.messages] == ["by SMS", "on WhatsApp"]
    assert (both.reply_channel, both.reply_from, both.window.is_open) == (
        "whatsapp",
        OURS,
        True,
    )
    assert [one.text for one in sms.messages] == ["by SMS"]
    assert sms.reply_channel == "sms"


def test_an_id_is_joined_to_a_contact(office: Office, everything: Desk) -> None:
    contacts, talks = everything.contacts, everything.conversations
    anna = contacts.save(None, name="Anna", number=ANNA, default_region=None)
    hear(office, "by SMS", channel="sms")
    hear(office, "on Messenger", sender=PAGE_ID, channel="messenger")
    assert [one.text for one in talks.load(ANNA).messages] == ["by SMS"]

    talks.join(anna.id, "messenger", PAGE_ID)

    joined = talks.load(ANNA)
    assert [one.text for one in joined.messages] == ["by SMS", "on Messenger"]
    assert (joined.reply_channel, joined.reply_to) == ("messenger", PAGE_ID)
    assert joined.can_answer
    assert joined.addresses == (ANNA, PAGE_ID)
    assert talks.unread_of(ANNA) == 2
    talks.mark_read(PAGE_ID)
    assert talks.unread_of(ANNA) == 0
    assert contacts.names_of([PAGE_ID])[PAGE_ID] == "Anna"
    reached = replace(WHATSAPP, failover=(DraftLeg("messenger", "104"),))
    assert codes(everything, reached) == []
    talks.part("messenger", PAGE_ID)
    assert codes(everything, reached) == [("to", "no_address")]


@pytest.mark.parametrize(
    ("channel", "address", "code"),
    [("sms", ANNA, "no_such_channel"), ("messenger", "two words", "malformed")],
)
def test_only_an_id_can_be_joined(
    everything: Desk, channel: str, address: str, code: str
) -> None:
    anna = everything.contacts.save(None, name="Anna", number=ANNA, default_region=None)

    with pytest.raises(ContactError) as caught:
        everything.conversations.join(anna.id, channel, address)

    assert caught.value.code == code


def test_every_channel_has_a_title() -> None:
    assert {channel.title for channel in CHANNELS.values()} == {
        *("SMS", "MMS", "RCS", "WhatsApp", "Viber", "Messenger"),
    }
