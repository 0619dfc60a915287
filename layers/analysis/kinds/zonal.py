"""What a raster holds inside of each area of a layer: the heights of parcels, the vegetation of communes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.analysis.contract import PLANE, Result, TiledAnalysis, analysis
from layers.analysis.parameters import Choice, FilterText, LayerChoice, UnitChoice
from layers.analysis.raster_parameters import Band, RasterChoice, RasterDay
from layers.analysis.tiling import Cell
from layers.analysis.work import Work, frame_of
from layers.attributes import Attribute, attributes
from layers.coverages.scene import Scene
from layers.coverages.zonal import Zone, zonal
from layers.imports.looks import HUES, NO_VALUE, shades
from layers.layer import FeatureLayer, Title
from layers.queries import plane_rows as rows

# What is counted, and by which of the numbers the result is coloured: the first.
SETS: Mapping[str, Sequence[str]] = {
    "values": ("mean", "min", "max", "median", "stdev", "count"),
    "amount": ("sum", "mean", "count"),
    "classes": ("majority", "variety", "count"),
}
_WORDS: Mapping[str, Title] = {
    "mean": gettext_lazy("mean"),
    "min": gettext_lazy("least"),
    "max": gettext_lazy("greatest"),
    "median": gettext_lazy("median"),
    "stdev": gettext_lazy("standard deviation"),
    "sum": gettext_lazy("sum"),
    "majority": gettext_lazy("most frequent value"),
    "variety": gettext_lazy("different values"),
}
_CLASSES = 6


@analysis
class ZonalStatistics(TiledAnalysis):
    """Each pixel counts by the share of it that the area covers."""

    name, title = "zonal", gettext_lazy("Zonal statistics")
    abstract = gettext_lazy("What a raster holds inside of each unit or parcel: mean height, sum, most frequent class.")
    layers = ("layer", "raster")
    parameters = (
        LayerChoice(name="layer", label=gettext_lazy("Inside of each of"), geometries=("polygon",), default="parcels"),
        FilterText(name="filter", label=gettext_lazy("Only features with")),
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        RasterChoice(name="raster", label=gettext_lazy("Of the raster")),
        Band(name="band", label=gettext_lazy("Band")),
        Choice(name="statistics", label=gettext_lazy("Statistics"), default="values",
               options={"values": gettext_lazy("mean, least, greatest, median, standard deviation"),
                        "amount": gettext_lazy("sum and mean"),
                        "classes": gettext_lazy("most frequent value, number of different ones")}),
        RasterDay(name="day", label=gettext_lazy("As the raster was on")),
    )  # fmt: skip

    def part(self, work: Work, cell: Cell) -> Any:
        """The areas that a tile owns: those of which a place inside lies in it, and in the asked unit."""
        named = label_of(work["layer"])
        seen = rows.read(work.asked(), named, shapely.box(*cell.bounds))
        places = shapely.point_on_surface(seen.shapes)
        mine = cell.owns(shapely.get_x(places), shapely.get_y(places)) if len(seen) else np.zeros(0, bool)
        if work.area is not None:
            mine &= shapely.intersects(work.area, places)
        return told(seen.taken(mine), named, work["raster"].shown(work["day"]), SETS[work["statistics"]], work["band"])

    def together(self, work: Work, frame: Any) -> Result:
        """How many areas, how many without a value, the extremes of the first statistic."""
        wanted, raster = SETS[work["statistics"]], work["raster"]
        unit = f" ({raster.unit})" if raster.unit else ""
        labels = {name: f"{_WORDS[name]}{'' if name == 'variety' else unit}" for name in wanted if name != "count"}
        labels |= {"feature": work["layer"].title, "area_m2": _("area (m²)"), "count": _("pixels")}
        labels |= {one.name: one.label for one in label_of(work["layer"])}
        first = frame[wanted[0]].dropna()
        facts: list[tuple[Any, float | int | str]] = [(_("Areas"), len(frame)), (_("Without a value"), len(frame) - len(first))]
        if len(first) and wanted[0] != "majority":
            facts += [(f"{_('Lowest')}: {labels[wanted[0]]}", round(float(first.min()), 3))]
            facts += [(f"{_('Highest')}: {labels[wanted[0]]}", round(float(first.max()), 3))]
        look = _classes(first) if wanted[0] == "majority" else _ramp(wanted[0], first)
        return Result(frame, labels, facts, look, label=next((one.name for one in label_of(work["layer"])), ""))


def label_of(layer: FeatureLayer) -> list[Attribute]:
    """The attribute by which people call a feature, where there is one."""
    return [one for one in attributes(layer) if one.name == layer.label_field]


def told(seen: rows.Rows, named: Sequence[Attribute], scenes: Sequence[Scene], wanted: Sequence[str], band: int) -> Any:
    """The areas with their numbers."""
    zones = [Zone(number, shape, PLANE) for number, shape in enumerate(seen.shapes)]
    numbers = [found for _number, found in zonal(scenes, zones, wanted, band)]
    columns: dict[str, Any] = {"feature": [str(key) for key in seen.keys]}
    for attribute in named:
        columns[attribute.name] = [None if value is None else str(value) for value in seen.values[attribute.name]]
    columns["area_m2"] = np.round(shapely.area(seen.shapes), 1)
    for name in wanted:
        found = [one[name] for one in numbers]
        # Classes are names, and styles match names.
        columns[name] = [None if value is None else f"{value:g}" for value in found] if name == "majority" else _numbers(found)
    return frame_of(seen.shapes, **columns)


def _numbers(values: Sequence[float | None]) -> Any:
    return np.round(np.array([np.nan if value is None else value for value in values], float), 4)


def _ramp(field: str, values: Any) -> dict[str, Any]:
    """From light to dark over equally wide classes between the extremes."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    breaks = sorted({float(f"{low + (high - low) * step / _CLASSES:.4g}") for step in range(1, _CLASSES)})
    return {"kind": "graduated", "field": field, "breaks": breaks, "colours": shades("green", len(breaks) + 1), "colour": NO_VALUE}


def _classes(values: Any) -> dict[str, Any]:
    """The most frequent classes in colours of their own."""
    frequent = sorted(values.value_counts().index[: len(HUES)])
    pairs = [[value, colour] for value, colour in zip(frequent, HUES, strict=False)]
    return {"kind": "categorised", "field": "majority", "classes": pairs, "colour": NO_VALUE}
