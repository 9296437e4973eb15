"""From what was typed to messages in the log: all of them or none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smsdesk.desk import wording
from smsdesk.desk.compose import NotStoredError, region_of_locale
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.wording import problem_sentence
from smsdesk.sms.message import LONGEST_UNDO, Draft
from smsdesk.sms.state import State
from smsdesk.store.errors import DatabaseBusyError, DiskFullError
from smsdesk.store.message_log import MessageLog
from smsdesk.system.settings import DEFAULT_REGION, EXPIRY_HOURS, SENDER, UNDO_S, Settings
from tests.desk.office import Office
from tests.support import NOW

DRAFT = Draft("SMSDesk", "+447700900000, +447700900001", "The van is here.", " T-1 ")


def test_each_recipient_gets_a_message_in_the_log(desk: Desk) -> None:
    result = desk.compose.send(DRAFT)

    assert all(problem.is_warning for problem in result.problems)
    assert [message.to for message in result.messages] == ["+447700900000", "+447700900001"]
    assert {message.state for message in result.messages} == {State.QUEUED}
    assert {message.ref for message in result.messages} == {"T-1"}
    assert result.batch_id is not None
    assert desk.history.batch(result.batch_id) == list(result.messages)


def test_one_bad_entry_keeps_all_of_them_back(desk: Desk) -> None:
    result = desk.compose.send(Draft("SMSDesk", "+447700900000\nnobody", "Hi"))

    assert [one.input for one in result.problems if not one.is_warning] == ["nobody"]
    assert result.messages == ()
    assert desk.history.page(HistoryFilter()) == []


def test_a_warning_keeps_nothing_back(desk: Desk) -> None:
    result = desk.compose.send(Draft("SMSDesk", "+447700900000 +447700900000", "Hi"))

    assert len(result.messages) == 1
    assert [problem.is_warning for problem in result.problems] == [True] * len(result.problems)


@pytest.mark.parametrize("error", [DiskFullError("full"), DatabaseBusyError("busy")])
def test_what_could_not_be_stored_is_said_and_the_draft_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """F44."""
    desk.compose.save_draft(DRAFT)

    def fail(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(MessageLog, "add_batch", fail)
    with pytest.raises(NotStoredError) as caught:
        desk.compose.send(DRAFT)

    assert caught.value.code == error.code  # type: ignore[attr-defined]
    assert desk.compose.load_draft() == DRAFT
    assert desk.history.page(HistoryFilter()) == []


def test_settings_that_cannot_be_saved_do_not_hide_that_it_was_queued(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Settings, "set", fail)

    assert len(desk.compose.send(DRAFT).messages) == 2


def test_the_sender_is_woken_after_the_commit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        desk.compose, "_wake_sender", lambda: seen.append(len(desk.history.queued()))
    )
    desk.compose.send(DRAFT)

    assert seen == [2]


def test_how_long_it_may_wait_is_a_setting(desk: Desk) -> None:
    desk.settings.set(EXPIRY_HOURS, 2)
    (message, _) = desk.compose.send(DRAFT).messages

    assert message.expires_at == NOW + timedelta(hours=2)


def test_later_is_scheduled(desk: Desk) -> None:
    due_at = NOW + timedelta(hours=1)
    (message, _) = desk.compose.send(DRAFT, due_at=due_at).messages

    assert (message.state, message.due_at) == (State.SCHEDULED, due_at)


def test_the_country_of_a_number_comes_from_the_call_the_setting_or_the_system(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Draft("SMSDesk", "07700 900000", "Hi")
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert not desk.compose.preview(draft).can_send
    assert desk.compose.preview(draft, default_region="GB").can_send
    monkeypatch.setattr("locale.getlocale", lambda: ("en_GB", "UTF-8"))
    assert desk.compose.preview(draft).can_send
    desk.settings.set(DEFAULT_REGION, "DE")
    assert desk.compose.default_region == "DE"


@pytest.mark.parametrize(
    ("language", "region"),
    [("de_DE", "DE"), ("C", None), (None, None), ("en", None), ("English_United States", None)],
)
def test_a_locale_names_a_country_or_does_not(
    monkeypatch: pytest.MonkeyPatch, language: str | None, region: str | None
) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (language, "UTF-8"))

    assert region_of_locale() == region


def test_senders_are_remembered_the_last_one_first_and_ten_at_most(desk: Desk) -> None:
    for number in range(12):
        desk.compose.send(Draft(f"Desk{number}", "+447700900000", "Hi"))
    desk.compose.send(Draft("Desk5", "+447700900000", "Hi"))

    remembered = desk.compose.remembered_senders()
    assert remembered[:3] == ["Desk5", "Desk11", "Desk10"]
    assert len(remembered) == len(set(remembered)) == 10
    assert desk.settings.get(SENDER) == "Desk5"


def test_an_empty_draft_begins_with_the_remembered_sender(desk: Desk) -> None:
    desk.settings.set(SENDER, "SMSDesk")
    desk.compose.save_draft(Draft(text="Half a th"))

    assert desk.compose.load_draft() == Draft("SMSDesk", "", "Half a th", "")


def test_a_sender_that_cannot_work_there_is_a_warning_before_the_other_fields(
    desk: Desk,
) -> None:
    preview = desk.compose.preview(Draft("ACME", "+12025550123\n+447400123456", "x" * 1001))

    assert [problem.code for problem in preview.problems if problem.field == "from"] == [
        "name_refused"
    ]
    assert preview.problems[0].field == "from"
    assert "United States" in problem_sentence(preview.problems[0])
    assert preview.can_send


def test_a_registered_number_is_confirmed_once(desk: Desk) -> None:
    draft = Draft("+12025550199", "+12025550123", "hi")
    before = desk.compose.preview(draft)
    desk.compose.confirm_registration("+12025550199")

    assert [problem.code for problem in before.problems if problem.field == "from"] == [
        "number_unregistered"
    ]
    assert not [p for p in desk.compose.preview(draft).problems if p.field == "from"]


def test_a_send_that_can_be_taken_back_stays_here_for_its_seconds(
    desk: Desk, office: Office
) -> None:
    result = desk.compose.send(DRAFT, undo=timedelta(seconds=10))

    assert result.undo_until == office.clock.now() + timedelta(seconds=10)
    assert {(m.state, m.due_at) for m in result.messages} == {
        (State.SCHEDULED, result.undo_until)
    }
    assert all(m.is_about_to_leave for m in result.messages)
    assert desk.compose.left_to_undo(result.undo_until) == timedelta(seconds=10)
    first = result.messages[0]
    assert wording.message_word(first) == "Waiting"
    assert "taken back" in wording.state_sentence(first)
    assert first.expires_at is not None
    assert first.expires_at > result.undo_until


def test_without_the_delay_nothing_waits(desk: Desk) -> None:
    result = desk.compose.send(DRAFT, undo=timedelta(0))

    assert result.undo_until is None
    assert {m.state for m in result.messages} == {State.QUEUED}


def test_a_time_that_was_chosen_needs_no_delay(desk: Desk, office: Office) -> None:
    due_at = office.clock.now() + timedelta(hours=1)
    result = desk.compose.send(DRAFT, due_at=due_at, undo=timedelta(seconds=10))

    assert result.undo_until is None
    assert {m.due_at for m in result.messages} == {due_at}
    assert not any(m.is_about_to_leave for m in result.messages)


def test_a_send_is_taken_back_whole(desk: Desk) -> None:
    result = desk.compose.send(DRAFT, undo=timedelta(seconds=10))
    assert result.batch_id is not None

    undone = desk.compose.undo(result.batch_id)

    assert undone.stopped == len(result.messages)
    assert undone.left == 0
    assert wording.undone_sentence(undone) == "Stopped. Nothing was sent."


def test_who_had_been_sent_it_is_not_taken_back(desk: Desk, office: Office) -> None:
    three = replace(DRAFT, recipients="+447700900000\n+447700900001\n+447700900002")
    result = desk.compose.send(three)
    log = office.log()
    log.claim(result.messages[1].id, at=office.clock.now())
    log.database.close_thread()
    assert result.batch_id is not None

    undone = desk.compose.undo(result.batch_id)

    assert [*undone.recipients] == ["+447700900000", "+447700900002"]
    assert undone.left == 1
    assert wording.undone_sentence(undone) == "2 of 3 were stopped; 1 had left."


def test_it_may_be_too_late_to_take_anything_back(desk: Desk, office: Office) -> None:
    result = desk.compose.send(replace(DRAFT, recipients="+447700900000"))
    log = office.log()
    log.claim(result.messages[0].id, at=office.clock.now())
    log.database.close_thread()
    assert result.batch_id is not None

    undone = desk.compose.undo(result.batch_id)

    assert undone.stopped == 0
    assert wording.undone_sentence(undone) == "Too late: it had left already."


def test_no_delay_that_can_be_set_looks_like_a_time_that_was_chosen(desk: Desk) -> None:
    longest = int(LONGEST_UNDO.total_seconds())

    desk.settings.set(UNDO_S, longest)
    assert desk.compose.undo_time == LONGEST_UNDO
    with pytest.raises(ValueError, match="whole number"):
        desk.settings.set(UNDO_S, longest + 1)


def test_the_ids_of_india_are_remembered_once_they_were_sent(desk: Desk) -> None:
    draft = Draft(
        "SMSDesk",
        "+447400123456",
        "Hi",
        entity_id="1201159100000001234",
        content_id="1707161234567890123",
    )
    desk.compose.send(draft)
    assert desk.compose.load_draft().entity_id == ""

    desk.compose.send(replace(draft, recipients="+919876543210"))

    left = desk.compose.load_draft()
    assert (left.entity_id, left.content_id) == (draft.entity_id, draft.content_id)
    desk.compose.save_draft(Draft(entity_id="1", content_id="2"))
    assert desk.compose.load_draft() == Draft("SMSDesk", entity_id="1", content_id="2")
