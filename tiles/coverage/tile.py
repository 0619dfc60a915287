"""`/tiles/<coverage>/<z>/<x>/<y>.png` and `.webp`: drawn from the scenes of a moment, validated without looking at a pixel."""

from functools import lru_cache, partial

import numpy as np
from django.utils.translation import gettext as _

from gis_core.changes.clock import clock
from gis_core.errors import NotFound
from gis_core.hot import Answer, Request
from layers.catalogue import catalogue
from layers.coverages.picture import encoded
from layers.freshness import digest
from layers.presentation import presentation
from tiles.conditional import unchanged
from tiles.coverage.asked import PARAMETERS, read_shown
from tiles.coverage.shown import ShownCoverage, renewed
from tiles.drawing.answering import picture_answer
from tiles.drawing.view import View
from tiles.matrix import Tile
from tiles.sharing import sharing_headers

SIDE = 256
TYPES = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
# Raise when pictures of the same state come out differently.
_DRAWING = "1"


async def coverage_tile_answer(request: Request, name: str, tile: Tile, ending: str) -> Answer:
    """A raster in `tile`; transparent where it has nothing. Raises NotFound alike for unknown and forbidden layers, BadParameter."""
    await renewed()
    layer = catalogue.coverage(name, request.identify(), "tiles")
    request.allow_only(*PARAMETERS)
    if ending not in TYPES:
        raise NotFound(_("Tiles end in: %(accepted)s.") % {"accepted": ", ".join(TYPES)})
    shown = read_shown(layer, request.parameters)
    return await drawn_answer(request, shown, tile, TYPES[ending])


async def drawn_answer(request: Request, shown: ShownCoverage, tile: Tile, type_: str) -> Answer:
    """The picture of a tile, or 304."""
    view = View(tile.bounds(), tile.matrix.srid, SIDE, SIDE)
    headers = coverage_headers(request, shown, f"{tile}{type_}")
    hidden = tile.matrix.zoom(presentation.min_zoom(shown.layer)) > tile.z
    around = view.mercator_box()
    if hidden or not any(scene.meets(around) for scene in shown.scenes):
        headers["X-Change-Seq"] = str(clock.seq)
        if unchanged(request, headers):
            return Answer(304, headers=headers)
        return Answer(200, _empty(type_), {**headers, "Content-Type": type_})
    return await picture_answer(request, headers, type_, SIDE * SIDE, partial(_drawn, shown, view, type_))


def coverage_headers(request: Request, shown: ShownCoverage, form: str) -> dict[str, str]:
    """ETag (of the files, the look and the form), Cache-Control, Vary, and who else may read it."""
    public = shown.layer.access.public == "all"
    qgis = "QGIS" in request.header(b"user-agent")
    return {
        "ETag": f'"{digest((_DRAWING, shown.state, form, presentation.stamp))}"',
        "Cache-Control": "no-store" if qgis else "no-cache" if public else "private, no-cache",
        "Vary": "Authorization, Cookie, User-Agent",
        **sharing_headers(request, public=public),
    }


def _drawn(shown: ShownCoverage, view: View, type_: str) -> bytes:
    return encoded(shown.pixels(view), type_)


@lru_cache(maxsize=4)
def _empty(type_: str) -> bytes:
    return encoded(np.zeros((SIDE, SIDE, 4), np.uint8), type_)
