"""The channels that one message tries in turn, and what became of each.

Which one decides what became of the message is known to the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from smsdesk.desk import wording_channels
from smsdesk.desk.history import LegNews
from smsdesk.sms.state import State
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.history.when import whole_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_SIGN = 14


class Legs(QWidget):
    """One line a channel, in the order of trying. Not there for a message with only one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.details.legs")
        self.setAccessibleName(_("Channels that are tried in turn"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(3, 1)
        self.hide()

    def show_legs(self, legs: Sequence[LegNews]) -> None:
        """Show these; nothing for none."""
        self._clear()
        for row, news in enumerate(legs):
            self._add(row, news)
        self.setVisible(bool(legs))
        spoken = [wording_channels.leg_sentence(news) for news in legs]
        self.setAccessibleDescription(plain.visible("; ".join(spoken)))

    def _add(self, row: int, news: LegNews) -> None:
        sign, tone = _look(news)
        picture = QLabel()
        colour = getattr(theme.current(), tone)
        picture.setPixmap(icons.picture(sign, colour, scaled(_SIGN), self.devicePixelRatioF()))
        number = plain.label(f"{news.n}.", tone="muted")
        state = plain.label(wording_channels.leg_sentence(news), tone=tone)
        more = plain.label(_more(news), tone="muted", wraps=True)
        more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if news.at is not None:
            plain.set_tip(state, whole_time(news.at))
        for column, part in enumerate((number, picture, state, more)):
            self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()


def _look(news: LegNews) -> tuple[str, str]:
    """The icon and the colour of what is known of a channel."""
    if news.has_arrived:
        return "check", "good"
    if news.state in (State.REJECTED, State.UNDELIVERABLE):
        return "circle-x", "bad"
    return ("dot", "muted") if news.state is None else ("clock", "muted")


def _more(news: LegNews) -> str:
    """From what, and why it was refused or what it cost."""
    facts = []
    if news.leg.sender:
        facts.append(
            _("from {sender}").replace("{sender}", plain.in_order(show_number(news.leg.sender)))
        )
    failure = news.failure
    if failure is not None:
        facts.append(wording_channels.refusal_sentence(failure))
    if news.price:
        cost = f"{news.price} {news.currency or ''}".strip()
        facts.append(_("Price {price}").replace("{price}", cost))
    return plain.one_line(" · ".join(facts)) if facts else ""
