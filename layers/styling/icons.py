"""Pins of icons as SVG, drawn as browsers draw them (gis_core/frontend/map/icons.ts)."""

import base64
import binascii
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http.request import validate_host

# A pin of size 1, as gis_core/frontend/map/icons.ts draws it.
ICON_PIXELS = 24.0
_ID = re.compile(r"([a-z0-9-]{1,40})/([0-9a-f]{6})", re.IGNORECASE)
_ADDRESS = re.compile(r"/qgis/icons/([a-z0-9-]{1,40}/[0-9a-f]{6})\.svg")
_EMBEDDED, _TITLE = "base64:", re.compile(r"<title>([a-z0-9-]{1,40}/[0-9a-f]{6})</title>")
_PATHS = re.compile(r"<path\b[^>]*?\bd=\"([^\"]+)\"[^>]*>")
_PIN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    '{title}<circle cx="12" cy="12" r="10.5" fill="#ffffff"/><circle cx="12" cy="12" r="9" fill="#{colour}"/>{glyph}</svg>'
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
    # The title lets a file that holds the pin be read again.
    title = f"<title>{name.lower()}/{colour.lower()}</title>" if found else ""
    return _PIN.format(colour=colour.lower(), glyph=glyph, title=title)


def icon_address(image: str) -> str:
    """The path at which a pin is served; "" for names of no pin."""
    found = icon_parts(image)
    return f"/qgis/icons/{found[0]}/{found[1]}.svg" if found else ""


def icon_at(address: str) -> str | None:
    """The name of the pin that this service serves at an address; None for everything else. Nothing is fetched."""
    parts = urlsplit(address.strip())
    here = not parts.netloc or validate_host((parts.hostname or "").lower(), [*settings.ALLOWED_HOSTS])
    found = _ADDRESS.fullmatch(parts.path)
    return found[1] if found and here and parts.scheme in ("", "http", "https") and not parts.query else None


def embedded(image: str) -> str:
    """A pin as QGIS holds it inside of a document: a file beside it would not travel with it."""
    return _EMBEDDED + base64.b64encode(icon_svg(image).encode()).decode()


def icon_in(text: str) -> str | None:
    """The name of the pin that `embedded` wrote; None for every other picture."""
    try:
        svg = base64.b64decode(text.removeprefix(_EMBEDDED), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    found = _TITLE.search(svg)
    return found[1] if found and icon_svg(found[1]) == svg else None


def icon_parts(image: str) -> tuple[str, str] | None:
    """(icon, rrggbb) of the name of a pin; None for other names."""
    found = _ID.fullmatch(image)
    return (found[1].lower(), found[2].lower()) if found else None
