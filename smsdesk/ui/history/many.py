"""The line above the list while several messages are selected: how many, and what can be done
with all of them at once.

An act is done by the desk in short steps on the worker (`desk.acting`); here it is asked about
once, if it has to be, shown on its way, and told of in one line.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from smsdesk.desk import wording, wording_evidence, wording_history
from smsdesk.desk.acting import (
    Acting,
    Copied,
    Copying,
    Errand,
    Gathering,
    Selection,
    SendingAgain,
    TooManyError,
    Weighing,
)
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.conversations import peer_of
from smsdesk.sms.message import Direction, Message
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import DropButton
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.history.when import whole_time
from smsdesk.ui.room import set_margins
from smsdesk.ui.theme import GRID

_End = Callable[[Errand], str]


class ManyLine(QFrame):
    """`selection` says what is selected when a button is pressed; None while that is being
    read."""

    # Emitted with what came of an act, for the status bar.
    said = Signal(str)
    # Emitted when nothing is to be selected any more.
    left = Signal()
    # Emitted when what is selected is to be written into a file.
    export_asked = Signal()

    def __init__(self, acting: Acting, *, worker: Worker) -> None:
        super().__init__()
        self.setObjectName("history.many")
        self.setAccessibleName(_("Selected messages"))
        self.setProperty("ground", "strip")
        self._acting = acting
        self._worker = worker
        self.selection: Callable[[], Selection | None] = lambda: None
        self._count = 0
        self._errand: Errand | None = None
        self._is_stopped = False

        self.words = plain.label(name="history.many.count")
        self.again = _button(_("Send again…"), "history.many.again")
        self.copy = DropButton(_("Copy"))
        self.copy.setObjectName("history.many.copy")
        self.copy.setAccessibleName(_("Copy"))
        self.copy.setProperty("small", True)
        self.more = DropButton(_("More"))
        self.more.setObjectName("history.many.more")
        self.more.setAccessibleName(_("More to do with them"))
        self.more.setProperty("small", True)
        self.close_button = _tool("history.many.close", _("Select nothing"))
        self.progress_words = plain.ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setObjectName("history.many.progress")
        self.bar.setTextVisible(False)
        self.stop_button = _button(_("Stop"), "history.many.stop")
        self._fill_menus()
        self._arrange()
        self.again.clicked.connect(self.send_again)
        self.close_button.clicked.connect(self.left)
        self.stop_button.clicked.connect(self._stop)
        self.hide()

    def _fill_menus(self) -> None:
        for what, title in (
            (Copied.NUMBERS, _("&Numbers")),
            (Copied.TEXTS, _("&Texts")),
            (Copied.ROWS, _("&Rows for a spreadsheet")),
        ):
            action = self.copy.drop.addAction(title)
            action.setObjectName(f"history.many.copy.{what}")
            action.triggered.connect(lambda _checked=False, what=what: self.copy_all(what))
        self.cancel_action = self.more.drop.addAction(_("&Cancel what waits"))
        self.cancel_action.setObjectName("history.many.cancel")
        self.cancel_action.triggered.connect(self.cancel)
        self.settle_action = self.more.drop.addAction(_("&Treat as sent what is in doubt"))
        self.settle_action.setObjectName("history.many.settle")
        self.settle_action.triggered.connect(self.settle)
        self.export_action = self.more.drop.addAction(_("&Export…"))
        self.export_action.setObjectName("history.many.export")
        self.export_action.triggered.connect(self.export_asked)
        self.export_action.setVisible(False)

    def _arrange(self) -> None:
        acts = QWidget()
        row = QHBoxLayout(acts)
        set_margins(row, 2 * GRID, GRID // 2, GRID // 2, GRID // 2)
        row.setSpacing(GRID // 2)
        row.addWidget(self.words, 1)
        for part in (self.again, self.copy, self.more, self.close_button):
            row.addWidget(part)
        going = QWidget()
        line = QHBoxLayout(going)
        set_margins(line, 2 * GRID, GRID // 2, GRID // 2, GRID // 2)
        line.setSpacing(GRID)
        line.addWidget(self.progress_words, 1)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop_button)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(acts)
        self._pages.addWidget(going)

    @property
    def is_busy(self) -> bool:
        return self._errand is not None

    def show_count(self, count: int) -> None:
        """So many are selected now; one alone has its details."""
        self._count = count
        self.words.setText(wording_history.selected_words(count))
        self.setVisible(count > 1 or self.is_busy)

    # what can be done

    def send_again(self) -> None:
        """What surely was not sent goes at once; about the rest there is one question."""
        selection = self._chosen()
        if selection is None:
            return

        def weighed(errand: Errand) -> str:
            if isinstance(errand, Weighing):
                self._send_again(selection, errand)
            return ""

        self._begin(self._acting.weigh(selection), weighed, _("Looking what they are…"))

    def _send_again(self, selection: Selection, weighing: Weighing) -> None:
        sure, doubtful = weighing.done, weighing.doubtful
        may_reach_twice = False
        if doubtful:
            answer = self._ask(sure, doubtful)
            if not answer:
                return
            may_reach_twice = answer == "all"
        self._begin(
            self._acting.send_again(selection, may_reach_twice=may_reach_twice),
            _sent_again,
            _("Sending again…"),
        )

    def _ask(self, sure: int, doubtful: int) -> str:
        """ "all", "sure" or "" """
        everything = ngettext(
            "Send {count} again", "Send all {count} again", sure + doubtful
        ).replace("{count}", grouped(sure + doubtful))
        only = ngettext("Only the {count} not sent", "Only the {count} not sent", sure)
        choices = [("all", everything)]
        if sure:
            choices.append(("sure", only.replace("{count}", grouped(sure))))
        choices.append(("", _("Cancel")))
        answer = MessageDialog(
            _("Send again?"),
            wording_history.again_question(sure, doubtful),
            buttons=tuple(title for _key, title in choices),
            default=len(choices),
            parent=self.window(),
            icon="triangle-alert",
            tone="warn",
        ).exec()
        return choices[answer - 1][0] if answer else ""

    def cancel(self) -> None:
        selection = self._chosen()
        if selection is not None:
            self._begin(self._acting.cancel(selection), _cancelled, _("Cancelling…"))

    def settle(self) -> None:
        selection = self._chosen()
        if selection is not None:
            self._begin(self._acting.settle(selection), _settled, _("Treating as sent…"))

    def copy_all(self, what: Copied) -> None:
        selection = self._chosen()
        if selection is not None:
            copying = self._acting.copy(
                selection, what, text_of=wording.copied_text, row_of=_cells
            )
            self._begin(copying, _copied, _("Copying…"))

    def read_ids(self, then: Callable[[tuple[str, ...]], None]) -> None:
        """Gather the ids of what is selected, for whoever goes on with them."""

        def end(errand: Errand) -> str:
            if isinstance(errand, Gathering):
                then(tuple(errand.ids))
            return ""

        selection = self._chosen()
        if selection is not None:
            self._begin(self._acting.gather(selection), end, _("Looking what they are…"))

    def _chosen(self) -> Selection | None:
        if self.is_busy:
            return None
        selection = self.selection()
        if selection is None:
            self.said.emit(_("The list is still being read. Try again in a moment."))
        return selection

    # on the way

    def _begin(self, errand: Errand, end: _End, words: str) -> None:
        self._errand, self._is_stopped = errand, False
        self.progress_words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setMaximum(max(1, self._count))
        self.bar.setValue(0)
        self._had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self._step(errand, end)

    def _step(self, errand: Errand, end: _End) -> None:
        def went_on(is_more: bool) -> None:
            self.bar.setValue(errand.seen)
            if errand.seen and is_more and self._pages.currentIndex() == 0:
                self._pages.setCurrentIndex(1)
            if is_more and not self._is_stopped:
                self._step(errand, end)
            else:
                self._finish(errand, end)

        self._worker.run(errand.step, went_on, self._failed)

    def _stop(self) -> None:
        """What is done stays done."""
        self._is_stopped = True

    def _finish(self, errand: Errand, end: _End) -> None:
        is_stopped = self._is_stopped
        self._rest()
        if is_stopped:
            is_partly = errand.done and not isinstance(
                errand, SendingAgain | Copying | Weighing
            )
            told = end(errand) if is_partly else _("Nothing was done.")
            self.said.emit(wording_history.stopped_sentence(told))
        elif told := end(errand):
            self.said.emit(told)

    def _failed(self, error: Exception) -> None:
        self._rest()
        if isinstance(error, TooManyError):
            self.said.emit(wording_history.too_many_sentence(error.most))
        elif isinstance(error, NotStoredError):
            self.said.emit(wording_evidence.change_sentence(error.code))
        else:
            raise error

    def _rest(self) -> None:
        self._errand = None
        had_focus = self.stop_button.hasFocus()
        self._pages.setCurrentIndex(0)
        if had_focus:
            self.again.setFocus()
        self.show_count(self._count)


def _sent_again(errand: Errand) -> str:
    needs = isinstance(errand, SendingAgain) and errand.needs_confirmation
    return wording_history.sent_again_sentence(
        errand.done, errand.left, needs_confirmation=needs
    )


def _cancelled(errand: Errand) -> str:
    return wording_history.cancelled_sentence(errand.done, errand.left)


def _settled(errand: Errand) -> str:
    return wording_history.marked_sentence(errand.done, errand.left)


def _copied(errand: Errand) -> str:
    if isinstance(errand, Copying):
        QApplication.clipboard().setText(errand.text)
    return wording_history.copied_sentence(errand.done)


def _cells(message: Message) -> list[str]:
    """A row for a spreadsheet. A number goes without its plus, which would make it a formula."""
    other = peer_of(message)
    return [
        whole_time(message.created_at)[:19],
        _("Received") if message.direction is Direction.INBOUND else _("Sent by us"),
        wording.message_word(message),
        other.lstrip("+"),
        (message.to if message.direction is Direction.INBOUND else message.sender).lstrip("+"),
        wording.message_text(message),
    ]


def _button(title: str, name: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(name)
    button.setAccessibleName(title.rstrip("…"))
    button.setProperty("small", True)
    return button


def _tool(name: str, title: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(title)
    plain.set_tip(button, title)
    icons.dress(button, "x", "muted")
    return button
