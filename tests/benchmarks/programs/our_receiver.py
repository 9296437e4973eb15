"""Our receiver, from the first call to the last answer, on a log with the messages it hears of.

Says how many receipts a second that came to, and how long a genuine one waited at most while
slow clients hung about.
"""

import json
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smsdesk.delivery.identity import ulids
from smsdesk.desk.opening import open_desk
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter
from smsdesk.store.message_log import AttemptResult
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import RECEIVER, RECEIVER_PORT, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.webhooks.status import ReceiverPhase
from tests.benchmarks.programs.memory import peak_mb
from tests.support import Log, new_message, until
from tests.webhooks.station import API_KEY, APPLICATION_ID, SECRET


def main() -> None:
    question = json.loads(sys.argv[1])
    settings = Settings(None)
    settings.set(RECEIVER, True)
    settings.set(RECEIVER_PORT, 0)
    paths = find_paths(data_dir=Path(question["data_dir"]), profile="default")
    vault = {"signature_secret": SECRET, "api_key": API_KEY, "application_id": APPLICATION_ID}
    desk = open_desk(
        paths=paths, settings=settings, vault=SessionVault(vault), profile="default"
    )
    log = Log(Database(paths.database))
    uuids = fill(log, question["count"])
    stop = threading.Event()
    receiver = threading.Thread(target=desk.receiving.run, args=(stop,))
    receiver.start()
    try:
        until(lambda: desk.receiving.status.phase is ReceiverPhase.LISTENING)
        answer = call(question, desk.receiving.status.port, uuids, slow=0)
        before = peak_mb()
        among_slow = call(
            question, desk.receiving.status.port, uuids[:200], slow=question["slow"]
        )
        memory = peak_mb() - before
    finally:
        stop.set()
        desk.receiving.reload()
        receiver.join()
    delivered = HistoryFilter(states=frozenset({State.DELIVERED, State.READ}))
    assert len(desk.history.page(delivered, limit=question["count"] + 1)) == question["count"]
    log.database.close_thread()
    desk.close()
    print(
        json.dumps(
            {
                "per_second": answer["per_second"],
                "slow_ms": answer["slow_ms"],
                "longest_ms": among_slow["longest_ms"],
                "memory_mb": memory,
            }
        )
    )


def fill(log: Log, count: int) -> list[str]:
    """Messages that Vonage has taken, each with an id of its own; in few commits."""
    at = datetime.now(UTC)
    messages = [new_message() for _ in range(count)]
    log.log.add_batch(ulids.make(), messages, at=at)
    claims = [log.make_claim(message.id) for message in messages]
    log.log.commit_step([], claims, at=at)
    uuids = [str(uuid.uuid4()) for _ in claims]
    results = [
        AttemptResult(
            seq=claim.seq,
            id=claim.id,
            n=claim.n,
            state=State.ACCEPTED,
            outcome="accepted",
            message_uuid=message_uuid,
        )
        for claim, message_uuid in zip(claims, uuids, strict=True)
    ]
    log.log.commit_step(results, [], at=at)
    return uuids


def call(
    question: dict[str, Any], port: int, uuids: list[str], *, slow: int
) -> dict[str, float]:
    """Have another process bring receipts for these messages."""
    told = {"port": port, "uuids": uuids, "callers": question["callers"], "slow": slow}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.programs.webhook_caller"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


main()
