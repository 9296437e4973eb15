"""The reference of sending: Vonage's own Python SDK in a plain loop, nothing stored."""

import json
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from vonage import Auth, HttpClientOptions, Vonage
from vonage_messages import Sms  # type: ignore[import-untyped]

from tests.benchmarks.programs.fast_desk import TEXT


def main() -> None:
    question = json.loads(sys.argv[1])
    host = urlsplit(question["api_url"]).netloc
    client = Vonage(
        Auth(
            application_id=question["application_id"],
            private_key=Path(question["private_key_path"]).read_text(encoding="ascii"),
        ),
        HttpClientOptions(api_host=host, rest_host=host),
    )

    def send(count: int) -> None:
        for number in range(count):
            to = f"447700900{number % 1000:03}"
            client.messages.send(Sms(to=to, from_="ACME", text=TEXT))

    send(question["warm_up"])
    began, cpu = time.monotonic(), time.process_time()
    send(question["count"])
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    count = question["count"]
    print(json.dumps({"per_second": count / seconds, "cpu_ms": cpu / count * 1000}))


main()
