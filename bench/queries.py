"""Spatial questions over the million parcels: nearest through the index against the plain ORM, and what stands at a point."""

import statistics
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.gis.db.models.functions import Centroid, Distance

from bench.data import ensure
from bench.harness import Ratio, alternate, benchmark, milliseconds, seconds
from bench.processes import ours
from bench.reading import body
from gis_core import crs
from gis_core.access import Reach, Scope
from land.layers import Parcels
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.queries.asking import Asked
from layers.queries.nearest import rows_near
from layers.queries.position import Position

_EVERYTHING = Reach(everything=True)
_NEAREST, _PLACES, _LAYERS = 20, 300, 10


@benchmark
def nearest_20() -> Iterator[Ratio]:
    """The twenty parcels nearest to a position: `/query/nearest` ÷ order_by(Distance)."""
    asked, position = Asked(Parcels(), _EVERYTHING), _places(1)[0]
    point = position.point(5899)
    assert point is not None

    def ours() -> list[int]:
        return [row[0] for row in rows_near(asked, position, _NEAREST)]

    def plain() -> list[int]:
        return list(_present().annotate(_d=Distance("geom", point)).order_by("_d", "pk").values_list("pk", flat=True)[:_NEAREST])

    same = len(set(ours()) & set(plain()))
    if same < _NEAREST - 1:  # two at the same distance may change places
        raise AssertionError(f"only {same} of {_NEAREST} are the same")
    ratio, mine, theirs = alternate(ours, plain, rounds=7, warm_up=1)
    yield Ratio("20 nearest of a million parcels", ratio, "<= 0.05", f"{milliseconds(mine)} ÷ {milliseconds(theirs)}")


@benchmark
def at_point_10() -> Iterator[Ratio]:
    """What stands at a position in ten layers, parcels among them, asked over HTTP: the 99th percentile in units of 20 ms."""
    data = ensure()
    layers = [layer for layer in catalogue.visible_to(Scope(superuser=True), "query") if isinstance(layer, FeatureLayer)]
    names = [Parcels.name, *(layer.name for layer in layers if layer.name != Parcels.name)][:_LAYERS]
    paths = [f"/query/at-point?lon={at.lon}&lat={at.lat}&layers={','.join(names)}" for at in _places(_PLACES)]
    with ours(data.headers) as server:
        for path in paths[:20]:
            body(server, path)
        times = [seconds(partial(body, server, path)) for path in paths]
    slowest = statistics.quantiles(times, n=100)[98]
    detail = f"{len(names)} layers; median {milliseconds(statistics.median(times))}, p99 {milliseconds(slowest)}"
    yield Ratio("at-point, p99 ÷ 20 ms", slowest / 0.020, "<= 1", detail)


def _present() -> Any:
    return Parcels().rows(_EVERYTHING)


def _places(count: int) -> list[Position]:
    """Middles of parcels spread over the whole table, the same each time."""
    keys = list(_present().order_by("pk").values_list("pk", flat=True))
    chosen = keys[:: max(1, len(keys) // count)][:count]
    middles = _present().filter(pk__in=chosen).order_by("pk").annotate(_m=Centroid("geom")).values_list("_m", flat=True)
    return [Position(*crs.transform(5899, crs.WGS84, middle.x, middle.y), 15.0) for middle in middles]
