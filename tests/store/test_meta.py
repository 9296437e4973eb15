"""Texts by name, and the count of runs."""

import threading

from smsdesk.store.database import Database
from smsdesk.store.meta import Meta


def test_a_text_is_kept_and_replaced(database: Database) -> None:
    meta = Meta(database)

    assert meta.get("paused") is None
    meta.set("paused", "1")
    meta.set("paused", "0")
    assert Meta(Database(database.path)).get("paused") == "0"


def test_the_first_text_stays_where_one_is_only_wanted_once(database: Database) -> None:
    meta = Meta(database)

    assert meta.get_or_set("install_tag", "ABCDEFGH") == "ABCDEFGH"
    assert meta.get_or_set("install_tag", "12345678") == "ABCDEFGH"


def test_a_run_counts_one_more_than_file_and_outside_world_have_seen(
    database: Database,
) -> None:
    meta = Meta(database)

    assert meta.epoch == 0
    assert meta.advance_epoch(0) == 1
    assert meta.advance_epoch(7) == 8
    assert meta.advance_epoch(3) == 9
    assert meta.epoch == 9


def test_a_text_is_seen_by_other_threads(database: Database) -> None:
    seen: list[str | None] = []

    def look() -> None:
        seen.append(Meta(database).get("paused"))
        database.close_thread()

    Meta(database).set("paused", "1")
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == ["1"]
