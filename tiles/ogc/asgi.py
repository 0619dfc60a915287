"""Tiles at the addresses of OGC API - Tiles, on the hot path: the same answers as `/tiles/` gives.

`…/tiles/<matrix set>/<matrix>/<row>/<column>` below a collection, or below the dataset with `collections=a,b`; below a
collection's `map` they are pictures.
"""

import re
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, answer_with, language_of
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.presentation import presentation
from tiles.asked import MAX_LAYERS
from tiles.matrix import Tile, matrix_set
from tiles.mvt import tile_answer
from tiles.ogc.maps import map_tile_answer

_ADDRESS = re.compile(r"/ogc/(?:collections/([^/]+)/)?(map/)?tiles/([^/]+)/([^/]+)/([^/]+)/([^/]+)")
FORMATS = ("mvt", "mapbox-vector-tile")
_OWN = ("f", "collections")


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One tile."""
    if scope["type"] == "http":
        await answer_with(_route, scope, receive, send, route="/ogc/tiles/")


async def _route(request: Request) -> Answer:
    with translation.override(language_of(request)):
        found = _ADDRESS.fullmatch(request.path)
        if found is None:
            raise NotFound(_("Tiles are at tiles/<tile matrix set>/<tile matrix>/<row>/<column>."))
        collection, picture, matrix, zoom, row, column = found.groups()
        tile = Tile.parse(zoom, column, row, matrix_set(matrix))
        if picture and collection:
            return await map_tile_answer(request, collection, tile)
        if picture:
            raise NotFound(_("Map tiles are those of a collection."))
        if request.parameters.get("f", FORMATS[0]) not in FORMATS:
            raise BadParameter(_("f must be one of: %(accepted)s.") % {"accepted": ", ".join(FORMATS)}, field="f")
        names = collection or _dataset(request)
        if collection and "collections" in request.parameters:
            raise BadParameter(_("collections belongs to tiles of the whole dataset."), field="collections")
        own = {name: value for name, value in request.parameters.items() if name not in _OWN}
        return await tile_answer(replace(request, parameters=own), names, tile)


def _dataset(request: Request) -> str:
    """The layers of a tile of the dataset: those that are named, else the first that are switched on for the caller."""
    if names := request.parameters.get("collections"):
        return names
    scope = request.identify()
    layers = presentation.ordered(catalogue.visible_to(scope, "tiles"))
    names = ",".join(dataset_layers([layer for layer in layers if isinstance(layer, FeatureLayer)]))
    if not names:
        raise NotFound(_("No layer is open to you."))
    return names


def dataset_layers(layers: list[FeatureLayer]) -> list[str]:
    """The layers of the dataset's own tiles: as many as a tile may hold."""
    return [layer.name for layer in layers][:MAX_LAYERS]
