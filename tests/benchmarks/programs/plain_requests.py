"""What the HTTP library alone costs: one `requests.Session`, one token, nothing stored."""

import json
import sys
import time
import uuid
from pathlib import Path

import jwt
import requests

from tests.benchmarks.programs.fast_desk import TEXT


def main() -> None:
    question = json.loads(sys.argv[1])
    key = Path(question["private_key_path"]).read_text(encoding="ascii")
    claims = {
        "application_id": question["application_id"],
        "iat": int(time.time()),
        "jti": str(uuid.uuid4()),
    }
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {jwt.encode(claims, key, algorithm='RS256')}"

    def send(count: int) -> None:
        for number in range(count):
            body = {
                "channel": "sms",
                "message_type": "text",
                "to": f"447700900{number % 1000:03}",
                "from": "ACME",
                "text": TEXT,
            }
            answer = session.post(f"{question['api_url']}/v1/messages", json=body, timeout=60)
            answer.raise_for_status()
            assert answer.json()["message_uuid"]

    send(question["warm_up"])
    began, cpu = time.monotonic(), time.process_time()
    send(question["count"])
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    count = question["count"]
    print(json.dumps({"per_second": count / seconds, "cpu_ms": cpu / count * 1000}))


main()
