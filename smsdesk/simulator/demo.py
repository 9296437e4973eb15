"""A whole account for a demo: a simulator on loopback and throw-away keys that fit it.

Nothing of it reaches a network; whoever opens it decides what to do with it.
"""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET, Simulator


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What a person would otherwise copy from Vonage's dashboard."""

    api_url: str
    application_id: str
    private_key_path: Path
    api_key: str
    api_secret: str = field(repr=False)
    signature_secret: str = field(repr=False)


@contextmanager
def demo_account(
    *, records: Path | None, pace: float = 1.0, inbound_url: Callable[[], str] | None = None
) -> Iterator[DemoAccount]:
    """Run a simulator and yield the account that it knows; both are gone afterwards.

    `records` keeps its messages between two runs, so that Reports still knows yesterday's.
    `inbound_url` is asked, for each message that comes in, where that is told; "" is nowhere.
    Raises OSError when no port or no temporary folder can be had.
    """
    application_id = str(uuid.uuid4())
    private_key, public_key = make_key_pair()
    # TemporaryDirectory makes its folder with mode 0700.
    with tempfile.TemporaryDirectory(prefix="smsdesk-demo-") as folder:
        private_key_path = Path(folder, "private.key")
        private_key_path.touch(mode=0o600)
        private_key_path.write_text(private_key, encoding="ascii")
        simulator = Simulator(
            application_id=application_id,
            public_key_pem=public_key,
            records=records,
            inbound_url=inbound_url,
            pace=pace,
        )
        with simulator:
            yield DemoAccount(
                api_url=simulator.url,
                application_id=application_id,
                private_key_path=private_key_path,
                api_key="demo",
                api_secret="demo",
                signature_secret=DEMO_SIGNATURE_SECRET,
            )
