"""The audit of a coverage: shapes that are not valid, overlaps, and borders that neighbours do not share."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.analysis.contract import Result, TiledAnalysis, analysis
from layers.analysis.parameters import FilterText, LayerChoice, Number, UnitChoice
from layers.analysis.tiling import Cell, corners, corners_of_pairs
from layers.analysis.work import Work, frame_of
from layers.queries import plane_rows as rows
from layers.queries.plane_rows import Rows

_COLOURS = {"invalid": "#7a1fa2", "overlap": "#d2391f", "border": "#e69f00"}
_MILLIMETRES = 3


@analysis
class TopologyAudit(TiledAnalysis):
    """Of a commune, a province, or all rows that the asker sees."""

    name, title = "topology", gettext_lazy("Topology audit")
    abstract = gettext_lazy("Where a cadastre is no clean coverage: parcels that cross themselves, overlap, or leave slivers between them.")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Layer"), geometries=("polygon",), default="parcels"),
        FilterText(name="filter", label=gettext_lazy("Only features with")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        Number(name="overlap", label=gettext_lazy("Overlaps from"), low=0.0001, high=10_000, default=0.01, unit="m²"),
        Number(name="gap", label=gettext_lazy("Gaps narrower than"), low=0.0001, high=10, default=0.05, unit="m"),
    )
    size = 2_000.0

    def part(self, work: Work, cell: Cell) -> Any:
        """The faults whose place lies in the tile. A row belongs to the tile of its lower left corner, seen with all its neighbours."""
        asked, window = work.asked(), shapely.box(*cell.bounds)
        seen = rows.read_boxes(asked, (), window.buffer(work["gap"], join_style="mitre").bounds)
        mine = seen.taken(cell.owns(*corners(seen.bounds, work.area)))
        if len(mine) and not shapely.contains_properly(window, shapely.box(*shapely.total_bounds(mine.shapes))):
            around = shapely.box(*shapely.total_bounds(mine.shapes)).union(window).envelope
            seen = rows.read_boxes(asked, (), around.buffer(work["gap"], join_style="mitre").bounds)
        if work.area is not None:
            seen = seen.taken(shapely.intersects(seen.shapes, work.area))
        return faults(seen, cell, work["overlap"], work["gap"], work.area)

    def together(self, work: Work, frame: Any) -> Result:
        """Counts by fault."""
        words = {"invalid": _("Shapes that cross themselves"), "overlap": _("Overlaps"), "border": _("Borders that are not shared")}
        labels = {
            "fault": _("fault"),
            "feature": _("feature"),
            "other": _("other feature"),
            "metres": _("length (m)"),
            "area_m2": _("area (m²)"),
            "detail": _("detail"),
        }
        facts: list[tuple[Any, float | int | str]] = [(title, int((frame.fault == name).sum())) for name, title in words.items()]
        facts.append((_("Overlapping ground (m²)"), round(float(frame.area_m2.sum()), 2)))
        look = {"kind": "categorised", "field": "fault", "classes": [list(pair) for pair in _COLOURS.items()], "colour": "#5b6770"}
        return Result(frame, labels, facts, look)


def faults(seen: Rows, cell: Cell, overlap: float, gap: float, area: Any = None) -> Any:
    """The faults that a tile owns among the rows that meet it (and the asked area), and their neighbours: points with what is wrong."""
    valid = shapely.is_valid(seen.shapes)
    found = [*_invalid(seen, ~valid, cell, area)]
    sound = seen.taken(valid)
    pairs = _overlaps(sound, cell, overlap, area)
    found += pairs
    found += _borders(sound, cell, gap, area)
    names = ("fault", "feature", "other", "metres", "area_m2", "detail")
    columns = {name: [one[number] for one in found] for number, name in enumerate(names)}
    frame = frame_of([one[-1] for one in found], **columns)
    return frame.astype({"metres": float, "area_m2": float})


Fault = tuple[str, str, str | None, float, float, str | None, Any]


def _invalid(seen: Rows, broken: Any, cell: Cell, area: Any) -> list[Fault]:
    mine = seen.taken(broken & cell.owns(*corners(seen.bounds, area)))
    reasons = shapely.is_valid_reason(mine.shapes)
    return [
        ("invalid", str(key), None, 0.0, 0.0, str(reason).partition("[")[0].strip(), _first_corner(shape))
        for key, shape, reason in zip(mine.keys, mine.shapes, reasons, strict=True)
    ]


def _first_corner(shape: Any) -> Any:
    return shapely.points(shapely.get_coordinates(shape)[0])


def _overlaps(seen: Rows, cell: Cell, least: float, area: Any) -> list[Fault]:
    tree = shapely.STRtree(seen.shapes)
    left, right = tree.query(seen.shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    if not len(left):
        return []
    owned = cell.owns(*corners_of_pairs(seen.bounds[left], seen.bounds[right], area))
    left, right = left[owned], right[owned]
    # Most neighbours only touch, which their boundaries say sooner than an intersection.
    deep = ~shapely.touches(seen.shapes[left], seen.shapes[right])
    left, right = left[deep], right[deep]
    common = shapely.intersection(seen.shapes[left], seen.shapes[right])
    sizes = shapely.area(common)
    return [
        ("overlap", str(seen.keys[one]), str(seen.keys[other]), 0.0, round(float(size), 4), None, _inside(shape))
        for one, other, size, shape in zip(left, right, sizes, common, strict=True)
        if size >= least
    ]


def _inside(shape: Any) -> Any:
    """A point inside, to the millimetre: the last digits depend on nothing that matters."""
    point = shapely.point_on_surface(shape)
    return shapely.points(np.round([point.x, point.y], _MILLIMETRES))


def _borders(seen: Rows, cell: Cell, gap: float, area: Any) -> list[Fault]:
    """Stretches of the borders of the tile's own rows along which a neighbour runs, but not vertex by vertex."""
    if len(seen) < 2:
        return []
    mine = cell.owns(*corners(seen.bounds, area))
    edges = shapely.coverage_invalid_edges(seen.shapes, gap_width=gap)
    return [
        ("border", str(key), None, round(float(edge.length), 3), 0.0, None, _middle(edge))
        for key, edge, owned in zip(seen.keys, edges, mine, strict=True)
        if owned and not edge.is_empty
    ]


def _middle(edge: Any) -> Any:
    point = shapely.line_interpolate_point(shapely.get_geometry(shapely.normalize(edge), 0), 0.5, normalized=True)
    return shapely.points(np.round([point.x, point.y], _MILLIMETRES))
