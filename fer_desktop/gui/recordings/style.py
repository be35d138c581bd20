"""What the window's style sheet does not know: the page's header, side, buttons and lists."""

from __future__ import annotations

from fer_desktop.gui.theme import Theme


def page_style(theme: Theme) -> str:
    return f"""
    #pageHeader {{ background: {theme.window}; border-bottom: 1px solid {theme.line}; }}
    #side {{ background: {theme.window}; border-left: 1px solid {theme.line}; }}
    #pageButton {{ color: {theme.text}; background: transparent; border: 2px solid transparent; border-radius: 6px;
        padding: 2px 5px; }}
    #pageButton:hover {{ background: {theme.hover}; }}
    #pageButton:checked {{ background: {theme.hover}; font-weight: 600; }}
    #pageButton:disabled {{ color: {theme.disabled}; }}
    #pageButton:focus {{ border-color: {theme.accent}; }}
    #pageButton::menu-indicator {{ image: none; }}
    #plainList {{ color: {theme.text}; background: {theme.card}; border: 1px solid {theme.line}; border-radius: 8px;
        padding: 4px; outline: none; }}
    #plainList:focus {{ border: 2px solid {theme.accent}; padding: 3px; }}
    #plainList::item {{ color: {theme.text}; padding: 3px 4px; border: none; border-radius: 4px; }}
    #plainList::item:selected {{ color: {theme.text}; background: {theme.hover}; }}
    #plainList QScrollBar:vertical {{ background: transparent; width: 8px; margin: 1px; }}
    #plainList QScrollBar::handle:vertical {{ background: {theme.outline}; border-radius: 2px; min-height: 24px; }}
    #plainList QScrollBar::add-line:vertical, #plainList QScrollBar::sub-line:vertical {{ height: 0; }}
    #plainList QScrollBar::add-page:vertical, #plainList QScrollBar::sub-page:vertical {{ background: none; }}
    #timeline QScrollBar {{ background: transparent; margin: 1px; }}
    #timeline QScrollBar:vertical {{ width: 8px; }}
    #timeline QScrollBar:horizontal {{ height: 8px; }}
    #timeline QScrollBar::handle {{ background: {theme.outline}; border-radius: 2px; min-height: 24px;
        min-width: 24px; }}
    #timeline QScrollBar::add-line, #timeline QScrollBar::sub-line {{ width: 0; height: 0; }}
    #timeline QScrollBar::add-page, #timeline QScrollBar::sub-page {{ background: none; }}
    #plainList QLineEdit {{ padding: 0 4px; min-height: 0; border-radius: 4px; }}
    """
