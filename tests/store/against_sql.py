"""What it means that the store's tile and the database's are the same.

Ids and attributes are equal. Coordinates are equal or one unit apart, where a vertex (first rounded to the grid's 9 mm) or a
cut at the buffer falls on the border between two units (two apart where both come together, on a cut line). ST_AsMVTGeom
alone also repairs rings that rounding made touch or cross themselves; the two then cover the same ground but for a strip one
unit wide along the outline. What is thinner than that, or reaches into the buffer by no more, may stand in one of them only.
Where a line runs back on itself, ST_AsMVTGeom leaves the spur out (it simplifies by a tolerance of zero, which takes it for
straight); the store draws it.
"""

from itertools import combinations, pairwise
from typing import Any, cast

import mapbox_vector_tile
import shapely
from django.db import connection
from shapely.geometry import shape

from gis_core.access import Reach
from layers.layer import FeatureLayer, When
from layers.store.columns import Builder, Columns
from layers.store.schema import Schema
from layers.store.store import LayerStore
from tiles.matrix import Tile
from tiles.mvt_encoder import encode
from tiles.mvt_sql import TileSource, tile_query

_COMPARED = shapely.box(-61, -61, 4157, 4157)
_INSIDE = shapely.box(-63, -63, 4159, 4159)
_ASIDE = 1.45  # a unit in both directions
Features = dict[int, dict[str, Any]]


def by_sql(layer: FeatureLayer, tile: Tile, reach: Reach, when: When = None) -> bytes:
    """The database's tile, through Django's connection."""
    sql, parameters = tile_query([TileSource(layer, reach, when)], tile)
    with connection.cursor() as cursor:
        cursor.execute(sql, cast("Any", parameters))
        return bytes(cursor.fetchone()[0])


def columns_of(builder: Builder, ids: list[int] | None = None) -> Columns:
    """The layer's rows (those with `ids`) as columns, through Django's connection."""
    schema = builder.schema
    with connection.cursor() as cursor:
        cursor.execute(schema.sql if ids is None else schema.by_ids(), [ids] if ids is not None else None)
        return builder.columns([[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in cursor.fetchall()])


def load(layer: FeatureLayer) -> LayerStore:
    """A store of the layer as this connection sees it."""
    builder = Builder(Schema(layer))
    return LayerStore.of(builder, columns_of(builder).in_space())


def decoded(data: bytes) -> dict[str, Features]:
    """Features by MVT layer and id."""
    layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return {name: {feature["id"]: feature for feature in layer["features"]} for name, layer in layers.items()}


def assert_same(store: LayerStore, tile: Tile, reach: Reach, when: When = None) -> None:
    """The store's tile is the database's (see above)."""
    ours, theirs = decoded(encode(store, tile, reach, when)), decoded(by_sql(store.layer, tile, reach, when))
    for name in ours.keys() | theirs.keys():
        _assert_same_features(ours.get(name, {}), theirs.get(name, {}))


def _assert_same_features(ours: Features, theirs: Features) -> None:
    for pk in ours.keys() | theirs.keys():
        mine, other = ours.get(pk), theirs.get(pk)
        if mine is None or other is None:
            lonely = shape((mine or other or {})["geometry"])
            compared = lonely if other else unfolded(lonely)
            assert is_negligible(compared), f"only {'the store' if mine else 'the database'} draws {pk}: {lonely.wkt[:300]}"
            continue
        assert mine["properties"] == other["properties"]
        assert_same_geometry(shape(mine["geometry"]), shape(other["geometry"]))


def unfolded(drawn: Any) -> Any:
    """A drawn line without what of it lies within a unit of another of its edges for longer than a crossing does."""
    if "Line" not in drawn.geom_type:
        return drawn
    lines = getattr(drawn, "geoms", [drawn])
    edges = [shapely.LineString(edge) for line in lines for edge in pairwise(line.coords) if edge[0] != edge[1]]
    double = [part for one, other in combinations(edges, 2) for part in _side_by_side(one, other)]
    return drawn.difference(shapely.union_all(double).buffer(2.1)) if double else drawn


def _side_by_side(one: Any, other: Any) -> list[Any]:
    near = one.intersection(other.buffer(_ASIDE))
    return [near] if near.length > 4 * _ASIDE or near.length == one.length else []


def is_negligible(drawn: Any) -> bool:
    """Thinner than a unit, or hardly inside the buffer."""
    inner = shapely.make_valid(drawn).intersection(_INSIDE)
    if inner.is_empty:
        return True
    if "Point" in drawn.geom_type:
        return False
    return bool(inner.length <= 3 or ("Polygon" in drawn.geom_type and inner.buffer(-0.75).is_empty))


def assert_same_geometry(mine: Any, other: Any) -> None:
    """One unit apart at most."""
    if mine.equals_exact(other) or mine.normalize() == other.normalize():
        return
    if "Polygon" in mine.geom_type:
        ours, theirs = (shapely.make_valid(drawn, method="structure", keep_collapsed=False) for drawn in (mine, other))
        rest = ours.symmetric_difference(theirs).difference(ours.boundary.union(theirs.boundary).buffer(_ASIDE))
        assert rest.area < 1e-6, f"{rest.wkt[:200]}: {mine.wkt[:300]} and {other.wkt[:300]}"
    else:
        # A line that is a unit aside leaves the buffer elsewhere: its last units are not compared. A cut rounds once more.
        aside = _ASIDE if _COMPARED.contains(mine) else 2.1
        for one, another in ((unfolded(mine), other), (other, mine)):
            rest = one.intersection(_COMPARED).difference(another.buffer(aside))
            assert rest.is_empty, f"{rest.wkt[:200]}: {mine.wkt[:300]} and {other.wkt[:300]}"
