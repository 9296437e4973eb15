"""How long it takes from a file to its preview: by us, or by the csv module and phonenumbers."""

import csv
import json
import sys
import time
from pathlib import Path

from tests.benchmarks.programs.memory import peak_mb

QUESTION = json.loads(sys.argv[1])
FILE = Path(QUESTION["file"])
TEXT = "Hi {name}, depot {depot} is closed today. Please report to the gate at eight instead."


def by_hand() -> dict[str, float]:
    import phonenumbers

    phonenumbers.is_valid_number(
        phonenumbers.parse("07400123456", "GB")
    )  # its tables are loaded
    began = time.perf_counter()
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = phonenumbers.parse(row["Mobile"], "GB")
            if phonenumbers.is_valid_number(number):
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return {"read_s": time.perf_counter() - began}


def by_us() -> dict[str, float]:
    from smsdesk.desk.opening import open_desk
    from smsdesk.desk.sheets.reading import ReadingOptions
    from smsdesk.system.paths import find_paths
    from smsdesk.system.settings import Settings
    from smsdesk.system.vault import SessionVault

    desk = open_desk(
        paths=find_paths(data_dir=Path(QUESTION["data_dir"]), profile="default"),
        settings=Settings(None),
        vault=SessionVault(),
        profile="default",
    )
    heads: list[float] = []
    began = time.perf_counter()
    sheet = desk.bulk.read(
        FILE,
        ReadingOptions(default_region="GB"),
        on_head=lambda _table: heads.append(time.perf_counter()),
    )
    read = time.perf_counter()
    plan = desk.bulk.plan(sheet, TEXT, "ACME")
    planned = time.perf_counter()
    answer = {
        "head_ms": (heads[0] - began) * 1000,
        "read_s": read - began,
        "plan_s": planned - began,
    }
    if QUESTION.get("queues"):
        desk.bulk.queue(plan)
        answer["queue_s"] = time.perf_counter() - planned
    desk.close()
    return answer | {"peak_mb": peak_mb()}


print(json.dumps(by_us() if QUESTION["who"] == "ours" else by_hand()))
