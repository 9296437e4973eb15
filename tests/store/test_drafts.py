"""One draft survives a restart."""

from datetime import datetime

from smsdesk.sms.message import Draft
from smsdesk.sms.schedule import Plan
from smsdesk.store.database import Database
from smsdesk.store.drafts import DraftShelf
from smsdesk.store.meta import Meta
from tests.support import NOW


def test_there_is_an_empty_draft_before_any(database: Database) -> None:
    assert DraftShelf(database).load() == Draft()


def test_the_last_draft_comes_back_as_it_was(database: Database) -> None:
    draft = Draft(
        "SMSDesk", "+447700900000\nAnna <+44", "Grüße 👋\r\n\x00", "T-1", "1201…", " 1707 "
    )
    DraftShelf(database).save(Draft(text="older"), at=NOW)
    DraftShelf(database).save(draft, at=NOW)
    database.close_thread()

    assert DraftShelf(database).load() == draft


def test_the_chosen_time_comes_back_and_goes_when_it_is_taken_back(
    database: Database,
) -> None:
    nine = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001
    for when in (Plan(nine), Plan(nine, is_recipients=True), None):
        DraftShelf(database).save(Draft(text="Hello", when=when), at=NOW)
        database.close_thread()
        assert DraftShelf(database).load() == Draft(text="Hello", when=when)


def test_a_time_that_nobody_can_read_is_none(database: Database) -> None:
    DraftShelf(database).save(Draft(text="Hello"), at=NOW)
    Meta(database).set("draft_when", "soon")

    assert DraftShelf(database).load() == Draft(text="Hello")


def test_half_an_emoji_is_kept_as_a_mark_that_something_was_there(database: Database) -> None:
    DraftShelf(database).save(Draft(text="a\ud83d"), at=NOW)

    assert DraftShelf(database).load().text == "a?"
