"""Exports in somebody's name: the parcels that the layer shows to the person; holders by the rule of land/holders.py alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach, scope_of
from gis_core.errors import BadParameter, NotFound, TooLarge
from gis_core.models import AdminUnit, User
from land import holders
from land.exporting import files
from land.exporting.rows import MOST, Row, rows_of
from land.exporting.xml import xml
from land.layers import Parcels


@dataclass(frozen=True)
class Format:
    """A format: its ending, its media type, how it is written."""

    ending: str
    media_type: str
    write: Callable[[Sequence[Row]], bytes]


def _degrees(rows: Sequence[Row]) -> bytes:
    return files.geojson(rows, 4326)


FORMATS: dict[str, Format] = {
    "gpkg": Format("gpkg", "application/geopackage+sqlite3", files.gpkg),
    "shp": Format("zip", "application/zip", files.shapefile),
    "geojson": Format("geojson", "application/geo+json", files.geojson),
    "geojson-wgs84": Format("geojson", "application/geo+json", _degrees),
    "csv": Format("csv", "text/csv; charset=utf-8", files.table),
    "corners": Format("csv", "text/csv; charset=utf-8", files.corners),
    "dxf": Format("dxf", "image/vnd.dxf", files.dxf),
    "xml": Format("xml", "application/xml", lambda rows: xml(rows, timezone.localdate())),
}


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: a unit with all below it (by its code on the day), a sheet, the state of a day.

    `purpose` asks for holders too (XML alone): it is written into the log of readings.
    """

    format: str
    unit: str | None = None
    sheet: int | None = None
    on: date | None = None
    purpose: str | None = None


def export(user: User, wanted: Wanted) -> tuple[bytes, Format]:
    """The file. Raises NotFound for a unit that is unknown or of which the person sees nothing; BadParameter, TooLarge."""
    return export_of(user, Parcels().reach(scope_of(user)), wanted)


def export_of(user: User | None, reach: Reach, wanted: Wanted) -> tuple[bytes, Format]:
    """As `export`, of whatever is inside a reach; commands run without a person and never get holders."""
    form = FORMATS.get(wanted.format)
    if form is None:
        listed = ", ".join(FORMATS)
        raise BadParameter(
            _("There is no format “%(name)s”; there are: %(known)s.") % {"name": wanted.format[:20], "known": listed}, field="format"
        )
    day = wanted.on or timezone.localdate()
    units = _units(wanted.unit, day, reach) if wanted.unit else None
    try:
        rows = rows_of(reach, units, wanted.sheet, day)
    except TooLarge:
        raise TooLarge(_("An export has at most %(limit)d parcels; choose a unit or a sheet.") % {"limit": MOST}, field="unit") from None
    if not rows:
        raise NotFound(_("There are no such parcels, or they are not open to you."))
    if wanted.purpose is None:
        return form.write(rows), form
    if wanted.format != "xml" or user is None:
        raise BadParameter(_("Holders stand in the XML alone."), field="purpose")
    if day != timezone.localdate():
        raise BadParameter(_("Holders are told as they are today."), field="on")
    return xml(rows, day, holders.of_parcels(user, [row.pk for row in rows], wanted.purpose)), form


def _units(code: str, day: date, reach: Reach) -> list[AdminUnit]:
    found = AdminUnit.objects.as_of(day).filter(code=code).first()
    if found is None:
        raise NotFound(_("There are no such parcels, or they are not open to you."))
    # Parcels lie under the units of today; whoever asks for a past day names a unit of that day.
    current = AdminUnit.objects.current().filter(code=code).first() or found
    return [unit for unit in AdminUnit.objects.current().subtree(current.path) if reach.everything or unit.pk in reach.units]
