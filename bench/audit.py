"""The topology audit of a million parcels: ours, beside the same question to PostGIS and to one GeoPandas process."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection

from bench.harness import Ratio, benchmark, milliseconds, seconds
from gis_core.access import Scope
from gis_core.models import User
from land.layers import Parcels
from layers.analysis.contract import kind_of
from layers.analysis.remote import cluster
from layers.analysis.work import Work

_GIVEN = {"layer": "parcels", "overlap": 0.01}
# Pairs of the same day's parcels whose insides meet, and shapes that are not valid: what all three can answer.
_SQL = """
    SELECT (SELECT count(*) FROM land_parcel a JOIN land_parcel b ON a.geom && b.geom AND a.id < b.id
            WHERE a.valid_to IS NULL AND b.valid_to IS NULL AND ST_Overlaps(a.geom, b.geom)
              AND ST_Area(ST_Intersection(a.geom, b.geom)) >= 0.01),
           (SELECT count(*) FROM land_parcel WHERE valid_to IS NULL AND NOT ST_IsValid(geom))
"""


@benchmark
def topology_audit() -> Iterator[Ratio]:
    """The whole audit, borders included, ÷ overlaps and validity alone by others; then with two worker processes."""
    frame: list[Any] = []

    def ours() -> None:
        frame[:] = [kind_of("topology").run(Work(kind_of("topology"), _GIVEN, Scope(superuser=True))).frame]

    mine = seconds(ours)
    overlaps = int((frame[0].fault == "overlap").sum())
    for name, theirs in (("PostGIS SQL", _postgis), ("one GeoPandas process", _geopandas)):
        found: list[int] = []
        other = seconds(partial(_kept, found, theirs))
        if found[0] != overlaps:
            raise AssertionError(f"{name}: {found[0]} overlaps, ours {overlaps}")
        yield Ratio(
            f"topology audit ÷ {name}", mine / other, "<= 1.5", f"{milliseconds(mine)} ÷ {milliseconds(other)}; {overlaps} overlaps"
        )


def _kept(found: list[int], ask: Callable[[], int]) -> None:
    found.append(ask())


def _postgis() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        pairs, _invalid = cursor.fetchone()
    return int(pairs)


def _geopandas() -> int:
    import geopandas
    import shapely

    rows = Parcels().rows(Parcels().reach(Scope(superuser=True))).values_list("geom", flat=True)
    shapes = geopandas.GeoSeries.from_wkb([bytes(shape.wkb) for shape in rows.iterator(chunk_size=20_000)])
    left, right = shapes.sindex.query(shapes, predicate="overlaps")
    once = left < right
    common = shapely.area(shapely.intersection(shapes.to_numpy()[left[once]], shapes.to_numpy()[right[once]]))
    shapely.is_valid(shapes.to_numpy())
    return int((common >= 0.01).sum())


@benchmark
def topology_audit_2() -> Iterator[Ratio]:
    """The audit by two worker processes ÷ in one process."""
    user = User.objects.filter(is_superuser=True).first()
    if user is None:
        raise AssertionError("there is no administrator in whose name a worker could read")

    def run(scheduler: str) -> int:
        assert user is not None
        with cluster(scheduler, user.pk) as elsewhere:
            work = Work(kind_of("topology"), _GIVEN, Scope(superuser=True), elsewhere=elsewhere)
            return len(kind_of("topology").run(work).frame)

    found: list[int] = []
    one, two = seconds(lambda: found.append(run(""))), seconds(lambda: found.append(run("local:2")))
    if found[0] != found[1]:
        raise AssertionError(f"{found[0]} faults in one process, {found[1]} in two")
    yield Ratio("topology audit, two workers ÷ one process", two / one, "<= 0.75", f"{milliseconds(two)} ÷ {milliseconds(one)}")
