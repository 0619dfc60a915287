"""Tiles of the pilot's parcels: our SQL against the plain text-book query, and a 304 against the tile itself."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection

from bench.harness import Ratio, alternate, benchmark, milliseconds
from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from tiles.matrix import EDGE, Tile
from tiles.mvt_sql import TileSource, tile_query

# What tipg does by default: transform each row, all attributes, a buffer of 256 units.
_NAIVE = """
    SELECT ST_AsMVT(t, 'parcels', 4096, 'g', 'id') FROM (
      SELECT p.id, p.sheet_no, p.parcel_no, p.land_use, p.land_use_label, p.area_m2, p.address, p.status, p.version,
             ST_AsMVTGeom(ST_Transform(p.geom, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 256, true) AS g
      FROM land_parcel p
      WHERE p.geom && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625), 5899)) t
    WHERE g IS NOT NULL
"""


@benchmark
def tile_sql() -> Iterator[Ratio]:
    """A cold tile by our SQL ÷ by the naive query, on the busiest tile of each zoom."""
    for zoom in (14, 15, 16):
        tile, features = _busiest(zoom)
        sql, parameters = tile_query([TileSource(_parcels(), Reach(everything=True))], tile)
        ratio, mine, naive = alternate(partial(_fetch, sql, parameters), partial(_fetch, _NAIVE, _address(tile)))
        detail = f"{features} parcels, {milliseconds(mine)} ÷ {milliseconds(naive)}"
        yield Ratio(f"tile_sql z{zoom}", ratio, "<= 0.75", detail)


@benchmark
def not_modified() -> Iterator[Ratio]:
    """A 304 ÷ the same tile from this process's cache, both through the ASGI application."""
    from bench.asgi import Client

    with Client() as client:
        tile, features = _busiest(15)
        path = f"/tiles/roads/{tile.z}/{tile.x}/{tile.y}.mvt"
        etag = client.get(path)[1]["etag"]
        ratio, mine, full = alternate(lambda: client.get(path, {"if-none-match": etag}), lambda: client.get(path), rounds=60)
        yield Ratio("304 ÷ cached tile", ratio, "<= 1.1", f"{milliseconds(mine)} ÷ {milliseconds(full)}, near {features} parcels")


def _parcels() -> FeatureLayer:
    return next(layer for layer in catalogue.feature_layers() if layer.name == "parcels")


def _busiest(zoom: int) -> tuple[Tile, int]:
    size = 2 * EDGE / (1 << zoom)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT floor((ST_X(c) + %(edge)s) / %(size)s)::int, floor((%(edge)s - ST_Y(c)) / %(size)s)::int, count(*)"
            " FROM (SELECT ST_Centroid(geom_3857) AS c FROM land_parcel) p GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1",
            {"edge": EDGE, "size": size},
        )
        row = cursor.fetchone()
    if row is None:
        raise SystemExit("There are no parcels: load the pilot first (bin/manage load_pilot).")
    return Tile(zoom, row[0], row[1]), row[2]


def _address(tile: Tile) -> dict[str, Any]:
    return {"z": tile.z, "x": tile.x, "y": tile.y}


def _fetch(sql: str, parameters: dict[str, Any]) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()
