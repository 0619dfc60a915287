"""Rows for tests: plain functions, each of which writes one row and returns it.

`feature` fills any layer's model from its field types, so that a new layer has rows in the contract suite without a
factory of its own.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from django.db import models

from gis_core import crs
from gis_core.models import AccessToken, AdminUnit, Jurisdiction, SpatialRow, User

M = TypeVar("M", bound=models.Model)
Lonlat = tuple[float, float]

PASSWORD = "mật khẩu dài và khó đoán"
NOON = datetime(2026, 1, 15, 5, 0, tzinfo=UTC)  # 12:00 in Việt Nam
# Far from the sheets and parcels that tests number by hand.
_numbers = itertools.count(1001)


def user(username: str | None = None, **values: Any) -> User:
    """An account with `PASSWORD`."""
    return User.objects.create_user(username or f"user{next(_numbers)}", password=PASSWORD, **values)


def superuser(username: str | None = None) -> User:
    """An account that may do everything."""
    return user(username, is_superuser=True, is_staff=True)


def jurisdiction(holder: User, role: str, unit: AdminUnit) -> Jurisdiction:
    """`holder` does the work of `role` in `unit`."""
    return Jurisdiction.objects.create(user=holder, role=role, unit=unit)


def token(holder: User, name: str = "QGIS", **values: Any) -> str:
    """The secret of a new access token."""
    _token, secret = AccessToken.objects.issue(holder, name, **values)
    return secret


def unit(path: str, area: MultiPolygon, *, valid_from: date = date(2025, 7, 1), **values: Any) -> AdminUnit:
    """An administrative unit; its code, level and parent follow from `path` where they are not given."""
    codes = path.strip("/").split("/")
    parent = AdminUnit.objects.as_of(valid_from).filter(path="".join(f"{code}/" for code in codes[:-1])).first()
    defaults = {"code": codes[-1], "name": f"Đơn vị {codes[-1]}", "level": "commune" if len(codes) > 1 else "province", "parent": parent}
    return AdminUnit.objects.create(path=path, geom=area, valid_from=valid_from, **{**defaults, **values})


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle in degrees (EPSG:4326)."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def feature(model: type[M], unit: AdminUnit | None, at: Lonlat, label: str = "", **values: Any) -> M:
    """A row of a layer's model at a WGS 84 position; texts carry `label`, so that a leak can be found as bytes."""
    given = {"admin_unit": unit, **values} if issubclass(model, SpatialRow) else values
    filled = {field.name: _value(field, at, label) for field in model._meta.concrete_fields if _is_needed(field, given)}
    row = model(**filled, **given)
    row.save()
    return row


def _is_needed(field: "models.Field[Any, Any]", given: dict[str, Any]) -> bool:
    if field.name in given or field.generated or field.primary_key:
        return False
    return isinstance(field, models.CharField | models.TextField) or not (field.null or field.has_default())


def _value(field: "models.Field[Any, Any]", at: Lonlat, label: str) -> Any:
    if field.choices:
        return next(iter(field.flatchoices))[0]
    if isinstance(field, models.ForeignKey):
        return _related(field.related_model, label, fresh=_is_part_of_a_key(field))
    if isinstance(field, models.DateField) and _has_choices_in_its_key(field):
        return NOON.date() + timedelta(days=next(_numbers))  # what tells rows apart where the rest of the key has few values
    for kind, make in _MAKERS:
        if isinstance(field, kind):
            return make(field, at, label)
    raise NotImplementedError(f"tests/factories.py: say in _MAKERS what a {type(field).__name__} holds ({field}).")


def _is_part_of_a_key(field: "models.Field[Any, Any]") -> bool:
    constraints = field.model._meta.constraints
    return any(isinstance(one, models.UniqueConstraint) and field.name in one.fields for one in constraints)


def _has_choices_in_its_key(field: "models.Field[Any, Any]") -> bool:
    keys = [one.fields for one in field.model._meta.constraints if isinstance(one, models.UniqueConstraint) and field.name in one.fields]
    return any(getattr(field.model._meta.get_field(name), "choices", None) for key in keys for name in key)


def _related(model: Any, label: str, *, fresh: bool = False) -> models.Model:
    """The first row of a code table, made where there is none; another one each time where two rows must differ in it."""
    if fresh and isinstance(model._meta.pk, models.CharField):
        made: models.Model = feature(model, None, (0.0, 0.0), **{model._meta.pk.name: f"k{next(_numbers)}"})
        return made
    found: models.Model = model._default_manager.first() or feature(model, None, (0.0, 0.0))
    return found


def _text(field: Any, _at: Lonlat, label: str) -> str:
    text = f"{label} {field.name}" if label else f"{field.name} {next(_numbers)}"
    return text if field.max_length is None or field.max_length >= 40 else f"k{next(_numbers)}"[: field.max_length]


def _geometry(field: Any, at: Lonlat, _label: str) -> GEOSGeometry:
    return place(at, field.geom_type, field.srid)


def place(at: Lonlat, kind: str, srid: int = 4326, size: float = 0.0004) -> GEOSGeometry:
    """A small geometry of `kind` (as Django names it) with its lower left corner at a WGS 84 position, in `srid`."""
    x, y = at
    degrees = ((x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y))
    corners = degrees if srid == 4326 else tuple(crs.transform(4326, srid, *corner) for corner in degrees)
    shapes: dict[str, GEOSGeometry] = {
        "POINT": Point(*corners[0]),
        "MULTIPOINT": MultiPoint(Point(*corners[0])),
        "LINESTRING": LineString(corners[:3]),
        "MULTILINESTRING": MultiLineString(LineString(corners[:3])),
        "POLYGON": Polygon(corners),
        "MULTIPOLYGON": MultiPolygon(Polygon(corners)),
    }
    shape = shapes[kind.upper()]
    shape.srid = srid
    return shape


_MAKERS: tuple[tuple[Any, Any], ...] = (
    (models.CharField | models.TextField, _text),
    (models.BooleanField, lambda *_: False),
    (models.FloatField | models.DecimalField, lambda *_: 1.0),
    (models.IntegerField, lambda *_: next(_numbers)),
    (models.DateTimeField, lambda *_: NOON),
    (models.DateField, lambda *_: NOON.date()),
    (models.JSONField, lambda *_: {}),
    (GeometryField, _geometry),
)
