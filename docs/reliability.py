"""Writes docs/reliability.md: each case, and the tests whose marks say that they hold it.

The tests are read, not run, so that this takes a second; `make test` runs them all.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CASES = ROOT / "docs" / "reliability.toml"
PAGE = ROOT / "docs" / "reliability.md"

INTRODUCTION = """\
# What may go wrong, and which test holds that it does not

This page is written by `make reliability` from `docs/reliability.toml` and from the marks of the
tests (`@pytest.mark.case("F21")`); a test fails where it differs from them. Every test that is
named here is run by `make test` at each change, and no change with a failing one goes in. What
the long runs found stands with the goals; `CONTRIBUTING.md` lists the commands.

**{held} of {all} cases are held, {partly} of them in part; {open} are open.**
A case without a test is *open*, also where the program does the right thing.
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


def write_page() -> str:
    """The whole page, as the marks are now. Raises KeyError for a mark of no known case."""
    groups, marks = read_cases(), read_marks()
    known = {name: case for group in groups.values() for name, case in group.items()}
    if unknown := marks.keys() - known.keys():
        raise KeyError(f"no such case: {', '.join(sorted(unknown))}")
    introduction = INTRODUCTION.format(
        held=len(marks),
        all=len(known),
        partly=sum("missing" in known[name] for name in marks),
        open=len(known) - len(marks),
    )
    return introduction + "".join(
        _write_group(TITLES[group], cases, marks) for group, cases in groups.items()
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


def _write_group(title: str, cases: Mapping[str, Case], marks: Mapping[str, list[str]]) -> str:
    lines = ["", f"## {title}", "", "| | What | Then | Held by |", "| --- | --- | --- | --- |"]
    for name, case in cases.items():
        cells = (name, case["what"], case["then"], _write_held(case, marks.get(name, [])))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _write_held(case: Case, tests: list[str]) -> str:
    by_file: dict[str, list[str]] = defaultdict(list)
    for test in tests:
        path, _, name = test.partition("::")
        by_file[path].append(f"`{name}`")
    parts = [
        f"[{path.removeprefix('tests/')}](../{path}): {', '.join(names)}"
        for path, names in by_file.items()
    ]
    if not tests:
        parts.append("**open**")
    if "missing" in case:
        parts.append(f"*Not shown: {case['missing']}.*")
    if "measured" in case:
        parts.append(case["measured"])
    return "<br>".join(parts)


def main() -> int:
    """Write the page, or with --check only say whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    page = write_page()
    if parser.parse_args().check:
        return int(PAGE.read_text("utf-8") != page)
    PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
