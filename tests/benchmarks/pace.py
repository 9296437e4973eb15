"""The set rate: is it reached, and is it kept to, however long the answers take?

The judge is the simulator's ledger, which notes when each request had arrived.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from tests.benchmarks.children import Look, ask
from tests.benchmarks.far_side import QUIET, Account, far_side, make_account
from tests.benchmarks.figures import Budget, Figure, Of, Section

PER_SECOND = 30.0
LINES = 8
"""At 150 ms four lines can carry 27 messages a second, eight 53."""
METHOD = (
    f"The rate is set to {PER_SECOND:.0f} a second, Vonage's own limit, over at most {LINES} "
    "connections; each answer takes the time named. The first two seconds are left out. The "
    "busiest second is the most that arrived in any span of one second, wherever it begins."
)
_SETTLED_AFTER_S = 2.0


def measure(look: Look) -> Section:
    folder = look.folder / "pace"
    folder.mkdir()
    account = make_account(folder)
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(look.runs):
        for delay_ms in (0, 50, 150):
            arrived = _send(look, account, folder, delay_ms)
            taken[f"{delay_ms} off"].append(_percent_off(arrived))
            taken[f"{delay_ms} most"].append(_busiest_second(arrived))
    figures = []
    for delay_ms in (0, 50, 150):
        off, most = taken[f"{delay_ms} off"], taken[f"{delay_ms} most"]
        name = f"answers after {delay_ms} ms"
        figures += [
            Figure(f"off the set rate, {name}", "%", off, budget=Budget(1.0, Of.VALUE)),
            Figure(
                f"in the busiest second, {name}",
                "",
                most,
                budget=Budget(PER_SECOND * 1.1, Of.VALUE),
            ),
        ]
    return Section(f"The set rate, {PER_SECOND:.0f} a second", METHOD, "", figures)


def _send(look: Look, account: Account, folder: Path, delay_ms: int) -> list[float]:
    """The moments at which requests arrived, once the pace had settled."""
    ledger = folder / f"{uuid.uuid4()}.jsonl"
    rule = {"outcome": "no-status", "options": {"answer_delay_s": delay_ms / 1000}}
    with far_side(account, scenario={**QUIET, "rules": [rule]}, ledger=ledger) as url:
        ask(
            look,
            "our_sender",
            {
                "api_url": url,
                "application_id": account.application_id,
                "private_key_path": str(account.private_key_path),
                "data_dir": str(folder / "log"),
                "per_second": PER_SECOND,
                "lines": LINES,
                "warm_up": 1,
                "count": int(look.scaled(15) * PER_SECOND + _SETTLED_AFTER_S * PER_SECOND),
            },
        )
    lines = ledger.read_text(encoding="ascii").splitlines()
    moments = [datetime.fromisoformat(json.loads(line)["at"]).timestamp() for line in lines]
    first = moments[1] + _SETTLED_AFTER_S  # the very first one opened the way
    return [moment for moment in moments if moment >= first]


def _percent_off(arrived: list[float]) -> float:
    rate = (len(arrived) - 1) / (arrived[-1] - arrived[0])
    return abs(rate / PER_SECOND - 1) * 100


def _busiest_second(arrived: list[float]) -> float:
    most = begin = 0
    for end, moment in enumerate(arrived):
        while moment - arrived[begin] >= 1.0:
            begin += 1
        most = max(most, end - begin + 1)
    return float(most)
