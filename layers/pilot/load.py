"""Loads roads with traffic, sights, facilities and water, and who answers for which layer."""

from datetime import timedelta
from typing import TypeVar

import numpy as np
import shapely
from django.contrib.gis.db import models
from django.contrib.gis.geos import LinearRing, LineString, MultiLineString, MultiPolygon, Point, Polygon

from gis_core.models import AdminUnit
from gis_core.pilot import plan
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.ragged import Floats
from gis_core.pilot.steps import Run, pilot_step
from gis_core.pilot.town import town
from gis_core.pilot.zones import coast
from layers.models import Facility, LayerSetting, RoadSegment, TourismPlace, WaterBody
from layers.pilot import alerts, coordination, living, load_rasters, places, themes, traffic  # noqa: F401  some register steps

Row = TypeVar("Row", bound=models.Model)
SEA_M = 2_500.0
"""How far the drawn sea reaches from the coast."""


@pilot_step("roads", clear=clear_demo_rows(RoadSegment._meta.db_table), after=("admin_units",))
def load_roads(run: Run, _part: str) -> int:
    """Roads and streets with the traffic of the afternoon before the reference date."""
    found = traffic.segments(town(run.seed, run.scale), run.seed)
    wards = _wards(run)
    observed = run.moment - timedelta(hours=24 - traffic.OBSERVED_HOUR)
    rows = [
        RoadSegment(
            admin_unit=wards.get(code),
            is_demo=True,
            name=segment.name,
            ref=segment.ref,
            road_class=segment.road_class,
            lanes=segment.lanes,
            speed_limit_kmh=segment.speed_limit_kmh,
            speed_kmh=segment.speed_kmh,
            traffic_state=segment.state,
            observed_at=observed,
            geom=_lines(segment.geom),
        )
        for segment, code in zip(found, _codes_at(traffic.middles(found)), strict=True)
    ]
    return _create(run, RoadSegment, rows)


@pilot_step("tourism_places", clear=clear_demo_rows(TourismPlace._meta.db_table), after=("admin_units",))
def load_sights(run: Run, _part: str) -> int:
    """Sights at approximate positions."""
    wards, found = _wards(run), places.sights()
    rows = [
        TourismPlace(admin_unit=wards.get(code), is_demo=True, name=place.name, kind=place.kind, address=place.address, geom=_point(place))
        for place, code in zip(found, _codes_of(found), strict=True)
    ]
    return _create(run, TourismPlace, rows)


@pilot_step("facilities", clear=clear_demo_rows(Facility._meta.db_table), after=("admin_units",))
def load_facilities(run: Run, _part: str) -> int:
    """Hospitals, schools, offices."""
    wards, found = _wards(run), places.facilities(town(run.seed, run.scale), run.seed)
    rows = [
        Facility(
            admin_unit=wards.get(code),
            is_demo=True,
            name=place.name,
            theme=place.theme,
            kind=place.kind,
            address=place.address,
            capacity=place.capacity,
            geom=_point(place),
        )
        for place, code in zip(found, _codes_of(found), strict=True)
    ]
    return _create(run, Facility, rows)


@pilot_step("water", clear=clear_demo_rows(WaterBody._meta.db_table))
def load_water(run: Run, _part: str) -> int:
    """Rivers, lakes, canals, and the sea off Tam Thanh."""
    sea = shapely.buffer(coast(), SEA_M, single_sided=True, join_style="mitre")
    land = shapely.union_all([unit.geom for unit in plan.units()])
    outside = max(shapely.get_parts(shapely.difference(sea, land)), key=shapely.area, default=sea)
    surfaces = [(water.name, water.kind, water.surface) for water in plan.waters()]
    rows = [
        WaterBody(is_demo=True, name=name, kind=kind, geom=_surface(surface))
        for name, kind, surface in [*surfaces, ("Biển Đông", "sea", outside)]
    ]
    return _create(run, WaterBody, rows)


def _clear_stewardship() -> None:
    """Delete the settings whose contact is a demo contact."""
    LayerSetting.objects.filter(contact_email__endswith="@example.vn").delete()


@pilot_step("stewardship", clear=_clear_stewardship, after=("admin_units",))
def load_stewardship(run: Run, _part: str) -> int:
    """Owner, focal contact and cadence of each layer; what an administrator already set stays."""
    province = AdminUnit.objects.as_of(run.day).filter(level=AdminUnit.Level.PROVINCE).first()
    rows = list(plan.read_rows("stewardship.csv"))
    for row in rows:
        values: dict[str, object] = {name: row[name] for name in ("owner", "contact_name", "cadence", "licence")}
        values |= {
            "position": int(row["position"]),
            "owner_unit": province,
            "contact_phone": "0235 000 0000",
            "contact_email": f"{row['layer'].replace('_', '-')}@example.vn",
        }
        LayerSetting.objects.get_or_create(layer=row["layer"], defaults=values)
    run.progress.advance(len(rows))
    return len(rows)


def _create(run: Run, model: type[Row], rows: list[Row]) -> int:
    model._default_manager.bulk_create(rows, batch_size=500)
    run.progress.advance(len(rows))
    return len(rows)


def _wards(run: Run) -> dict[str, AdminUnit]:
    """Code -> commune in force on the reference date."""
    return {unit.code: unit for unit in AdminUnit.objects.as_of(run.day).filter(level=AdminUnit.Level.COMMUNE)}


def _codes_of(found: list[places.Place]) -> list[str]:
    return _codes_at(plan.to_plane(np.array([place.lonlat for place in found])))


def _codes_at(points: Floats) -> list[str]:
    """Code of the ward of 2025 at each point (n, 2) on the plane, "" outside the pilot."""
    units = plan.units()
    codes = [""] * len(points)
    point, index = shapely.STRtree([unit.geom for unit in units]).query(shapely.points(points), predicate="within")
    for row, unit in zip(point.tolist(), index.tolist(), strict=True):
        codes[row] = plan.successors()[units[unit].code]
    return codes


def _lines(geom: shapely.MultiLineString) -> MultiLineString:
    """Lines on the VN-2000 plane in WGS 84, for the ORM."""
    parts = [LineString(_lonlat(line)) for line in geom.geoms]
    return MultiLineString(parts, srid=4326)


def _surface(polygon: shapely.Polygon) -> MultiPolygon:
    """A polygon on the VN-2000 plane in WGS 84, for the ORM."""
    rings = [LinearRing(_lonlat(ring)) for ring in (polygon.exterior, *polygon.interiors)]
    return MultiPolygon([Polygon(*rings)], srid=4326)


def _lonlat(line: shapely.Geometry) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in plan.to_lonlat(shapely.get_coordinates(line))]


def _point(place: places.Place) -> Point:
    return Point(*place.lonlat, srid=4326)
