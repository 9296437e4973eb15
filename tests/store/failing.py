"""Works on a disk of which the nth write or sync fails; run by `run_on`, once for many n.

Each n has a fresh log and a process of its own. What it was told is stored, and what it sent, is
in a file beside the log's folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from tests.support import Log

MESSAGES = 60
AFTERWARDS = 3
"""How many more messages are tried once something has failed."""


def main(before: Path, at_work: Path, calls: range, *, is_sticky: bool) -> None:
    """One log after another, `at_work/n`."""
    for number in calls:
        folder = at_work / str(number)
        shutil.copytree(before, folder)
        child = os.fork()
        if child == 0:
            os.environ["DISK_FAIL_AT"] = str(number)
            if is_sticky:
                os.environ["DISK_STICKY"] = "1"
            with folder.with_suffix(".said").open("w", buffering=1) as out:
                try:
                    work(folder / "smsdesk.db", out)
                except Exception as error:  # noqa: BLE001 - whatever it is, the judge must hear of it
                    print(json.dumps(["error", repr(error)]), file=out)
            os._exit(0)
        os.waitpid(child, 0)


def work(path: Path, out: TextIO) -> None:
    """Queue, claim, send and finish, as the sender does: whatever fails is tried once more."""
    log = Log(Database(path))
    said: list[str] = []

    def say(what: str, one: str) -> None:
        said.append(what)
        print(json.dumps([what, one]), file=out)

    ends_at = MESSAGES
    for number in range(MESSAGES):
        if "failed" in said:
            ends_at = min(ends_at, number + AFTERWARDS)
        if number == ends_at:
            break
        try:
            (message_id,) = log.queue(text="x" * 100)
            say("queued", message_id)
            claim = log.claim(message_id)
            if claim is None:
                continue
            say("claimed", message_id)
            say("sent", claim.client_ref)
            uuid = f"aaaaaaaa-bbbb-4ccc-8ddd-{number:012}"
            try:
                log.finish(claim, State.ACCEPTED, message_uuid=uuid)
            except StoreError as error:
                say("failed", error.code)
                log.database.close_thread()
                log.finish(claim, State.ACCEPTED, message_uuid=uuid)
            say("accepted", message_id)
        except StoreError as error:
            say("failed", error.code)
            log.database.close_thread()


if __name__ == "__main__":
    _, a, b, first, last, every, how = sys.argv
    main(Path(a), Path(b), range(int(first), int(last), int(every)), is_sticky=how == "sticky")
