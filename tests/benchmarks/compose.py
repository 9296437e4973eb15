"""Writing: what counting a text costs, and what a key costs in the real pane.

The references are smsutil, which counts in Python too, and a bare QPlainTextEdit.
"""

from __future__ import annotations

from collections import defaultdict

from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section
from tests.benchmarks.texts import LENGTH, TEXTS

_TYPED_INTO = ("GSM-7", "one emoji", "Russian")
METHOD = (
    f"A text of {LENGTH:,} characters. Counting (encoding, units and parts) is compared with "
    "the `smsutil` package. A key is timed from its event until Qt has nothing left to paint, "
    "in the main window with 500 recipients and in a bare `QPlainTextEdit` of the same size; "
    "300 keys a run, typed at the end of the text."
)


def measure(look: Look) -> Section:
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        for name, value in (_count(look) | _type(look)).items():
            if number:
                taken[name].append(value)
    figures = [
        Figure(
            f"counting, {text}",
            "µs",
            taken[f"ours {text}"],
            taken[f"smsutil {text}"],
            Budget(30, Of.VALUE),
        )
        for text in TEXTS
    ]
    for text in _TYPED_INTO:
        for name, limit in (("median", None), ("p99", 1.25)):
            figures.append(
                Figure(
                    f"a key, {text}, {'99%' if name == 'p99' else name}",
                    "ms",
                    taken[f"pane {text} {name}_ms"],
                    taken[f"bare {text} {name}_ms"],
                    None if limit is None else Budget(limit),
                )
            )
    return Section("Writing", METHOD, "`smsutil`, bare editor", figures)


def _count(look: Look) -> dict[str, float]:
    return {
        f"{who} {text}": ask(look, "counting", {"who": who, "text": text, "count": 2_000})["us"]
        for text in TEXTS
        for who in ("smsutil", "ours")
    }


def _type(look: Look) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in _TYPED_INTO:
        keys = {"text": text, "count": look.scaled(300)}
        desk = {
            "api_url": "http://127.0.0.1:9",
            "application_id": "",
            "private_key_path": "",
            "data_dir": str(look.folder / "typing"),
            "per_second": 1.0,
            "lines": 1,
        }
        pane = ask(
            look, "typing_a_key", {**keys, **desk, "who": "ours"}, environment=look.screen
        )
        size = {"width": pane["width"], "height": pane["height"]}
        bare = ask(
            look, "typing_a_key", {**keys, **size, "who": "bare"}, environment=look.screen
        )
        found |= {f"pane {text} {name}": value for name, value in pane.items()}
        found |= {f"bare {text} {name}": value for name, value in bare.items()}
    return found
