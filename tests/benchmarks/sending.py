"""Sending: durable messages a second, and what one costs, against Vonage's own Python SDK.

The far side is the simulator in a process of its own, which answers at once.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tests.benchmarks.children import Look, ask
from tests.benchmarks.far_side import Account, far_side, make_account
from tests.benchmarks.figures import Budget, Figure, Of, Section
from tests.vonage.authority import Authority

METHOD = (
    "Ours is counted from storing the batch to the commit of the last answer; every message is "
    "stored, claimed and settled in commits that are on the disk when they return. The SDK and "
    "`requests` send the same text in a plain loop and store nothing. The SDK speaks TLS only, "
    "so `requests` is measured both ways: what TLS costs on a kept connection can be read off. "
    "The settings stop at 100 a second; here that limit is lifted."
)
_UNLIMITED = 1_000_000.0


def measure(look: Look) -> Section:
    folder = look.folder / "sending"
    folder.mkdir()
    account = make_account(folder)
    authority = Authority(folder)
    authority.server()
    pair = folder / "localhost-False-False.pem"
    taken: dict[str, list[float]] = defaultdict(list)
    with (
        far_side(account) as plain_url,
        far_side(account, certificate=(pair, pair)) as tls_url,
    ):
        for number in range(look.runs + 1):
            answers = _round(look, account, plain_url, tls_url, authority.root_file)
            for name, value in answers.items():
                if number:
                    taken[name].append(value)
    return Section("Sending", METHOD, "official SDK", _figures(taken))


def _figures(taken: dict[str, list[float]]) -> list[Figure]:
    sdk_cpu = taken["sdk cpu_ms"]
    speed, sdk_speed = taken["ours per_second"], taken["sdk per_second"]
    each = [1000 / cpu for cpu in taken["ours cpu_ms"]]
    sdk_each = [1000 / cpu for cpu in sdk_cpu]
    floor = Budget(800, Of.VALUE, is_floor=True)
    return [
        Figure("ours, durable, messages a second", "/s", speed, sdk_speed, floor),
        Figure(
            "ours, messages per second of processor time",
            "/s",
            each,
            sdk_each,
            Budget(40, is_floor=True),
        ),
        Figure("ours, processor time a message", "ms", taken["ours cpu_ms"], sdk_cpu),
        Figure("`requests`, processor time a message", "ms", taken["plain cpu_ms"], sdk_cpu),
        Figure(
            "`requests` over TLS, processor time a message", "ms", taken["tls cpu_ms"], sdk_cpu
        ),
    ]


def _round(
    look: Look, account: Account, plain_url: str, tls_url: str, root: Path
) -> dict[str, float]:
    about = {
        "application_id": account.application_id,
        "private_key_path": str(account.private_key_path),
    }
    plain = {**about, "api_url": plain_url}
    secure = {**about, "api_url": tls_url.replace("127.0.0.1", "localhost")}
    trust = {"REQUESTS_CA_BUNDLE": str(root)}
    ours = {"data_dir": str(look.folder / "sending" / "log"), "per_second": _UNLIMITED}
    many = {"warm_up": 200, "count": look.scaled(3000)}
    few = {"warm_up": 5, "count": look.scaled(100)}
    answers = {
        "sdk": ask(look, "official_sdk", {**secure, **few}, environment=trust),
        "tls": ask(look, "plain_requests", {**secure, **many}, environment=trust),
        "plain": ask(look, "plain_requests", {**plain, **many}),
        "ours": ask(look, "our_sender", {**plain, **ours, **many, "lines": 4}),
    }
    return {
        f"{who} {name}": value
        for who, answer in answers.items()
        for name, value in answer.items()
    }
