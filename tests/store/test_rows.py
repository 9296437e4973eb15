"""Moments become whole milliseconds and come back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.store.errors import DatabaseDamagedError
from smsdesk.store.rows import from_ms, optional_moment, to_ms
from tests.support import NOW, Log


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_cut_to_the_millisecond(moment: datetime) -> None:
    cut = moment - timedelta(microseconds=moment.microsecond % 1000)

    assert from_ms(to_ms(moment)) == cut


def test_a_year_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(OverflowError):
        from_ms(10**17)


def test_no_moment_stays_none() -> None:
    assert optional_moment(None) is None
    assert optional_moment(0) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_message_is_read_as_it_was_written(log: Log) -> None:
    text = "Grüße\n👨‍👩‍👧 'quoted' \\ % _ \x1b"
    (message_id,) = log.queue(text=text, ref="T-1", expires_at=NOW + timedelta(hours=1))
    message = log.view.get(message_id)

    assert message is not None
    assert (message.text, message.ref) == (text, "T-1")
    assert (message.created_at, message.expires_at) == (NOW, NOW + timedelta(hours=1))
    assert (message.failure, message.held_reason, message.due_at) == (None, None, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "delivere"), ("encoding", "GSM-6"), ("created_ms", 10**17), ("due_local", "?")],
)
def test_a_message_that_holds_what_nobody_wrote_is_damage(
    log: Log, column: str, value: object
) -> None:
    (message_id,) = log.queue()
    connection = log.database.connection
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.execute(f"UPDATE message SET {column} = ?", (value,))

    with pytest.raises(DatabaseDamagedError):
        log.view.get(message_id)
