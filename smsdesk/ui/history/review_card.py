"""One message in doubt: to whom, what, the evidence, and the choices with what they mean.

What a choice does is the page's; a card only asks for it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_evidence
from smsdesk.desk.history import Evidence
from smsdesk.desk.wording_evidence import EvidenceLine
from smsdesk.sms.message import Message
from smsdesk.system.i18n import _
from smsdesk.ui import names, plain
from smsdesk.ui.history.when import short_time, whole_time
from smsdesk.ui.theme import GRID


class ReviewCard(QFrame):
    """`say_known` shows the evidence, and shows it anew when there is more."""

    def __init__(self, message: Message, *, evidence: Evidence, via: str = "") -> None:
        """`via` is the channel in words, where it is to be said."""
        super().__init__()
        self.message = message
        self.setProperty("ground", "raised")
        number = plain.one_line(names.show_both(message.to))
        who = plain.heading(number, points=0.0)
        time = short_time(message.created_at, now=datetime.now(UTC))
        when = plain.label(f"{via} · {time}" if via else time, tone="muted")
        plain.set_tip(when, whole_time(message.created_at))
        text = plain.ElidedLabel(plain.one_line(wording.message_text(message)), tone="muted")
        why = plain.label(
            plain.sentence(wording.unknown_sentence(message.unknown_reason or "")), wraps=True
        )
        self.evidence = _EvidenceList()
        self.verdict = plain.label(tone="warn", name="history.review.verdict", wraps=True)
        self.ask = QPushButton(_("Ask Vonage now"))
        self.sent = QPushButton(_("Treat as sent"))
        self.again = QPushButton(_("Send again…"))
        self.leave = QPushButton(_("Leave it"))
        for name, button in (
            ("ask", self.ask),
            ("sent", self.sent),
            ("again", self.again),
            ("leave", self.leave),
        ):
            button.setObjectName(f"history.review.{name}")
            button.setAccessibleName(f"{button.text()}: {number}")
            button.setProperty("small", True)

        head = QHBoxLayout()
        head.addWidget(who, 1)
        head.addWidget(when)
        asking = QHBoxLayout()
        asking.setSpacing(GRID + GRID // 2)
        asking.addWidget(self.verdict, 1)
        asking.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID + GRID // 2, GRID, GRID + GRID // 2, GRID + GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(text)
        layout.addWidget(why)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self.evidence)
        layout.addSpacing(GRID // 2)
        layout.addLayout(asking)
        layout.addSpacing(GRID // 2)
        layout.addLayout(self._choices())
        for before, after in (
            (self.sent, self.again),
            (self.again, self.leave),
            (self.leave, self.ask),
        ):
            QWidget.setTabOrder(before, after)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._known: Evidence | None = None
        self.say_known(evidence)

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID + GRID // 2)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        for row, (choice, button) in enumerate(
            (("sent", self.sent), ("again", self.again), ("leave", self.leave))
        ):
            meaning = wording_evidence.choice_sentence(choice)
            button.setAccessibleDescription(meaning)
            grid.addWidget(button, row, 0)
            grid.addWidget(plain.label(meaning, tone="muted", wraps=True), row, 1)
        return grid

    def say_known(self, evidence: Evidence) -> None:
        """Vonage has been asked once more, or cannot be asked any more."""
        if evidence == self._known:
            return
        self._known = evidence
        lines = wording_evidence.evidence_lines(evidence)
        self.evidence.show_lines(lines)
        verdict = plain.sentence(wording_evidence.verdict_sentence(evidence))
        self.verdict.setText(verdict)
        self.ask.setEnabled(evidence.asking in wording_evidence.CAN_ASK)
        reason = wording_evidence.asking_sentence(evidence.asking)
        self.ask.setAccessibleDescription(reason)
        plain.set_tip(self.ask, reason)
        said = " ".join(plain.sentence(line.sentence) for line in lines)
        self.setAccessibleName(plain.one_line(names.show_both(self.message.to)))
        self.setAccessibleDescription(f"{said} {verdict}")


class _EvidenceList(QWidget):
    """Lines with their times, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.review.evidence")
        self.setAccessibleName(_("What is known about it"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID + GRID // 2)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[QWidget] = []

    def show_lines(self, lines: Sequence[EvidenceLine]) -> None:
        for label in self._labels:
            self._grid.removeWidget(label)
            label.hide()
            label.deleteLater()
        now = datetime.now(UTC)
        self._labels = []
        for row, line in enumerate(lines):
            at = plain.label(
                _("Until now") if line.at is None else short_time(line.at, now=now),
                tone="muted",
            )
            if line.at is not None:
                plain.set_tip(at, whole_time(line.at))
            words = plain.label(plain.sentence(line.sentence), wraps=True)
            self._grid.addWidget(at, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(words, row, 1)
            for label in (at, words):
                label.show()  # else it would come with the next turn of the loop
                self._labels.append(label)
