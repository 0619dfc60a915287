"""Random geometries in EPSG:3857 near Tam Kỳ, and columns of them without a database."""

import math
from typing import Any

import shapely
from hypothesis import strategies as st

from layers.builtin import AdminUnits
from layers.layer import FeatureLayer
from layers.store.columns import Builder
from layers.store.schema import Schema
from layers.store.store import LayerStore

# A place on the borders of tiles of every zoom.
CORNER = (12_074_861.0, 1_755_208.0)
Rows = list[tuple[Any, ...]]


class Plain(FeatureLayer):
    """A layer whose rows come from the test itself."""

    model = AdminUnits.model
    name = "plain"
    tile_fields = ("name", "level")
    tile_geometry = "geom_3857"


def metres(reach: float) -> st.SearchStrategy[float]:
    """A distance on the ground."""
    return st.integers(0, 10_000).map(lambda share: share / 10_000 * reach)


@st.composite
def rings(draw: st.DrawFn, reach: float) -> Any:
    """A polygon with up to two holes: a star around its middle, so that it is valid, whatever is drawn."""
    west, south, size = draw(metres(reach)), draw(metres(reach)), draw(metres(reach)) + 0.5
    spokes = draw(st.lists(st.integers(40, 100), min_size=3, max_size=14))
    middle = shapely.Point(CORNER[0] + west, CORNER[1] + south)
    star = _star(middle, [size * spoke / 100 for spoke in spokes])
    holes = draw(st.integers(0, 2))
    for number in range(holes):
        spot = shapely.Point(middle.x + (number - 0.5) * size * 0.2, middle.y)
        star = star.difference(_star(spot, [size * 0.05] * 5))
    return star if star.geom_type == "Polygon" else shapely.Polygon()


def _star(middle: Any, spokes: list[float]) -> Any:
    turn = 2 * math.pi / len(spokes)
    at = [(middle.x + r * math.cos(i * turn), middle.y + r * math.sin(i * turn)) for i, r in enumerate(spokes)]
    return shapely.Polygon(at)


@st.composite
def lines(draw: st.DrawFn, reach: float) -> Any:
    """A line that may cross and repeat itself."""
    at = draw(st.lists(st.tuples(metres(reach), metres(reach)), min_size=2, max_size=12))
    return shapely.LineString([(CORNER[0] + x, CORNER[1] + y) for x, y in at])


def points(reach: float) -> Any:
    """A point."""
    return st.tuples(metres(reach), metres(reach)).map(lambda at: shapely.Point(CORNER[0] + at[0], CORNER[1] + at[1]))


def geometries(reach: float) -> Any:
    """Any geometry of a layer, single or several in one, sometimes none."""
    several = (
        st.lists(points(reach), min_size=1, max_size=4).map(shapely.MultiPoint),
        st.lists(lines(reach), min_size=1, max_size=3).map(shapely.MultiLineString),
        st.lists(rings(reach), min_size=1, max_size=3).map(shapely.MultiPolygon),
    )
    return st.one_of(st.none(), points(reach), lines(reach), rings(reach), *several)


def plans(reach: float, most: int = 12) -> Any:
    """Geometries of a layer."""
    return st.lists(geometries(reach), min_size=1, max_size=most)


def rows_of(shapes: list[Any]) -> Rows:
    """Rows as `Schema.sql` gives them: id, two attributes, unit, flag, from, to, WKB."""
    names = ("đường", None, "hẻm", "")
    return [
        (number * 7 + 1, names[number % 4], f"cấp {number % 3}", None, None, None, None, None if shape is None else shapely.to_wkb(shape))
        for number, shape in enumerate(shapes)
    ]


def store_of(shapes: list[Any]) -> LayerStore:
    """A store of shapes."""
    builder = Builder(Schema(Plain()))
    return LayerStore.of(builder, builder.columns(rows_of(shapes)).in_space())
