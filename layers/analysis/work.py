"""One run of an analysis: its parameters as the author may use them, its rows, its progress, its parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import shapely
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.errors import BadParameter
from layers.analysis.contract import PLANE, Analysis, TiledAnalysis
from layers.analysis.parameters import Values, read_all
from layers.analysis.tiling import Cell, cells_over
from layers.attributes import Attribute
from layers.layer import FeatureLayer
from layers.queries import plane_rows as rows
from layers.queries.asking import Asked
from layers.queries.plane_rows import Rows
from layers.queries.zone import moved

Tell = Callable[[str, int, int], None]


class Parts(Protocol):
    """Keeps what tiles found."""

    def known(self) -> set[str]:
        """The keys of the tiles that are done."""

    def keep(self, key: str, frame: Any) -> None:
        """One more is done."""

    def frames(self) -> Sequence[Any]:
        """All of them."""


class PartsInMemory:
    """For runs that nobody resumes."""

    def __init__(self) -> None:
        self.done: dict[str, Any] = {}

    def known(self) -> set[str]:
        """See Parts."""
        return set(self.done)

    def keep(self, key: str, frame: Any) -> None:
        """See Parts."""
        self.done[key] = frame

    def frames(self) -> Sequence[Any]:
        """See Parts."""
        return list(self.done.values())


def _silent(what: str, done: int, total: int) -> None:
    """Nobody wants to know."""


@dataclass
class Work:
    """`given` are the parameters as they were asked (JSON), `values` as the analysis uses them.

    `elsewhere` computes tiles on other machines and hands over (key, frame) as they come; None: here.
    """

    kind: Analysis
    given: Mapping[str, Any]
    scope: Scope
    tell: Tell = _silent
    parts: Parts = field(default_factory=PartsInMemory)
    elsewhere: Any = None
    values: Values = field(init=False)

    def __post_init__(self) -> None:
        self.values = read_all(self.kind.parameters, self.given, self.scope)

    def __getitem__(self, name: str) -> Any:
        """A parameter's value."""
        return self.values[name]

    def asked(self, layer: str = "layer", only: str = "filter", when: date | None = None) -> Asked:
        """The layer of a parameter in the author's reach, behind the filter of another one."""
        chosen: FeatureLayer = self.values[layer]
        return Asked(chosen, chosen.reach(self.scope), when, self.values.get(only))

    @property
    def area(self) -> shapely.Geometry | None:
        """The outline of the unit on the plane; None where none is asked."""
        unit = self.values.get("unit")
        return None if unit is None else outline_of(unit)

    def read(self, asked: Asked, *wanted: Attribute, within: shapely.Geometry | None = None) -> Rows:
        """Rows of a layer, inside the asked unit unless `within` says otherwise."""
        self.tell(_("Reading %(layer)s") % {"layer": asked.layer.title}, 0, 0)
        found = rows.read(asked, wanted, self.area if within is None else within)
        self.tell(_("Reading %(layer)s") % {"layer": asked.layer.title}, len(found), len(found))
        return found

    def cells(self, asked: Asked, size: float) -> list[Cell]:
        """The tiles over the rows of a layer. Raises BadParameter where there are none."""
        found = rows.extent(asked, self.area)
        if found is None:
            raise BadParameter(_("The layer has no rows there that are open to you."), field="layer")
        if self.area is not None:
            found = shapely.box(*self.area.bounds).intersection(shapely.box(*found)).bounds or found
        return list(cells_over(found, size))

    def every_part(self, kind: TiledAnalysis) -> Any:
        """What all tiles own, as one frame in an order that does not depend on the tiles."""
        import pandas

        cells = self.cells(self.asked(kind.layers[0]), kind.size)
        todo = [cell for cell in cells if cell.key not in self.parts.known()]
        done = len(cells) - len(todo)
        for key, frame in self.elsewhere(self, todo) if self.elsewhere else ((cell.key, kind.part(self, cell)) for cell in todo):
            self.parts.keep(key, frame)
            done += 1
            self.tell(_("Tiles"), done, len(cells))
        frames = self.parts.frames()
        filled = [frame for frame in frames if len(frame)]
        return ordered(pandas.concat(filled, ignore_index=True)) if filled else frames[0]


def outline_of(unit: Any) -> shapely.Geometry:
    """A unit's outline on the plane."""
    return moved(shapely.from_wkb(bytes(unit.geom.wkb)), unit.geom.srid, PLANE)


def frame_of(shapes: Any, **columns: Any) -> Any:
    """A GeoDataFrame of the plane."""
    import geopandas

    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=f"EPSG:{PLANE}")


def ordered(frame: Any) -> Any:
    """Rows by their values, then by their shapes: two runs over the same data write the same file."""
    keys = [name for name in frame.columns if name != "geometry"]
    sortable = frame.assign(_shape=shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy()), hex=True))
    return sortable.sort_values([*keys, "_shape"], kind="stable").drop(columns="_shape").reset_index(drop=True)
