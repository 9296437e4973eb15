"""What is only offered makes way, and goes again without a trace."""

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane

ANNA, BOB, OURS = "+447700900123", "+447700900124", "+447700900001"


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> ComposePane:
    pane = ComposePane(
        desk.compose,
        contacts=desk.contacts,
        templates=desk.templates,
        prices=desk.prices,
        worker=worker,
    )
    qtbot.addWidget(pane)
    pane.show_draft(Draft(sender="ACME"))
    return pane


def test_an_offer_fills_to_and_from_and_may_be_withdrawn(pane: ComposePane) -> None:
    assert pane.answer(ANNA, OURS)
    assert pane.draft() == Draft(OURS, ANNA, "")

    pane.offer.withdraw()

    assert pane.draft() == Draft("ACME", "", "")


def test_a_second_offer_takes_the_place_of_the_first(pane: ComposePane) -> None:
    pane.answer(ANNA, OURS)
    pane.answer(BOB, "")

    assert pane.draft() == Draft("ACME", BOB, "")


def test_an_offer_is_nobodys_draft_until_something_is_written(pane: ComposePane) -> None:
    pane.answer(ANNA, OURS)
    assert pane.offer.own(pane.draft()) == Draft("ACME", "", "")

    pane.text.set_text("Yes")

    assert pane.offer.own(pane.draft()) == Draft(OURS, ANNA, "Yes")
    pane.offer.withdraw()
    assert pane.draft() == Draft(OURS, ANNA, "Yes")


def test_a_recipient_entered_takes_the_place_of_the_offer_but_joins_a_draft(
    pane: ComposePane,
) -> None:
    pane.answer(ANNA, OURS)
    pane.recipients.add(BOB)
    assert pane.draft().recipients == BOB

    pane.show_draft(Draft(sender="ACME"))
    pane.answer(ANNA, OURS)
    pane.text.set_text("Both of you")
    pane.recipients.add(BOB)

    assert pane.draft().recipients == f"{ANNA}\n{BOB}"


@pytest.mark.parametrize("draft", [Draft("ACME", BOB, ""), Draft("ACME", "", "Half a th")])
def test_a_draft_is_left_alone(pane: ComposePane, draft: Draft) -> None:
    pane.show_draft(draft)

    assert not pane.answer(ANNA, OURS)
    assert pane.draft() == draft


def test_a_sender_chosen_since_stays_when_the_offer_goes(pane: ComposePane) -> None:
    pane.answer(ANNA, OURS)
    pane.sender_field.set_text("+447700900777")

    pane.offer.withdraw()

    assert pane.draft() == Draft("+447700900777", "", "")
