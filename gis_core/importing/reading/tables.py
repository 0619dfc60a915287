"""Places in a table (CSV, workbooks): which columns hold them, and the one that places are put into."""

import unicodedata
from typing import Any

import pyarrow as pa

from gis_core.importing.faults import FileFault

GEOMETRY = "wkb_geometry"
_LONGITUDE = ("lon", "long", "lng", "longitude", "kinh do", "kinhdo")
_LATITUDE = ("lat", "latitude", "vi do", "vido")
_EAST = ("x", "east", "easting", "e", "toa do x", "x_coord")
_NORTH = ("y", "north", "northing", "n", "toa do y", "y_coord")
_WKT = ("wkt", "geom", "geometry", "the_geom", "wkt_geom")
# The whole file decides on the types, not the first megabyte: a later word in a column of numbers would become null.
_TYPES = {"AUTODETECT_TYPE": "YES", "AUTODETECT_SIZE_LIMIT": "0", "EMPTY_STRING_AS_NULL": "YES"}


def coordinate_columns(names: list[str], east_north: tuple[str, str] | None) -> tuple[dict[str, str], bool]:
    """GDAL's open options for a table with these columns, and whether its positions are in degrees.

    A table without any has no geometry. Raises FileFault for columns that are not there.

    Vietnamese survey papers write X for north and Y for east: then `east_north` is ("Y", "X").
    """
    pair = named_pair(names, east_north)
    if pair is not None:
        return _pair(*pair[0]), pair[1]
    wkt = _first({plain(name): name for name in names}, _WKT)
    if wkt:
        return {**_TYPES, "GEOM_POSSIBLE_NAMES": wkt, "KEEP_GEOM_COLUMNS": "NO"}, False
    return _TYPES, False


def named_pair(names: list[str], east_north: tuple[str, str] | None) -> tuple[tuple[str, str], bool] | None:
    """The columns of east and north, and whether they hold degrees; None where no column is called so. Raises FileFault."""
    if east_north is not None:
        for name in east_north:
            if name not in names:
                raise FileFault("unknown-field", field=name[:60], fields=", ".join(names)[:500])
        return east_north, False
    known = {plain(name): name for name in names}
    for easts, norths, degrees in ((_LONGITUDE, _LATITUDE, True), (_EAST, _NORTH, False)):
        east, north = _first(known, easts), _first(known, norths)
        if east and north:
            return (east, north), degrees
    return None


def _pair(east: str, north: str) -> dict[str, str]:
    return {**_TYPES, "X_POSSIBLE_NAMES": east, "Y_POSSIBLE_NAMES": north, "KEEP_GEOM_COLUMNS": "YES"}


def _first(known: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((known[name] for name in wanted if name in known), None)


def plain(name: str) -> str:
    """Lower case without diacritics: "Kinh độ" is "kinh do"."""
    letters = unicodedata.normalize("NFD", name.strip().lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def with_places(schema: Any) -> Any:
    """The schema with the column of the places."""
    return schema.append(pa.field(GEOMETRY, pa.binary()))
