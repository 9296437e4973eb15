"""What a message carries besides its text: a picture, an approved template, and how its channel
is to treat it. Only the fields of the channel that is chosen are there.

What may stand in them is checked by the desk; beside which of them a problem is said, by the pane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from smsdesk.sms.channels.content import PLAIN, ApprovedTemplate, Content
from smsdesk.sms.channels.short_message import SMS
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import plain
from smsdesk.ui.controls import STILL_THERE, ComboBox
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.sms.channels import Channel

_LONGEST_TYPED = 4000
_LONGEST_TTL = 999_999
_LINES = 3


class ContentFields(QWidget):
    """One row a field, with room below it for what is wrong. Empty until it is built, for with
    SMS alone none of it is ever seen."""

    # Emitted whenever one of them has changed.
    changed = Signal()
    # Emitted with the field's name when the person leaves one of them.
    left = Signal(str)
    # Emitted once, when the fields are there.
    built = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._channel = SMS
        self.problems: dict[str, QLabel] = {}
        self.fields: dict[str, QWidget] = {}
        """By the names of the problems that are said beside them; both empty at first."""
        self._rows: dict[str, tuple[QWidget, QWidget]] = {}
        self.hide()

    def build(self) -> None:
        """Make the fields, if there are none yet."""
        if not self._rows:
            self._make()
            self._arrange()
            self._connect()
            self.show_channel(self._channel)
            self.built.emit()

    def _make(self) -> None:
        self.image = _line("image", _("Picture: its address"))
        self.image.setPlaceholderText("https://example.com/a.jpg")
        self.template = _line("template_name", _("Approved template"))
        self.template.setPlaceholderText("order_ready")
        self.language = _line("template_locale", _("Language of the template"))
        self.language.setPlaceholderText("en_GB")
        self.parameters = Lines()
        self.category = ComboBox()
        self.category.setObjectName("compose.category")
        self.category.setAccessibleName(_("Category"))
        self.tag = _line("tag", _("Tag"))
        self.tag.setPlaceholderText("ACCOUNT_UPDATE")
        self.ttl = _line("ttl", _("Seconds after which it is not delivered any more"))
        self.ttl.setValidator(QIntValidator(0, _LONGEST_TTL, self.ttl))
        self.fields |= {
            "image": self.image,
            "template": self.template,
            "category": self.category,
            "tag": self.tag,
            "ttl": self.ttl,
        }
        self.problems |= {
            name: plain.label(tone="bad", name=f"compose.{name}.problem", wraps=True)
            for name in self.fields
        }

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID + GRID // 2)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        named = QWidget()
        row = QHBoxLayout(named)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.template, 3)
        row.addWidget(self.language, 1)
        for place, (name, title, buddy, part) in enumerate(
            (
                ("image", _("&Picture"), self.image, self.image),
                ("template", _("Template"), self.template, named),
                ("parameters", _("Gap&s"), self.parameters, self.parameters),
                ("category", _("Category"), self.category, self.category),
                ("tag", _("Tag"), self.tag, self.tag),
                ("ttl", _("&Seconds"), self.ttl, self.ttl),
            )
        ):
            side = plain.field_label(title, buddy)
            grid.addWidget(side, 2 * place, 0)
            grid.addWidget(part, 2 * place, 1)
            self._rows[name] = (side, part)
            if name in self.problems:
                # What is wrong with a template is said below its gaps, which belong to it.
                below = 2 * place + (3 if name == "template" else 1)
                grid.addWidget(self.problems[name], below, 1)
                self.problems[name].hide()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """What the keyboard comes to, in its order; nothing as long as there is none."""
        if not self._rows:
            return ()
        template = (self.template, self.language, self.parameters)
        return (self.image, *template, self.category, self.tag, self.ttl)

    @property
    def widest_title(self) -> int:
        """What the column of the titles takes, in pixels."""
        sides = (side.sizeHint().width() + 4 for side, _part in self._rows.values())
        return max(sides, default=0)

    def align(self, width: int) -> None:
        """Have the column of the titles as wide as that of the fields above."""
        for side, _part in self._rows.values():
            side.setMinimumWidth(width)

    def _connect(self) -> None:
        for name, line in (
            ("image", self.image),
            ("template", self.template),
            ("template", self.language),
            ("tag", self.tag),
            ("ttl", self.ttl),
        ):
            line.textChanged.connect(self.changed)
            line.editingFinished.connect(lambda name=name: self.left.emit(name))
        self.parameters.textChanged.connect(self.changed)
        self.parameters.left.connect(lambda: self.left.emit("template"))
        self.category.currentIndexChanged.connect(lambda _place: self._take_category())

    # what others ask

    def show_channel(self, channel: Channel) -> None:
        """Have the fields of this channel, and none of another."""
        self._channel = channel
        if not self._rows:
            return
        shown = {
            "image": channel.pictures is not None,
            "template": channel.has_templates,
            "parameters": channel.has_templates,
            "category": bool(channel.categories),
            "tag": False,
            "ttl": channel.ttl_s is not None,
        }
        for name, is_there in shown.items():
            self._set_row(name, is_there)
        if channel.ttl_s is not None:
            least, most = channel.ttl_s
            self.ttl.setPlaceholderText(
                _("{least} to {most}; empty: as {channel} likes")
                .replace("{least}", grouped(least))
                .replace("{most}", grouped(most))
                .replace("{channel}", channel.title)
            )
        category = self.category.currentData()
        self.category.blockSignals(True)
        self.category.clear()
        self.category.addItem(_("No category"), "")
        for name in channel.categories:
            self.category.addItem(_category_word(name), name)
        self.category.setCurrentIndex(max(0, self.category.findData(category)))
        self.category.blockSignals(False)
        self._show_tag()

    def content(self) -> Content:
        """What is given for the channel that is chosen."""
        if not self._rows:
            return PLAIN
        channel = self._channel
        category = (self.category.currentData() or "") if channel.categories else ""
        has_tag = bool(category) and category == channel.category_with_tag
        ttl = self.ttl.text().strip() if channel.ttl_s is not None else ""
        return Content(
            image_url=self.image.text().strip() if channel.pictures is not None else "",
            template=self._template() if channel.has_templates else None,
            category=category,
            tag=self.tag.text().strip() if has_tag else "",
            ttl_s=int(ttl) if ttl else None,
        )

    def set_content(self, content: Content) -> None:
        """Show this; nothing of what was there stays."""
        if content != PLAIN:
            self.build()
        elif not self._rows:
            return
        template = content.template or ApprovedTemplate("", "")
        for line, text in (
            (self.image, content.image_url),
            (self.template, template.name),
            (self.language, template.locale),
            (self.tag, content.tag),
            (self.ttl, "" if content.ttl_s is None else str(content.ttl_s)),
        ):
            line.setText(text)
            line.setCursorPosition(0)
        self.parameters.setPlainText("\n".join(template.parameters))
        with QSignalBlocker(self.category):  # nobody has chosen it just now
            self.category.setCurrentIndex(max(0, self.category.findData(content.category)))
        self._show_tag()

    def _template(self) -> ApprovedTemplate | None:
        """One parameter a line, since none may have a line break of its own."""
        gaps = self.parameters.toPlainText().rstrip("\n")
        name, locale = self.template.text().strip(), self.language.text().strip()
        if not (name or locale or gaps):
            return None
        return ApprovedTemplate(name, locale, tuple(gaps.split("\n")) if gaps else ())

    def _take_category(self) -> None:
        self._show_tag()
        self.changed.emit()
        self.left.emit("category")

    def _show_tag(self) -> None:
        wanted = self._channel.category_with_tag
        self._set_row("tag", bool(wanted) and self.category.currentData() == wanted)

    def _set_row(self, name: str, is_shown: bool) -> None:
        for part in self._rows[name]:
            part.setVisible(is_shown)
        if not is_shown and name in self.problems:
            self.problems[name].hide()


class Lines(QPlainTextEdit):
    """What is put into the gaps of a template: one a line. Tab leaves it."""

    # Emitted when the person leaves the field.
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compose.template_parameters")
        self.setAccessibleName(_("What goes into the gaps of the template, one a line"))
        self.setPlaceholderText(_("For {{1}}, {{2}} …, one a line"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + 2 * GRID)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STILL_THERE:
            self.left.emit()


def _line(name: str, title: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(f"compose.{name}")
    line.setAccessibleName(title)
    line.setMaxLength(_LONGEST_TYPED)
    line.setMinimumWidth(0)
    return line


def _category_word(name: str) -> str:
    """What a category means; one that has no word here is shown by its name."""
    words = {
        "transaction": _("Transaction"),
        "promotion": _("Promotion"),
        "authentication": _("Authentication"),
        "service-request": _("Service request"),
        "acknowledgement": _("Acknowledgement"),
        "response": _("Answer to what they wrote"),
        "update": _("Update"),
        "message_tag": _("With a tag, outside the reply window"),
    }
    return words.get(name, name)
