"""Files are known again by their digest, as long as the log remembers their batches."""

from smsdesk.store.database import Database
from smsdesk.store.imports import EarlierImport, Imports
from tests.support import NOW, Log, minutes, new_message


def test_the_batches_of_a_file_are_found_the_last_one_first(
    database: Database, log: Log
) -> None:
    imports = Imports(database)
    assert imports.of("a" * 64) == []

    log.log.add_batch("B1", [new_message()], at=NOW, name="staff.csv", source_sha256="a" * 64)
    log.log.add_batch("B2", [new_message()], at=NOW, source_sha256="b" * 64)
    log.log.add_batch("B3", [new_message()] * 1, at=NOW + minutes(1), source_sha256="a" * 64)
    log.log.add_batch("B4", [new_message()], at=NOW)

    assert imports.of("a" * 64) == [
        EarlierImport("B3", NOW + minutes(1), 1, ""),
        EarlierImport("B1", NOW, 1, "staff.csv"),
    ]
    assert imports.of("a" * 64, limit=1) == imports.of("a" * 64)[:1]
