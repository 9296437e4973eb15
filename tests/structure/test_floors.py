"""The plan of the house holds: who may import whom, and which library has which one door.

The contracts themselves stand in pyproject.toml; what an import cannot show is looked for here
in the syntax of the program and of its tests."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = sorted((ROOT / "smsdesk").rglob("*.py"))
BENCHMARKS = ROOT / "tests" / "benchmarks"  # they pace what they measure
TESTS = sorted(set((ROOT / "tests").rglob("*.py")) - set(BENCHMARKS.rglob("*.py")))

FILE_OPENERS = {"open", "read_bytes", "read_text", "write_bytes", "write_text"}
NOT_HELD_BY_SQLITE = {
    "create_file",  # an empty file, before SQLite first sees it
    "_create_private",  # the same, for a backup
    "sync",  # a backup, after SQLite has closed it
    "load",  # the ballast, which is no database
}

SLEEPS = {
    "sleep",
    "time.sleep",
    "QThread.sleep",
    "QThread.msleep",
    "QTest.qSleep",
    "QTest.qWait",
}

WITHOUT_QT = """
import importlib
import pkgutil
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
import smsdesk.cli
for module in pkgutil.walk_packages(smsdesk.cli.__path__, "smsdesk.cli."):
    importlib.import_module(module.name)
"""

HEAVY = [
    *("keyring", "requests", "urllib3", "phonenumbers", "jwt", "cryptography", "truststore"),
    *("jeepney", "openpyxl"),
    "cheroot",
]

AFTER_THE_PAINT = [
    *("concurrent.futures", "email", "getpass", "hashlib", "subprocess", "zoneinfo"),
    *("PySide6.QtNetwork", "smsdesk.cli"),
    *("smsdesk.delivery.sender", "smsdesk.delivery.reports", "smsdesk.delivery.upkeep"),
    *(
        "smsdesk.desk.account",
        "smsdesk.desk.batches",
        "smsdesk.desk.prices",
        "smsdesk.desk.trail",
    ),
    *(
        "smsdesk.sms.inbound",
        "smsdesk.sms.opt_out",
        "smsdesk.sms.prices",
        "smsdesk.sms.receipt",
    ),
    *("smsdesk.store.events", "smsdesk.store.inbound", "smsdesk.store.overview"),
    *("smsdesk.ui.batches.side", "smsdesk.ui.compose.recipients_dialog"),
    *("smsdesk.ui.presence", "smsdesk.ui.single_instance"),
    *("smsdesk.vonage.client", "smsdesk.webhooks"),
]
"""What the first picture of the window does not need."""


def test_every_import_keeps_to_its_floor_and_every_library_to_its_door() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]

    lint = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_the_command_line_imports_with_pyside6_hidden() -> None:
    cli = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT], cwd=ROOT, capture_output=True, text=True
    )

    assert cli.returncode == 0, cli.stderr


@pytest.mark.parametrize("face", ["smsdesk.app", "smsdesk.cli.program"])
def test_nothing_heavy_is_imported_before_it_is_needed(face: str) -> None:
    """The window paints first; what takes long to import comes at its first use."""
    importing = f"import sys, {face}; print(*sorted(sys.modules.keys() & {set(HEAVY)}))"

    imported = subprocess.run(
        [sys.executable, "-c", importing], cwd=ROOT, capture_output=True, text=True
    )

    assert (imported.stdout.split(), imported.stderr) == ([], "")


def test_what_comes_after_the_first_paint_is_not_imported_with_the_window() -> None:
    importing = f"import sys, smsdesk.app; print(*sys.modules.keys() & {set(AFTER_THE_PAINT)})"

    imported = subprocess.run(
        [sys.executable, "-c", importing], cwd=ROOT, capture_output=True, text=True
    )

    assert (sorted(imported.stdout.split()), imported.stderr) == ([], "")


def test_only_the_store_speaks_sqlite_and_never_through_qt() -> None:
    """Two libraries on one database file undo each other's locks."""
    assert not [where for where, name in _imports(PROGRAM + TESTS) if "QtSql" in name]


def test_the_store_opens_no_plain_file_but_those_sqlite_does_not_hold() -> None:
    """Closing any descriptor of a database drops the locks SQLite holds on it (POSIX)."""
    store = [path for path in PROGRAM if path.parent.name == "store"]

    openers = {
        function.name
        for path, function in _nodes(store)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and _last_word(node) in FILE_OPENERS
    }

    assert openers <= NOT_HELD_BY_SQLITE


def test_certificates_are_always_verified() -> None:
    assert not [
        where
        for where, _, call in _calls(PROGRAM)
        for keyword in call.keywords
        if keyword.arg == "verify" and _is_constant(keyword.value, False)
    ]


def test_no_thread_is_ever_terminated() -> None:
    assert not [where for where, name, _ in _calls(PROGRAM) if name == "terminate"]


@pytest.mark.case("T17")
def test_no_text_from_outside_becomes_a_format_string() -> None:
    """`str.format` on a text that came from elsewhere lets that text read attributes."""
    assert not [
        where
        for where, name, call in _calls(PROGRAM)
        if name in {"format", "format_map"} and not _is_our_own_sentence(call)
    ]


def test_tests_wait_for_a_condition_and_never_sleep() -> None:
    """A clock of the tests' own may well be told to sleep: it takes no time."""
    assert not [where for where, _, call in _calls(TESTS) if ast.unparse(call.func) in SLEEPS]


def _is_our_own_sentence(call: ast.Call) -> bool:
    """Whether what is formatted is a literal, a constant, or either of them translated.

    `super().format(record)` is logging's, and `format(number, ".2f")` formats no text.
    """
    match call.func:
        case ast.Name(id="format"):
            return True
        case ast.Attribute(value=ast.Constant()):
            return True
        case ast.Attribute(value=ast.Name(id=name)):
            return name.isupper()
        case ast.Attribute(value=ast.Call(func=ast.Name(id="_" | "ngettext" | "super"))):
            return True
    return False


def _is_constant(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _imports(paths: list[Path]) -> Iterator[tuple[str, str]]:
    for path, node in _nodes(paths):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield f"{path}:{node.lineno}", alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{path}:{node.lineno}", f"{node.module}.{alias.name}"


def _calls(paths: list[Path]) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: where it stands, the last word of what is called, and the call itself."""
    for path, node in _nodes(paths):
        if isinstance(node, ast.Call):
            yield f"{path}:{node.lineno}", _last_word(node), node


def _last_word(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _nodes(paths: list[Path]) -> Iterator[tuple[Path, ast.AST]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path.relative_to(ROOT), node
