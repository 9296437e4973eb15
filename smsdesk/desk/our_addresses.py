"""This desk's two webhook addresses in the application at Vonage: compared, written, removed.

Which of the addresses there are ours is told by their secret path, whatever the host: a tunnel's
name changes. Where the public address comes from is known by `way_in`.

Every method is slow (keyring, network) and raises AccountError.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from urllib.parse import urlsplit

from smsdesk.desk.account import Account, AccountError
from smsdesk.desk.connecting import Connecting


class Found(Enum):
    """What the application has, compared with what it should have."""

    OURS = auto()
    OLD_OR_NONE = auto()
    """Older ones of this desk, or none: nobody else's are lost when they are written over."""
    OTHERS = auto()


class OurAddresses:
    """`urls` gives the inbound and the status address below a public one."""

    def __init__(
        self,
        *,
        urls: Callable[[str], tuple[str, str]],
        account: Account,
        connecting: Connecting,
    ) -> None:
        self._urls = urls
        self._account = account
        self._connecting = connecting

    def can_ask(self) -> bool:
        """Whether there is an API key and secret to ask Vonage with."""
        return self._connecting.has_account()

    def compare(self, public_url: str) -> Found:
        """Look at what Vonage has."""
        found = self._connecting.application(self._application_id())
        known = (found.inbound_url, found.status_url)
        if known == self._urls(public_url):
            return Found.OURS
        if all(not url or self._is_ours(url) for url in known):
            return Found.OLD_OR_NONE
        return Found.OTHERS

    def write(self, public_url: str) -> None:
        """Write both, whatever is there."""
        inbound_url, status_url = self._urls(public_url)
        self._connecting.write_webhooks(
            self._application_id(), inbound_url=inbound_url, status_url=status_url
        )

    def remove(self) -> None:
        """Take ours away, and leave those of others."""
        if not self.can_ask():
            return
        application_id = self._application_id()
        found = self._connecting.application(application_id)
        known = (found.inbound_url, found.status_url)
        inbound_url, status_url = ("" if self._is_ours(url) else url for url in known)
        if (inbound_url, status_url) != known:
            self._connecting.write_webhooks(
                application_id, inbound_url=inbound_url, status_url=status_url
            )

    def _is_ours(self, url: str) -> bool:
        own = {urlsplit(one).path for one in self._urls("https://any.invalid")}
        try:
            path = urlsplit(url).path
        except ValueError:
            return False
        return path != "" and path.endswith(tuple(own))

    def _application_id(self) -> str:
        application_id = self._account.load().application_id
        if not application_id:
            raise AccountError("application_id", "application_id_empty")
        return application_id
