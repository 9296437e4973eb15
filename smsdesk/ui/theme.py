"""Colours, palette and style sheet for the light and the dark scheme, and the switch between.

Which icon or word stands for what is decided elsewhere; here it only gets its colour.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from smsdesk.ui.room import scaled

GRID = 8
"""The grid, in pixels: spacing is this, half of this, or a multiple of it."""


class Choice(StrEnum):
    """What a person chose: follow the system, or always light, or always dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. Text and state colours reach a contrast of 4.5 on each ground they meet; icons,
    the edges of controls and the focus reach 3 (WCAG 2.2, 1.4.3 and 1.4.11). `line` only divides
    what would be understood without it."""

    is_dark: bool
    window: str
    base: str
    raised: str
    text: str
    muted: str
    line: str
    field_line: str
    accent: str
    accent_strong: str
    on_accent: str
    selected: str
    good: str
    bad: str
    bad_ground: str
    warn: str
    warn_ground: str
    mark: str
    """Behind words that were searched for."""


LIGHT = Colours(
    is_dark=False,
    window="#f5f6f8",
    base="#ffffff",
    raised="#eceff3",
    text="#1a1f26",
    muted="#5a6472",
    line="#dfe3e9",
    field_line="#7c8697",
    accent="#2457d6",
    accent_strong="#1b45ae",
    on_accent="#ffffff",
    selected="#e4ecfd",
    good="#17703f",
    bad="#b3261e",
    bad_ground="#fdecea",
    warn="#8a4b00",
    warn_ground="#fdf1dc",
    mark="#ffe48a",
)

DARK = Colours(
    is_dark=True,
    window="#1a1d22",
    base="#21252b",
    raised="#2b3038",
    text="#e6e9ee",
    muted="#a4aebb",
    line="#333a44",
    field_line="#808b9b",
    accent="#86abfa",
    accent_strong="#a5c1fc",
    on_accent="#10182a",
    selected="#2b3a58",
    good="#62cb8f",
    bad="#ff938c",
    bad_ground="#452523",
    warn="#f0b65c",
    warn_ground="#40321a",
    mark="#66520f",
)


class Theme(QObject):
    """The scheme in use. Follows the system's unless a person chose otherwise."""

    # Emitted after the palette and style sheet of another scheme have been set.
    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice = Choice.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self._system_palette = QPalette(app.palette())
        self._system_font = QFont(app.font())
        app.setStyle("Fusion")
        self.colours = LIGHT
        self._show(self._wanted())
        app.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def choice(self) -> Choice:
        return self._choice

    def choose(self, choice: Choice) -> None:
        self._choice = choice
        self._follow()

    def enlarge(self, percent: int) -> None:
        """Have letters of so many hundredths of the system's size in what is built from now on."""
        letters = QFont(self._system_font)
        if letters.pointSizeF() > 0:
            letters.setPointSizeF(letters.pointSizeF() * percent / 100)
        else:
            letters.setPixelSize(letters.pixelSize() * percent // 100)
        self._app.setFont(letters)

    @contextmanager
    def put_on_at_the_end(self) -> Iterator[None]:
        """Build a window without its style sheet. With it, every widget that is put into
        another one is styled anew, and all its children with it, at each floor of the window."""
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._app.setStyleSheet(_style_sheet(self.colours))

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self.colours:
            self._show(wanted)
            self.changed.emit()

    def _wanted(self) -> Colours:
        """The scheme to show; the platform is told too, so that its own dialogs agree."""
        hints = QGuiApplication.styleHints()
        if self._choice is Choice.SYSTEM:
            hints.unsetColorScheme()
            if hints.colorScheme() is Qt.ColorScheme.Unknown:
                ground = self._system_palette.color(QPalette.ColorRole.Window)
                return DARK if ground.lightness() < 128 else LIGHT
            return DARK if hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT
        wants_dark = self._choice is Choice.DARK
        # Without a platform theme (offscreen, a bare X session) this does nothing and says
        # nothing; our own palette below is then all there is.
        hints.setColorScheme(Qt.ColorScheme.Dark if wants_dark else Qt.ColorScheme.Light)
        return DARK if wants_dark else LIGHT

    def _show(self, colours: Colours) -> None:
        self.colours = colours
        self._app.setPalette(_palette(colours))
        self._app.setStyleSheet(_style_sheet(colours))


_DARK_WINDOW = QColor(DARK.window).rgb()


def current() -> Colours:
    """The colours in use, read from the application's palette: one place holds the truth."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.rgb() == _DARK_WINDOW else LIGHT


def _palette(c: Colours) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for where, colour in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.base),
        (role.AlternateBase, c.raised),
        (role.Text, c.text),
        (role.Button, c.raised),
        (role.ButtonText, c.text),
        (role.BrightText, c.bad),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.PlaceholderText, c.muted),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.on_accent),
        (role.Accent, c.accent),
        (role.Link, c.accent),
        (role.LinkVisited, c.accent),
        (role.Light, c.base),
        (role.Midlight, c.raised),
        (role.Mid, c.line),
        (role.Dark, c.field_line),
        (role.Shadow, "#000000"),
    ):
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, where, QColor(c.field_line))
    return palette


def _style_sheet(c: Colours) -> str:
    """The few rules Fusion needs to look calm. Everything else is the palette's.

    Its measures are those of the letters in use, and the side on which an arrow stands is where
    a line ends.
    """
    is_from_right = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    end = "left" if is_from_right else "right"
    line, small, box, drop = scaled(18), scaled(16), scaled(14), scaled(14) + 14
    return f"""
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.field_line};
        padding: 4px 6px; }}
    QMenuBar {{ background: {c.window}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.raised}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QStatusBar {{ background: {c.window}; border-top: 1px solid {c.line}; }}
    QStatusBar::item {{ border: none; }}
    QSplitter::handle {{ background: {c.line}; }}

    QScrollArea {{ border: none; background: transparent; }}
    QLineEdit, QPlainTextEdit, QComboBox, QDateEdit, RecipientsField {{
        background: {c.base}; placeholder-text-color: {c.muted}; color: {c.text};
        border: 1px solid {c.field_line};
        border-radius: 6px; padding: 6px 8px; }}
    QPlainTextEdit {{ padding: 4px; }}
    RecipientsField {{ padding: 1px; }}
    QComboBox::drop-down {{ border: none; width: {drop}px; }}
    QComboBox::down-arrow {{ image: none; }}
    QComboBox QLineEdit, RecipientsField QLineEdit {{
        border: none; padding: 0; background: transparent; border-radius: 0; }}
    QComboBox QAbstractItemView {{ background: {c.base}; border: 1px solid {c.field_line};
        selection-background-color: {c.selected}; selection-color: {c.text}; outline: none; }}
    QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{
        border: 2px solid {c.accent}; padding: 5px 7px; }}
    QPlainTextEdit:focus {{ padding: 3px; }}
    QDateEdit:focus {{ border: 2px solid {c.accent}; padding: 5px 7px; }}
    QDateEdit::drop-down {{ border: none; width: {drop}px; }}
    QDateEdit::down-arrow {{ image: none; }}
    QDateEdit QLineEdit, QDateEdit QLineEdit:focus {{
        border: none; padding: 0; background: transparent; border-radius: 0; }}
    RecipientsField[active="true"] {{ border: 2px solid {c.accent}; padding: 0; }}
    QComboBox QLineEdit:focus, RecipientsField QLineEdit:focus {{ border: none; padding: 0; }}
    *[wrong="true"] {{ border-color: {c.bad}; }}
    QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{
        background: {c.window}; color: {c.field_line}; border-color: {c.line}; }}
    QPlainTextEdit[quiet="true"] {{ border: 1px solid transparent; border-radius: 0; padding: 0;
        background: transparent; }}
    QPlainTextEdit[quiet="true"]:focus {{ border: 1px solid {c.accent}; padding: 0; }}

    QTextBrowser {{ background: {c.base}; border: 1px solid {c.field_line}; border-radius: 6px; }}
    QTextBrowser:focus {{ border-color: {c.accent}; }}

    QPushButton {{ background: {c.base}; color: {c.text}; border: 1px solid {c.field_line};
        border-radius: 6px; padding: 6px 14px; min-height: {line}px; }}
    QPushButton:hover {{ background: {c.raised}; }}
    QPushButton:pressed {{ background: {c.selected}; }}
    QPushButton:focus {{ border: 2px solid {c.accent}; padding: 5px 13px; }}
    QPushButton:disabled {{ color: {c.field_line}; background: {c.window};
        border-color: {c.line}; }}
    QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent};
        border: 1px solid {c.accent}; font-weight: 600; padding: 6px 20px; }}
    QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed {{
        background: {c.accent_strong}; border-color: {c.accent_strong}; }}
    QPushButton[primary="true"]:focus {{ border: 2px solid {c.text}; padding: 5px 19px; }}
    QPushButton[primary="true"]:disabled {{ background: {c.raised}; color: {c.muted};
        border-color: {c.line}; }}
    QPushButton[small="true"] {{ padding: 3px 10px; min-height: {small}px; }}
    QPushButton[small="true"]:focus {{ padding: 2px 9px; }}
    QPushButton[choice="true"] {{ border: 1px solid {c.field_line}; border-radius: 8px;
        padding: 0; }}
    QPushButton[choice="true"]:hover {{ border-color: {c.accent}; background: {c.base}; }}
    QPushButton[choice="true"]:checked {{ background: {c.selected}; border-color: {c.accent}; }}
    QPushButton[choice="true"]:focus {{ border: 2px solid {c.accent}; padding: 0; }}
    QPushButton[quiet="true"] {{ border: none; background: transparent; color: {c.muted};
        padding: 0; min-height: 0; text-align: right; }}
    QPushButton[quiet="true"]:hover, QPushButton[quiet="true"]:focus {{ color: {c.accent};
        text-decoration: underline; border: none; padding: 0; }}
    QPushButton[chip="true"] {{ background: {c.selected}; color: {c.text};
        border: 1px solid {c.selected}; border-radius: 10px; padding: 1px 8px;
        min-height: {small}px; }}
    QPushButton[chip="true"]:hover {{ border-color: {c.accent}; }}
    QPushButton[chip="true"]:focus {{ border: 2px solid {c.accent}; padding: 0 7px; }}
    QPushButton[pill="true"] {{ background: {c.accent}; color: {c.on_accent};
        border: 1px solid {c.accent}; border-radius: 12px; padding: 2px 12px; min-height: {line}px;
        font-weight: 600; }}
    QPushButton[pill="true"]:hover {{ background: {c.accent_strong}; }}
    QPushButton[pill="true"]:focus {{ border: 2px solid {c.text}; padding: 1px 11px; }}
    QLabel[bubble="true"] {{ background: {c.raised}; color: {c.text};
        border: 1px solid {c.field_line}; border-radius: 6px; padding: 4px 10px;
        font-weight: 600; }}
    QPushButton[flat="true"], QToolButton {{ background: transparent; color: {c.text};
        border: 2px solid transparent; border-radius: 6px; padding: 3px 8px; }}
    QPushButton[flat="true"]:hover, QToolButton:hover {{ background: {c.raised}; }}
    QPushButton[flat="true"]:focus, QToolButton:focus {{ border-color: {c.accent}; }}
    QToolButton:checked {{ background: {c.selected}; }}
    QToolButton::menu-indicator {{ image: none; }}

    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator {{ width: {box}px; height: {box}px; border: 1px solid {c.field_line};
        border-radius: 3px; background: {c.base}; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; }}
    QCheckBox:focus {{ color: {c.accent}; }}
    QCheckBox::indicator:focus {{ width: {box - 2}px; height: {box - 2}px;
        border: 2px solid {c.accent}; }}
    QCheckBox::indicator:checked:focus {{ border-color: {c.text}; }}

    QRadioButton {{ spacing: 8px; }}
    QRadioButton::indicator {{ width: {box}px; height: {box}px; border: 1px solid {c.field_line};
        border-radius: {(box + 2) // 2}px; background: {c.base}; }}
    QRadioButton::indicator:checked {{ width: {box - 8}px; height: {box - 8}px;
        border: 5px solid {c.accent}; }}
    QRadioButton:focus {{ color: {c.accent}; }}

    QProgressBar {{ background: {c.raised}; border: none; border-radius: 3px;
        min-height: 6px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}

    QTabBar[pills="true"] {{ background: transparent; border: none; }}
    QTabBar[pills="true"]::tab {{ background: transparent; color: {c.muted};
        border: 2px solid transparent; border-radius: 6px; padding: 3px 8px;
        margin-{end}: 2px; }}
    QTabBar[pills="true"]::tab:hover {{ background: {c.raised}; color: {c.text}; }}
    QTabBar[pills="true"]::tab:selected {{ background: {c.selected}; color: {c.accent}; }}
    QTabBar[pills="true"]::tab:selected:focus {{ border-color: {c.accent}; }}
    QTabBar QToolButton {{ background: {c.base}; padding: 0; }}

    QTableView#history\\.table {{ background: {c.base}; border: 1px solid {c.base};
        outline: none; selection-background-color: transparent; }}
    QTableView#history\\.table:focus {{ border-color: {c.accent}; }}
    QTableWidget {{ background: {c.base}; border: 1px solid {c.field_line}; border-radius: 6px;
        outline: none; selection-background-color: {c.selected};
        selection-color: {c.text}; }}
    QTableWidget:focus {{ border-color: {c.accent}; }}
    QTableWidget::item {{ padding: 2px 8px; }}
    QTableWidget QLineEdit {{ border: 2px solid {c.accent}; border-radius: 4px; padding: 0 6px; }}
    QHeaderView {{ background: transparent; }}
    QHeaderView::section {{ background: transparent; color: {c.muted}; border: none;
        border-bottom: 1px solid {c.line}; padding: 4px 10px; }}
    QTableView#opt_outs\\.table {{ background: {c.base}; border: 1px solid {c.field_line};
        border-radius: 6px; outline: none; selection-background-color: {c.selected};
        selection-color: {c.text}; }}
    QTableView#opt_outs\\.table:focus {{ border-color: {c.accent}; }}
    QTableView#opt_outs\\.table::item {{ padding: 0 7px; }}
    QListView {{ background: {c.base}; border: 1px solid {c.field_line}; border-radius: 6px;
        outline: none; }}
    QListView#conversation\\.list {{ border: none; border-radius: 0;
        border-top: 1px solid {c.line}; }}
    QListView::item {{ padding: 2px 8px; border-radius: 4px; }}
    QListView#saved\\.list::item {{ padding: 6px 8px; }}
    QListView::item:selected {{ background: {c.selected}; color: {c.text}; }}
    QListView:focus {{ border-color: {c.accent}; }}
    QTableView[rows="true"] {{ background: {c.base}; border: 1px solid {c.field_line};
        border-radius: 6px; outline: none; selection-background-color: {c.selected};
        selection-color: {c.text}; }}
    QTableView[rows="true"]:focus {{ border-color: {c.accent}; }}
    QTableView[rows="true"]::item {{ padding: 2px 8px; }}
    QPushButton[drops="true"]::menu-indicator {{ image: none; }}
    QListView[overlay="true"] {{ border: 1px solid {c.field_line}; padding: 4px; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {c.field_line}; border-radius: 3px;
        min-height: 32px; margin: 2px 3px; }}
    QScrollBar::handle:vertical:hover {{ background: {c.muted}; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {c.field_line}; border-radius: 3px;
        min-width: 32px; margin: 3px 2px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

    QLabel[tone="muted"], QLabel[tone="muted"]:disabled {{ color: {c.muted}; }}
    QLabel[tone="bad"] {{ color: {c.bad}; }}
    QLabel[tone="warn"] {{ color: {c.warn}; }}
    QLabel[tone="good"] {{ color: {c.good}; }}
    QLabel[tone="accent"] {{ color: {c.accent}; }}
    QFrame[ground="base"] {{ background: {c.base}; }}
    QFrame[ground="warn"] {{ background: {c.warn_ground}; border-radius: 6px; }}
    QFrame[ground="bad"] {{ background: {c.bad_ground}; border-radius: 6px; }}
    QFrame[ground="raised"] {{ background: {c.raised}; border-radius: 6px; }}
    QFrame[ground="strip"] {{ background: {c.selected}; }}
    """
