"""A land office for tests: an officer, an approver, parcels side by side, and the way of a change in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely

from gis_core.models import AdminUnit, Role, User
from land.models import LandUseCode, Parcel, ParcelChange, ParcelLandUse, Party, Right
from land.mutations.writing import geos
from land.rows import EVERYBODY, heads
from land.workflow import steps
from tests import factories

LONG_AGO = date(2020, 2, 1)


@dataclass
class Desk:
    """Everything happens in one unit."""

    unit: AdminUnit
    officer: User
    approver: User

    @classmethod
    def open(cls, unit: AdminUnit) -> "Desk":
        """New accounts with their jurisdictions; the land-use codes of the tests."""
        for code, name in (("ODT", "Đất ở tại đô thị"), ("CLN", "Đất trồng cây lâu năm"), ("LUC", "Đất chuyên trồng lúa")):
            LandUseCode.objects.get_or_create(code=code, defaults={"name": name, "fill": "#ffa0ff"})
        officer, approver = factories.user(), factories.user()
        factories.jurisdiction(officer, Role.LAND_OFFICER, unit)
        factories.jurisdiction(approver, Role.APPROVER, unit)
        return cls(unit, officer, approver)

    def parcel(self, shape: shapely.Polygon, number: int = 1, uses: Sequence[tuple[str, float]] = (("ODT", 1.0),), **values: Any) -> Parcel:
        """A parcel with uses in these parts of its area."""
        row = Parcel.objects.create(
            admin_unit=self.unit,
            sheet_no=values.pop("sheet_no", 900),
            parcel_no=number,
            land_use=uses[0][0],
            land_use_label="+".join(code for code, _share in uses),
            area_m2=round(shape.area, 2),
            valid_from=values.pop("valid_from", LONG_AGO),
            address="12 Trần Cao Vân",
            geom=geos(shape),
            **values,
        )
        for code, share in uses:
            ParcelLandUse.objects.create(parcel=row, code_id=code, area_m2=round(shape.area * share, 2))
        return row

    def holder(self, parcel: Parcel, name: str = "Nguyễn Thị Bưởi", numerator: int = 1, denominator: int = 1) -> Party:
        """Somebody with a share of a parcel."""
        party, _made = Party.objects.get_or_create(name=name, defaults={"kind": Party.Kind.PERSON, "id_number": "049180001234"})
        Right.objects.create(parcel=parcel, party=party, numerator=numerator, denominator=denominator, valid_from=LONG_AGO)
        return party

    def draft(self, kind: str, key: str = "", seen: dict[UUID, int] | None = None, **params: Any) -> ParcelChange:
        """A draft of the officer's."""
        asked = steps.Draft(kind=kind, params=params, reason="Đơn số 12", key=key, seen=seen or {})
        return steps.draft(self.officer, asked)

    def approved(self, kind: str, **params: Any) -> ParcelChange:
        """A change that only waits to be published."""
        change = self.draft(kind, **params)
        change = steps.submit(self.officer, change.uid)
        assert change.state == ParcelChange.State.CHECKED, change.report
        return steps.approve(self.approver, change.uid)

    def done(self, kind: str, **params: Any) -> ParcelChange:
        """A change on the map."""
        return steps.publish(self.approver, self.approved(kind, **params).uid)

    def refused(self, kind: str, **params: Any) -> list[str]:
        """The codes of the rules that a change breaks."""
        change = steps.submit(self.officer, self.draft(kind, **params).uid)
        assert change.state == ParcelChange.State.RETURNED
        assert change.report
        return [violation["code"] for violation in change.report["violations"]]

    def refused_undo(self, change: ParcelChange) -> list[str]:
        """As `refused`, for undoing a change."""
        return self.refused("undo", change=str(change.uid))

    def heads(self) -> list[Parcel]:
        """The living parcels of the sheet, by number."""
        rows = heads(EVERYBODY).filter(sheet_no=900, valid_to__isnull=True)
        return list(rows.order_by("parcel_no"))

    def head(self, parcel: Parcel) -> Parcel:
        """A parcel's newest version."""
        return heads(EVERYBODY).get(uid=parcel.uid)


def shape_of(parcel: Parcel) -> shapely.Polygon:
    """Its outline on the plane."""
    return shapely.from_wkb(bytes(parcel.geom.wkb))


def positions(line: shapely.LineString) -> list[list[float]]:
    """A line as a verb's parameter."""
    return [list(position) for position in line.coords]
