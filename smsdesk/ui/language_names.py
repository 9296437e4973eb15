"""Languages by the names that their speakers give them."""

from PySide6.QtCore import QLocale

# Qt takes Spanish without a country for that of Spain and says so; here it is plainly "español".
_PLAINLY = {"es": "es_US"}


def language_name(code: str) -> str:
    """ "Deutsch" for "de", "Português (Brasil)" for "pt_BR"; an unknown code is its own name."""
    locale = QLocale(_PLAINLY.get(code, code))
    name = locale.nativeLanguageName() if locale.language() is not QLocale.Language.C else ""
    if not name:
        return code
    name = name[0].upper() + name[1:]
    country = locale.nativeTerritoryName() if "_" in code else ""
    return f"{name} ({country})" if country and "(" not in name else name
