"""Where reports lie: units of every generation, the road, the parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_core.changes.tracking import quote
from incidents.intake.report import Position
from incidents.models import Asset
from layers.catalogue import catalogue

# Parcels are another package's: they are known by the name of their layer. Versions that hold today have no end.
_PARCELS = """LEFT JOIN LATERAL (
    SELECT p.id FROM {table} p WHERE p.{geometry} && a.mercator AND ST_Intersects(p.{geometry}, a.mercator) AND p.valid_to IS NULL
    ORDER BY p.id LIMIT 1
) parcel ON true"""
_ASSETS = {"expressway": Asset.NATIONAL_ROAD, "national": Asset.NATIONAL_ROAD, "provincial": Asset.PROVINCIAL_ROAD}


@dataclass(frozen=True)
class Place:
    """What is at a position: ids of the communes of every generation, today's commune, the road within 30 m, the parcel."""

    units: tuple[int, ...] = ()
    unit_id: int | None = None
    unit_name: str = ""
    unit_path: str = ""
    road: str = ""
    asset: str = Asset.OFF_ROAD
    parcel_id: int | None = None

    @property
    def address(self) -> str:
        """The road and the commune in words, as far as they are known."""
        return ", ".join(part for part in (self.road, self.unit_name) if part)


def locate(positions: Sequence[Position]) -> list[Place]:
    """The place of each position, by one statement. In nobody's name: what is published of it is the caller's matter."""
    if not positions:
        return []
    values: dict[str, Any] = {
        "numbers": list(range(len(positions))),
        "lons": [position.lon for position in positions],
        "lats": [position.lat for position in positions],
        "day": timezone.localdate(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        return [_place(row[1:]) for row in cursor.fetchall()]


def _place(row: tuple[object, ...]) -> Place:
    units, unit_id, name, path, road, road_class, parcel = row
    asset = Asset.OFF_ROAD if road_class is None else _ASSETS.get(str(road_class), Asset.STREET)
    return Place(tuple(units), unit_id, str(name or ""), str(path or ""), str(road or ""), asset, parcel)  # type: ignore[arg-type]


@cache
def _statement() -> str:
    template = Path(__file__).with_name("locate.sql").read_text(encoding="utf-8")
    layer = next((layer for layer in catalogue.feature_layers() if layer.name == "parcels"), None)
    if layer is None:
        return template.format(parcel="NULL::bigint", parcels="")
    parcels = _PARCELS.format(table=quote(layer.table), geometry=quote(layer.tile_geometry))
    return template.format(parcel="parcel.id", parcels=parcels)
