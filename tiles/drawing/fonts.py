"""The map's typeface as Mapnik wants it: whole TrueType files, made once from the web fonts that browsers get.

Browsers load Latin and Vietnamese letters as separate files; a map engine takes a word's letters from one font, and a
Vietnamese word has letters of both.
"""

import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

_FONTS = "gis_core/dist/fonts/be-vietnam-pro-{part}-{weight}-normal.woff2"
# Name in styles (layers/palette.py) -> weight, as tiles/style.py gives it to browsers.
WEIGHTS = {"Be Vietnam Pro": 500, "Be Vietnam Pro Bold": 700}
# The name under which Mapnik finds a weight; a family of our own, so that no other font is meant.
FACES = {name: f"IOC Map {weight}" for name, weight in WEIGHTS.items()}
# Layout tables serve spacing and rare forms; merged ones contradict each other, and Vietnamese in NFC needs none.
_DROPPED = ("GSUB", "GPOS", "GDEF", "DSIG", "STAT", "fvar", "HVAR", "gvar", "avar", "MVAR", "prep", "fpgm", "cvt ", "gasp")

logging.getLogger("fontTools").setLevel(logging.WARNING)


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """The folder with the merged fonts; what is missing in it is made."""
    folder = settings.DATA_DIR / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for name, weight in WEIGHTS.items():
        if not (folder / f"{weight}.ttf").exists():
            _make(folder, FACES[name], weight)
    return Path(folder)


def _make(folder: Path, face: str, weight: int) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        parts = []
        for part in ("latin", "vietnamese"):
            font = TTFont(_source(part, weight))
            font.flavor = None
            for table in _DROPPED:
                if table in font:
                    del font[table]
            parts.append(f"{scratch}/{part}.ttf")
            font.save(parts[-1])
        merged = Merger().merge(parts)
        family, _space, style = face.rpartition(" ")
        for number, text in ((1, family), (2, style), (4, face), (6, face.replace(" ", "")), (16, family), (17, style)):
            merged["name"].setName(text, number, 3, 1, 0x409)
        merged.save(f"{scratch}/whole.ttf")
        os.replace(f"{scratch}/whole.ttf", folder / f"{weight}.ttf")


def _source(part: str, weight: int) -> str:
    name = _FONTS.format(part=part, weight=weight)
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{name} is missing: build the front end (npm run build).")
    return found
