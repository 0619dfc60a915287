"""The cadastre's side of the contract for programs that know features but no verbs (layers/editing).

What QGIS saves becomes a change that is handed in in its user's name: the map shows it once another person has approved it.
What maps cleanly onto a verb is taken; for the rest the answer names the page where it can be done.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import shapely
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import NotFound
from land.checkout import refuse_checked_out
from land.editing import Meant, Redrawn, is_same, meaning
from land.errors import StaleParcels
from land.halves import first_half
from land.models import Parcel, ParcelChange
from land.rows import heads
from land.workflow import steps
from layers.attributes import attributes
from layers.editing.contract import Editor, EditRefused, FeatureIn, Receipt, StaleFeature, UseThePage, Violation, Write
from layers.editing.values import parsed

_CORRECTED = frozenset({"address", "legal_area_m2"})


class ParcelEditor(Editor):
    """Corners, shared boundaries, splits, mergers, the address and the area on paper; each as a change to be approved."""

    # What forms of QGIS let change; the rest follows from verbs at /land/.
    writable = tuple(sorted(_CORRECTED))

    def version(self, pk: int) -> str:
        """The parcel's version. See Editor."""
        return str(self._parcel(pk).version)

    def create(self, feature: FeatureIn) -> Receipt:
        """Ground does not grow: alone, a new outline is the second half of a split, or nothing. Raises UseThePage."""
        return self._second_half([Write("create", feature=feature)])[0]

    def delete(self, pk: int, version: str | None = None) -> Receipt:
        """Ground does not vanish. Raises UseThePage."""
        raise UseThePage(_("A parcel ends by being split or merged; do that at %(page)s.") % {"page": self._page})

    def update(self, pk: int, feature: FeatureIn, version: str | None = None) -> Receipt:
        """See Editor."""
        return self.apply([Write("update", pk, feature, version)])[0]

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        """All that was saved together is one change. See Editor."""
        if writes and all(write.operation == "create" for write in writes):
            return self._second_half(writes)
        if len(writes) == 1 and writes[0].operation == "delete":
            return super().apply(writes)
        touched = {write.pk: self._parcel(write.pk) for write in writes if write.pk is not None}
        seen = {touched[write.pk].uid: _number(write.version) for write in writes if write.pk is not None and write.version}
        meant = self._meant(writes, touched)
        refuse_checked_out(self.user, touched.values())
        change = self._handed_in(meant, seen)
        return [self._receipt(change, write, str(touched[write.pk].version) if write.pk is not None else "") for write in writes]

    def _second_half(self, writes: Sequence[Write]) -> list[Receipt]:
        """New outlines alone: the parts of a split whose parcel came a moment before. Raises UseThePage, EditRefused."""
        half = first_half(self.user, [_polygon(write.feature.geometry) for write in writes])
        if half is None:
            raise UseThePage(_("A parcel is made by splitting or merging others; do that at %(page)s.") % {"page": self._page})
        change = half.change
        if half.finer is not None:
            with transaction.atomic():
                steps.withdraw(self.user, change.uid)
                change = self._handed_in(half.finer, {UUID(uid): version for uid, version in change.targets})
        return [self._receipt(change, write) for write in writes]

    def _receipt(self, change: ParcelChange, write: Write, version: str = "") -> Receipt:
        told = _("Handed in and checked; the map shows it once another person has approved it.")
        return Receipt(write.pk, done=False, version=version, detail=told, link=f"{self._page}#change={change.uid}")

    def _meant(self, writes: Sequence[Write], touched: Mapping[int, Parcel]) -> Meant:
        """The one change that the writes are. Raises UseThePage."""
        named = [(touched[write.pk], write) for write in writes if write.pk is not None]
        shapes = [self._redrawn(parcel, write) for parcel, write in named]
        redrawn = [shape for shape in shapes if shape is not None]
        new = [_polygon(write.feature.geometry) for write in writes if write.operation == "create"]
        values = [(parcel, self._changed(parcel, write)) for parcel, write in named if write.operation != "delete"]
        corrected = [(parcel, changed) for parcel, changed in values if changed]
        if not corrected and not redrawn and not new:
            raise UseThePage(_("Nothing differs from the stored parcel."))
        found = None
        if not corrected:
            found = meaning(redrawn, new)
        elif len(corrected) == 1 and not redrawn and not new and corrected[0][1].keys() <= _CORRECTED:
            found = Meant(ParcelChange.Kind.CORRECTION, {"parcel": str(corrected[0][0].uid), **corrected[0][1]})
        if found is None:
            sentence = _(
                "Here one change at a time is taken: moved corners, a boundary of two parcels, a split, a merger, or the address and "
                "the area on paper of one parcel. Do the rest at %(page)s."
            )
            raise UseThePage(sentence % {"page": self._page})
        return found

    def _changed(self, parcel: Parcel, write: Write) -> dict[str, Any]:
        """Published values that differ from the stored ones."""
        given = parsed(self.layer, write.feature.values)
        unit = parcel.admin_unit
        stored = {one.name: getattr(unit, one.part, None) if one.part else getattr(parcel, one.name) for one in attributes(self.layer)}
        return {name: value for name, value in given.items() if _differs(stored[name], value)}

    def _redrawn(self, parcel: Parcel, write: Write) -> Redrawn | None:
        stored = shapely.from_wkb(bytes(parcel.geom.wkb))
        if write.operation == "delete":
            return Redrawn(parcel.uid, stored, None)
        if write.feature.geometry is None or is_same(stored, write.feature.geometry):
            return None
        return Redrawn(parcel.uid, stored, _polygon(write.feature.geometry))

    def _handed_in(self, meant: Meant, seen: Mapping[Any, int]) -> ParcelChange:
        """Drafted and submitted, or nothing at all. Raises EditRefused with the broken rules, StaleFeature."""
        reason = self.note.strip() if len(self.note.strip()) >= 3 else _("Edited in a GIS program")
        try:
            with transaction.atomic():
                draft = steps.draft(self.user, steps.Draft(meant.kind, meant.params, reason[:500], seen))
                change = steps.submit(self.user, draft.uid)
                if change.state == ParcelChange.State.RETURNED:
                    raise EditRefused(_violations((change.report or {})["violations"]))
                return change
        except StaleParcels as error:
            raise StaleFeature(error.detail, members=error.members) from None

    def _parcel(self, pk: int) -> Parcel:
        reach = ParcelChange.write_rule.reach(scope_of(self.user), "change")
        parcel = heads(reach).select_related("admin_unit").filter(pk=pk, valid_to__isnull=True).first()
        if parcel is None:
            raise NotFound(_("There is no such parcel, or it is not open to you."))
        return parcel

    @property
    def _page(self) -> str:
        return reverse("land:work")


def _violations(found: Iterable[Mapping[str, Any]]) -> list[Violation]:
    return [
        Violation(
            one["code"],
            one["detail"],
            place=(one["place"][0], one["place"][1]) if one["place"] else None,
            area=shapely.from_wkt(one["wkt"]) if one["wkt"] else None,
        )
        for one in found
    ]


def _polygon(geometry: shapely.Geometry | None) -> shapely.Polygon:
    """A polygon, also from a multi-polygon of one part (what many programs write). Raises EditRefused."""
    parts = shapely.get_parts(geometry) if geometry is not None else []
    if len(parts) != 1 or not isinstance(parts[0], shapely.Polygon):
        raise EditRefused([Violation("geometry-kind", _("A parcel's outline is one polygon."))])
    return parts[0]


def _number(version: str | None) -> int:
    """A version that this editor gave out; anything else is older than everything."""
    return int(version) if version and version.isdigit() and len(version) < 9 else 0


def _differs(stored: object, given: object) -> bool:
    if isinstance(stored, float) and isinstance(given, int | float):
        return abs(stored - given) > 0.005
    return (stored or None) != (given or None)
