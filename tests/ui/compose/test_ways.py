"""How a message goes out is chosen in the pane; with SMS alone there is nothing to choose."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.channels.content import ApprovedTemplate, Content
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.plain import one_line

ANNA, PAGE_ID, OURS = "+447400123456", "5550123456789", "+447400000001"
ALL = ("sms", "mms", "rcs", "whatsapp", "viber_service", "messenger")
WHATSAPP = Draft(OURS, ANNA, "Hello", channel="whatsapp")
TEMPLATE = Content(template=ApprovedTemplate("order_ready", "en_GB", ("Anna", "7")))


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> ComposePane:
    channels = desk.compose.channels
    channels.switch_on(ALL)
    channels.remember("whatsapp", OURS)
    channels.remember("viber_service", "16273")
    pane = ComposePane(
        desk.compose,
        contacts=desk.contacts,
        templates=desk.templates,
        prices=desk.prices,
        worker=worker,
    )
    qtbot.addWidget(pane)
    pane.resize(520, 700)
    pane.show_draft(Draft(sender="ACME"))
    pane.show()
    return pane


def choices(pane: ComposePane) -> dict[str, bool]:
    """What the list of channels says, and whether it can be chosen."""
    field = pane.ways.channel_field
    field.look_again()
    flags = [field.model().flags(field.model().index(row, 0)) for row in range(field.count())]
    return {
        field.itemText(row): bool(flags[row] & Qt.ItemFlag.ItemIsEnabled)
        for row in range(field.count())
    }


def choose(pane: ComposePane, title: str) -> None:
    field = pane.ways.channel_field
    field.setFocus()
    row = list(choices(pane)).index(title)
    field.setCurrentIndex(row)
    field.activated.emit(row)


def told(pane: ComposePane, name: str) -> str:
    label = pane.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisible() else ""


def shown_fields(pane: ComposePane) -> set[str]:
    return {
        part.objectName().removeprefix("compose.")
        for part in pane.ways.content.findChildren(QWidget)
        if part.isVisible() and part.focusPolicy() & Qt.FocusPolicy.TabFocus
    } - {""}


def test_on_messenger_somebody_is_offered_by_the_name_of_their_contact(
    pane: ComposePane, desk: Desk
) -> None:
    anna = desk.contacts.save(None, name="Anna", number=ANNA, note="", default_region="GB")
    desk.contacts.save(None, name="Anna Too", number="+447400123457", default_region="GB")
    desk.conversations.join(anna.id, "messenger", PAGE_ID)
    choose(pane, "Messenger")
    pane.recipients.setFocus()

    QTest.keyClicks(pane.recipients.line, "ann")
    completer = pane.recipients.completer
    model = completer.model()
    offered = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert offered == [f"{one_line('Anna')}, {PAGE_ID}"]
    QTest.keyClick(pane.recipients.line, Qt.Key.Key_Down)
    QTest.keyClick(pane.recipients.line, Qt.Key.Key_Return)

    assert pane.draft().recipients == PAGE_ID
    QTest.keyClicks(pane.recipients.line, "ann")
    assert not completer.isVisible(), "nobody is offered twice"


def test_with_sms_alone_nothing_of_channels_is_there(window: MainWindow) -> None:
    shown = {
        part.objectName() for part in window.compose.findChildren(QWidget) if part.isVisible()
    }

    assert not shown & {
        "compose.ways",
        "compose.channel",
        "compose.failover",
        "compose.more",
        "compose.window",
        "compose.image",
    }
    assert not window.compose.ways.title.isVisible()
    assert told(window.compose, "compose.meter") == "0 parts · 160 characters left · GSM-7"


def test_channels_appear_when_they_are_switched_on(window: MainWindow, desk: Desk) -> None:
    desk.compose.channels.switch_on(["sms", "viber_service"])
    window.compose.show_settings()

    assert window.compose.ways.channel_field.isVisible()
    assert list(choices(window.compose)) == ["SMS", "Viber"]

    desk.compose.channels.switch_on(["sms"])
    window.compose.show_settings()

    assert not window.compose.ways.channel_field.isVisible()


def test_a_channel_that_does_not_reach_somebody_is_greyed_and_says_why(
    pane: ComposePane,
) -> None:
    pane.recipients.add(ANNA)

    assert choices(pane) == {
        "SMS": True,
        "MMS": True,
        "RCS": True,
        "WhatsApp": True,
        "Viber": True,
        f"Messenger: \u2068“{ANNA}” is not an ID of this channel.\u2069": False,
    }


def test_from_is_what_was_last_used_on_the_channel(pane: ComposePane) -> None:
    pane.recipients.add(ANNA)

    choose(pane, "WhatsApp")
    assert pane.draft() == Draft(OURS, ANNA, "", channel="whatsapp")

    pane.sender_field.set_text("+447400000002")
    choose(pane, "SMS")
    assert pane.draft() == Draft("ACME", ANNA, "")

    choose(pane, "WhatsApp")
    assert pane.draft().sender == "+447400000002"


def test_to_follows_the_id_that_is_joined_to_the_contact(pane: ComposePane, desk: Desk) -> None:
    contact = desk.contacts.save(None, name="Anna", number=ANNA, note="", default_region="GB")
    desk.conversations.join(contact.id, "messenger", PAGE_ID)
    pane.recipients.add(ANNA)

    choose(pane, "Messenger")
    assert pane.draft().recipients == PAGE_ID

    choose(pane, "SMS")
    assert pane.draft().recipients == ANNA


def test_the_meter_counts_characters_where_there_are_no_parts(pane: ComposePane) -> None:
    choose(pane, "Viber")
    pane.text.set_text("Hello ’")
    assert told(pane, "compose.meter") == "993 characters left"
    assert not pane.meter.foreign, "nothing is divided, so nothing has to be spared"

    pane.text.set_text("x" * 1002)
    assert told(pane, "compose.meter") == "2 characters too long"

    pane.show_draft(Draft(OURS, ANNA, "Hi", channel="whatsapp", failover=(DraftLeg("sms"),)))
    assert told(pane, "compose.meter") == "4,094 characters left · SMS: 1 part"

    pane.show_draft(Draft("ACME", ANNA, "x" * 1001, failover=(DraftLeg("viber_service"),)))
    assert told(pane, "compose.meter") == (
        "7 parts · 70 characters left · GSM-7 · Viber: 1 character too long"
    )


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("SMS", {"ttl"}),
        ("MMS", {"image", "ttl"}),
        (
            "WhatsApp",
            {"image", "template_name", "template_locale", "template_parameters"},
        ),
        ("Viber", {"image", "category", "ttl"}),
        ("Messenger", {"image", "category"}),
    ],
)
def test_a_channel_has_its_own_fields_and_no_others(
    pane: ComposePane, title: str, fields: set[str]
) -> None:
    choose(pane, title)
    assert shown_fields(pane) == set()

    pane.ways.more_button.click()

    assert shown_fields(pane) == fields


def test_a_tag_is_asked_for_where_the_category_needs_one(pane: ComposePane) -> None:
    choose(pane, "Messenger")
    pane.ways.more_button.click()
    fields = pane.ways.content

    fields.category.setCurrentIndex(fields.category.findData("message_tag"))
    assert "tag" in shown_fields(pane)
    fields.tag.setText("ACCOUNT_UPDATE")

    assert pane.draft().content == Content(category="message_tag", tag="ACCOUNT_UPDATE")


@pytest.mark.parametrize(
    "draft",
    [
        Draft(OURS, ANNA, "", channel="whatsapp", content=TEMPLATE),
        Draft(OURS, ANNA, "Hi", channel="whatsapp", failover=(DraftLeg("sms", "ACME"),)),
        Draft(
            OURS,
            ANNA,
            "",
            channel="whatsapp",
            content=TEMPLATE,
            failover=(DraftLeg("sms", "ACME", "Your order is ready"),),
        ),
        Draft(
            "16273",
            ANNA,
            "Our cat",
            channel="viber_service",
            content=Content("https://example.com/cat.jpg", category="promotion", ttl_s=600),
        ),
        Draft(
            "104",
            PAGE_ID,
            "Hi",
            channel="messenger",
            content=Content(category="message_tag", tag="ACCOUNT_UPDATE"),
        ),
    ],
)
def test_a_draft_is_shown_and_read_back_as_it_was(pane: ComposePane, draft: Draft) -> None:
    pane.show_draft(draft)

    assert pane.draft() == draft


def test_a_draft_for_a_channel_that_is_off_goes_over_to_one_that_is_on(
    pane: ComposePane, desk: Desk
) -> None:
    desk.compose.channels.switch_on(["sms", "viber_service"])
    pane.show_settings()

    pane.show_draft(WHATSAPP)

    assert pane.draft() == Draft("ACME", ANNA, "Hello")


def test_failover_is_ticked_in_its_order(pane: ComposePane) -> None:
    pane.show_draft(WHATSAPP)
    button = pane.ways.failover

    def tick(title: str) -> None:
        button.fill()
        (action,) = [one for one in button.drop.actions() if title in one.text()]
        assert action.isEnabled()
        action.trigger()

    assert button.text() == "No failover"
    tick("Viber")
    tick("SMS")
    assert button.text() == "then Viber, then SMS"
    assert pane.draft().failover == (
        DraftLeg("viber_service", "16273"),
        DraftLeg("sms", "ACME"),
    )
    tick("Viber")
    assert button.text() == "then SMS"

    button.fill()
    barred = [one for one in button.drop.actions() if not one.icon().isNull()]
    texts = [one.text() for one in barred]
    assert any(text.startswith("RCS: \u2068its sender is not set") for text in texts)
    assert any(text.startswith("Messenger: ") for text in texts)
    assert all(one.isEnabled() and not one.isCheckable() for one in barred), "to be read"
    (rcs,) = [one for one in barred if one.text().startswith("RCS")]
    rcs.trigger()
    assert button.text() == "then SMS"
    assert told(pane, "compose.failover.problem").startswith("RCS: ")


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_is_greyed_is_reached_in_the_open_list_and_says_why(pane: ComposePane) -> None:
    pane.show_draft(Draft("ACME", ANNA, "Hello"))
    field = pane.ways.channel_field
    field.setFocus()
    field.showPopup()
    place = next(n for n in range(field.count()) if field.itemText(n).startswith("Messenger: "))
    index = field.model().index(place, 0)
    assert field.model().flags(index) & Qt.ItemFlag.ItemIsEnabled
    spoken = str(index.data(Qt.ItemDataRole.DisplayRole))
    field.view().setCurrentIndex(index)
    QTest.keyClick(field.view(), Qt.Key.Key_Return)

    assert not field.view().isVisible()
    assert pane.ways.channel == SMS
    assert field.currentText() == "SMS"
    assert told(pane, "compose.channel.problem") == spoken
    assert not field.model().flags(index) & Qt.ItemFlag.ItemIsEnabled, "the arrows pass it by"
    pane.recipients.set_text("+447400123457")
    assert told(pane, "compose.channel.problem") == ""


def test_a_window_that_is_closed_is_said_once(pane: ComposePane) -> None:
    pane.show_draft(WHATSAPP)
    pane.recipients.left.emit()

    assert told(pane, "compose.window") == (
        "Closed, as they have not written here yet: only a template works."
    )
    assert told(pane, "compose.to.problem") == ""


def test_what_is_wrong_is_said_beside_its_field(pane: ComposePane) -> None:
    wrong = Content("http://localhost/cat.jpg", category="promotion", ttl_s=3)
    pane.show_draft(Draft("16273", ANNA, "Hi", channel="viber_service", content=wrong))

    pane.send()

    assert told(pane, "compose.image.problem").startswith("The picture's address must begin")
    assert told(pane, "compose.ttl.problem") == "Viber keeps a message for at least 30 seconds."
    assert pane.ways.content.image.property("wrong")


def test_what_was_sent_does_not_go_along_with_the_next_message(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    content = Content("https://example.com/cat.jpg", category="promotion")
    legs = (DraftLeg("sms", "ACME"),)
    pane.show_draft(
        Draft("16273", ANNA, "Hi", channel="viber_service", content=content, failover=legs)
    )

    with qtbot.waitSignal(pane.stored) as stored:
        pane.send()

    (message,) = stored.args[0]
    assert (message.channel, message.content, message.legs) == ("viber_service", content, 2)
    left = Draft(
        "16273",
        channel="viber_service",
        content=Content(category="promotion"),
        failover=legs,
    )
    assert pane.draft() == left


def test_a_template_of_our_own_brings_its_channels_along(pane: ComposePane, desk: Desk) -> None:
    kept = desk.templates.save(None, name="Ready", text="Ready", ways=WHATSAPP)

    pane.insert_template(kept, kept.text)

    assert (pane.draft().channel, pane.draft().text) == ("whatsapp", "Ready")


def test_an_answer_goes_the_way_the_words_came(pane: ComposePane) -> None:
    assert pane.answer(PAGE_ID, "104", "messenger")
    assert pane.draft() == Draft("104", PAGE_ID, "", channel="messenger")
    assert pane.offer.own(pane.draft()) == Draft("ACME", "", "")

    pane.offer.withdraw()

    assert pane.draft() == Draft("ACME", "", "")


def test_the_keyboard_reaches_every_part_in_order(pane: ComposePane, qtbot: QtBot) -> None:
    pane.show_draft(Draft("16273", "", "", channel="viber_service"))
    pane.ways.more_button.setChecked(True)
    with qtbot.waitActive(pane):
        pane.activateWindow()
    pane.ways.channel_field.setFocus()
    order = []
    for _step in range(9):
        focus = pane.focusWidget()
        assert focus is not None
        order.append(focus.objectName().removeprefix("compose."))
        QTest.keyClick(focus, Qt.Key.Key_Tab)

    wanted = "channel failover more from to.entry image category ttl text"
    assert order == wanted.split()
    for name in ("channel", "failover", "more", "image", "category", "ttl"):
        part = pane.findChild(QWidget, f"compose.{name}")
        assert part is not None
        assert part.accessibleName()


def test_what_is_filled_in_stays_in_sight_on_every_channel_that_takes_it(
    pane: ComposePane, desk: Desk
) -> None:
    choose(pane, "Viber")
    pane.ways.more_button.click()
    pane.ways.content.ttl.setText("600")
    pane.ways.more_button.click()
    assert "ttl" in shown_fields(pane)

    choose(pane, "SMS")
    assert shown_fields(pane) == {"ttl"}
    assert pane.draft().content == Content(ttl_s=600)

    desk.compose.channels.switch_on(["sms"])
    pane.show_settings()
    assert shown_fields(pane) == set()
    assert pane.draft().content == Content()


def test_what_is_said_after_a_template_must_be_filled_in_too(
    pane: ComposePane, desk: Desk
) -> None:
    desk.templates.save(None, name="Greeting", text="Hi {name}")
    legs = (DraftLeg("sms", "ACME", "Hi {name}"),)
    pane.show_draft(Draft(OURS, ANNA, "", channel="whatsapp", content=TEMPLATE, failover=legs))

    pane.send()

    assert "{name}" in told(pane, "compose.text.problem")


def test_what_a_field_is_asked_for_is_said_beside_it_and_not_only_above_send(
    pane: ComposePane,
) -> None:
    choose(pane, "Messenger")
    content = pane.ways.content
    pane.ways.more_button.setChecked(True)
    content.category.setCurrentIndex(content.category.findData("message_tag"))
    assert told(pane, "compose.tag.problem") == "", "nobody has been there yet"
    draft = pane.draft()
    pane.show_draft(Draft())
    pane.show_draft(draft)
    assert told(pane, "compose.category.problem") == "", "a draft that comes back is no choice"
    content.tag.setFocus()
    pane.text.setFocus()
    assert told(pane, "compose.tag.problem") == "The category message_tag needs a tag."
    assert content.tag.property("wrong")

    choose(pane, "WhatsApp")
    content.language.setFocus()
    QTest.keyClicks(content.language, "en_GB")
    pane.text.setFocus()
    assert told(pane, "compose.template.problem") == "Name the template."


def test_with_sms_alone_the_fields_are_not_even_made(window: MainWindow, desk: Desk) -> None:
    content = window.compose.ways.content
    assert content.findChildren(QWidget) == []

    desk.compose.channels.switch_on(["sms", "whatsapp"])
    window.compose.show_settings()

    assert content.ttl.isVisibleTo(content)
    following: QWidget | None = content.ttl
    order: list[str] = []
    while following is not None and len(order) < 200:
        order.append(following.objectName())
        following = following.nextInFocusChain()
    assert "compose.text" in order, "the text comes after them"
    assert "compose.send" not in order[: order.index("compose.text")]
