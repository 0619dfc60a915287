"""Parcels as plain values: what verbs plan with, apart from the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import shapely


@dataclass(frozen=True)
class Use:
    """A land use with its part of the area (m²), its term (None: stable) and the code of its origin."""

    code: str
    area_m2: float
    term_until: date | None = None
    origin: str = ""


@dataclass(frozen=True)
class Held:
    """A parcel's head row. `geom` is on the VN-2000 plane; `live` says whether the parcel still exists."""

    pk: int
    uid: UUID
    version: int
    unit: int
    sheet_no: int
    parcel_no: int
    geom: shapely.Polygon
    uses: tuple[Use, ...]
    status: str
    address: str
    valid_from: date
    live: bool

    @property
    def label(self) -> str:
        """Sheet and number, as officers call a parcel."""
        return f"{self.sheet_no}/{self.parcel_no}"


@dataclass(frozen=True)
class Scene:
    """What a verb sees: the parcels that it names, in their order, and the live ones around them."""

    targets: tuple[Held, ...]
    around: tuple[Held, ...]
    on: date

    def everyone(self) -> dict[int, Held]:
        """All of them by primary key."""
        return {held.pk: held for held in (*self.around, *self.targets)}


@dataclass(frozen=True)
class Born:
    """A parcel to be made. `uses` None: the parents' uses in proportion to the ground taken from each."""

    geom: shapely.Polygon
    parents: tuple[int, ...]
    uses: tuple[Use, ...] | None = None


@dataclass
class Plan:
    """What a verb would do to parcels, by primary keys of heads. Rights and papers are settled after it is written."""

    born: list[Born] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)
    reshaped: dict[int, shapely.Polygon] = field(default_factory=dict)
    uses: dict[int, tuple[Use, ...]] = field(default_factory=dict)
    attributes: dict[int, dict[str, object]] = field(default_factory=dict)
    # Nothing but the version: rights, certificates or restrictions of the parcel change.
    touched: list[int] = field(default_factory=list)
    # Head -> its earlier version to be put back, exactly.
    restored: dict[int, Held] = field(default_factory=dict)
    # Neighbours that only get vertices on edges which they already have.
    knotted: dict[int, shapely.Polygon] = field(default_factory=dict)

    def moves_ground(self) -> bool:
        """Whether any outline changes."""
        return bool(self.born or self.retired or self.reshaped or self.restored)


def shared_out(parents: Sequence[Held], geom: shapely.Polygon) -> tuple[Use, ...]:
    """The parents' uses on a child's ground in proportion to what it takes from each; they add up to its area (0.01 m²)."""
    areas: dict[tuple[str, date | None, str], float] = {}
    for parent in parents:
        taken = shapely.area(shapely.intersection(parent.geom, geom)) / max(parent.geom.area, 1e-9)
        for use in parent.uses:
            key = (use.code, use.term_until, use.origin)
            areas[key] = areas.get(key, 0.0) + use.area_m2 * taken
    return fitted([Use(code, area, term, origin) for (code, term, origin), area in areas.items()], geom.area)


def fitted(uses: Sequence[Use], area: float) -> tuple[Use, ...]:
    """Uses of which each code stands once, the largest first, scaled to add up to `area` rounded to 0.01 m²."""
    merged: dict[str, Use] = {}
    for use in uses:
        held = merged.get(use.code)
        merged[use.code] = Use(use.code, use.area_m2 + (held.area_m2 if held else 0), use.term_until, use.origin)
    total = sum(use.area_m2 for use in merged.values())
    if total <= 0:
        return ()
    cents = round(area * 100)
    ordered = sorted(merged.values(), key=lambda use: (-use.area_m2, use.code))
    parts = [round(use.area_m2 / total * cents) for use in ordered]
    parts[0] += cents - sum(parts)
    return tuple(Use(use.code, part / 100, use.term_until, use.origin) for use, part in zip(ordered, parts, strict=True) if part > 0)
