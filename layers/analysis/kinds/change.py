"""What changed on the ground between two dates: which value became which, where, and how much of it."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.contract import Result, TiledAnalysis, analysis
from layers.analysis.kinds.overlay import pieces
from layers.analysis.parameters import Day, FieldChoice, FilterText, LayerChoice, Number, UnitChoice
from layers.analysis.tiling import Cell
from layers.analysis.work import Work, frame_of
from layers.queries import plane_rows as rows
from layers.queries.plane_rows import Rows


@analysis
class Change(TiledAnalysis):
    """Of a layer whose rows have a validity: parcels by their land use, units by their names."""

    name, title = "change", gettext_lazy("Change between two dates")
    abstract = gettext_lazy("The ground whose value of an attribute is another one on the later date, such as land use that was converted.")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Layer"), geometries=("polygon",), timed=True, default="parcels"),
        FieldChoice(name="field", label=gettext_lazy("Attribute"), default="land_use"),
        Day(name="before", label=gettext_lazy("First date")),
        Day(name="after", label=gettext_lazy("Second date")),
        FilterText(name="filter", label=gettext_lazy("Only features with")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        Number(name="least", label=gettext_lazy("Leave out pieces below"), low=0, high=1_000_000, default=1, unit="m²"),
    )

    def part(self, work: Work, cell: Cell) -> Any:
        """Pieces of rows that ended with rows that began, as the tile owns them; rows that are the same on both days change nothing."""
        if work["after"] <= work["before"]:
            raise BadParameter(_("after must be a later date than before."), field="after")
        window = cell.bounds
        sides = [rows.read_boxes(work.asked(when=work[day]), [work["field"]], window) for day in ("before", "after")]
        same = set(sides[0].keys) & set(sides[1].keys)
        ended, begun = (side.taken(np.array([key not in same for key in side.keys], bool)) for side in sides)
        return changed(ended, begun, cell, work["least"], work.area)

    def together(self, work: Work, frame: Any) -> Result:
        """From, to, area."""
        labels = {
            "before": work["before"].isoformat(),
            "after": work["after"].isoformat(),
            "area_m2": _("area (m²)"),
            "change": _("change"),
        }
        words = work["field"].choices
        pairs = zip(frame.before, frame.after, strict=True)
        named = frame.assign(change=[f"{words.get(one, one)} → {words.get(other, other)}" for one, other in pairs])
        largest = named.groupby("change").area_m2.sum().sort_values(ascending=False)
        facts: list[tuple[Any, float | int | str]] = [(_("Changed ground (ha)"), round(float(frame.area_m2.sum()) / 10_000, 2))]
        facts += [(str(change), round(float(size) / 10_000, 3)) for change, size in largest.head(8).items()]
        return Result(named, labels, facts, label="change")


def changed(ended: Rows, begun: Rows, cell: Cell, least: float, area: Any = None) -> Any:
    """Pieces of common ground that a tile owns and whose value is another one afterwards."""
    found = pieces(ended, begun, cell, least, area)
    other = found[found.left_value.fillna("") != found.right_value.fillna("")]
    columns = {"before": other.left_value, "after": other.right_value, "former": other.feature, "present": other.over}
    frame = frame_of(other.geometry, **{name: list(values) for name, values in columns.items()}, area_m2=list(other.area_m2))
    return frame.astype({"area_m2": float})
