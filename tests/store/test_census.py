"""The rows of each table are counted, and what is in them is not looked at."""

from smsdesk.store.census import count_rows, count_states
from tests.support import Log


def test_an_empty_log_has_all_tables_and_no_rows(log: Log) -> None:
    counts = count_rows(log.database)

    assert counts["message"] == counts["contact"] == 0
    assert not [name for name in counts if name.startswith("sqlite_")]
    assert count_states(log.database) == {}


def test_messages_are_counted_by_state(log: Log) -> None:
    log.queue(2)
    log.sending()

    assert count_rows(log.database)["message"] == 3
    assert count_states(log.database) == {"queued": 2, "sending": 1}
