"""The whole program by a screen reader alone: what it finds by names, and what it is told."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import private_bus, virtual_screen
from tests.journeys.program import Program
from tests.screen_reader import ScreenReader, screen_reader

_TOOLS = ("Xvfb", "dbus-run-session")
_SERVICE = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
pytestmark = pytest.mark.skipif(
    not (all(map(shutil.which, _TOOLS)) and _SERVICE.exists()),
    reason=f"needs {', '.join(_TOOLS)} and at-spi2-core",
)
TO = "+447700900001"


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a desktop of its own."""
    place = tmp_path / "run"
    place.mkdir(mode=0o700)
    runtime = {"XDG_RUNTIME_DIR": str(place)}
    with private_bus({**os.environ, **runtime}) as bus, virtual_screen() as display:
        yield {**runtime, "DBUS_SESSION_BUS_ADDRESS": bus, "DISPLAY": display}


@pytest.fixture
def reader(desktop: dict[str, str]) -> Iterator[ScreenReader]:
    with screen_reader(desktop["DBUS_SESSION_BUS_ADDRESS"]) as reader:
        yield reader


def test_a_message_is_sent_by_names_alone_and_what_became_of_it_is_announced(
    reader: ScreenReader, desktop: dict[str, str], tmp_path: Path
) -> None:
    program = Program(tmp_path, ("--demo",), {**desktop, "QT_QPA_PLATFORM": "xcb"})
    program.settle(undo_s=0, assistant="shown")

    with program.running():
        reader.find("text", "To: add a recipient").write(TO)
        reader.find("text", "Message").write("Written by a screen reader 👍")
        reader.find("push button", "Send").press()

        reader.hear("Queued 1 message.")
        reader.hear("+44 7700 900001: Delivered.")
        table = reader.find("table", "Messages")
        assert any("Delivered" in cell.name for cell in table.everything())
