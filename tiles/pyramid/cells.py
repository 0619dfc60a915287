"""Reading the rows of a cell, and writing its blocks when they differ from those that are there."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from gis_core.access import Reach
from layers.layer import FeatureLayer
from tiles.matrix import Tile
from tiles.models import Block, CoarseBlock, FineBlock
from tiles.pyramid.anchors import anchored
from tiles.pyramid.blocks import COARSE, COARSE_CELL, FINE, FINE_CELL
from tiles.pyramid.dissolve import Block as Dissolved
from tiles.pyramid.dissolve import coarsen, dissolve

Cell = tuple[int, int]
# Unit and publication of a block: rows of different owners are never joined.
Owner = tuple[int | None, bool]
_EVERYTHING = Reach(everything=True)
_BITS = 32


@dataclass(frozen=True)
class Rows:
    """The rows of one fine cell as columns; `owners` are indexes into `owner_of`."""

    groups: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]
    owner_of: list[Owner]
    measures: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.object_]


def rows_of(layer: FeatureLayer, cell: Cell) -> Rows:
    """What counts in a fine cell now."""
    west, south, east, north = Tile(FINE_CELL, *cell).bounds()
    # An anchor is the middle of a box, so the boxes of all rows of the cell meet it. A metre more: && compares in single precision.
    inside = anchored(layer, _EVERYTHING, layer.moment(None), None, "{geom} && ST_MakeEnvelope(%s, %s, %s, %s, 3857)")
    shift = _BITS - FINE_CELL
    sql = f"SELECT g, unit, public, w, ST_AsBinary(geom) FROM ({inside.sql}) a WHERE ux >> {shift} = %s AND uy >> {shift} = %s ORDER BY id"  # noqa: S608  ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [*inside.values, west - 1, south - 1, east + 1, north + 1, *cell])
        found = cursor.fetchall()
    owner_of = sorted({(unit, public) for _g, unit, public, _w, _geom in found}, key=lambda owner: (owner[0] or 0, owner[1]))
    number = {owner: index for index, owner in enumerate(owner_of)}
    wkb = np.empty(len(found), object)
    wkb[:] = [bytes(row[4]) for row in found]
    return Rows(
        np.array([row[0] for row in found], np.int64),
        np.array([number[row[1], row[2]] for row in found], np.int64),
        owner_of,
        np.array([row[3] for row in found], np.int64),
        shapely.from_wkb(wkb),
    )


def cells_of(layer: FeatureLayer) -> list[Cell]:
    """The fine cells in which rows of the layer count."""
    inside = anchored(layer, _EVERYTHING, layer.moment(None), None)
    shift = _BITS - FINE_CELL
    sql = f"SELECT DISTINCT ux >> {shift}, uy >> {shift} FROM ({inside.sql}) a ORDER BY 1, 2"  # noqa: S608  ours
    with connection.cursor() as cursor:
        cursor.execute(sql, list(inside.values))
        return [(x, y) for x, y in cursor.fetchall()]


def renew_fine(layer: FeatureLayer, cell: Cell, as_of: int) -> bool:
    """Make the fine blocks of a cell; whether anything changed."""
    rows = rows_of(layer, cell)
    how = layer.generalisation
    assert how is not None
    made = []
    for block in dissolve(rows.shapes, rows.owners, rows.groups, FINE):
        total = int(rows.measures[block.members].sum())
        sums = (len(block.members), (total + how.parts // 2) // how.parts)
        made.append(_model(FineBlock, layer, cell, rows.owner_of[block.owner], how.keys[block.group], sums, block, as_of))
    return _replace(FineBlock, layer, cell, made)


def renew_coarse(layer: FeatureLayer, cell: Cell, as_of: int) -> bool:
    """Make the coarse blocks of a cell out of the fine ones in it; whether anything changed."""
    how, span = layer.generalisation, 1 << (FINE_CELL - COARSE_CELL)
    assert how is not None
    x, y = cell[0] * span, cell[1] * span
    inside = FineBlock.objects.filter(layer=layer.name, x__gte=x, x__lt=x + span, y__gte=y, y__lt=y + span)
    fine = list(cast("Any", inside.order_by("x", "y", "admin_unit_id", "is_public", "group")))
    owner_of = sorted({(row.admin_unit_id, row.is_public) for row in fine}, key=lambda owner: (owner[0] or 0, owner[1]))
    number = {owner: index for index, owner in enumerate(owner_of)}
    nobody = np.empty(0, np.int64)
    blocks = [
        Dissolved(number[row.admin_unit_id, row.is_public], how.keys.index(row.group), nobody, shapely.from_wkb(bytes(row.geom_3857.wkb)))
        for row in fine
    ]
    lines = frozenset(index for index, group in enumerate(how.groups) if group.lines)
    made = []
    for block in coarsen(blocks, lines, COARSE) if blocks else []:
        sums = (sum(fine[index].n for index in block.members), sum(fine[index].area for index in block.members))
        made.append(_model(CoarseBlock, layer, cell, owner_of[block.owner], how.keys[block.group], sums, block, as_of))
    return _replace(CoarseBlock, layer, cell, made)


def _model(
    model: type[Block], layer: FeatureLayer, cell: Cell, owner: Owner, group: str, sums: tuple[int, int], block: Dissolved, as_of: int
) -> Block:
    shape = block.shape if block.shape.geom_type == "MultiPolygon" else shapely.multipolygons([block.shape])
    return model(
        layer=layer.name,
        x=cell[0],
        y=cell[1],
        group=group,
        admin_unit_id=owner[0],
        is_public=owner[1],
        n=sums[0],
        area=sums[1],
        as_of=as_of,
        geom_3857=cast("Any", GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=3857)),
    )


def _replace(model: type[Block], layer: FeatureLayer, cell: Cell, made: list[Block]) -> bool:
    """Write what differs from what is there, so that a tile is renewed only when it changes."""
    there = {_content(row): row for row in model.objects.filter(layer=layer.name, x=cell[0], y=cell[1])}
    wanted = {_content(row): row for row in made}
    gone = [row.pk for content, row in there.items() if content not in wanted]
    new = [row for content, row in wanted.items() if content not in there]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    if new:
        model.objects.bulk_create(cast("Any", new))
    return bool(gone or new)


def _content(row: Any) -> tuple[object, ...]:
    return row.admin_unit_id, row.is_public, row.group, row.n, row.area, bytes(row.geom_3857.wkb)
