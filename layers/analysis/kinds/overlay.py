"""What of one layer lies in another: parcels in planning zones, which and how much of each."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.analysis.contract import Result, TiledAnalysis, analysis
from layers.analysis.parameters import FieldChoice, FilterText, LayerChoice, Number, UnitChoice
from layers.analysis.tiling import Cell, corners_of_pairs
from layers.analysis.work import Work, frame_of
from layers.queries import plane_rows as rows
from layers.queries.plane_rows import Rows


@analysis
class Overlay(TiledAnalysis):
    """The common ground of two layers of surfaces, with the exact share of each first row."""

    name, title = "overlay", gettext_lazy("Overlay")
    abstract = gettext_lazy("The pieces that two layers have in common, with area and share: parcels in planning zones, in flood zones.")
    layers = ("layer", "over")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Layer"), geometries=("polygon",)),
        FilterText(name="filter", label=gettext_lazy("Only features with")),
        FieldChoice(name="field", label=gettext_lazy("Attribute to carry over"), required=False),
        LayerChoice(name="over", label=gettext_lazy("With the areas of"), geometries=("polygon",)),
        FilterText(name="over_filter", label=gettext_lazy("Only areas with"), of="over"),
        FieldChoice(name="over_field", label=gettext_lazy("Attribute of the areas"), of="over", required=False),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        Number(name="least", label=gettext_lazy("Leave out pieces below"), low=0, high=1_000_000, default=1, unit="m²"),
    )

    def part(self, work: Work, cell: Cell) -> Any:
        """The pairs whose place lies in the tile."""
        window = cell.bounds
        mine, theirs = work["field"], work["over_field"]
        left = rows.read_boxes(work.asked(), [mine] if mine else [], window)
        right = rows.read_boxes(work.asked("over", "over_filter"), [theirs] if theirs else [], window)
        found = pieces(left, right, cell, work["least"], work.area)
        return found.rename(columns={"left_value": "value", "right_value": "over_value"})

    def together(self, work: Work, frame: Any) -> Result:
        """Sums and labels."""
        labels = {
            "feature": work["layer"].title,
            "value": _title(work["field"]),
            "over": work["over"].title,
            "over_value": _title(work["over_field"]),
            "area_m2": _("area (m²)"),
            "share": _("share"),
        }
        unused = [name for name, field in (("value", work["field"]), ("over_value", work["over_field"])) if field is None]
        shown = frame.drop(columns=unused)
        facts = [
            (_("Pieces"), len(frame)),
            (_("Features that are touched"), int(frame.feature.nunique())),
            (_("Common ground (ha)"), round(float(frame.area_m2.sum()) / 10_000, 2)),
        ]
        return Result(shown, labels, facts, label="over_value" if work["over_field"] else "")


def _title(field: Any) -> str:
    return field.label if field is not None else ""


def pieces(left: Rows, right: Rows, cell: Cell, least: float, area: Any = None) -> Any:
    """The common ground of pairs of rows that a tile owns, in pieces of at least `least` m², cut at `area`."""
    if area is not None:
        left, right = (side.taken(shapely.intersects(side.shapes, area)) for side in (left, right))
    one, other = shapely.STRtree(right.shapes).query(left.shapes, predicate="intersects")
    owned = cell.owns(*corners_of_pairs(left.bounds[one], right.bounds[other], area)) if len(one) else np.zeros(0, bool)
    one, other = one[owned], other[owned]
    common = shapely.intersection(left.shapes[one], right.shapes[other])
    if area is not None:
        common = shapely.intersection(common, area)
    sizes = shapely.area(common)
    kept = sizes >= max(least, 1e-6)
    one, other, common, sizes = one[kept], other[kept], common[kept], sizes[kept]
    values = {"left_value": _texts(left, one), "right_value": _texts(right, other)}
    return frame_of(
        _surfaces(common),
        feature=[str(left.keys[number]) for number in one],
        over=[str(right.keys[number]) for number in other],
        **values,
        area_m2=np.round(sizes, 2),
        share=np.round(np.minimum(sizes / np.maximum(shapely.area(left.shapes[one]), 1e-9), 1.0), 6),
    )


def _texts(rows: Rows, numbers: Any) -> list[str | None]:
    if not rows.values:
        return [None] * len(numbers)
    (column,) = rows.values.values()
    return [None if column[number] is None else str(column[number]) for number in numbers]


def _surfaces(shapes: Any) -> list[Any]:
    """Only what has a surface: where borders merely touch, an intersection brings lines and points along."""
    found = []
    for shape in shapes:
        if shape.geom_type == "GeometryCollection":
            shape = shapely.multipolygons([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
        found.append(shape)
    return found
