"""Random rows and edits of real layers: the store answers as the database does, for every reach and moment."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_core import crs
from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.store.store import LayerStore
from layers.store.totals import totals
from tests import factories
from tests.sql import execute
from tests.store.against_sql import assert_same, columns_of, load
from tests.store.plans import CORNER, lines, points, rings
from tests.tiles.test_engine_bytes import tile_at
from tests.world import JULY, World

QUIET = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
PLANS: dict[str, Any] = {
    "incidents": points(3000.0),
    "roads": st.lists(lines(3000.0), min_size=1, max_size=3).map(shapely.MultiLineString),
    "water": st.lists(rings(900.0).filter(lambda ring: not ring.is_empty), min_size=1, max_size=1).map(shapely.MultiPolygon),
    "parcels": rings(300.0).filter(lambda ring: not ring.is_empty),
}
ZOOMS = (11, 14, 15, 16, 19)


def layer_of(name: str) -> FeatureLayer:
    """A layer by name."""
    return next(layer for layer in catalogue.feature_layers() if layer.name == name)


def stored(layer: FeatureLayer, shape: Any) -> GEOSGeometry:
    """A shape in EPSG:3857 as the layer stores it."""
    moved = shapely.transform(shape, lambda at: np.array([crs.transform(3857, layer.srid, *xy) for xy in at]))
    return GEOSGeometry(moved.wkb_hex, srid=layer.srid)


def reaches(layer: FeatureLayer, world: World) -> list[Reach]:
    """From everything to nothing."""
    a, b = world.units["A"].pk, world.units["B"].pk
    found = [Reach(everything=True), Reach(units=frozenset({a})), Reach(units=frozenset({a, b})), Reach()]
    return [*found, Reach(units=frozenset({a}), public=True), Reach(public=True)] if layer.access.public == "flagged" else found


def assert_answers(store: LayerStore, world: World) -> None:
    """Counts, bounds and the ids in a box are the database's."""
    layer = store.layer
    x, y = CORNER
    box = (x + 100, y + 100, x + 1500, y + 900)
    area = GEOSGeometry(shapely.box(*box).wkb_hex, srid=3857)
    for reach in reaches(layer, world):
        rows = layer.rows(reach)
        assert store.count(reach) == rows.count()
        listed = sorted(rows.values_list("pk", flat=True))
        assert [store.id_at(number, reach) for number in range(len(listed) + 1)] == [*listed, None]
        extent = rows.aggregate(extent=Extent(layer.tile_geometry))["extent"]
        bounds = store.bounds(reach)
        assert (bounds is None) == (extent is None)
        assert bounds is None or bounds == pytest.approx(extent, abs=0.01)
        # PostGIS compares boxes in single precision (a metre here), so its answer is only where ours must be found.
        near = rows.filter(**{f"{layer.tile_geometry}__bboverlaps": area}).values_list("pk", layer.tile_geometry)
        inside = [pk for pk, geometry in near if shapely.box(*geometry.extent).intersects(shapely.box(*box))]
        assert store.ids_in_bbox(box, reach).tolist() == sorted(inside)
        assert_totals(store, reach, rows, box, inside)


def assert_totals(store: LayerStore, reach: Reach, rows: Any, box: Any, inside: list[int]) -> None:
    """Counts and sums by the first tile field are the database's, everywhere and in a box."""
    general, field = store.layer.generalisation, store.layer.tile_fields[0]
    for ours, theirs in (
        (totals(store, reach, field), rows),
        (totals(store, reach, field, box=box), rows.filter(pk__in=inside)),
    ):
        measured = {"measured": Sum(general.measure)} if general else {}
        groups = theirs.order_by().values(field).annotate(count=Count("pk"), **measured)
        assert {value: total.count for value, total in ours.items()} == {group[field]: group["count"] for group in groups}
        for group in groups if general else ():
            (added,) = ours[group[field]].sums
            assert general is not None
            assert abs(added - group["measured"]) <= 0.5 / general.parts * group["count"] + 1e-6
    together = totals(store, reach)
    assert sum(total.count for total in together.values()) == rows.count()


Look = tuple[int, int, int]
"""A zoom, and how far a tile is from the corner's."""
LOOKS = st.tuples(st.sampled_from(ZOOMS), st.integers(-1, 2), st.integers(-2, 1))


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a table, drawn before it is touched: rows, what is done to each, a new one, and where is looked before and after."""

    shapes: list[Any]
    acts: list[tuple[str, Any, int]]
    added: Any
    looks: tuple[Look, Look]


@st.composite
def plan_of(draw: st.DrawFn, name: str) -> Plan:
    """One for a layer."""
    shapes = draw(st.lists(PLANS[name], min_size=1, max_size=6))
    act = st.tuples(st.sampled_from(("leave", "move", "unit", "delete")), PLANS[name], st.integers(0, 2))
    acts = draw(st.lists(act, min_size=len(shapes), max_size=len(shapes)))
    return Plan(shapes, acts, draw(PLANS[name]), (draw(LOOKS), draw(LOOKS)))


@pytest.mark.parametrize("name", PLANS)
@QUIET
@given(data=st.data())
def test_tiles_counts_and_boxes_are_the_databases(db: None, world: World, name: str, data: st.DataObject) -> None:
    layer, plan = layer_of(name), data.draw(plan_of(name))
    homes = [world.units["A"], world.units["B"], None]
    flagged = any(field.name == "is_public" for field in layer.model._meta.concrete_fields)
    with transaction.atomic():
        # Loops that are compiled between two statements take longer than the database waits on a busy machine.
        execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        rows = []
        for number, shape in enumerate(plan.shapes):
            values: dict[str, Any] = {"is_public": number % 2 == 0} if flagged else {}
            rows.append(factories.feature(layer.model, homes[number % 3], (108.5, 15.6), geom=stored(layer, shape), **values))
        store = load(layer)
        _compare(store, world, plan.looks[0])
        ids = _edit(layer, rows, homes, plan)
        store = store.patched(columns_of(store.builder, ids), np.array(ids, np.int64))
        _compare(store, world, plan.looks[1])
        assert_same(store.compacted(), tile_at(14, *CORNER), Reach(everything=True))
        assert_answers(store, world)
        transaction.set_rollback(True)


def _compare(store: LayerStore, world: World, look: Look) -> None:
    zoom, dx, dy = look
    tile = tile_at(zoom, *CORNER)
    for reach in filter(None, reaches(store.layer, world)):
        assert_same(store, type(tile)(zoom, tile.x + dx, tile.y + dy), reach)


def _edit(layer: FeatureLayer, rows: list[Any], homes: list[Any], plan: Plan) -> list[int]:
    """Insert, move, change units, delete; the ids that were touched."""
    made = factories.feature(layer.model, homes[0], (108.5, 15.6), geom=stored(layer, plan.added))
    ids = [made.pk]
    for row, (act, shape, home) in zip(rows, plan.acts, strict=True):
        if act == "leave":
            continue
        ids.append(row.pk)
        if act == "delete":
            row.delete()
            continue
        if act == "move":
            row.geom = stored(layer, shape)
        else:
            row.admin_unit = homes[home]
        row.save()
    return sorted(ids)


def test_a_layer_of_validities_shows_the_day(db: None, world: World) -> None:
    store, everything = load(layer_of("admin_units")), Reach(everything=True)
    for day in (None, date(2020, 2, 1), date(2025, 3, 1), date(2025, 6, 30), JULY):
        for zoom in (10, 14):
            assert_same(store, tile_at(zoom, *CORNER), everything, day)
        assert store.count(everything, day) == store.layer.rows(everything, day).count()


def test_events_show_their_day(db: None, world: World) -> None:
    layer = layer_of("incidents")
    if layer.time_fields is None:
        pytest.skip("incidents have no time")
    store, everything = load(layer), Reach(everything=True)
    for day in (None, factories.NOON.date(), date(2020, 1, 1), factories.NOON):
        assert store.count(everything, day) == layer.rows(everything, day).count()


def test_a_world_of_every_layer(db: None, world: World) -> None:
    for layer in catalogue.feature_layers():
        store = load(layer)
        for reach in filter(None, reaches(layer, world)):
            assert_same(store, tile_at(12, 12_073_000.0, 1_755_208.0), reach)
            assert store.count(reach) == layer.rows(reach).count()


def test_ids_without_a_row_are_not_found(db: None, world: World) -> None:
    store = load(layer_of("roads"))
    with pytest.raises(KeyError, match="speed_kmh"):
        totals(store, Reach(everything=True), "speed_kmh")
    gone = np.array([10**12], np.int64)
    assert store.patched(columns_of(store.builder, [10**12]), gone).features == store.features
