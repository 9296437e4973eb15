"""The way in: how webhooks come from the internet to the receiver on this computer.

By a tunnel that is kept running here, or by an address of one's own. Whether an address leads
here is never taken on trust: a random word is posted to it from outside, and only the receiver
can say that it came. A name that a stranger took over answers too, and passes for unreachable.

Listening is the receiver's. Every method may be called from any thread; `test`, `write`,
`set_up` and `close` are slow (network, keyring).
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from smsdesk.desk.account import Account, AccountError
from smsdesk.desk.answers import cause_of, cause_of_answer
from smsdesk.desk.connecting import Connecting
from smsdesk.desk.our_addresses import Found, OurAddresses
from smsdesk.desk.way_in_choice import check_public_url, store_choice
from smsdesk.desk.way_in_values import (
    AtVonage,
    WayInChoice,
    WayInPhase,
    WayInStatus,
)
from smsdesk.system.clock import Clock, SuspendWatch
from smsdesk.system.settings import (
    PUBLIC_URL,
    RECEIVER,
    TUNNEL_COMMAND,
    WAY_IN,
    Settings,
)
from smsdesk.system.tunnel import Tunnel
from smsdesk.vonage.errors import TransportError
from smsdesk.vonage.exchange import Answer

LOOK_S = 0.25
EVERY_S = 300.0
"""A way in that is open is tried so often."""
AGAIN_S = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, EVERY_S)
"""And one that is not, after the first failure, the second, and so on."""
SETTLE_S = 4.0
"""A tunnel's new name needs a moment until everybody can find it, and who asks too early may be
told for minutes that there is none."""
LASTING_S = 60.0
"""A way in that was closed for so long is worth a word to a person who does not ask."""
LONG_PAUSE_S = 900.0
COMPARE_EVERY_S = 3600.0
BEGINNING_S = 5.0
"""So long the receiver may take to begin with another port or secret."""
HAND_ON_S = 0.5
"""In that time the receiver knows the name by which it is called."""
SEEN_WITHIN_S = 1.0
NAME_AGAIN_S = 5.0
SET_UP_S = 90.0
_TRIES_OF_A_NEW_TUNNEL = 4


class Probe(Protocol):
    """A word that the receiver waits for."""

    def wait(self, timeout_s: float) -> bool:
        """Whether it came, at the latest after so long."""
        ...


class ReceiverStatus(Protocol):
    """As much of the receiver's status as is asked for here."""

    @property
    def phase(self) -> str:
        """`listening`, `off`, or what keeps it from listening."""
        ...

    @property
    def port(self) -> int:
        """Where it listens on this computer."""
        ...


class Receiver(Protocol):
    """Who listens on this computer: `desk.receiving.Receiving`."""

    @property
    def status(self) -> ReceiverStatus: ...

    def urls(self, public_url: str) -> tuple[str, str]:
        """The inbound and the status address below a public one, secret path included."""
        ...

    def expect_probe(self, nonce: str) -> Probe:
        """Wait for this word on the status path."""
        ...


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person has chosen; another one means to begin anew."""

    port: int
    is_tunnel: bool
    place: str
    """The tunnel's command, or the address of one's own."""


class WayIn:
    """A service: `run` keeps the way in open and tries it, until it is told to stop.

    `on_change` is called whenever the status is another than before.
    """

    name = "way_in"

    def __init__(
        self,
        *,
        receiver: Receiver,
        account: Account,
        connecting: Connecting,
        settings: Settings,
        clock: Clock,
        is_offline: Callable[[], bool],
        on_change: Callable[[], None],
        on_name: Callable[[], None] = lambda: None,
        post: Callable[[str, bytes], Answer] | None = None,
    ) -> None:
        """`on_name` is called when a tunnel's new address is in the settings, by which name the
        receiver is to be called from then on; `post` takes the place of the account's way to a
        public address."""
        self._receiver = receiver
        self._ours = OurAddresses(urls=receiver.urls, account=account, connecting=connecting)
        self._account = account
        self._settings = settings
        self._clock = clock
        self._is_offline = is_offline
        self._on_change = on_change
        self._on_name = on_name
        self._post = post or account.post_probe
        self._work = threading.RLock()
        """Held by whoever asks the network or moves the tunnel."""
        self._news = threading.Condition()
        self._status = WayInStatus()
        self._wish: _Wish | None = None
        self._is_on = False
        self._tunnel: Tunnel | None = None
        self._begun_at = 0.0
        self._name_at = 0.0
        self._address = ""
        self._failures = 0
        self._suspend = SuspendWatch(clock)
        self._due_at = 0.0
        self._compare_at = 0.0
        self._compared = ("", "")
        self._paused_at: float | None = None
        self._asked, self._answered = 0, 0

    @property
    def status(self) -> WayInStatus:
        """What is known now. Quick."""
        return self._status

    def pause(self) -> None:
        """Nobody looks. After a quarter of an hour of that the address is not tried any more."""
        if self._paused_at is None:
            self._paused_at = self._clock.monotonic()

    def resume(self) -> None:
        """Somebody looks again; what is due meanwhile is tried at once."""
        self._paused_at = None

    def reload(self) -> None:
        """The settings or the account may be others: look, test and compare again. Quick."""
        with self._news:
            self._asked += 1

    def run(self, stop: threading.Event) -> None:
        """Keep the way in open until `stop` is set."""
        try:
            while not stop.is_set():
                self.step()
                self._clock.wait(stop, LOOK_S)
        finally:
            with self._work:
                self._end_tunnel()
                self._wish = None  # another run begins anew

    def step(self) -> None:
        """One look at everything: what is wished, what the tunnel does, what is due."""
        with self._work:
            self._due_at = self._suspend.soon(self._due_at)
            asked = self._asked
            is_on = self._settings.get(RECEIVER)
            wish = self._read_wish() if is_on else None
            if wish != self._wish or is_on != self._is_on or asked != self._answered:
                self._begin(wish, is_on=is_on)
            if wish is not None:
                self._go_on(wish)
            elif is_on:
                self._tell_not_listening()
            with self._news:
                self._answered = asked
                self._news.notify_all()

    # Acts ---------------------------------------------------------------------------

    def test(self) -> WayInStatus:
        """Try now whether the address leads here, and say what is known then."""
        with self._work:
            if self._wish is not None and self._address:
                self._try(self._wish)
            return self._status

    def write(self) -> None:
        """Write our addresses to the application at Vonage. Raises AccountError."""
        with self._work:
            if not self._address:
                raise AccountError("public_url", "way_in_no_address")
            check_public_url(self._address, self._account)
            self._ours.write(self._address)
            self._tell(replace(self._status, at_vonage=AtVonage.OURS, problem=""))

    def choose(self, choice: WayInChoice) -> None:
        """Check what a person chose, and store it; the receiver is switched on with it.

        Raises AccountError for the first thing that will not do; nothing is stored then.
        """
        store_choice(choice, account=self._account, settings=self._settings)

    def set_up(self, timeout_s: float = SET_UP_S) -> WayInStatus:
        """Begin with what was just chosen: wait for the address, try it, and write it.

        A tunnel's address is written when it leads here; one's own also when that cannot be
        seen from this computer, unless a stranger answers there. The service must be running.
        Raises AccountError when it could not be written.
        """
        self.reload()
        with self._news:
            self._news.wait_for(self._is_settled, timeout_s)
            status = self._status
        is_own = self._settings.get(WAY_IN) == "address"
        is_worth_it = is_own and status.phase is WayInPhase.UNREACHABLE and status.address
        if status.phase is WayInPhase.OPEN or (is_worth_it and status.code != "stranger"):
            self.write()
        return self._status

    def close(self) -> str:
        """Take our addresses from the application again; those of others stay.

        "" when that is done or there was nothing to do; else a code for wording.
        """
        with self._work:
            try:
                self._ours.remove()
            except AccountError as error:
                return error.code
            return ""

    # What is wished, and what is there --------------------------------------------------

    def _read_wish(self) -> _Wish | None:
        status = self._receiver.status
        if status.phase != "listening":
            return None
        is_tunnel = self._settings.get(WAY_IN) == "tunnel"
        place = self._settings.get(TUNNEL_COMMAND) if is_tunnel else self._public_url
        return _Wish(status.port, is_tunnel, place)

    @property
    def _public_url(self) -> str:
        return self._settings.get(PUBLIC_URL).strip().rstrip("/")

    def _begin(self, wish: _Wish | None, *, is_on: bool) -> None:
        if wish != self._wish or (self._tunnel is not None and self._tunnel.state.problem):
            self._end_tunnel()
        self._wish = wish
        self._begun_at = self._clock.monotonic()
        self._forget_address()
        was_on, self._is_on = self._is_on, is_on
        if is_on:
            self._tell(WayInStatus(WayInPhase.OPENING))
        elif was_on:
            self._tell(WayInStatus(problem=self.close()))
        if wish is not None and wish.is_tunnel and self._tunnel is None:
            self._tunnel = Tunnel(wish.place, wish.port, clock=self._clock)

    def _go_on(self, wish: _Wish) -> None:
        address = wish.place
        if self._tunnel is not None:
            self._tunnel.keep()
            address = self._tunnel_address(self._tunnel)
        if address != self._address:
            self._forget_address()
            self._address = address
            settle_s = SETTLE_S if wish.is_tunnel else HAND_ON_S
            self._due_at = self._clock.monotonic() + settle_s
            if address and self._status.phase in (WayInPhase.OPENING, WayInPhase.OPEN):
                self._tell(WayInStatus(WayInPhase.OPENING, address))
        if not address:
            self._tell_no_address(wish)
        elif self._is_due:
            self._try(wish)

    def _tunnel_address(self, tunnel: Tunnel) -> str:
        """What the tunnel said, or the name that the settings know for one that says nothing.

        It is kept in the settings: by that name the receiver may be called.
        """
        state = tunnel.state
        if state.problem == "tunnel_silent":
            return self._public_url
        now = self._clock.monotonic()
        if state.address not in ("", self._public_url) and now >= self._name_at:
            self._name_at = now + NAME_AGAIN_S
            with suppress(OSError):  # then it is called by a name that it does not know
                self._settings.set(PUBLIC_URL, state.address)
            self._on_name()
        return state.address

    def _tell_not_listening(self) -> None:
        """The receiver has a moment to begin; then what keeps it from that is told."""
        phase = self._receiver.status.phase
        is_beginning = self._clock.monotonic() - self._begun_at < BEGINNING_S
        if phase not in ("off", "listening") and not is_beginning:
            self._tell_closed(WayInPhase.UNREACHABLE, f"receiver_{phase}")

    def _tell_no_address(self, wish: _Wish) -> None:
        if not wish.is_tunnel:
            self._tell_closed(WayInPhase.UNREACHABLE, "way_in_no_address", is_lasting=True)
            return
        state = self._tunnel.state if self._tunnel is not None else None
        if state is None or not state.problem:
            self._tell(WayInStatus(WayInPhase.OPENING))
            return
        # one that ended once is started again; that is news only when it happens again
        is_lasting = state.failures > 1 or not state.problem.startswith("tunnel_ended")
        self._tell_closed(
            WayInPhase.TUNNEL_FAILED, state.problem, said=state.said, is_lasting=is_lasting
        )

    @property
    def _is_due(self) -> bool:
        now = self._clock.monotonic()
        is_long_paused = self._paused_at is not None and now - self._paused_at > LONG_PAUSE_S
        may_wait = is_long_paused and self._status.phase is WayInPhase.OPEN
        return now >= self._due_at and not may_wait and not self._is_offline()

    # Trying ----------------------------------------------------------------------------

    def _try(self, wish: _Wish) -> None:
        code = self._probe(self._address)
        now = self._clock.monotonic()
        if not code:
            self._failures = 0
            self._due_at = now + EVERY_S
            self._tell(
                WayInStatus(
                    WayInPhase.OPEN,
                    self._address,
                    checked_at=self._clock.now(),
                    at_vonage=self._status.at_vonage,
                    problem=self._status.problem,
                )
            )
            self._compare(wish)
            return
        self._due_at = now + AGAIN_S[min(self._failures, len(AGAIN_S) - 1)]
        self._failures += 1
        is_new = wish.is_tunnel and self._status.phase is WayInPhase.OPENING
        if is_new and self._failures < _TRIES_OF_A_NEW_TUNNEL and code != "stranger":
            return
        self._tell_closed(WayInPhase.UNREACHABLE, code)

    def _probe(self, address: str) -> str:
        """Why an address does not lead here; "" when it does."""
        nonce = secrets.token_hex(32)
        try:
            check_public_url(address, self._account)
            status_url = self._receiver.urls(address)[1]
            probe = self._receiver.expect_probe(nonce)
            answer = self._post(status_url, nonce.encode("ascii"))
        except AccountError as error:
            return error.code
        except TransportError as error:
            return cause_of(error)
        if not 200 <= answer.status < 300:
            return cause_of_answer(answer)
        return "" if probe.wait(SEEN_WITHIN_S) else "stranger"

    # The application at Vonage -----------------------------------------------------------

    def _compare(self, wish: _Wish) -> None:
        """See whether Vonage has the address that was just found to lead here.

        A tunnel's new name is written over the old one of ours, or where there was none; over
        another server's addresses only a person writes.
        """
        now = self._clock.monotonic()
        try:
            wanted = self._receiver.urls(self._address)
            if now < self._compare_at and wanted == self._compared:
                return
            self._compare_at, self._compared = now + COMPARE_EVERY_S, wanted
            if not self._ours.can_ask():
                if wish.is_tunnel:  # its name changes; one's own is written once, by hand
                    self._tell_at_vonage(AtVonage.UNKNOWN, "way_in_no_account")
                return
            found = self._ours.compare(self._address)
            if found is Found.OLD_OR_NONE and wish.is_tunnel:
                self.write()
            else:
                is_there = found is Found.OURS
                self._tell_at_vonage(AtVonage.OURS if is_there else AtVonage.OTHERS)
        except AccountError as error:
            self._compare_at = now + EVERY_S
            self._tell_at_vonage(AtVonage.UNKNOWN, error.code)

    # Telling -----------------------------------------------------------------------------

    def _tell_closed(
        self, phase: WayInPhase, code: str, *, said: str = "", is_lasting: bool = False
    ) -> None:
        now = self._clock.now()
        since = self._status.since or now
        has_lasted = now - since >= timedelta(seconds=LASTING_S)
        self._tell(
            WayInStatus(
                phase,
                self._address,
                checked_at=self._status.checked_at,
                since=since,
                code=code,
                said=said,
                is_lasting=is_lasting or has_lasted or self._status.is_lasting,
                at_vonage=self._status.at_vonage,
                problem=self._status.problem,
            )
        )

    def _tell_at_vonage(self, at_vonage: AtVonage, problem: str = "") -> None:
        self._tell(replace(self._status, at_vonage=at_vonage, problem=problem))

    def _tell(self, status: WayInStatus) -> None:
        if status == self._status:
            return
        with self._news:
            self._status = status
            self._news.notify_all()
        self._on_change()

    def _is_settled(self) -> bool:
        return self._answered == self._asked and self._status.phase is not WayInPhase.OPENING

    def _forget_address(self) -> None:
        self._address = ""
        self._failures = 0
        self._due_at = 0.0
        self._compare_at = 0.0

    def _end_tunnel(self) -> None:
        tunnel, self._tunnel, self._name_at = self._tunnel, None, 0.0
        if tunnel is not None:
            tunnel.stop()
