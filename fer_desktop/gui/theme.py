"""Fusion style with a palette of our own, light or dark as the system is, switched live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from fer_desktop import resources
from fer_desktop.core import emotions
from fer_desktop.overlay.painter import RowColours


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour the window uses, #RRGGBB."""

    dark: bool
    window: str
    card: str
    field: str
    button: str
    hover: str
    text: str
    muted: str
    line: str
    """Between areas; carries no meaning."""
    outline: str
    """Edge of a control: at least 3:1."""
    accent: str
    on_accent: str
    disabled: str
    recording: str
    """The sign that something is being kept."""
    rows: RowColours


def _bars(dark: bool) -> tuple[str, ...]:
    return tuple(emotion.colour_dark if dark else emotion.colour_light for emotion in emotions.EMOTIONS)


DARK: Final = Theme(
    dark=True,
    window="#1A1C1F",
    card="#24272B",
    field="#15171A",
    button="#2B2F34",
    hover="#343940",
    text="#ECEEF0",
    muted="#AAB1B9",
    line="#33383E",
    outline="#7A828B",
    accent="#56B4E9",
    on_accent="#0E1012",
    disabled="#6B727A",
    recording="#FF6B6B",
    rows=RowColours("#B4BBC3", "#ECEEF0", "#393E45", _bars(True)),
)
LIGHT: Final = Theme(
    dark=False,
    window="#F3F4F6",
    card="#FFFFFF",
    field="#FFFFFF",
    button="#FFFFFF",
    hover="#E6E9ED",
    text="#1A1C1F",
    muted="#565E67",
    line="#D8DCE1",
    outline="#7C848D",
    accent="#0072B2",
    on_accent="#FFFFFF",
    disabled="#9CA3AB",
    recording="#C62828",
    rows=RowColours("#565E67", "#1A1C1F", "#E4E7EB", _bars(False), edge=True),
)


def palette_of(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.card,
        role.Text: theme.text,
        role.Button: theme.button,
        role.ButtonText: theme.text,
        role.BrightText: theme.text,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.hover,
        role.Midlight: theme.button,
        role.Mid: theme.line,
        role.Dark: theme.outline,
        role.Shadow: "#000000",
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.disabled))
    return palette


def style_sheet(theme: Theme) -> str:
    """The little that a palette cannot say: edges of controls, a visible focus, lines between areas."""
    icons = (resources.assets_dir() / "icons").as_posix()
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.card}; border: 1px solid {theme.outline}; padding: 4px; }}
    #toolbar {{ background: {theme.window}; border-bottom: 1px solid {theme.line}; }}
    #statusBar {{ background: {theme.window}; border-top: 1px solid {theme.line}; }}
    #panel {{ background: {theme.window}; border-left: 1px solid {theme.line}; }}
    #infoBar {{ background: {theme.card}; border-bottom: 1px solid {theme.line}; }}
    #toolbar QToolButton, #infoBar QToolButton {{
        color: {theme.text}; background: transparent; border: 2px solid transparent;
        border-radius: 6px; padding: 4px 6px; }}
    #toolbar QToolButton:hover, #infoBar QToolButton:hover {{ background: {theme.hover}; }}
    #toolbar QToolButton:checked {{ background: {theme.hover}; }}
    #toolbar QToolButton#page {{ color: {theme.muted}; padding: 4px 12px; }}
    #toolbar QToolButton#page:checked {{ color: {theme.text}; font-weight: 600; }}
    #toolbar QToolButton:focus, #infoBar QToolButton:focus {{ border-color: {theme.accent}; }}
    #toolbar QToolButton::menu-indicator {{ image: none; }}
    #infoBar QToolButton#infoAction {{ color: {theme.accent}; font-weight: 600; }}
    QMenuBar {{ background: {theme.window}; padding: 2px 6px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {theme.hover}; }}
    QCheckBox {{ spacing: 8px; padding: 2px; border: 2px solid transparent; border-radius: 4px; }}
    QCheckBox:focus {{ border-color: {theme.accent}; }}
    QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {theme.outline}; border-radius: 4px;
        background: {theme.field}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
        image: url("{icons}/check-on-{"dark" if theme.dark else "light"}.svg"); }}
    QPushButton, QComboBox {{ color: {theme.text}; background: {theme.button}; border: 1px solid {theme.outline};
        border-radius: 6px; padding: 5px 14px; min-height: 18px; }}
    QPushButton:hover, QComboBox:hover {{ background: {theme.hover}; }}
    QPushButton:default {{ background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
    QPushButton:focus, QComboBox:focus {{ border: 2px solid {theme.accent}; padding: 4px 13px; }}
    QPushButton:default:focus {{ border: 2px solid {theme.text}; padding: 4px 13px; }}
    QComboBox::drop-down {{ border: none; width: 28px; }}
    QComboBox::down-arrow {{ image: url("{icons}/chevron.svg"); width: 16px; height: 16px; }}
    QRadioButton {{ spacing: 8px; padding: 2px; border: 2px solid transparent; border-radius: 4px; outline: none; }}
    QRadioButton:focus {{ border-color: {theme.accent}; }}
    QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.outline}; border-radius: 8px;
        background: {theme.field}; }}
    QRadioButton::indicator:checked {{ border: 5px solid {theme.accent}; width: 6px; height: 6px;
        background: {theme.on_accent}; }}
    QRadioButton::indicator:disabled {{ border-color: {theme.disabled}; background: {theme.window}; }}
    QPushButton:disabled, QComboBox:disabled {{ color: {theme.disabled}; border-color: {theme.line};
        background: {theme.window}; }}
    QSpinBox, QLineEdit {{ color: {theme.text}; background: {theme.field}; border: 1px solid {theme.outline};
        border-radius: 6px; padding: 5px 8px; min-height: 18px; }}
    QSpinBox:focus, QLineEdit:focus {{ border: 2px solid {theme.accent}; padding: 4px 7px; }}
    QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
    QListWidget, QPlainTextEdit {{ color: {theme.text}; background: {theme.field}; border: 1px solid {theme.outline};
        border-radius: 6px; padding: 4px; }}
    QListWidget:focus, QPlainTextEdit:focus {{ border: 2px solid {theme.accent}; padding: 3px; }}
    QListWidget::item {{ color: {theme.text}; padding: 4px; border-radius: 4px; }}
    QListWidget::item:selected {{ color: {theme.on_accent}; background: {theme.accent}; }}
    QProgressBar {{ background: {theme.line}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
    #card {{ background: {theme.card}; border: 1px solid {theme.line}; border-radius: 8px; }}
    #muted {{ color: {theme.muted}; }}
    #disclose {{ color: {theme.text}; background: transparent; border: 2px solid transparent; border-radius: 6px;
        padding: 4px 6px; }}
    #disclose:focus {{ border-color: {theme.accent}; }}
    #runLine {{ background: {theme.card}; border-top: 1px solid {theme.line}; }}
    #runLine QToolButton {{ color: {theme.accent}; background: transparent; border: 2px solid transparent;
        border-radius: 6px; padding: 1px 6px; font-weight: 600; }}
    #runLine QToolButton:focus {{ border-color: {theme.accent}; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollArea#readable {{ border: 2px solid transparent; border-radius: 6px; }}
    QScrollArea#readable:focus {{ border-color: {theme.accent}; }}
    #models QScrollBar:vertical, QScrollArea QScrollBar:vertical {{ background: transparent; width: 8px; margin: 2px; }}
    #models QScrollBar::handle:vertical, QScrollArea QScrollBar::handle:vertical {{ background: {theme.outline};
        border-radius: 2px; min-height: 32px; }}
    #models QScrollBar::add-line:vertical, #models QScrollBar::sub-line:vertical,
    QScrollArea QScrollBar::add-line:vertical, QScrollArea QScrollBar::sub-line:vertical {{ height: 0; }}
    #models QScrollBar::add-page:vertical, #models QScrollBar::sub-page:vertical,
    QScrollArea QScrollBar::add-page:vertical, QScrollArea QScrollBar::sub-page:vertical {{ background: none; }}
    """


def system_scheme(app: QApplication) -> Qt.ColorScheme:
    return app.styleHints().colorScheme()


class ThemeKeeper(QObject):
    """Applies the theme and follows the system. `changed` carries the Theme now in use."""

    changed = Signal(object)

    def __init__(self, app: QApplication, preference: str) -> None:
        super().__init__(app)
        self._app = app
        self.theme = LIGHT
        self._preference = ""
        app.setStyle("Fusion")
        self.prefer(preference)
        app.styleHints().colorSchemeChanged.connect(self._apply)

    def prefer(self, preference: str) -> None:
        """Follow the system, or not: "system", "light" or "dark"."""
        if preference == self._preference:
            return
        self._preference = preference
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(preference, Qt.ColorScheme.Unknown)
        self._app.styleHints().setColorScheme(scheme)
        self._apply()

    def _apply(self) -> None:
        if self._preference == "system":
            dark = system_scheme(self._app) == Qt.ColorScheme.Dark
        else:
            dark = self._preference == "dark"
        self.theme = DARK if dark else LIGHT
        self._app.setPalette(palette_of(self.theme))
        self._app.setStyleSheet(style_sheet(self.theme))
        self.changed.emit(self.theme)
