"""The page of looks and language."""

from typing import Any

from PySide6.QtCore import QLocale

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _, languages
from smsdesk.system.settings import LANGUAGE, THEME
from smsdesk.ui import plain
from smsdesk.ui.account.settings.page import Choice, SettingsPage, choose, make_combo
from smsdesk.ui.theme import Choice as Scheme


class LooksPage(SettingsPage):
    """Colours change at Save, the language at the next start."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Looks and language"))
        settings = desk.settings
        self.theme = make_combo(
            "theme",
            _("Colours"),
            (Scheme.SYSTEM, _("As the system is")),
            (Scheme.LIGHT, _("Light")),
            (Scheme.DARK, _("Dark")),
        )
        known = ("en", *languages())
        stored = settings.get(LANGUAGE)
        self.language = make_combo(
            "language",
            _("Language"),
            ("", _("As the system is")),
            *((code, _native_name(code)) for code in known),
        )
        if stored and stored not in known:
            missing = _("{language} (not translated yet)")
            self.language.addItem(missing.replace("{language}", _native_name(stored)), stored)
        choose(self.theme, Scheme(settings.get(THEME)))
        choose(self.language, stored)

        said = [_("Takes effect at the next start.")]
        if len(known) == 1:
            said.append(_("SMS Desk speaks English only so far; no translation is there yet."))
        self.add_field(_("C&olours"), self.theme, "theme")
        self.add_field(_("&Language"), self.language, "language", note=" ".join(said))

    def choices(self) -> list[Choice[Any]]:
        return [
            Choice(THEME, self.scheme.value),
            Choice(LANGUAGE, self.language.currentData()),
        ]

    @property
    def scheme(self) -> Scheme:
        return Scheme(self.theme.currentData())


def _native_name(code: str) -> str:
    """The language in its own words, as somebody looks for it who knows no other."""
    if code == "en":
        return "English"  # Qt knows it as American
    name = QLocale(code).nativeLanguageName()
    return plain.one_line(name[:1].upper() + name[1:] if name else code)
