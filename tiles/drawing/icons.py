"""Pins of icons as files, which Mapnik reads."""

import os
import tempfile
from functools import lru_cache

from django.conf import settings

from layers.styling.icons import icon_parts, icon_svg


@lru_cache(maxsize=512)
def icon_file(image: str) -> str:
    """The path of a pin's SVG, made at its first use."""
    found = icon_parts(image)
    folder = settings.DATA_DIR / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (f"{found[0]}-{found[1]}.svg" if found else "unknown.svg")
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as made:
        made.write(icon_svg(image))
    os.replace(made.name, path)
    return str(path)
