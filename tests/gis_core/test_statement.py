"""Statements that are compiled once say what the ORM says, for whoever and whenever they are run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import connection
from django.db.models import BigAutoField, TextField

from gis_core.access import Reach
from gis_core.models import AdminUnit
from gis_core.serving.statement import Given, Statement
from layers.queries import position
from layers.queries.position import Position
from layers.themes.facilities import Facilities, Facility
from tests.world import World, ordinary_layers

# Threads of their own see what is committed, outside of any test's transaction.
pytestmark = pytest.mark.usefixtures("asgi")
EVERYTHING = Reach(everything=True)
LAYERS = {layer.name: layer for layer in ordinary_layers()}


def test_values_come_as_the_model_has_them(world: World) -> None:
    """Dates, geometries and numbers pass their fields' converters."""
    unit = AdminUnit.objects.filter(pk=world.units["A"].pk)
    columns = ("pk", "path", "valid_from", "geom")
    statement = Statement.of(AdminUnit.objects.filter(path=Given("path", TextField())).filter(pk=world.units["A"].pk).values_list(*columns))
    ((pk, path, valid_from, shape),) = statement.run(path=world.units["A"].path)
    assert [(pk, path, valid_from)] == list(unit.values_list(*columns[:3]))
    assert isinstance(valid_from, date)
    assert shape.srid == 4326
    assert shape.equals(unit.get().geom)
    assert statement.run(path="nowhere/") == []


def test_a_geometry_is_given_in_the_columns_crs(world: World) -> None:
    rows = AdminUnit.objects.filter(geom__intersects=Given("point", GeometryField(srid=4326))).order_by("pk").values_list("pk")
    place = Point(*world.rows["facilities"][0].at, srid=4326)
    assert Statement.of(rows).run(point=place) == list(AdminUnit.objects.filter(geom__intersects=place).order_by("pk").values_list("pk"))


def test_nothing_to_reach_is_no_question(world: World) -> None:
    statement = Statement.of(Facility.objects.within(Reach()).values_list("pk"))
    assert statement.sql == ""
    assert statement.run() == []


@pytest.mark.parametrize("name", list(LAYERS))
def test_each_reach_and_layer_has_its_own(world: World, name: str) -> None:
    """Kept statements of one reach are not run for another, in whatever order they ask."""
    layer, unit = LAYERS[name], world.units["A"].pk
    reaches = [EVERYTHING, Reach(units=frozenset({unit})), Reach(), Reach(public=True), EVERYTHING]
    if name == "admin_units":
        reaches = [EVERYTHING, Reach(), EVERYTHING]
    for row in world.rows[name]:
        here = Position(*row.at, 15.0)
        for reach in reaches:
            if reach.public and not hasattr(layer.model, "is_public"):
                continue
            found = {key for key, *_rest in here.rows(layer, reach, None, 1_000)}
            assert found <= set(layer.rows(reach).values_list("pk", flat=True))
            assert (row.pk in found) == layer.rows(reach).filter(pk=row.pk).exists()


def test_a_layer_made_anew_is_asked_anew() -> None:
    """Statements are kept by the layer itself, not by its name."""
    before = position._kept.cache_info().misses
    for asked in (Facilities(), Facilities()):
        Position(108.0, 15.0, 15.0).rows(asked, EVERYTHING, None, 7)
    assert position._kept.cache_info().misses == before + 2


def test_threads_share_one(world: World) -> None:
    statement = Statement.of(AdminUnit.objects.filter(path=Given("path", TextField())).values_list("pk", "path"))
    paths = list(AdminUnit.objects.values_list("path", flat=True)) * 5

    def ask(path: str) -> set[str]:
        try:
            return {found for _pk, found in statement.run(path=path)}
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, paths)) == [{path} for path in paths]


def test_no_thread_reads_with_anothers_reader(scratch: World) -> None:
    """Shapes of many vertices, read by eight threads at once: GeoDjango's readers of WKB are each good for one thread."""
    statement = Statement.of(AdminUnit.objects.filter(pk=Given("pk", BigAutoField())).values_list("pk", "geom"))
    wanted = {pk: shape.buffer(0.01, 400).wkb for pk, shape in AdminUnit.objects.values_list("pk", "geom")}
    for pk, shape in wanted.items():
        AdminUnit.objects.filter(pk=pk).update(geom=MultiPolygon(GEOSGeometry(shape, srid=4326)))
    stored = {pk: bytes(shape.wkb) for pk, shape in AdminUnit.objects.values_list("pk", "geom")}
    assert min(map(len, stored.values())) > 20_000

    def ask(pk: int) -> bool:
        try:
            return all(bytes(statement.run(pk=pk)[0][1].wkb) == stored[pk] for _time in range(40))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, [*stored] * 3))
