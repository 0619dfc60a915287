"""A split that a GIS program sends in two halves: first the parcel that shrank, then, in another request, the parts beside it.

QGIS saves changed outlines before new features, each kind in a Transaction of its own. The first half says all that the split needs to
be known by: ground does not vanish, so what the parcel lost is a new parcel. The second half confirms that, or divides it further.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import shapely
from django.utils import timezone

from gis_core.access import scope_of
from gis_core.models import User
from land.editing import Meant, Redrawn, meaning, same_ground
from land.models import ParcelChange
from land.rows import heads
from land.topology import dividing
from land.topology.faults import TopologyFault

PATIENCE = timedelta(minutes=15)
"""So long after a split was handed in, new features on its ground are its second half."""
_WAITING = (ParcelChange.State.CHECKED, ParcelChange.State.SUBMITTED)


@dataclass(frozen=True)
class FirstHalf:
    """An own split that was handed in a moment ago, and what new features beside it make of it: None, or the finer split."""

    change: ParcelChange
    finer: Meant | None


def first_half(user: User, new: Sequence[shapely.Polygon]) -> FirstHalf | None:
    """The split to which new polygons (EPSG:5899) belong; None where there is none, or where they do not fill what it left."""
    since = timezone.now() - PATIENCE
    waiting = ParcelChange.objects.filter(author=user, kind=ParcelChange.Kind.SPLIT_LINES, state__in=_WAITING, updated_at__gt=since)
    found = (_matched(user, change, new) for change in waiting.order_by("-pk")[:20])
    return next((half for half in found if half is not None), None)


def _matched(user: User, change: ParcelChange, new: Sequence[shapely.Polygon]) -> FirstHalf | None:
    reach = ParcelChange.write_rule.reach(scope_of(user), "change")
    parent = heads(reach).filter(uid=change.params["parcel"], valid_to__isnull=True).first()
    if parent is None:
        return None
    stored = shapely.from_wkb(bytes(parent.geom.wkb))
    try:
        faces = dividing.by_lines(stored, [shapely.LineString(line) for line in change.params["lines"]])
    except TopologyFault:
        return None
    kept = [face for face in faces if not any(shapely.contains(face, shape.representative_point()) for shape in new)]
    if len(kept) != 1 or not same_ground([stored], [*kept, *new]):
        return None
    if len(new) == len(faces) - 1:
        return FirstHalf(change, None)
    finer = meaning([Redrawn(parent.uid, stored, kept[0])], new)
    return FirstHalf(change, finer) if finer is not None else None
