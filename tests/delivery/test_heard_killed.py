"""Killed anywhere while a receipt is stored: it comes again, and is applied once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.vonage.webhook_payloads import read_status
from tests.support import Log, make_heard

UUID = "11111111-1111-4111-8111-111111111111"
BODY = json.dumps(
    {"message_uuid": UUID, "status": "delivered", "timestamp": "2026-03-02T09:00:05Z"}
)
TAKER = """
import os, signal, sys
from itertools import count
from pathlib import Path
from smsdesk.store.database import Database
from smsdesk.vonage.webhook_payloads import read_status
from tests.support import Log, make_heard

path, body, message_id = Path(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]

def take(killed_at):
    database, statements = Database(path), count(1)
    heard = make_heard(database, Log(database))

    def look(_statement):
        if next(statements) == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    database.connection.set_trace_callback(look)
    heard.take([read_status(body)])
    os._exit(0)

for killed_at in count(1):
    child = os.fork()
    if not child:
        take(killed_at)
    end = os.waitpid(child, 0)[1]
    database = Database(path)
    print(Log(database).state(message_id))
    database.close_thread()
    if end == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a kill at a statement needs a fork")
@pytest.mark.case("F08")
def test_killed_at_each_statement_a_receipt_is_not_there_or_there_once(
    database: Database,
) -> None:
    log = Log(database)
    message = log.accepted(UUID)
    database.close_thread()

    took = subprocess.run(
        [sys.executable, "-c", TAKER, database.path, BODY, message.id],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    *killed, alive = took.stdout.split()
    make_heard(database, log).take([read_status(BODY.encode())])  # it was not answered

    assert len(killed) >= 5
    assert set(killed) == {State.ACCEPTED}
    assert alive == State.DELIVERED == log.state(message.id)
    heard = [event for event in log.view.events(message.id) if event.source == "webhook"]
    assert len(heard) == 1
