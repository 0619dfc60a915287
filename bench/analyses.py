"""The audit of a whole cadastre: ours tile by tile, beside one PostGIS statement, one GeoPandas process, and two workers of Dask."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection

from bench.data import say
from bench.harness import Ratio, benchmark, seconds
from gis_core.access import Reach, Scope
from gis_core.models import User
from land.layers import Parcels
from layers.analysis.contract import kind_of
from layers.analysis.remote import cluster
from layers.analysis.work import Work

_LEAST = 0.01
_EVERYTHING = Scope(superuser=True)


def audited(elsewhere: Any = None) -> int:
    """Overlaps of all parcels of today; the same run also finds invalid shapes and borders that neighbours do not share."""
    kind = kind_of("topology")
    frame = kind.run(Work(kind, {"layer": "parcels", "overlap": _LEAST}, _EVERYTHING, elsewhere=elsewhere)).frame
    return int((frame.fault == "overlap").sum())


def by_postgis() -> int:
    """Overlaps alone, in one statement."""
    sql, parameters = Parcels().rows(Reach(everything=True)).order_by().values("id", "geom").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            f"WITH p AS MATERIALIZED ({sql}) SELECT count(*) FROM p AS a JOIN land_parcel AS i ON i.geom && a.geom AND i.id > a.id"  # noqa: S608  our own statement
            " JOIN p AS b ON b.id = i.id WHERE ST_Intersects(a.geom, b.geom) AND NOT ST_Touches(a.geom, b.geom)"
            " AND ST_Area(ST_Intersection(a.geom, b.geom)) >= %s",
            [*parameters, _LEAST],
        )
        return int(cursor.fetchone()[0])


def by_geopandas() -> int:
    """Overlaps alone, by a join of all rows in memory."""
    import geopandas
    import shapely

    rows = list(Parcels().rows(Reach(everything=True)).order_by("pk").values_list("geom", flat=True))
    frame = geopandas.GeoDataFrame(geometry=shapely.from_wkb([bytes(shape.wkb) for shape in rows]), crs=5899)
    frame = frame[frame.is_valid].reset_index(drop=True)
    pairs = frame.sjoin(frame, predicate="intersects")
    left, right = pairs.index.to_numpy(), pairs["index_right"].to_numpy()
    once = left < right
    one, other = (frame.geometry.to_numpy()[side[once]] for side in (left, right))
    return int((shapely.area(shapely.intersection(one, other)) >= _LEAST).sum())


@benchmark
def topology_audit() -> Iterator[Ratio]:
    """The same number of overlaps by each, once: an audit takes minutes."""
    found: dict[str, int] = {}
    ours = _timed(found, "ours", audited)
    for name, other in (("PostGIS", by_postgis), ("GeoPandas", by_geopandas)):
        theirs = _timed(found, name, other)
        yield Ratio(f"audit of all parcels ÷ {name}'s overlaps alone", ours / theirs, "<= 1", f"{ours:.1f} s ÷ {theirs:.1f} s; {found}")
    author = User.objects.filter(is_superuser=True).values_list("pk", flat=True)[0]
    with cluster("local:2", author) as elsewhere:
        two = _timed(found, "two workers", partial(audited, elsewhere))
    yield Ratio("audit by two workers ÷ by one process", two / ours, "<= 0.7", f"{two:.1f} s ÷ {ours:.1f} s; {found}")
    if len(set(found.values())) > 1:
        raise AssertionError(f"they found different numbers of overlaps: {found}")


def _timed(found: dict[str, int], name: str, count: Callable[[], int]) -> float:
    def run() -> None:
        found[name] = count()

    lasted = seconds(run)
    say(f"{name}: {found[name]} overlaps in {lasted:.0f} s.")
    return lasted
