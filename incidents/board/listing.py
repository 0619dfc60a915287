"""The list: pages by key, so that the thousandth page costs what the first does, and the numbers above it in one scan."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import orjson
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from incidents.models import Incident
from incidents.workflow.effects import overdue, overdue_at
from incidents.workflow.table import OPEN

Order = Literal["newest", "due"]
_COLUMN = {"newest": "reported_at", "due": "due_at"}
# What the list shows of a row, and nothing else is read.
FIELDS = (
    *("id", "tracking_code", "title", "status", "severity", "category_id", "reported_at", "due_at", "resolved_at", "paused_at"),
    *("address", "handling_unit_id", "admin_unit_id", "is_public", "moderation", "version", "channel", "geom"),
    *("photos_expected", "photos_received"),
)


def page(rows: "QuerySet[Incident]", order: Order, cursor: str, limit: int) -> tuple[list[Incident], str | None]:
    """Rows from `cursor` on, and the cursor of the next page. Ordered by deadline, only incidents with one are listed."""
    column = _COLUMN[order]
    if order == "due":
        rows = rows.filter(due_at__isnull=False)
    if cursor:
        moment, pk = _read(cursor, order)
        beyond = "lt" if order == "newest" else "gt"
        rows = rows.filter(Q(**{f"{column}__{beyond}": moment}) | Q(**{column: moment, f"pk__{beyond}": pk}))
        # The same once more in a form that the index understands.
        rows = rows.filter(**{f"{column}__{beyond}e": moment})
    signs = "-" if order == "newest" else ""
    related = rows.select_related("handling_unit", "admin_unit", "category")
    named = [f"{name}__{part}" for name, part in (("handling_unit", "code"), ("handling_unit", "name"), ("admin_unit", "name"))]
    found = list(related.only(*FIELDS, *named, "category__name").order_by(f"{signs}{column}", f"{signs}pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, _write(getattr(found[-1], column), found[-1].pk) if more else None


def counts(rows: "QuerySet[Incident]") -> dict[str, Any]:
    """How many there are: all, open, overdue, by state, severity and category. One scan."""
    late = Count("pk", filter=overdue_at(timezone.now()))
    groups = rows.order_by().values_list("status", "severity", "category_id").annotate(n=Count("pk"), late=late)
    found = list(groups)
    return {
        "total": sum(n for *_keys, n, _late in found),
        "open": sum(n for status, *_rest, n, _late in found if status in OPEN),
        "overdue": sum(late for *_rest, late in found),
        "status": _sums(found, 0),
        "severity": _sums(found, 1),
        "category": _sums(found, 2),
    }


def row_out(incident: Incident, now: datetime) -> dict[str, Any]:
    """A row of the list."""
    names = ("id", "title", "status", "severity", "address", "reported_at", "due_at", "resolved_at", "is_public", "moderation", "version")
    unit = incident.handling_unit
    return {
        **{name: getattr(incident, name) for name in names},
        "code": incident.tracking_code,
        "category": incident.category_id,
        "category_name": incident.category.name,
        "overdue": overdue(incident, now),
        "waiting": incident.paused_at is not None,
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "area": incident.admin_unit.name if incident.admin_unit else None,
        "photos": incident.photos_received,
        "channel": incident.channel,
        "lon": round(incident.geom.x, 7),
        "lat": round(incident.geom.y, 7),
    }


def _sums(groups: Iterable[Sequence[Any]], place: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for group in groups:
        sums[group[place]] += group[3]
    return dict(sums)


def _write(moment: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([moment.isoformat(), pk])).decode().rstrip("=")


def _read(cursor: str, order: Order) -> tuple[datetime, int]:
    try:
        moment, pk = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(moment)
        if not isinstance(pk, int) or at.tzinfo is None or abs(pk) > 2**62:
            raise ValueError(order)
    except (binascii.Error, ValueError, TypeError):
        raise BadParameter(_("cursor must be the `next` of an earlier answer, or left out."), field="cursor") from None
    return at, pk
