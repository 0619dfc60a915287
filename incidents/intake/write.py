"""The rows of a report: incident, reporter, announced photos."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point

from gis_core.crs import metres_between
from incidents.intake.locate import Place
from incidents.intake.report import NewReport, PhotoNote, Position, Source
from incidents.intake.rules import Case, Rules
from incidents.models import Incident, IncidentCategory, Photo, Reporter

# A queue that is older than this was forgotten; its age says nothing about when the thing happened.
_OLDEST = timedelta(days=30)
_CLOCK_OFF = timedelta(minutes=10)
_FAR_M, _INACCURATE_M = 100.0, 50.0


@dataclass(frozen=True)
class Signs:
    """What the office should know of a report besides its content."""

    repeated: bool = False
    flooded: bool = False


def incident_of(report: NewReport, category: IncidentCategory, place: Place, rules: Rules, now: datetime, signs: Signs) -> Incident:
    """The unsaved row: located, routed, with its deadline and flags."""
    case = Case(place, category, Incident.Severity.LOW)
    reported_at = moment_of(report, now)
    distance = pin_distance(report)
    return Incident(
        uid=report.uid,
        category=category,
        title=report.title or _title(report, category),
        description=report.description,
        address=report.address or place.address[:200],
        severity=case.severity,
        reported_at=reported_at,
        due_at=rules.due(case, now),
        channel=report.channel,
        handling_unit=rules.unit(case),
        accuracy_m=report.device.accuracy_m if report.device else report.pin.accuracy_m,
        photos_expected=len(report.photos),
        admin_unit_id=place.unit_id,
        all_units=list(place.units),
        road=place.road[:120],
        asset=place.asset,
        parcel_id=place.parcel_id,
        pin_distance_m=distance,
        flags=flags_of(report, distance, now, signs),
        attributes=dict(report.attributes),
        geom=_point(report.pin),
    )


def reporter_of(incident: Incident, report: NewReport, source: Source) -> Reporter:
    """Personal data, in a row of their own. An anonymous report keeps the hashes that limits need, and no position of the device."""
    device = None if report.anonymous or report.device is None else _point(report.device)
    return Reporter(
        incident=incident,
        **({} if report.anonymous else vars(report.contact)),
        user_id=report.user_id,
        device=source.device,
        address=source.address,
        device_geom=device,
    )


def photos_of(incident: Incident, report: NewReport) -> list[Photo]:
    """A row for each announced photo: what came and what did not is then never a matter of counting alone."""
    return [
        Photo(uid=uid, incident=incident, position=index, size=0, **_noted(report.photo_notes.get(uid)))
        for index, uid in enumerate(report.photos)
    ]


def _noted(note: PhotoNote | None) -> dict[str, Any]:
    """What the device read out of the file before it made it smaller; the smaller one does not carry it any more."""
    if note is None:
        return {}
    return {"exif_geom": Point(*note.lonlat, srid=4326) if note.lonlat else None, "taken_at": note.taken_at}


def moment_of(report: NewReport, now: datetime) -> datetime:
    """When the report was made, by the service's clock: now less the time that it waited on the device, by the device's clock."""
    if report.made_at is None or report.sent_at is None:
        return now
    waited = report.sent_at - report.made_at
    return now - waited if timedelta(0) <= waited <= _OLDEST else now


def pin_distance(report: NewReport) -> float | None:
    """Metres between the device and the pin; None when the device's position is not known."""
    if report.device is None:
        return None
    return round(metres_between((report.device.lon, report.device.lat), (report.pin.lon, report.pin.lat)), 1)


def flags_of(report: NewReport, distance: float | None, now: datetime, signs: Signs) -> list[str]:
    """Names of what does not fit; a dispatcher sees them, nothing is refused for them."""
    accuracy = (report.device.accuracy_m if report.device else None) or 0.0
    found = {
        "no_device_position": report.device is None,
        "inaccurate": accuracy > _INACCURATE_M,
        "pin_far_from_device": distance is not None and distance > max(_FAR_M, 3 * accuracy),
        "clock_wrong": report.sent_at is not None and abs(report.sent_at - now) > _CLOCK_OFF,
        "maybe_repeated": signs.repeated,
        "flood": signs.flooded,
    }
    return [name for name, holds in found.items() if holds]


def _title(report: NewReport, category: IncidentCategory) -> str:
    """The first line of the text, cut at a word, or the category."""
    line = report.description.split("\n", 1)[0]
    if len(line) > 80:
        line = line[:79].rsplit(" ", 1)[0] + "…"
    return line or category.name


def _point(position: Position) -> Point:
    return Point(position.lon, position.lat, srid=4326)
