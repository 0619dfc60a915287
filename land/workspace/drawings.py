"""Outlines that only the workspace compares: a version of a parcel, and what a change makes of its parcels."""

from typing import Any
from uuid import UUID

import orjson
import shapely
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import Reach, scope_of
from gis_core.errors import NotFound
from gis_core.models import User
from land.api.parcels import parcel_out
from land.layers import Parcels
from land.models import ParcelChange
from land.mutations import publish
from land.rows import parcels
from land.state import Held
from land.workflow import steps

Shown = dict[str, Any]
SAME_M2 = 0.005


@require_safe
def version(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """A version of a parcel as the API tells parcels. Raises NotFound."""
    rows = parcels(Parcels().reach(scope_of(request.user))).filter(uid=uid, version=number)
    row = rows.select_related("admin_unit").prefetch_related("land_uses").first()
    if row is None:
        raise NotFound(_("There is no such version of a parcel, or it is not open to you."))
    return _json(parcel_out(row))


@require_safe
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """{before, after, violations}: outlines on the VN-2000 plane. Raises NotFound, StaleParcels (with both states)."""
    user = request.user
    found = steps.visible(user).filter(uid=uid).first() if isinstance(user, User) else None
    if found is None:
        raise NotFound(_("There is no such change, or it is not open to you."))
    if found.state == ParcelChange.State.PUBLISHED:
        return _json(_published(found, Parcels().reach(scope_of(user))))
    if found.state == ParcelChange.State.WITHDRAWN:
        return _json({"before": [], "after": [], "violations": []})
    return _json(_planned(found))


def _planned(asked: ParcelChange) -> dict[str, Any]:
    """As it would be carried out now."""
    trial = publish.check(asked)
    held, plan = trial.scene.everyone(), trial.plan
    moved = [held[pk] for pk in (*plan.retired, *plan.reshaped, *plan.restored)]
    before = [_held(one, one.geom) for one in dict.fromkeys((*trial.scene.targets, *moved))]
    after = [_shown(None, "", born.geom) for born in plan.born]
    after += [_held(held[pk], shape) for pk, shape in plan.reshaped.items()]
    after += [_held(held[pk], was.geom) for pk, was in plan.restored.items() if was.live]
    return {"before": before, "after": after, "violations": [found.as_dict() for found in trial.violations]}


def _published(done: ParcelChange, reach: Reach) -> dict[str, Any]:
    """As it was carried out; neighbours that only got a vertex are left out."""
    before, after = _versions(done.before, reach), _versions(done.after, reach)
    targets = {uid for uid, _version in done.targets}
    still = {uid for uid in before.keys() & after.keys() if abs(before[uid]["area_m2"] - after[uid]["area_m2"]) < SAME_M2}
    hidden = still - targets
    return {
        "before": [shown for uid, shown in before.items() if uid not in hidden],
        "after": [shown for uid, shown in after.items() if uid not in hidden and shown["status"] != "retired"],
        "violations": [],
    }


def _versions(named: list[list[Any]], reach: Reach) -> dict[str, Shown]:
    wanted = {(str(uid), int(number)) for uid, number in named}
    rows = parcels(reach).filter(uid__in=[uid for uid, _number in wanted])
    return {
        str(row.uid): _shown(row.uid, str(row), shapely.from_wkb(bytes(row.geom.wkb))) | {"status": row.status}
        for row in rows
        if (str(row.uid), row.version) in wanted
    }


def _held(one: Held, shape: shapely.Polygon) -> Shown:
    return _shown(one.uid, one.label, shape)


def _shown(uid: UUID | None, label: str, shape: shapely.Polygon) -> Shown:
    return {"uid": uid, "label": label, "area_m2": round(shape.area, 2), "outline": shapely.geometry.mapping(shape)}


def _json(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "private, no-store"})
