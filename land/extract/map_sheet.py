"""What a plot of a whole map sheet shows, apart from how it is drawn. Holders are no part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.errors import BadParameter, NotFound
from gis_core.models import AdminUnit
from land.history import Key, key_on, keys_on
from land.layers import Parcels
from land.models import LandUseCode, Parcel
from land.mutations.writing import geos

SCALES = (200, 500, 1000, 2000, 5000, 10_000)
"""Denominators of cadastral maps."""
MOST_PARCELS = 5_000
PAPERS: dict[str, tuple[float, float]] = {"A3": (420, 297), "A2": (594, 420), "A1": (841, 594), "A0": (1189, 841)}
"""Width and height in mm, lying."""
BESIDE_MM = 92.0
"""The column right of the map: title, legend, scale, signatures."""
AROUND_MM = 24.0
"""Margin, both frames and the coordinates between them."""


@dataclass(frozen=True)
class Lot:
    """A parcel on the sheet."""

    shape: shapely.Polygon
    number: int
    area: float
    uses: str
    code: str


@dataclass(frozen=True)
class Use:
    """A line of the legend: a land-use code with its colour, and what the sheet has of it."""

    code: str
    name: str
    fill: str
    parcels: int
    area: float


@dataclass(frozen=True)
class MapSheet:
    """A sheet of a unit on a day, at a scale, on a paper."""

    unit: str
    number: int
    on: date
    scale: int
    paper: tuple[float, float]
    lots: tuple[Lot, ...]
    legend: tuple[Use, ...]
    beside: tuple[int, ...]
    """Numbers of the sheets that adjoin."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the ground that is drawn, in metres."""
        return bounds_of([lot.shape for lot in self.lots])


def sheet_of(reach: Reach, number: int, unit: str, on: date, scale: int | None = None) -> MapSheet:
    """A sheet as `reach` sees it. Raises NotFound, BadParameter for a scale at which no paper is large enough."""
    rows = (
        Parcels()
        .rows(reach, on)
        .filter(key_on(on, unit, number, None))
        .select_related("admin_unit", "old_unit")
        .order_by("parcel_no", "pk")
    )
    found = list(rows[: MOST_PARCELS + 1])
    if not found:
        raise NotFound(_("There is no such map sheet, or it is not open to you."))
    if len(found) > MOST_PARCELS:
        raise BadParameter(_("The sheet has more than %(most)d parcels; plots are made of fewer.") % {"most": MOST_PARCELS}, field="number")
    keys = keys_on(on, found)
    lots = tuple(_lot(row, keys[row.pk]) for row in found)
    chosen, paper = _fitted(bounds_of([lot.shape for lot in lots]), scale)
    name = AdminUnit.objects.as_of(on).filter(code=unit).values_list("name", flat=True).first() or ""
    return MapSheet(name, number, on, chosen, paper, lots, _legend(lots), _beside(reach, found, keys[found[0].pk], on))


def bounds_of(shapes: Sequence[shapely.Polygon]) -> tuple[float, float, float, float]:
    """West, south, east, north of some shapes."""
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    return west, south, east, north


def _lot(row: Parcel, key: Key) -> Lot:
    return Lot(
        shapely.from_wkb(bytes(row.geom.wkb)), key.number or row.parcel_no, row.area_m2, row.land_use_label or row.land_use, row.land_use
    )


def _fitted(bounds: tuple[float, float, float, float], scale: int | None) -> tuple[int, tuple[float, float]]:
    """The scale and the paper: as asked, or the largest usual scale that goes onto an A1."""
    for denominator in (scale,) if scale else SCALES:
        # Nobody unfolds an A0 who did not ask for it.
        paper = next((size for name, size in PAPERS.items() if _goes(bounds, denominator, size) and (scale or name != "A0")), None)
        if paper:
            return denominator, paper
    if scale:
        usual = next((one for one in SCALES if _goes(bounds, one, PAPERS["A0"])), None)
        sentence = _("At 1:%(scale)d the sheet is larger than an A0; the largest scale is 1:%(usual)s.")
        raise BadParameter(sentence % {"scale": scale, "usual": usual or "–"}, field="scale")
    # A sheet of kilometres (a river, a forest) in one piece, at whatever round scale it takes.
    fitting = (one for one in range(15_000, 1_000_000, 5_000) if _goes(bounds, one, PAPERS["A1"]))
    return next(fitting, 1_000_000), PAPERS["A1"]


def _goes(bounds: tuple[float, float, float, float], scale: int, paper: tuple[float, float]) -> bool:
    west, south, east, north = bounds
    width, height = (east - west) * 1000 / scale, (north - south) * 1000 / scale
    return width + 2 * AROUND_MM + BESIDE_MM <= paper[0] and height + 2 * AROUND_MM <= paper[1]


def _legend(lots: Sequence[Lot]) -> tuple[Use, ...]:
    codes = {code.code: code for code in LandUseCode.objects.filter(code__in={lot.code for lot in lots})}
    lines = []
    for code in sorted({lot.code for lot in lots}):
        mine = [lot for lot in lots if lot.code == code]
        known = codes.get(code)
        lines.append(Use(code, known.name if known else "", known.fill if known else "#dddddd", len(mine), sum(lot.area for lot in mine)))
    return tuple(sorted(lines, key=lambda use: -use.area))


def _beside(reach: Reach, rows: Sequence[Parcel], sheet: Key, on: date) -> tuple[int, ...]:
    """The sheets of the same unit whose parcels stand within a metre of this one's outline."""
    west, south, east, north = bounds_of([shapely.from_wkb(bytes(row.geom.wkb)) for row in rows])
    frame = geos(shapely.box(west - 1, south - 1, east + 1, north + 1))
    around = list(Parcels().rows(reach, on).filter(geom__bboverlaps=frame).defer("geom", "geom_3857"))
    keys = keys_on(on, around).values()
    return tuple(sorted({key.sheet for key in keys if key.unit == sheet.unit and key.sheet not in (0, sheet.sheet)}))
