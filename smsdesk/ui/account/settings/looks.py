"""The page of looks and language."""

from typing import Any

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _, languages
from smsdesk.system.settings import LANGUAGE, THEME
from smsdesk.ui import plain
from smsdesk.ui.account.settings.page import Choice, SettingsPage, choose, make_combo
from smsdesk.ui.language_names import language_name
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

    def choices(self) -> list[Choice[Any]]:
        return [
            Choice(THEME, self.scheme.value),
            Choice(LANGUAGE, self.language.currentData()),
        ]

    @property
    def scheme(self) -> Scheme:
        return Scheme(self.theme.currentData())
