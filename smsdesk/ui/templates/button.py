"""The button beside Send that puts a template into the message.

The templates are the desk's; what a template does to the text, the compose pane knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from smsdesk.desk import wording_contacts
from smsdesk.desk.contacts import BookError
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import plain
from smsdesk.ui.controls import DropButton

if TYPE_CHECKING:
    from smsdesk.desk.templates import Templates

MOST_IN_MENU = 10
_LONGEST_TITLE = 48


class TemplateButton(DropButton):
    """Its menu is filled each time it opens: the most used first, the rest behind a search."""

    # Emitted with the template that the person wants in the message.
    chosen = Signal(object)
    # Emitted when what is written is to become a template.
    save_asked = Signal()
    # Emitted when the person wants to search, change or order the templates.
    manage_asked = Signal()

    def __init__(self, templates: Templates, *, has_text: Callable[[], bool]) -> None:
        super().__init__(_("T&emplate"))
        self.setObjectName("compose.template")
        self.setAccessibleName(_("Template"))
        plain.set_tip(self, _("Put a text in that was written before"))
        self._templates = templates
        self._has_text = has_text
        self.drop.setObjectName("compose.template.menu")
        self.drop.setToolTipsVisible(True)
        self.drop.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Read the templates, and make the menu of them."""
        menu = self.drop
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
            title = _("Searc&h all {count} templates…").format(count=grouped(len(found)))
            menu.addAction(title, self.manage_asked.emit)
        save = menu.addAction(_("&Save this text as template…"), self.save_asked.emit)
        save.setEnabled(self._has_text())
        menu.addAction(_("&Manage templates…"), self.manage_asked.emit)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_TITLE else f"{name[:_LONGEST_TITLE]}…"
