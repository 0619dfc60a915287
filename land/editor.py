"""The contract for writers that know features but no verbs: WFS-T and OGC API – Features Part 4.

A feature that QGIS saves becomes a change that is handed in in its user's name: the map shows it once another person has
approved it. What maps cleanly onto a verb is taken; for the rest the answer names the page where it can be done.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import NotFound, ServiceError
from gis_core.models import User
from land.models import Parcel, ParcelChange
from land.rows import heads
from land.workflow import steps

STILL_M = 0.005
"""A vertex that moved by less did not move: clients write coordinates with as many decimals as they like."""
_ATTRIBUTES = frozenset({"address", "legal_area_m2"})


class UseTheWorkspace(ServiceError):
    """This write has no verb; the sentence says where it is done."""

    code = "use-the-workspace"


class ParcelEditor:
    """Generic writes of one person. Each answers with the change, handed in and checked, or raises."""

    def __init__(self, user: User, reason: str) -> None:
        self.user, self.reason = user, reason

    def insert(self, geometry: shapely.Geometry, values: Mapping[str, Any]) -> ParcelChange:
        """Ground does not grow: a new parcel comes from a split, a merger or an import. Raises UseTheWorkspace."""
        raise UseTheWorkspace(_("A parcel is made by splitting or merging others; do that at /land/."))

    def delete(self, pk: int) -> ParcelChange:
        """Ground does not vanish. Raises UseTheWorkspace."""
        raise UseTheWorkspace(_("A parcel ends by being split or merged; do that at /land/."))

    def update(
        self, pk: int, values: Mapping[str, Any], geometry: shapely.Geometry | None = None, version: int | None = None
    ) -> ParcelChange:
        """Moved corners (every neighbour that has them follows), the address, the area on paper.

        `geometry` is on the VN-2000 plane; `version` is what the client saw. Raises NotFound, UseTheWorkspace, StaleParcels.
        """
        parcel = self._parcel(pk)
        changed = {name: value for name, value in values.items() if _differs(getattr(parcel, name, None), value)}
        moves = _moves(parcel, geometry) if geometry is not None else []
        if not changed.keys() <= _ATTRIBUTES or (changed and moves):
            raise UseTheWorkspace(_("Here only corners, or the address and the area on paper, can be changed; do the rest at /land/."))
        if not changed and not moves:
            raise UseTheWorkspace(_("Nothing differs from the stored parcel."))
        kind = ParcelChange.Kind.CORNERS if moves else ParcelChange.Kind.CORRECTION
        params = {"parcel": str(parcel.uid), **({"moves": moves} if moves else changed)}
        seen = {parcel.uid: version} if version is not None else {}
        draft = steps.draft(self.user, steps.Draft(kind, params, self.reason, seen))
        return steps.submit(self.user, draft.uid)

    def _parcel(self, pk: int) -> Parcel:
        reach = ParcelChange.write_rule.reach(scope_of(self.user), "change")
        parcel = heads(reach).filter(pk=pk, valid_to__isnull=True).first()
        if parcel is None:
            raise NotFound(_("There is no such parcel, or it is not open to you."))
        return parcel


def _differs(stored: object, given: object) -> bool:
    if isinstance(stored, float) and isinstance(given, int | float):
        return abs(stored - given) > 0.005
    return stored != given


def _moves(parcel: Parcel, geometry: shapely.Geometry) -> list[dict[str, list[float]]]:
    """Stored corners with their new places; the given rings must have the stored corners in the stored order."""
    stored = shapely.from_wkb(bytes(parcel.geom.wkb))
    old, new = shapely.get_coordinates(stored), shapely.get_coordinates(geometry)
    if not isinstance(geometry, shapely.Polygon) or len(geometry.interiors) != len(stored.interiors) or old.shape != new.shape:
        raise UseTheWorkspace(_("Corners can be moved here, not added or taken away; draw the boundary anew at /land/."))
    moved = np.hypot(*(new - old).T) > STILL_M
    pairs = dict.fromkeys((tuple(source), tuple(target)) for source, target in zip(old[moved].tolist(), new[moved].tolist(), strict=True))
    return [{"source": list(source), "target": list(target)} for source, target in pairs]
