"""What the board shows: one filter for the list, the numbers, the map, the statistics and the exports."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Literal

from django.contrib.gis.geos import Polygon
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from incidents.models import HandlingUnit, Incident, Moderation
from incidents.workflow.effects import overdue_at
from incidents.workflow.table import CLOSED, OPEN
from layers.parameters import clean_text, parse_bbox

_GROUPS = {"open": OPEN, "closed": CLOSED}
_MOST = 60


class BoardFilter(Schema):
    """Query parameters. Lists are separated by commas; what is left out does not filter."""

    status: str = Field("", max_length=200, description="States, or `open` and `closed`")
    severity: str = Field("", max_length=60)
    category: str = Field("", max_length=2_000, description="Codes of categories")
    unit: str = Field("", max_length=2_000, description="Codes of handling units; `none` for what nobody handles")
    area: str = Field("", max_length=200, description="Codes of present administrative units; each with all below it")
    overdue: bool = False
    waiting: bool = Field(False, description="Only those that wait for their reporter")
    moderation: Literal["", "pending", "approved", "refused"] = ""
    since: date | None = Field(None, description="Reported on this day or later")
    until: date | None = Field(None, description="Reported on this day or earlier")
    q: str = Field("", max_length=100, description="Words of title, text or address, or a tracking code")
    bbox: str = Field("", max_length=200, description="west,south,east,north in degrees")

    def of(self, rows: "QuerySet[Incident]") -> "QuerySet[Incident]":
        """Those of `rows` that are wanted. Raises BadParameter with what is accepted."""
        rows = rows.filter(*self._lists(), *self._flags(), *self._period())
        if self.bbox:
            box = parse_bbox(self.bbox, "bbox")
            shape = Polygon.from_bbox((box.west, box.south, box.east, box.north))
            shape.srid = 4326
            shape.transform(3857)
            rows = rows.filter(geom_3857__bboverlaps=shape)
        return rows

    def cql(self) -> str:
        """The same for the tiles of the layer, as far as its published fields go (CQL2 text); "" where nothing is filtered."""
        parts = [_among("status", self._statuses()), _among("severity", self._severities()), _among("category", split(self.category))]
        if self.unit:
            found = [str(unit.pk) for unit in self._units()]
            pieces = [f"handling_unit IN ({', '.join(found)})"] if found else []
            parts.append(" OR ".join([*pieces, *(["handling_unit IS NULL"] if "none" in split(self.unit) else [])]))
        if self.area:
            communes = AdminUnit.objects.as_of(timezone.localdate()).filter(_below(self._areas()), level=AdminUnit.Level.COMMUNE)
            parts.append(_among("admin_unit_code", list(communes.values_list("code", flat=True))) or "is_public IS NULL")
        parts += ["is_overdue = true"] if self.overdue else []
        parts += [f"reported_at >= TIMESTAMP('{_utc(self.since)}')"] if self.since else []
        parts += [f"reported_at <= TIMESTAMP('{_utc(self.until, latest=True)}')"] if self.until else []
        if word := self._words():
            pattern = _text(f"%{_escaped(word)}%")
            parts.append(" OR ".join(f"CASEI({name}) LIKE CASEI({pattern})" for name in ("title", "description", "address")))
        return " AND ".join(f"({part})" for part in parts if part)

    def _lists(self) -> list[Q]:
        found = []
        if self.status:
            found.append(Q(status__in=self._statuses()))
        if self.severity:
            found.append(Q(severity__in=self._severities()))
        if self.category:
            found.append(Q(category__in=split(self.category)))
        if self.unit:
            nobody = Q(handling_unit__isnull=True) if "none" in split(self.unit) else Q(pk__in=[])
            found.append(Q(handling_unit__in=[unit.pk for unit in self._units()]) | nobody)
        if self.area:
            inside = AdminUnit.objects.as_of(timezone.localdate()).filter(_below(self._areas())).values_list("pk", flat=True)
            found.append(Q(admin_unit__in=list(inside)))
        return found

    def _flags(self) -> list[Q]:
        found = [overdue_at(timezone.now())] if self.overdue else []
        found += [Q(paused_at__isnull=False)] if self.waiting else []
        found += [Q(moderation=Moderation(self.moderation))] if self.moderation else []
        if word := self._words():
            anywhere = Q(title__icontains=word) | Q(description__icontains=word) | Q(address__icontains=word)
            found.append(anywhere | Q(tracking_code=word.upper()))
        return found

    def _period(self) -> list[Q]:
        found = [Q(reported_at__gte=_moment(self.since))] if self.since else []
        return found + ([Q(reported_at__lte=_moment(self.until, latest=True))] if self.until else [])

    def _words(self) -> str:
        return clean_text(self.q, "q", 100).strip()

    def _statuses(self) -> list[str]:
        names = [name for part in split(self.status) for name in _GROUPS.get(part, [part])]
        return _known("status", names, (*Incident.Status.values, *_GROUPS))

    def _severities(self) -> list[str]:
        return _known("severity", split(self.severity), Incident.Severity.values)

    def _units(self) -> "QuerySet[HandlingUnit]":
        return HandlingUnit.objects.filter(code__in=split(self.unit))

    def _areas(self) -> list[AdminUnit]:
        codes = split(self.area)
        found = list(AdminUnit.objects.as_of(timezone.localdate()).filter(code__in=codes).only("path", "code"))
        if missing := set(codes) - {unit.code for unit in found}:
            raise BadParameter(_("area: there is no unit “%(code)s” today.") % {"code": min(missing)[:20]}, field="area")
        return found


def split(text: str) -> list[str]:
    """The parts of a list, each once. Raises BadParameter for more than 60."""
    parts = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(parts) > _MOST:
        raise BadParameter(_("A list has at most %(limit)d values.") % {"limit": _MOST})
    return parts


def _known(field: str, names: Sequence[str], accepted: Sequence[str]) -> list[str]:
    if unknown := [name for name in names if name not in accepted]:
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": field, "value": unknown[0][:20], "accepted": ", ".join(accepted)}, field=field)
    return sorted(set(names))


def _below(units: Sequence[AdminUnit]) -> Q:
    wanted = Q(pk__in=[])
    for unit in units:
        wanted |= Q(path__startswith=unit.path)
    return wanted


def _moment(day: date | None, *, latest: bool = False) -> datetime:
    assert day is not None
    return timezone.make_aware(datetime.combine(day, time.max if latest else time.min))


def _utc(day: date | None, *, latest: bool = False) -> str:
    return _moment(day, latest=latest).astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _among(name: str, values: Sequence[str]) -> str:
    return f"{name} IN ({', '.join(map(_text, values))})" if values else ""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _escaped(word: str) -> str:
    """For LIKE: the signs that stand for anything stand for themselves."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def key_of(filters: BoardFilter) -> dict[str, Any]:
    """The parameters that are set, as they stand in an address."""
    return {name: value for name, value in filters.model_dump(mode="json").items() if value}
