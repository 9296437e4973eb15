"""Writes docs/reliability.md: each case, the tests whose marks say that they hold it, and how they
last went.

The marks are read, not run, so that this takes a second. What came of running them is written down
only when that is asked for (`--run` for the tests, `--record` for a long run), in
docs/reliability-runs.json; a test that is newer than that is shown as not run yet.
"""

from __future__ import annotations

import argparse
import ast
import json
import platform
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CASES = ROOT / "docs" / "reliability.toml"
PAGE = ROOT / "docs" / "reliability.md"
RUNS = ROOT / "docs" / "reliability-runs.json"

INTRODUCTION = """\
# What may go wrong, and which test holds that it does not

This page is written by `make reliability` from `docs/reliability.toml` and from the marks of the
tests (`@pytest.mark.case("F21")`); a test fails where it differs from them. Every test that is
named here is run by `make test` at each change, and no change with a failing one goes in. Long runs
are commands of their own; `CONTRIBUTING.md` lists them.

**Of {all} cases {held} are held by tests, {partly} of them in part; {measured} more are shown by a
long run alone; {open} are open.** A case without a test is *open*, also where the program does the
right thing.

{last}
"""

TITLES = {
    "threats": "Threats",
    "crash": "Crash and power",
    "network": "Network",
    "answers": "Answers",
    "storage": "Storage",
    "time": "Time",
    "receiver": "Receiver",
    "credentials": "Credentials",
    "text": "Lists, exports, text, process",
    "goals": "Goals in figures",
}

Case = Mapping[str, str]
_OF_PYTEST = re.compile(r"[.FEsx]+ *\[ *\d+%\]|[.FEsx]+$|=+ .* =+$|\d+ (passed|failed|error)")
"""Lines in which pytest counts; the seconds and the result are written down anyway."""


def read_cases() -> dict[str, dict[str, Case]]:
    """The cases by their names, in their groups."""
    data: dict[str, Any] = tomllib.loads(CASES.read_text("utf-8"))
    return {"threats": data["threats"], **data["cases"], "goals": data["goals"]}


def read_marks() -> dict[str, list[str]]:
    """For each case the tests that say they hold it, as `path::name`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, cases in _marks_in(ast.parse(path.read_text("utf-8"))):
            for case in cases:
                found[case].append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return found


def read_runs() -> dict[str, Any]:
    """What was written down of the last run of the tests, and of each long run."""
    if not RUNS.exists():
        return {"tests": {"results": {}}, "long": {}}
    runs: dict[str, Any] = json.loads(RUNS.read_text("utf-8"))
    return runs


def write_page() -> str:
    """The whole page, as the marks are now. Raises KeyError for a mark of no known case."""
    groups, marks, runs = read_cases(), read_marks(), read_runs()
    known = {name: case for group in groups.values() for name, case in group.items()}
    if unknown := marks.keys() - known.keys():
        raise KeyError(f"no such case: {', '.join(sorted(unknown))}")
    measured = sum("runs" in case for name, case in known.items() if name not in marks)
    introduction = INTRODUCTION.format(
        held=len(marks),
        all=len(known),
        partly=sum("missing" in known[name] for name in marks),
        measured=measured,
        open=len(known) - len(marks) - measured,
        last=_say_last_run(runs["tests"]),
    )
    return introduction + "".join(
        _write_group(TITLES[group], cases, marks, runs) for group, cases in groups.items()
    )


def run_tests() -> int:
    """Run every test that holds a case, and write down what came of each."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-m", "case and not long"]
        code = subprocess.call([*command, f"--junitxml={report}"], cwd=ROOT)
        found = _read_report(report)
    marked = {test for tests in read_marks().values() for test in tests}
    results = {test: worst for test in sorted(marked) if (worst := _worst(test, found))}
    _write_runs(tests={**_when_and_where(), "results": results})
    return code


def record_long_run(target: str) -> int:
    """Run `make TARGET`, and write down how long it took and what it said last."""
    began, said = time.monotonic(), ""
    with subprocess.Popen(
        ["make", "--silent", target], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            if line.strip() and not _OF_PYTEST.match(line):
                said = line.strip()
    entry = {
        **_when_and_where(),
        "seconds": round(time.monotonic() - began),
        "result": "failed" if run.returncode else "passed",
        "said": said,
    }
    _write_runs(long={**read_runs()["long"], target: entry})
    return run.returncode


def _when_and_where() -> dict[str, str]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "where": f"{platform.system()}, Python {platform.python_version()}",
    }


def _write_runs(**changed: object) -> None:
    runs = read_runs() | changed
    RUNS.write_text(
        json.dumps(runs, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8"
    )


def _read_report(report: Path) -> list[tuple[str, str]]:
    """Each test by its dotted name, without what it was tried with, and how it went."""
    cases = []
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{(case.get('name') or '').partition('[')[0]}"
        kinds = {child.tag for child in case}
        went = "failed" if kinds & {"failure", "error"} else "passed"
        cases.append((name, "skipped" if "skipped" in kinds else went))
    return cases


def _worst(test: str, found: list[tuple[str, str]]) -> str | None:
    path, _, name = test.partition("::")
    dotted = path.removesuffix(".py").replace("/", ".") + "."
    inside = [
        (one[len(dotted) :].split("."), how) for one, how in found if one.startswith(dotted)
    ]
    went = {how for parts, how in inside if " " in name or name in parts}
    return next((how for how in ("failed", "passed", "skipped") if how in went), None)


def _say_last_run(tests: Mapping[str, Any]) -> str:
    if not tests["results"]:
        return "No run of all of them has been written down yet (`make reliability-run`)."
    results = list(tests["results"].values())
    said = ", ".join(f"{results.count(how)} {how}" for how in dict.fromkeys(sorted(results)))
    return (
        f"Last written down (`make reliability-run`): {tests['date']}, {tests['where']}; {said}. "
        "*New* is what has not been run since."
    )


def _marks_in(module: ast.Module) -> Iterator[tuple[str, list[str]]]:
    nodes = [node for node in ast.walk(module) if isinstance(node, ast.stmt)]
    for node in sorted(nodes, key=lambda node: node.lineno):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                if cases := _cases_of(decorator):
                    yield node.name, cases
        elif isinstance(node, ast.Assign):
            if cases := _cases_in_pytestmark(node):
                yield "all tests of the file", cases
            elif isinstance(node.value, ast.Call) and (cases := _cases_of(node.value.func)):
                yield ast.unparse(node.targets[0]), cases


def _cases_in_pytestmark(node: ast.Assign) -> list[str]:
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if names != ["pytestmark"]:
        return []
    marks = node.value.elts if isinstance(node.value, ast.List) else [node.value]
    return [case for mark in marks for case in _cases_of(mark)]


def _cases_of(mark: ast.expr) -> list[str]:
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != "pytest.mark.case":
        return []
    return [str(ast.literal_eval(argument)) for argument in mark.args]


def _write_group(
    title: str,
    cases: Mapping[str, Case],
    marks: Mapping[str, list[str]],
    runs: Mapping[str, Any],
) -> str:
    lines = ["", f"## {title}", ""]
    lines += ["| | What | Then | Held by | Last result |", "| --- | --- | --- | --- | --- |"]
    for name, case in cases.items():
        tests = marks.get(name, [])
        cells = (name, case["what"], case["then"], _write_held(case, tests, runs["long"]))
        result = _write_result(tests, runs["tests"]["results"])
        lines.append("| " + " | ".join((*cells, result)) + " |")
    return "\n".join(lines) + "\n"


def _write_result(tests: list[str], results: Mapping[str, str]) -> str:
    """The worst that came of them; what is new is said as well."""
    went = [results.get(test, "new") for test in tests]
    if "failed" in went:
        return "**failed**"
    return ", ".join(how for how in ("passed", "skipped", "new") if how in went)


def _write_held(case: Case, tests: list[str], long: Mapping[str, Any]) -> str:
    by_file: dict[str, list[str]] = defaultdict(list)
    for test in tests:
        path, _, name = test.partition("::")
        by_file[path].append(f"`{name}`")
    parts = [
        f"[{path.removeprefix('tests/')}](../{path}): {', '.join(names)}"
        for path, names in by_file.items()
    ]
    targets = case.get("runs", "").split()
    if not tests and not targets:
        parts.append("**open**")
    parts += [_write_long_run(target, long.get(target)) for target in targets]
    if "missing" in case:
        parts.append(f"*Not shown: {case['missing']}.*")
    if "measured" in case:
        parts.append(case["measured"])
    return "<br>".join(parts)


def _write_long_run(target: str, run: Mapping[str, Any] | None) -> str:
    if run is None:
        return f"`make {target}`"
    said = str(run["said"]).replace("|", "\\|")
    told = f"`make {target}`, {run['date']}, {run['seconds']} s: {run['result']}"
    return f"{told}. “{said}”" if said else told


def main() -> int:
    """Write the page; or run something first, or only say whether the page is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--run", action="store_true", help="run the tests that hold cases")
    parser.add_argument("--record", metavar="TARGET", help="run `make TARGET`, a long run")
    options = parser.parse_args()
    if options.check:
        return int(PAGE.read_text("utf-8") != write_page())
    code = run_tests() if options.run else 0
    if options.record:
        code = record_long_run(options.record)
    PAGE.write_text(write_page(), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
