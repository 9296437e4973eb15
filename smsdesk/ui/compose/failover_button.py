"""What is tried after the channel itself: "then SMS". A menu in which channels are ticked, in the
order in which they are to be tried.

Vonage does the trying; who can be reached is known to the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from smsdesk.desk import wording_channels
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.controls import DropButton

if TYPE_CHECKING:
    from smsdesk.desk.channels import Choice
    from smsdesk.sms.channels import Channel

_SIGN = 16


class FailoverButton(DropButton):
    """Its menu is filled each time it opens."""

    # Emitted when the person has chosen others, or another order.
    changed = Signal()
    # Emitted with why a channel that the person wanted cannot be tried.
    refused = Signal(str)

    def __init__(self, choices: Callable[[], Sequence[Choice]]) -> None:
        super().__init__("")
        self.setObjectName("compose.failover")
        self._ask = choices
        self._first: Channel | None = None
        self._next: list[Channel] = []
        self.drop.setObjectName("compose.failover.menu")
        self.drop.setToolTipsVisible(True)
        self.drop.aboutToShow.connect(self.fill)
        self._show()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """In the order of trying."""
        return tuple(self._next)

    def set_channels(self, first: Channel, channels: Sequence[Channel]) -> None:
        """Show what is tried after `first`; nothing is emitted."""
        self._first = first
        self._next = [channel for channel in channels if channel != first]
        self._show()

    def fill(self) -> None:
        """Make the menu: every other channel, and what keeps it from being tried."""
        menu = self.drop
        menu.clear()
        none = menu.addAction(_("&No failover"), self._clear)
        none.setCheckable(True)
        none.setChecked(not self._next)
        menu.addSeparator()
        for choice in self._ask():
            channel = choice.channel
            if channel == self._first:
                continue
            is_chosen = channel in self._next
            reason = wording_channels.obstacle_sentence(choice, is_next=True)
            title = f"{channel.title}: {plain.one_line(reason)}" if reason else channel.title
            if is_chosen:
                title = f"{self._next.index(channel) + 1}. {title}"
            action = menu.addAction(plain.typed(title))
            if reason and not is_chosen:
                # Not disabled, or the keyboard would pass it by, and nobody could read it.
                action.setIcon(icons.icon("ban", theme.current().muted, _SIGN))
                action.triggered.connect(lambda _=False, told=title: self.refused.emit(told))
                continue
            action.setCheckable(True)
            action.setChecked(is_chosen)
            action.triggered.connect(lambda _=False, one=channel: self._toggle(one))

    def _toggle(self, channel: Channel) -> None:
        if channel in self._next:
            self._next.remove(channel)
        else:
            self._next.append(channel)
        self._show()
        self.changed.emit()

    def _clear(self) -> None:
        self._next = []
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        order = wording_channels.order_sentence(channel.name for channel in self._next)
        title = _("then {channels}").replace("{channels}", order) if order else _("No failover")
        self.setText(title)
        self.setAccessibleName(_("If it is refused: {what}").replace("{what}", title))
        plain.set_tip(
            self, _("What Vonage tries next, in this order, when a channel refuses the message")
        )
