"""Areas around the features of a layer, one ring or several, merged or one a feature."""

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.analysis.contract import Analysis, Result, analysis
from layers.analysis.parameters import Choice, FilterText, LayerChoice, Number, UnitChoice
from layers.analysis.work import Work, frame_of

_QUARTER = 16  # points a quarter circle


@analysis
class Buffer(Analysis):
    """Widened by metres on the VN-2000 plane."""

    name, title = "buffer", gettext_lazy("Buffer")
    abstract = gettext_lazy("Areas within a distance of features: what lies within 100 m of a road, a school, a water body.")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Layer")),
        FilterText(name="filter", label=gettext_lazy("Only features with"), hint=gettext_lazy("CQL2, for instance theme = 'health'")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        Number(name="metres", label=gettext_lazy("Distance"), low=0.1, high=50_000, default=100, unit="m"),
        Number(name="rings", label=gettext_lazy("Rings"), hint=gettext_lazy("As wide as the distance, around each other"), low=1, high=10,
               default=1, whole=True),
        Choice(name="merge", label=gettext_lazy("Overlapping areas"), default="merged",
               options={"merged": gettext_lazy("become one"), "single": gettext_lazy("stay one a feature")}),
    )  # fmt: skip

    def run(self, work: Work) -> Result:
        """Rings from the inside outwards; each leaves out what lies in those within it."""
        rows = work.read(work.asked())
        frames: list[tuple[Any, dict[str, Any]]] = []
        inner: Any = None
        for ring in range(1, work["rings"] + 1):
            work.tell(_("Rings"), ring, work["rings"])
            metres = ring * work["metres"]
            outer = shapely.buffer(rows.shapes, metres, quad_segs=_QUARTER)
            if work["merge"] == "merged":
                outer = np.array([part for part in shapely.get_parts(shapely.union_all(outer)) if not part.is_empty], object)
            shapes = outer if inner is None else _without(outer, inner)
            keys = [None] * len(shapes) if work["merge"] == "merged" else [str(key) for key in rows.keys]
            frames += [(shape, {"ring": ring, "metres": float(metres), "feature": key}) for shape, key in zip(shapes, keys, strict=True)]
            inner = shapely.union_all(outer) if work["merge"] == "merged" else outer
        return self._result(frames, work)

    def _result(self, found: list[tuple[Any, dict[str, Any]]], work: Work) -> Result:
        kept = [(shape, values) for shape, values in found if not shape.is_empty]
        names = ("ring", "metres") if work["merge"] == "merged" else ("ring", "metres", "feature")
        frame = frame_of([shape for shape, _values in kept], **{name: [values[name] for _shape, values in kept] for name in names})
        frame["area_m2"] = frame.geometry.area.round(1)
        labels = {"ring": _("ring"), "metres": _("distance (m)"), "feature": _("feature"), "area_m2": _("area (m²)")}
        facts = [(_("Areas"), len(frame)), (_("Together (ha)"), round(float(frame.area_m2.sum()) / 10_000, 2))]
        return Result(frame, labels, facts)


def _without(outer: Any, inner: Any) -> Any:
    return shapely.difference(outer, inner)
