"""Writing and sending: from what was typed to messages in the log."""

from __future__ import annotations

import locale
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from smsdesk.delivery.outbox import Outbox
from smsdesk.sms.message import Draft, Message, Preview, Problem, check_draft
from smsdesk.store.drafts import DraftShelf
from smsdesk.store.errors import StoreError
from smsdesk.store.history import HistoryView
from smsdesk.system.clock import Clock
from smsdesk.system.settings import DEFAULT_REGION, EXPIRY_HOURS, SENDER, SENDERS, Settings


class NotStoredError(Exception):
    """The messages are surely not in the log; the draft must be kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SendResult:
    """What one Send came to: messages, or the problems that kept them from being queued."""

    messages: tuple[Message, ...] = ()
    problems: tuple[Problem, ...] = ()
    batch_id: str | None = None


class Compose:
    """What the compose pane and `smsdesk send` ask for."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        history: HistoryView,
        drafts: DraftShelf,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._history = history
        self._drafts = drafts
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender

    @property
    def default_region(self) -> str | None:
        """The country of numbers written the national way: the setting, or the system's."""
        return self._settings.get(DEFAULT_REGION) or region_of_locale()

    def preview(self, draft: Draft, *, default_region: str | None = None) -> Preview:
        """What would happen on Send. Pure and quick; made for every keystroke."""
        return check_draft(draft, default_region=default_region or self.default_region)

    def send(
        self,
        draft: Draft,
        *,
        default_region: str | None = None,
        due_at: datetime | None = None,
    ) -> SendResult:
        """Queue the draft's messages, all or none, and remember its sender.

        With `due_at` they wait for that moment first.

        Raises NotStoredError when the log could not take them.
        """
        preview = self.preview(draft, default_region=default_region)
        if not preview.can_send:
            return SendResult(problems=preview.problems)
        try:
            queued = self._outbox.queue(
                preview,
                ref=draft.ref.strip() or None,
                at=self._clock.now(),
                expires_after=self._expiry(),
                due_at=due_at,
            )
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        self._remember_sender(draft.sender.strip())
        messages = tuple(self._history.get_many(queued.ids))
        return SendResult(messages, preview.problems, queued.batch_id)

    def load_draft(self) -> Draft:
        """The draft as it was left, with the remembered sender where it has none."""
        draft = self._drafts.load()
        if draft.sender:
            return draft
        return Draft(self._settings.get(SENDER), draft.recipients, draft.text, draft.ref)

    def save_draft(self, draft: Draft) -> None:
        """Keep the draft for the next start. Raises StoreError."""
        self._drafts.save(draft, at=self._clock.now())

    def remembered_senders(self) -> list[str]:
        """The senders used before, the last one first."""
        senders: list[str] = self._settings.get(SENDERS)
        return senders

    def _remember_sender(self, sender: str) -> None:
        others = [known for known in self.remembered_senders() if known != sender]
        senders = [sender, *others][:10]
        try:
            self._settings.set(SENDERS, senders)
            self._settings.set(SENDER, sender)
        except OSError:
            # The messages are queued; a full disk must not make it look otherwise.
            return

    def _expiry(self) -> timedelta:
        return timedelta(hours=self._settings.get(EXPIRY_HOURS))


def region_of_locale() -> str | None:
    """The country in the system's locale, `GB` for en_GB.UTF-8."""
    language = locale.getlocale()[0] or ""
    region = language.partition("_")[2][:2]
    return region if region.isalpha() and region.isupper() else None
