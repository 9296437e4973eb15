"""The other channels from the command line, on the built-in simulator."""

import json

import pytest

from tests.journeys.program import Program

ANYBODY = "+447400123456"
NOT_A_USER, READS, CLOSED = "+447700900131", "+447700900130", "+447700900133"
PICTURE = "https://example.com/cat.jpg"
ALL = "sms,mms,rcs,whatsapp,viber_service,messenger"
UNTIL = ("--until", "delivered", "--json")


@pytest.fixture
def channels(demo: Program) -> Program:
    """The demo with every channel switched on."""
    demo.run("configure", "--channels", ALL)
    return demo


def test_with_sms_alone_there_is_nothing_else(demo: Program) -> None:
    refused = demo.run(
        *("send", "--channel", "viber_service", "--from", "ACME"),
        *("--to", ANYBODY, "--text", "hi", "--json"),
    )

    assert refused.code == 2
    (problem,) = refused.json["problems"]
    assert problem["field"] == "channel"
    assert problem["problem"] == (
        "Viber is not switched on for this account. Do so in Settings."
    )


@pytest.mark.parametrize(
    ("channel", "sender", "to"),
    [
        ("mms", "+12015550123", "+12015550199"),
        ("rcs", "Acme", ANYBODY),
        ("whatsapp", "+447700900001", ANYBODY),
        ("viber_service", "16273", ANYBODY),
        ("messenger", "104", "5550123456789"),
    ],
)
def test_a_text_goes_out_on_every_channel(
    channels: Program, channel: str, sender: str, to: str
) -> None:
    sent = channels.run(
        *("send", "--channel", channel, "--from", sender, "--to", to, "--text", "hi", *UNTIL)
    )

    assert (sent.code, sent.states) == (0, ["delivered"])
    (message,) = sent.json["messages"]
    assert (message["channel"], message["to"], message["from"]) == (channel, to, sender)
    assert "legs" not in message


def test_a_picture_goes_with_its_caption(channels: Program) -> None:
    sent = channels.run(
        *("send", "--channel", "mms", "--from", "+12015550123", "--to", "+12015550199"),
        *("--image", PICTURE, "--caption", "Our cat", *UNTIL),
    )

    (message,) = sent.json["messages"]
    assert (sent.code, message["state"], message["text"]) == (0, "delivered", "Our cat")
    assert message["content"]["image_url"] == PICTURE


def test_a_template_reaches_somebody_who_has_not_written(channels: Program) -> None:
    whatsapp = ("send", "--channel", "whatsapp", "--from", "+447700900001", "--to", CLOSED)
    free = channels.run(*whatsapp, "--text", "hi", *UNTIL)
    approved = channels.run(
        *whatsapp,
        *("--template", "order_ready", "--template-locale", "en_GB"),
        *("--template-parameter", "Anna", "--template-parameter", "7", *UNTIL),
    )
    history = channels.run("history")

    (message,) = free.json["messages"]
    assert (free.code, message["failure"]["code"]) == (1, "1340")
    assert any("has not written on WhatsApp" in one["problem"] for one in free.json["problems"])
    assert (approved.code, approved.states) == (0, ["delivered"])
    assert not any("WhatsApp" in one["problem"] for one in approved.json["problems"])
    assert "Template “order_ready” (en_GB): Anna · 7" in history.out


def test_what_whatsapp_refuses_an_sms_brings(channels: Program) -> None:
    sent = channels.run(
        *("send", "--channel", "whatsapp", "--from", "+447700900001", "--to", NOT_A_USER),
        *("--failover", "viber_service:16273", "--failover", "sms:Acme", "--text", "hi"),
        *UNTIL,
    )

    (message,) = sent.json["messages"]
    assert (sent.code, message["state"], message["attempts"]) == (0, "delivered", 1)
    assert message["failure"] is None
    assert [(leg["channel"], leg["state"], leg["failure_code"]) for leg in message["legs"]] == [
        ("whatsapp", "rejected", "1300"),
        ("viber_service", "rejected", "1300"),
        ("sms", "delivered", None),
    ]
    assert message["workflow_id"]
    assert len({leg["message_uuid"] for leg in message["legs"]}) == 3
    told = channels.run("history", "--id", message["id"])
    assert "WhatsApp: refused\n  Viber: refused\n  SMS: delivered" in told.out
    assert len(channels.run("history", "--format", "json").json) == 1


def test_what_has_arrived_is_not_tried_on_the_next_channel(channels: Program) -> None:
    sent = channels.run(
        *("send", "--channel", "viber_service", "--from", "16273", "--to", READS),
        *("--failover", "sms:Acme", "--text", "hi", *UNTIL),
    )

    (message,) = sent.json["messages"]
    assert [leg["state"] for leg in message["legs"]][1:] == [None]
    assert message["state"] in ("delivered", "read")


def test_every_leg_is_checked_and_named(channels: Program) -> None:
    refused = channels.run(
        *("send", "--channel", "whatsapp", "--from", "+447700900001", "--to", ANYBODY),
        *("--text", "x" * 1001, "--failover", "viber_service:16273", "--json"),
        *("--failover", "messenger:104", "--failover", "pigeon"),
    )

    assert refused.code == 2
    told = {(one.get("channel"), one["field"]) for one in refused.json["problems"]}
    assert told >= {
        ("viber_service", "text"),
        ("messenger", "text"),
        ("messenger", "to"),
        (None, "failover"),
    }


def test_a_dry_run_says_in_which_order_it_is_tried(channels: Program) -> None:
    told = channels.run(
        *("send", "--channel", "whatsapp", "--from", "+447700900001", "--to", ANYBODY),
        *("--text", "hi", "--failover", "sms:Acme", "--dry-run", "--wait", "0"),
    )

    assert told.code == 0
    assert f"{ANYBODY}  4,094 characters left" in told.out
    assert "WhatsApp, then SMS" in told.out


def test_the_sender_of_a_channel_is_remembered(channels: Program) -> None:
    viber = ("send", "--channel", "viber_service", "--to", ANYBODY, "--text", "hi", "--json")
    channels.run(*viber, "--from", "16273")

    again = channels.run(*viber)

    (message,) = again.json["messages"]
    assert message["from"] == "16273"


def test_a_text_is_measured_as_its_channel_does(demo: Program) -> None:
    sms = demo.run("check", "--to", ANYBODY, "--text", "x" * 161, "--json").json
    viber = demo.run("check", "--channel", "viber_service", "--text", "x" * 161, "--json").json
    told = demo.run("check", "--channel", "messenger", "--to", "555", "--text", "hi").out

    assert (sms["parts"], "channel" in sms) == (2, False)
    assert (viber["channel"], viber["characters"], viber["remaining"]) == (
        "viber_service",
        161,
        839,
    )
    assert "Messenger" in told
    assert "2 (638 left)" in told


def test_the_demo_has_no_account_to_configure(demo: Program) -> None:
    refused = demo.run("configure", "--channels", "sms", "--from", "+447700900000")
    unknown = demo.run("configure", "--channels", "sms,pigeon")
    on = demo.run("configure", "--channels", "sms,rcs")

    assert (refused.code, unknown.code, on.code) == (2, 2, 0)
    assert "Channels in use: SMS, RCS" in on.out


def test_a_batch_goes_out_on_a_channel_too(channels: Program) -> None:
    people = channels.home / "people.csv"
    people.write_text(f"name,phone\nAnna,{ANYBODY}\nBob,{NOT_A_USER}\n", encoding="utf-8")

    sent = channels.run(
        *("batch", str(people), "--text", "Hi {name}", "--channel", "viber_service"),
        *("--from", "16273", "--failover", "sms:Acme", "--json"),
    )
    channels.run("send", "--resume", "--until", "delivered")

    assert sent.code == 0, sent.err
    found = channels.run("history", "--format", "json").json
    assert {one["to"]: [leg["state"] for leg in one["legs"]] for one in found} == {
        ANYBODY: ["delivered", None],
        NOT_A_USER: ["rejected", "delivered"],
    }
    assert [leg["text"] for one in found for leg in one["legs"]] == [
        *("Hi Bob", "Hi Bob", "Hi Anna", "Hi Anna"),
    ]
    assert json.dumps(found)
