"""The channels that one message tries in turn: a step for each, and which one arrived.

Which one decides what became of the message is known to the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from smsdesk.desk import wording, wording_channels
from smsdesk.desk.history import LegNews
from smsdesk.sms.channels import title_of
from smsdesk.sms.state import State
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.history.when import whole_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIGN = 14


class Legs(QWidget):
    """A line of steps in the order of trying, and below it what more is known of each. Not there
    for a message with only one channel."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.details.legs")
        self.setAccessibleName(_("Channels that are tried in turn"))
        steps = QWidget()
        self._steps = FlowLayout(steps, gap=GRID)
        self._steps.setContentsMargins(0, 0, 0, 0)
        self._more = QVBoxLayout()
        self._more.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(steps)
        layout.addLayout(self._more)
        self.hide()

    def show_legs(self, legs: Sequence[LegNews]) -> None:
        """Show these; nothing for none."""
        for layout in (self._steps, self._more):
            _clear(layout)
        for news in legs:
            if news is not legs[0]:
                self._steps.addWidget(plain.label("›", tone="muted"))
            self._steps.addWidget(_step(news))
            more = _more(news)
            if more:
                told = plain.label(more, tone="muted", wraps=True)
                told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._more.addWidget(told)
        self.setVisible(bool(legs))
        spoken = [wording_channels.leg_sentence(news) for news in legs]
        arrived = wording_channels.arrived_sentence(legs)
        spoken = [arrived, *spoken] if arrived else spoken
        self.setAccessibleDescription(plain.visible("; ".join(spoken)))


def _step(news: LegNews) -> QWidget:
    """Icon, channel and state; that which arrived stands out."""
    icon, tone = _look(news)
    step = QWidget()
    sign = QLabel()
    colour = getattr(theme.current(), tone)
    sign.setPixmap(icons.picture(icon, colour, scaled(_SIGN), step.devicePixelRatioF()))
    state = plain.label(wording_channels.leg_sentence(news), tone=tone)
    if news.has_arrived:
        state.setFont(plain.sized(state.font(), 0, weight=QFont.Weight.DemiBold))
    if news.at is not None:
        plain.set_tip(state, whole_time(news.at))
    row = QHBoxLayout(step)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID // 2)
    row.addWidget(sign)
    row.addWidget(state)
    return step


def _look(news: LegNews) -> tuple[str, str]:
    """The icon and the colour of what is known of a channel."""
    if news.has_arrived:
        return "check", "good"
    if news.state in (State.REJECTED, State.UNDELIVERABLE):
        return "circle-x", "bad"
    return ("dot", "muted") if news.state is None else ("clock", "muted")


def _more(news: LegNews) -> str:
    """From what, and why it was refused or what it cost; "" for a channel that was not tried."""
    if news.state is None:
        return ""
    facts = []
    if news.leg.sender:
        facts.append(
            _("from {sender}").replace("{sender}", plain.in_order(show_number(news.leg.sender)))
        )
    failure = news.failure
    if failure is not None:
        facts.append(wording_channels.refusal_sentence(failure))
    if news.price:
        facts.append(wording.price_sentence(news.price, news.currency))
    return plain.one_line(f"{title_of(news.leg.channel)} {' · '.join(facts)}") if facts else ""


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        part = item.widget()
        if part is not None:
            part.hide()
            part.deleteLater()
