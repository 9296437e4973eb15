"""A desk opened in a folder of the test's own, with a vault that forgets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.store.database import Database
from smsdesk.system.clock import Clock
from smsdesk.system.paths import Paths, find_paths
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault
from tests.support import Log, StoppedClock


@dataclass
class Office:
    """One profile on disk. `open` opens the desk as a start of the program does."""

    folder: Path
    clock: Clock = field(default_factory=StoppedClock)
    vault: SessionVault = field(default_factory=SessionVault)
    desks: list[Desk] = field(default_factory=list)

    @property
    def paths(self) -> Paths:
        return find_paths(data_dir=self.folder, profile="default")

    def open(
        self,
        *,
        api_url: str | None = None,
        on_update: Callable[[float], None] = lambda _share: None,
    ) -> Desk:
        desk = open_desk(
            paths=self.paths,
            settings=Settings(self.paths.settings),
            vault=self.vault,
            profile="default",
            api_url=api_url,
            clock=self.clock,
            on_update=on_update,
        )
        self.desks.append(desk)
        return desk

    def log(self) -> Log:
        """The log of this profile, to look at and to write to beside the desk."""
        return Log(Database(self.paths.database))

    def close(self) -> None:
        for desk in self.desks:
            desk.close()
