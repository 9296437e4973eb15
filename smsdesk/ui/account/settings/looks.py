"""The page of looks, of language, and of whether the window opens at login."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _, languages
from smsdesk.system.settings import LANGUAGE, THEME, Settings
from smsdesk.ui import plain
from smsdesk.ui.account.settings.page import (
    Choice,
    Chosen,
    SettingsPage,
    choose,
    make_check,
    make_combo,
)
from smsdesk.ui.language_names import language_name
from smsdesk.ui.theme import Choice as Scheme

if TYPE_CHECKING:
    from smsdesk.system.autostart import Autostart


@dataclass(frozen=True, slots=True)
class _AtLogin:
    """The box for the start at login; the desktop keeps that, and not the settings."""

    autostart: "Autostart"
    is_on: bool

    def store(self, _settings: Settings) -> None:
        """Called on the worker. Raises OSError."""
        if self.autostart.is_on != self.is_on:
            self.autostart.switch(on=self.is_on)


class LooksPage(SettingsPage):
    """Colours change at Save, the language at the next start."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("General"))
        settings = desk.settings
        self.theme = make_combo(
            "theme",
            _("Colours"),
            (Scheme.SYSTEM, _("As the system is")),
            (Scheme.LIGHT, _("Light")),
            (Scheme.DARK, _("Dark")),
        )
        found = languages()
        stored = settings.get(LANGUAGE)
        self.language = make_combo(
            "language",
            _("Language"),
            ("", _("As the system is")),
            ("en", "English"),  # Qt knows it as American
            *((code, plain.one_line(language_name(code))) for code in found),
        )
        if stored not in ("", "en", *found):
            missing = _("{language} (not translated yet)")
            self.language.addItem(
                missing.replace("{language}", plain.one_line(language_name(stored))), stored
            )
        choose(self.theme, Scheme(settings.get(THEME)))
        choose(self.language, stored)

        said = [_("Takes effect at the next start.")]
        if not found:
            said.append(_("SMS Desk speaks English only so far; no translation is there yet."))
        self.add_field(_("C&olours"), self.theme, "theme")
        self.add_field(_("&Language"), self.language, "language", note=" ".join(said))
        self._autostart = desk.profiles.autostart()
        self.at_login = make_check("at_login", _("Start SMS &Desk when I log in"))
        if self._autostart is not None:
            self.at_login.setChecked(self._autostart.is_on)
            self.add_heading(_("At login"))
            self.add_beside(
                self.at_login,
                note=_("It opens in the tray, or minimised where there is none."),
            )

    def choices(self) -> Sequence[Chosen]:
        chosen: list[Chosen] = [
            Choice(THEME, self.scheme.value),
            Choice(LANGUAGE, self.language.currentData()),
        ]
        if self._autostart is not None:
            chosen.append(_AtLogin(self._autostart, self.at_login.isChecked()))
        return chosen

    @property
    def scheme(self) -> Scheme:
        return Scheme(self.theme.currentData())
