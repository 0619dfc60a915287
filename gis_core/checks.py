"""System checks of the platform: what would silently put every coordinate in the wrong place must stop the start."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.utils import Error as DatabaseError

from gis_core import crs

# Tam Kỳ's market square: lon, lat and EPSG:5899 east, north by EPSG:6960.
REFERENCE = (108.474, 15.5736)
REFERENCE_5899 = (577453.963, 1722531.703)
_TOLERANCE_M = 0.001


@checks.register("crs")
def check_pinned_operation(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """pyproj transforms the reference point by EPSG:6960."""
    east, north = crs.transform(crs.WGS84, 5899, *REFERENCE)
    return _compare("pyproj", east, north)


@checks.register("crs", checks.Tags.database)
def check_postgis_operation(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """PostGIS transforms the reference point by EPSG:6960 too; its PROJ may choose another operation."""
    if not databases or "default" not in databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_MakePoint(%s::float8, %s::float8), 4326), 5899) AS p", REFERENCE
            )
            east, north = cursor.fetchone()
    except DatabaseError as error:
        if not _has_postgis():
            return []  # before the first migration, which installs it
        return [checks.Error(f"PostGIS cannot transform to EPSG:5899: {error}", id="crs.E002")]
    return _compare("PostGIS", east, north)


@checks.register("crs")
def check_cadastral_srid(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """CADASTRAL_SRID is a zone of VN-2000."""
    if settings.CADASTRAL_SRID in crs.ZONES:
        return []
    accepted = ", ".join(map(str, crs.ZONES))
    return [checks.Error(f"CADASTRAL_SRID={settings.CADASTRAL_SRID} is no VN-2000 zone; use one of {accepted}.", id="crs.E003")]


def _has_postgis() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
        return bool(cursor.fetchone()[0])


def _compare(engine: str, east: float, north: float) -> list[checks.CheckMessage]:
    off = max(abs(east - REFERENCE_5899[0]), abs(north - REFERENCE_5899[1]))
    if off < _TOLERANCE_M:
        return []
    message = f"{engine} puts the reference point {off:.3f} m away from EPSG:6960's place (E {east:.3f} N {north:.3f})."
    return [checks.Error(message, hint="Another datum operation was chosen; check the PROJ installation and its grids.", id="crs.E001")]
