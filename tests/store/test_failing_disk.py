"""Any write or sync may fail, once or for good: what was said to be stored is there, and nothing
left that is not in the log (G4). `make failing-disk` tries each of the first 2,000.
"""

import json
from pathlib import Path

import pytest

from smsdesk.store.database import Database
from tests.store.disk import build, missing_from, needs_disk, new_log
from tests.store.disk import run_on as run_on_disk
from tests.support import Log

pytestmark = needs_disk
PROGRAM = "import sys; sys.argv[0] = ''; import runpy; " + (
    "runpy.run_module('tests.store.failing', run_name='__main__')"
)

STORED = ("queued", "claimed", "accepted")


def broken_promises(
    tmp_path: Path, *, first: int, last: int, every: int, is_sticky: bool
) -> tuple[list[str], int]:
    """What broke, by the number of the call that failed, and how many failures were noticed."""
    before, at_work = tmp_path / "before", tmp_path / "work"
    new_log(before)
    at_work.mkdir()
    run_on_disk(
        build(tmp_path),
        at_work,
        PROGRAM,
        *(str(before), str(at_work), str(first), str(last), str(every)),
        "sticky" if is_sticky else "",
    )
    broken, noticed = [], 0
    for out in at_work.glob("*.said"):
        said = [json.loads(line) for line in out.read_text().splitlines()]
        stored = [(what, one) for what, one in said if what in STORED]
        path = out.with_suffix("") / "smsdesk.db"
        wrong = [one for what, one in said if what == "error"]
        wrong += missing_from(path, stored)
        wrong += without_attempt(path, [one for what, one in said if what == "sent"])
        broken += [f"{out.stem}: {one}" for one in wrong]
        noticed += any(what == "failed" for what, _ in said)
    return broken, noticed


def without_attempt(path: Path, sent: list[str]) -> list[str]:
    """References that were sent and of which the log knows nothing."""
    log = Log(Database(path))
    rows = log.database.connection.execute("SELECT client_ref FROM attempt")
    known = {row["client_ref"] for row in rows}
    log.database.close_thread()
    return [f"sent without intent {ref}" for ref in sent if ref not in known]


@pytest.mark.case("G4", "F49")
@pytest.mark.parametrize("is_sticky", [False, True], ids=["once", "for good"])
def test_what_was_stored_is_there_whichever_call_fails(tmp_path: Path, is_sticky: bool) -> None:
    broken, noticed = broken_promises(
        tmp_path, first=1, last=600, every=23, is_sticky=is_sticky
    )

    assert broken == []
    assert noticed > 20
