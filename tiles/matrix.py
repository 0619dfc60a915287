"""Tile matrix sets (OGC 17-083r4): which square of the plane a tile address means."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import BadParameter, NotFound

MAX_ZOOM = 22
# Half the circumference of the WGS 84 equator: the edge of WebMercatorQuad in metres.
EDGE = 20037508.342789244
Box = tuple[float, float, float, float]
# A pixel of 0.28 mm (17-083r4, 6.1.1) and 256 pixels a tile define scales.
_PIXEL, _PIXELS = 0.00028, 256
_STEPS = 8  # points on each side of a tile that is curved in another projection


@dataclass(frozen=True, slots=True)
class MatrixSet:
    """A pyramid of squares: `side` metres at zoom 0 from the corner (`west`, `north`), halved with each zoom.

    `coarser` is by how many zooms its tiles are finer than WebMercatorQuad's of the same number, rounded: the zooms of
    layers are given in the latter.
    """

    id: str
    title: str
    srid: int
    west: float
    north: float
    side: float
    max_zoom: int
    coarser: int = 0

    def zoom(self, mercator: int) -> int:
        """The zoom here that shows about what `mercator` shows in WebMercatorQuad."""
        return max(0, mercator - self.coarser)


WEB_MERCATOR_QUAD = MatrixSet("WebMercatorQuad", "Google Maps Compatible for the World", crs.WEB_MERCATOR, -EDGE, EDGE, 2 * EDGE, MAX_ZOOM)
# All of Viet Nam with its islands in one square of 2^21 m, so that tile sides are whole metres down to zoom 21.
VN2000_QUAD = MatrixSet(
    "VN2000Quad", "VN-2000 / TM-3 107-45, quadtree over Viet Nam", 5899, -400_000.0, 2_700_000.0, 2_097_152.0, 19, coarser=4
)
MATRIX_SETS = {matrix.id: matrix for matrix in (WEB_MERCATOR_QUAD, VN2000_QUAD)}


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: zoom, column from the west, row from the north; of WebMercatorQuad where nothing else is said."""

    z: int
    x: int
    y: int
    matrix: MatrixSet = field(default=WEB_MERCATOR_QUAD)

    @classmethod
    def parse(cls, z: str, x: str, y: str, matrix: MatrixSet = WEB_MERCATOR_QUAD) -> "Tile":
        """From the address. Raises BadParameter that names the part out of range."""
        numbers = {name: _whole(name, value) for name, value in (("z", z), ("x", x), ("y", y))}
        if numbers["z"] > matrix.max_zoom:
            raise BadParameter(_("z is %(z)d; accepted are 0 to %(max)d.") % {"z": numbers["z"], "max": matrix.max_zoom}, field="z")
        side = 1 << numbers["z"]
        for name in ("x", "y"):
            if numbers[name] >= side:
                values = {"name": name, "value": numbers[name], "max": side - 1, "z": numbers["z"]}
                raise BadParameter(_("%(name)s is %(value)d; at zoom %(z)d accepted are 0 to %(max)d.") % values, field=name)
        return cls(**numbers, matrix=matrix)

    @property
    def is_mercator(self) -> bool:
        """Whether this is a tile of WebMercatorQuad, which memory and low zooms know."""
        return self.matrix is WEB_MERCATOR_QUAD

    @property
    def size(self) -> float:
        """Edge length in metres of the plane."""
        return self.matrix.side / (1 << self.z)

    def bounds(self, margin: float = 0.0) -> Box:
        """(xmin, ymin, xmax, ymax) in the plane of the matrix set, widened by `margin` tile widths on every side."""
        size = self.size
        west, north = self.matrix.west + self.x * size, self.matrix.north - self.y * size
        extra = margin * size
        return west - extra, north - size - extra, west + size + extra, north + extra

    def mercator_bounds(self, margin: float = 0.0) -> Box:
        """The box in EPSG:3857 that holds `bounds(margin)`; a metre wider where sides become curves."""
        box = self.bounds(margin)
        return box if self.is_mercator else _to_mercator(box, self.matrix.srid)


def matrix_set(name: str) -> MatrixSet:
    """The matrix set of that name. Raises NotFound."""
    if name not in MATRIX_SETS:
        sentence = _("There is no tile matrix set “%(name)s”; there are: %(accepted)s.")
        raise NotFound(sentence % {"name": name[:60], "accepted": ", ".join(MATRIX_SETS)}, field="matrix-set")
    return MATRIX_SETS[name]


def definition(matrix: MatrixSet) -> dict[str, Any]:
    """The TileMatrixSet document (17-083r4, JSON encoding of clause 7)."""
    registered = {"uri": f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{matrix.id}"} if matrix is WEB_MERCATOR_QUAD else {}
    return {
        "id": matrix.id,
        "title": matrix.title,
        **registered,
        "crs": crs.uri(matrix.srid),
        "orderedAxes": ["E", "N"] if matrix.srid in crs.ZONES else ["X", "Y"],
        "tileMatrices": [_level(matrix, zoom) for zoom in range(matrix.max_zoom + 1)],
    }


def _level(matrix: MatrixSet, zoom: int) -> dict[str, Any]:
    cell = matrix.side / (1 << zoom) / _PIXELS
    return {
        "id": str(zoom),
        "scaleDenominator": cell / _PIXEL,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [matrix.west, matrix.north],
        "tileWidth": _PIXELS,
        "tileHeight": _PIXELS,
        "matrixWidth": 1 << zoom,
        "matrixHeight": 1 << zoom,
    }


def _to_mercator(box: Box, srid: int) -> Box:
    west, south, east, north = box
    x, y = np.linspace(west, east, _STEPS + 1), np.linspace(south, north, _STEPS + 1)
    side = np.ones(_STEPS + 1)
    ring_x, ring_y = np.concatenate([x, x, west * side, east * side]), np.concatenate([south * side, north * side, y, y])
    moved_x, moved_y = crs.transformer(srid, crs.WEB_MERCATOR).transform(ring_x, ring_y)
    # Between two points a side bends outwards by less than this share of its length.
    bend = 1.0 + 0.01 * (east - west)
    return float(moved_x.min() - bend), float(moved_y.min() - bend), float(moved_x.max() + bend), float(moved_y.max() + bend)


def _whole(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise BadParameter(_("%(name)s must be a whole number, 0 or more.") % {"name": name}, field=name)
    return int(value)
