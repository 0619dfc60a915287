"""Pins of icons as SVG, drawn as browsers draw them (gis_core/frontend/map/icons.ts)."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders

_ID = re.compile(r"([a-z0-9-]{1,40})/([0-9a-f]{6})", re.IGNORECASE)
_PATHS = re.compile(r"<path\b[^>]*?\bd=\"([^\"]+)\"[^>]*>")
_PIN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    '<circle cx="12" cy="12" r="10.5" fill="#ffffff"/><circle cx="12" cy="12" r="9" fill="#{colour}"/>{glyph}</svg>'
)
_DOT = '<circle cx="12" cy="12" r="3" fill="#ffffff"/>'
_SCALE = 13 / 15  # Maki's icons have 15 units a side


def icon_svg(image: str) -> str:
    """The pin that a style names `<icon>/<rrggbb>`; a plain dot in the pin for an icon that is not there."""
    found = _ID.fullmatch(image)
    name, colour = found.groups() if found else ("", "5d6b7a")
    source = finders.find(f"gis_core/dist/icons/{name}.svg") if name else None
    glyph = _DOT
    if isinstance(source, str):
        paths = "".join(f'<path fill="#ffffff" d="{d}"/>' for d in _PATHS.findall(Path(source).read_text(encoding="utf-8")))
        glyph = f'<g transform="translate(5.5 5.5) scale({_SCALE:.4f})">{paths}</g>'
    return _PIN.format(colour=colour.lower(), glyph=glyph)


def icon_parts(image: str) -> tuple[str, str] | None:
    """(icon, rrggbb) of the name of a pin; None for other names."""
    found = _ID.fullmatch(image)
    return (found[1].lower(), found[2].lower()) if found else None
