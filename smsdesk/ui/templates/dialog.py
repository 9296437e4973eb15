"""The templates: searched, read, changed, and put into the message.

What a template may be is the desk's to say. What is shown is kept only when the person says so.
"""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_contacts
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.templates import Template, TemplateError, Templates
from smsdesk.sms.contact import fold, words_of
from smsdesk.sms.message import Draft
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import dialogs, icons, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import ClippedDelegate, push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.theme import GRID

_SIZE = (720, 460)

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TemplatesModel(QAbstractListModel):
    """The templates that a search leaves, the most used first."""

    def __init__(self) -> None:
        super().__init__()
        self.every: Sequence[Template] = ()
        self.shown: list[Template] = []

    def show(self, every: Sequence[Template], search: str) -> None:
        wanted = words_of(search)
        self.beginResetModel()
        self.every = every
        self.shown = [
            one
            for one in every
            if all(word in fold(f"{one.name}\n{one.text}") for word in wanted)
        ]
        self.endResetModel()

    def row_of(self, template_id: int) -> int | None:
        return next((row for row, one in enumerate(self.shown) if one.id == template_id), None)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        template = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return plain.one_line(template.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(template.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            used = ngettext("used once", "used {count} times", template.used).format(
                count=grouped(template.used)
            )
            return f"{plain.visible(template.name)}, {used}"
        return None


class TemplatesDialog(Dialog):
    """A list at the left; at the right the one that is chosen, or a new one."""

    # Emitted with the template and the text that is to go into the message; None for one that was
    # not kept.
    chosen = Signal(object, str)

    def __init__(
        self,
        templates: Templates,
        *,
        worker: Worker,
        news: SignalInstance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Templates"), parent)
        self.setObjectName("templates")
        self._templates = templates
        self._worker = worker
        self._open: Template | None = None
        self._wanted: int | None = None
        self.model = TemplatesModel()
        self.search = QLineEdit()
        self.search.setObjectName("templates.search")
        self.search.setAccessibleName(_("Search the templates"))
        self.search.setPlaceholderText(_("Search"))
        self.search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.list = QListView()
        self.list.setObjectName("templates.list")
        self.list.setAccessibleName(_("Templates, the most used first"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(ClippedDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name = QLineEdit()
        self.name.setObjectName("templates.name")
        self.name.setAccessibleName(_("Name of the template"))
        self.text = QPlainTextEdit()
        self.text.setObjectName("templates.text")
        self.text.setAccessibleName(_("Text of the template"))
        self.text.setTabChangesFocus(True)
        self.hint = plain.label(
            _("A word in braces is filled in each time; {name} is the recipient's name."),
            tone="muted",
            wraps=True,
        )
        self.problem = plain.label(tone="bad", name="templates.problem", wraps=True)
        self.new_button = push_button(_("&New"), "templates.new")
        self.remove_button = push_button(_("&Remove…"), "templates.remove")
        self.save_button = push_button(_("&Save"), "templates.save")
        self.insert_button = push_button(_("&Put into the message"), "templates.insert")
        self.insert_button.setProperty("primary", True)
        self.close_button = push_button(_("&Close"), "templates.close")
        self.empty = EmptyState()
        self.empty.setObjectName("templates.empty")
        self.empty.button.setObjectName("templates.empty.act")
        self._arrange()
        self._connect(news)
        self.look_again()

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        under = QHBoxLayout()
        under.setSpacing(GRID)
        under.addWidget(self.new_button)
        under.addWidget(self.remove_button)
        under.addStretch()
        left.addLayout(under)
        form = QWidget()
        right = QVBoxLayout(form)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(GRID // 2)
        right.addWidget(plain.field_label(_("N&ame"), self.name))
        right.addWidget(self.name)
        right.addSpacing(GRID // 2)
        right.addWidget(plain.field_label(_("&Text"), self.text))
        right.addWidget(self.text, 1)
        right.addWidget(self.hint)
        right.addWidget(self.problem)
        acts = QHBoxLayout()
        acts.setSpacing(GRID)
        acts.addStretch()
        acts.addWidget(self.save_button)
        acts.addWidget(self.insert_button)
        right.addSpacing(GRID // 2)
        right.addLayout(acts)
        self.pages = QStackedWidget()
        self.pages.addWidget(form)
        self.pages.addWidget(self.empty)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addLayout(left, 2)
        middle.addWidget(self.pages, 3)
        bottom = QHBoxLayout()
        bottom.addStretch()
        bottom.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("Templates")))
        layout.addLayout(middle, 1)
        layout.addLayout(bottom)
        self.problem.hide()
        self.open_at(*_SIZE)
        self.search.setFocus()

    def _connect(self, news: SignalInstance) -> None:
        news.connect(self._follow)
        self.search.textChanged.connect(lambda _text: self._show(self.model.every))
        self.search.returnPressed.connect(self.list.setFocus)
        self.list.selectionModel().currentChanged.connect(self._open_current)
        self.list.doubleClicked.connect(lambda _index: self._insert())
        self.name.textEdited.connect(lambda _text: self._note_edit())
        self.text.textChanged.connect(self._note_edit)
        self.new_button.clicked.connect(lambda: self.begin())
        self.empty.acted.connect(lambda: self.begin())
        self.remove_button.clicked.connect(self._remove)
        self.save_button.clicked.connect(lambda: self._save())
        self.insert_button.clicked.connect(self._insert)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        QShortcut(QKeySequence.StandardKey.Save, self, self._save)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, self._remove)

    # the list

    def look_again(self) -> None:
        self._worker.run(self._templates.all, self._show, self._tell)

    def _follow(self, change: Change) -> None:
        if change.kind is ChangeKind.TEMPLATES and self.isVisible():
            self.look_again()

    def _show(self, every: Sequence[Template]) -> None:
        wanted = self._wanted or (self._open.id if self._open is not None else None)
        self._wanted = None
        with QSignalBlocker(self.list.selectionModel()):
            self.model.show(every, self.search.text())
        row = self.model.row_of(wanted) if wanted is not None else None
        if row is not None:
            self._choose(row)
        elif self._open is None and self.is_edited():
            pass  # somebody is writing a new one
        elif self.model.shown and not self.is_edited():
            self._choose(0)
        elif not self.is_edited():
            self._fill(None)
        self._show_page()

    def _show_page(self) -> None:
        is_empty = self._open is None and not self.is_edited() and not self.model.shown
        if is_empty and self.search.text():
            self.empty.say(
                "search-x", _("Nothing found"), _("No template has these words in it.")
            )
        elif is_empty:
            self.empty.say(
                "notebook-text",
                _("No templates yet"),
                _(
                    "Keep what you write again and again, and put it into a message by two clicks."
                ),
                act=_("Write a template"),
            )
        self.pages.setCurrentIndex(1 if is_empty else 0)
        self._enable()

    def _choose(self, row: int) -> None:
        with QSignalBlocker(self.list.selectionModel()):
            self.list.setCurrentIndex(self.model.index(row))
        self.list.viewport().update()
        template = self.model.shown[row]
        if not (self.is_edited() and self._open is not None and self._open.id == template.id):
            self._fill(template)

    def _open_current(self, current: QModelIndex, previous: QModelIndex) -> None:
        if not current.isValid():
            return
        if self.is_edited() and not self._may_drop():
            row = self.model.row_of(self._open.id) if self._open is not None else None
            with QSignalBlocker(self.list.selectionModel()):
                self.list.setCurrentIndex(
                    self.model.index(row) if row is not None else QModelIndex()
                )
            self.list.viewport().update()
            return
        self._fill(self.model.shown[current.row()])
        self._show_page()

    def _may_drop(self) -> bool:
        return dialogs.ask(
            self,
            _("Drop what you have changed?"),
            _("The template that is open has changes that are not saved."),
            act=_("Drop them"),
        )

    # one template

    def begin(self, text: str = "") -> None:
        """Write a new one."""
        if self.is_edited() and not self._may_drop():
            return
        with QSignalBlocker(self.list.selectionModel()):
            self.list.setCurrentIndex(QModelIndex())
            self.list.clearSelection()
        self.list.viewport().update()
        self._fill(None)
        self.text.setPlainText(text)
        self.pages.setCurrentIndex(0)
        self.name.setFocus()

    def is_edited(self) -> bool:
        known = (self._open.name, self._open.text) if self._open is not None else ("", "")
        return (self.name.text(), self.text.toPlainText()) != known

    def _fill(self, template: Template | None) -> None:
        self._open = template
        with QSignalBlocker(self.text):
            self.name.setText(template.name if template is not None else "")
            self.text.setPlainText(template.text if template is not None else "")
        self._note_edit()

    def _note_edit(self) -> None:
        self.problem.hide()
        self._enable()

    def _enable(self) -> None:
        self.save_button.setEnabled(self.is_edited())
        self.remove_button.setEnabled(self._open is not None)
        self.insert_button.setEnabled(bool(self.text.toPlainText().strip()))

    def _save(self) -> None:
        if not self.is_edited():
            return
        template, name, text = self._open, self.name.text(), self.text.toPlainText()
        ways = Draft() if template is None else template.ways
        self._worker.run(
            lambda: self._templates.save(template, name=name, text=text, ways=ways),
            self._saved,
            self._tell,
        )

    def _saved(self, template: Template) -> None:
        self._open = template
        self._wanted = template.id
        self.look_again()

    def _remove(self) -> None:
        template = self._open
        if template is None or not dialogs.ask(
            self,
            _("Remove “{name}”?").format(name=plain.one_line(template.name)),
            _("Messages that were written with it stay as they are."),
            act=_("Remove"),
        ):
            return
        self._fill(None)
        self._worker.run(
            lambda: self._templates.remove(template), lambda _was: self.look_again(), self._tell
        )

    def _insert(self) -> None:
        """Put in what is shown; a change that was not saved goes only into the message."""
        text = self.text.toPlainText()
        if not text.strip():
            return
        self.chosen.emit(self._open, text)
        self.accept()

    def _tell(self, error: Exception) -> None:
        if isinstance(error, TemplateError):
            sentence: str | None = wording_contacts.template_sentence(error)
            (self.name if error.field == "name" else self.text).setFocus()
        else:
            sentence = wording_contacts.trouble_sentence(error)
        if sentence is None:
            raise error
        self.problem.setText(plain.sentence(sentence))
        self.problem.show()

    def reject(self) -> None:
        if not self.is_edited() or self._may_drop():
            super().reject()
