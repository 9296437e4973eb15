"""One draft survives a restart."""

from smsdesk.sms.message import Draft
from smsdesk.store.database import Database
from smsdesk.store.drafts import DraftShelf
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


def test_half_an_emoji_is_kept_as_a_mark_that_something_was_there(database: Database) -> None:
    DraftShelf(database).save(Draft(text="a\ud83d"), at=NOW)

    assert DraftShelf(database).load().text == "a?"
