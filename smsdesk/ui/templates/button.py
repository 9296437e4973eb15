"""The button beside Send that puts a template into the message.

The templates are the desk's; what a template does to the text, the compose pane knows.
"""

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton

from smsdesk.desk import wording_contacts
from smsdesk.desk.contacts import BookError
from smsdesk.desk.templates import Templates
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme

MOST_IN_MENU = 10
_LONGEST_TITLE = 48
_ARROW = 14
_ARROW_ROOM = 8


class TemplateButton(QPushButton):
    """Its menu is filled each time it opens: the most used first, the rest behind a search."""

    # Emitted with the template that the person wants in the message.
    chosen = Signal(object)
    # Emitted when what is written is to become a template.
    save_asked = Signal()
    # Emitted when the person wants to search, change or order the templates.
    manage_asked = Signal()

    def __init__(self, templates: Templates, *, has_text: Callable[[], bool]) -> None:
        super().__init__(_("Temp&late"))
        self.setObjectName("compose.template")
        self.setAccessibleName(_("Template"))
        plain.set_tip(self, _("Put a text in that was written before"))
        self._templates = templates
        self._has_text = has_text
        self.menu_ = QMenu(self)
        self.menu_.setObjectName("compose.template.menu")
        self.menu_.setToolTipsVisible(True)
        self.menu_.aboutToShow.connect(self.fill)
        self.setMenu(self.menu_)
        self.setProperty("drops", True)

    def fill(self) -> None:
        """Read the templates, and make the menu of them."""
        menu = self.menu_
        menu.clear()
        try:
            found = self._templates.all()
        except BookError as error:
            sentence = wording_contacts.trouble_sentence(error) or ""
            menu.addAction(plain.typed(sentence)).setEnabled(False)
            return
        for template in found[:MOST_IN_MENU]:
            action = menu.addAction(plain.typed(plain.one_line(_short(template.name))))
            action.setToolTip(plain.tip(template.text))
            action.triggered.connect(lambda _=False, one=template: self.chosen.emit(one))
        if not found:
            menu.addAction(_("No templates yet")).setEnabled(False)
        menu.addSeparator()
        if len(found) > MOST_IN_MENU:
            title = _("Searc&h all {count:,} templates…").format(count=len(found))
            menu.addAction(title, self.manage_asked.emit)
        save = menu.addAction(_("&Save this text as template…"), self.save_asked.emit)
        save.setEnabled(self._has_text())
        menu.addAction(_("&Manage templates…"), self.manage_asked.emit)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(_ARROW_ROOM, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colours = theme.current()
        colour = colours.text if self.isEnabled() else colours.field_line
        arrow = icons.picture("chevron-down", colour, _ARROW, self.devicePixelRatioF())
        x = self.width() - _ARROW - 10
        QPainter(self).drawPixmap(x, (self.height() - _ARROW) // 2, arrow)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_TITLE else f"{name[:_LONGEST_TITLE]}…"
