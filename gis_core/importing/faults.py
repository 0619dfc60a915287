"""What can be wrong with a file or with one of its rows: codes with sentences, in every language of the service.

The reading process has no Django, so a fault travels as code and parameters; `sentence` puts it into words where it is shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gis_core.crs import REFUSED, SUPPORTED, ZONES
from gis_core.geometry import SENTENCES as GEOMETRY_SENTENCES
from gis_core.geometry import gettext_noop

Translate = Callable[[str], str]

FILE_SENTENCES: dict[str, str] = {
    "no-file": gettext_noop("%(path)s: there is no such file, or it cannot be read."),
    "unknown-format": gettext_noop(
        "%(path)s: the content is of no accepted format. Accepted are GeoJSON, GeoPackage, Shapefile (.shp, or zipped), FlatGeobuf, "
        "GeoParquet, KML, GPX, CSV, Excel (.xlsx), DXF, DGN v7 and GeoTIFF; a format is known by its content, not by its name."
    ),
    "closed-drawing": gettext_noop("A DWG, a binary DXF or a DGN of version 8 cannot be read. Save it as DXF (text) or as DGN v7."),
    "doctype": gettext_noop("The XML declares a DOCTYPE or an entity, which is refused."),
    "not-utf8": gettext_noop("The text is not UTF-8 at byte %(at)d. Say how it is encoded, for example --encoding windows-1258."),
    "not-utf8-row": gettext_noop(
        "Row %(row)d, field %(field)s: the text is not UTF-8. Say how it is encoded, for example --encoding windows-1258."
    ),
    "wrong-encoding": gettext_noop("The text cannot be read as %(encoding)s (byte %(at)d)."),
    "unknown-encoding": gettext_noop("There is no encoding %(encoding)s. Common ones are utf-8, windows-1258, windows-1252 and utf-16."),
    "cannot-open": gettext_noop("The file looks like %(format)s but cannot be read: %(detail)s"),
    "no-layer": gettext_noop("The file has no layer with places."),
    "which-layer": gettext_noop("The file holds several layers; choose one with --layer: %(layers)s."),
    "unknown-layer": gettext_noop("The file has no layer %(layer)s; it has: %(layers)s."),
    "unknown-field": gettext_noop("The file has no field %(field)s; it has: %(fields)s."),
    "no-places": gettext_noop(
        "No column of the table says where the rows are. Name the columns lon and lat (or x and y, or one WKT column), "
        "or say --xy EAST,NORTH. The table has: %(fields)s."
    ),
    "too-many-fields": gettext_noop("The file has %(count)d fields; at most %(limit)d are accepted. Choose some with --fields."),
    "too-many-rows": gettext_noop("The file has more than %(limit)d rows. Split it, or choose a part."),
    "too-many-vertices": gettext_noop("The shapes of the file have more than %(limit)d corners in all. Split it, or simplify it."),
    "old-excel": gettext_noop("Workbooks of Excel before 2007 (.xls) cannot be read. Save the table as .xlsx or as CSV."),
    "no-crs": gettext_noop(
        "The file does not say in which coordinate system its positions are. Say it with --crs: %(zones)s, or EPSG:4326 for degrees (GPS)."
    ),
    "unsupported-crs": gettext_noop("The coordinate system %(name)s is not supported. Save the file in one of: %(zones)s, or EPSG:4326."),
    "refused-crs": gettext_noop("EPSG:%(srid)d is a withdrawn twin of EPSG:5899 with east and north swapped. Use EPSG:5899."),
    "no-datum": gettext_noop(
        "The coordinate system %(name)s has the axes of VN-2000 EPSG:%(srid)d without its datum; taken as it is, everything would "
        "lie 225 m off. If the data are in VN-2000, say --crs EPSG:%(srid)d."
    ),
    "turned-rotations": gettext_noop(
        "The coordinate system %(name)s turns the three rotations of VN-2000 the wrong way round; taken as it is, everything would lie "
        "0.6 m off. If the data are in VN-2000, say --crs EPSG:%(srid)d."
    ),
    "bad-crs": gettext_noop(
        "%(value)s is no coordinate system that is accepted here. Use --crs EPSG:n with one of: %(zones)s, 4326, 3857."
    ),
    "archive": gettext_noop("The archive holds no shapefile. Other formats are given as they are, not zipped."),
    "archive-bad": gettext_noop("The archive is damaged, encrypted or packed in a way that is not accepted."),
    "archive-too-large": gettext_noop(
        "The archive would unpack to %(size)d MB; at most %(limit)d MB are accepted, and at most %(ratio)d times its packed size."
    ),
    "geometry-encoding": gettext_noop(
        "The geometry column is encoded as %(encoding)s; only WKB is read. Save the file with WKB geometries."
    ),
    "memory": gettext_noop("Reading the file needs more memory than is allowed (%(limit)d MB)."),
    "cpu": gettext_noop("Reading the file needs more than %(limit)d seconds of processor time."),
    "time": gettext_noop("Reading the file takes longer than %(limit)d seconds."),
    "died": gettext_noop("The process that read the file died (signal %(signal)d); the file is probably damaged."),
    "failed": gettext_noop("The file could not be read (%(detail)s)."),
}
# Rasters (gis_core/importing/rasters.py).
RASTER_SENTENCES: dict[str, str] = {
    "raster-not-features": gettext_noop("%(path)s is a raster; it becomes a coverage, not a layer of features."),
    "raster-no-place": gettext_noop(
        "The raster does not say where it lies (no geotransform). Georeference it first; in QGIS that is Raster, Georeferencer."
    ),
    "raster-turned": gettext_noop("The raster is turned or upside down. Bring it to north up first (in QGIS: Raster, Projections, Warp)."),
    "raster-type": gettext_noop("Pixels of type %(type)s cannot be shown; accepted are: %(accepted)s."),
    "raster-bands": gettext_noop("The raster has %(count)d bands; at most %(limit)d are accepted."),
    "raster-too-large": gettext_noop(
        "The raster is %(width)d × %(height)d pixels with %(bands)d bands, %(size)d MB unpacked; at most %(limit)d MB are accepted. "
        "Cut it into pieces and bring them as scenes of one layer."
    ),
    "raster-swollen": gettext_noop(
        "The raster would unpack to %(ratio)d times the size of its file, which only damaged or made-up files do; accepted are "
        "%(limit)d times."
    ),
    "raster-empty": gettext_noop("The raster has no pixel with a value."),
    "raster-outside": gettext_noop(
        "In the coordinate system %(name)s the raster would lie outside of the world. Say the right one with --crs."
    ),
    "raster-damaged": gettext_noop("The raster is damaged: its pixels cannot all be read (%(detail)s)."),
}
ROW_SENTENCES: dict[str, str] = {
    **GEOMETRY_SENTENCES,
    "no-geometry": gettext_noop("There is no geometry, or it cannot be read."),
    "nul": gettext_noop("Field %(field)s contains a zero byte."),
    "duplicate": gettext_noop("Field %(field)s: the value %(value)s stands in row %(other)d already."),
    "duplicate-stored": gettext_noop("Field %(field)s: the value %(value)s is in the layer already."),
    "no-key": gettext_noop("Field %(field)s, which tells the rows apart, is empty."),
    "not-repaired": gettext_noop("The shape is not valid and could not be mended."),
    "other-kind": gettext_noop("The geometry is a %(kind)s in a layer of %(wanted)s."),
}
# Rows of administrative units (gis_core/units).
UNIT_SENTENCES: dict[str, str] = {
    "bad-code": gettext_noop("“%(value)s” is no code of a unit; a %(level)s has %(digits)d digits."),
    "no-name": gettext_noop("Unit %(unit)s has no name."),
    "not-a-surface": gettext_noop("Unit %(unit)s is no surface but a %(kind)s."),
    "differs": gettext_noop(
        "Unit %(unit)s is there already since %(since)s with another name, parent or outline; say --replace to renew it."
    ),
    "still-in-force": gettext_noop(
        "Code %(unit)s belongs to “%(name)s” since %(since)s, which is still in force; say --end-previous if it ends on that day."
    ),
    "later": gettext_noop("Code %(unit)s belongs to “%(name)s” from %(since)s on; say until when this unit is in force with --valid-to."),
    "overlap": gettext_noop("Unit %(unit)s and “%(other)s” overlap by %(share)s %% of the smaller one (%(area)s km²)."),
    "bad-extent": gettext_noop("The extent of a succession is “full” or “partial”, not “%(value)s”."),
    "no-old-unit": gettext_noop("No unit with code %(code)s was in force on %(day)s."),
    "no-new-unit": gettext_noop("No unit with code %(code)s is in force from %(day)s on."),
}
SENTENCES = {**FILE_SENTENCES, **RASTER_SENTENCES, **ROW_SENTENCES, **UNIT_SENTENCES}


@dataclass(frozen=True)
class Fault:
    """What is wrong: a code of `SENTENCES` and its parameters (JSON values)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, translate: Translate) -> str:
        """In words."""
        params = dict(self.params)
        if "reason" in params:
            params["reason"] = translate(str(params["reason"]))
        return translate(SENTENCES[self.code]) % params


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one row; rows are counted from 1, a table's heading not included."""

    row: int
    fault: Fault


class FileFault(Exception):
    """The file as a whole cannot be used."""

    def __init__(self, code: str, **params: Any) -> None:
        self.fault = Fault(code, params)
        super().__init__(self.fault.sentence(str))


def zones() -> str:
    """The accepted VN-2000 zones for people, the pilot's first."""
    listed = sorted(ZONES, key=lambda srid: (srid != 5899, ZONES[srid].scale != 0.9999, ZONES[srid].central_meridian))
    return ", ".join(f"EPSG:{srid} ({_meridian(ZONES[srid].central_meridian)}{_width(srid)})" for srid in listed)


def checked_srid(value: str) -> int:
    """The SRID from what a person wrote: EPSG:5899 or 5899. Raises FileFault."""
    digits = value.upper().removeprefix("EPSG:").strip()
    srid = int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 7 else 0
    if srid in REFUSED:
        raise FileFault("refused-crs", srid=srid)
    if srid not in SUPPORTED:
        raise FileFault("bad-crs", value=value[:60], zones=zones())
    return srid


def _meridian(degrees: float) -> str:
    whole, minutes = divmod(round(degrees * 60), 60)
    return f"{whole}°{minutes:02d}'" if minutes else f"{whole}°"


def _width(srid: int) -> str:
    return ", UTM 6°" if ZONES[srid].scale != 0.9999 else ""
