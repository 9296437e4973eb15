"""The specification names what is shipped of Qt; a name that is wrong would ship nothing."""

import ast
import sys
from pathlib import Path

import PySide6
import pytest

SPEC = Path(__file__).resolve().parents[2] / "packaging" / "smsdesk.spec"
PLUGINS = Path(PySide6.__path__[0]) / "Qt" / "plugins"
OF_OTHER_SYSTEMS = {
    "qcocoa",
    "qmacstyle",
    "qmodernwindowsstyle",
    "qwindows",
    "qwindowsvistastyle",
}


def named() -> dict[str, set[str]]:
    for node in ast.parse(SPEC.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "QT_PLUGINS":
            return dict(ast.literal_eval(node.value))
    raise AssertionError("QT_PLUGINS is not in the specification")


@pytest.mark.skipif(sys.platform != "linux", reason="the names are those of Linux")
@pytest.mark.parametrize(("folder", "names"), named().items(), ids=named())
def test_every_plugin_that_is_named_is_one_of_qts(folder: str, names: set[str]) -> None:
    there = {path.stem.removeprefix("lib") for path in (PLUGINS / folder).glob("*.so")}

    assert names - OF_OTHER_SYSTEMS <= there


def test_accents_can_be_typed_with_dead_keys_and_input_methods() -> None:
    assert len(named()["platforminputcontexts"]) == 2
