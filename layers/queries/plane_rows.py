"""Rows of a layer on the VN-2000 plane, as the asker may see them: the one place where analyses read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.contrib.gis.db.models import Extent, GeometryField
from django.db.models import BinaryField, F, Func, QuerySet, Value
from django.utils.translation import gettext as _

from gis_core.changes.clock import Box
from gis_core.errors import TooLarge
from layers.attributes import Attribute
from layers.queries.asking import Asked
from layers.queries.position import square
from layers.queries.zone import PLANE, Zone, moved

MOST_ROWS = 3_000_000
_BATCH = 20_000


@dataclass(frozen=True)
class Rows:
    """Keys, shapes (shapely, EPSG:5899) and values by name, all of one length, in the order of the keys."""

    keys: list[Any]
    shapes: npt.NDArray[np.object_]
    values: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def bounds(self) -> npt.NDArray[np.float64]:
        """(n, 4) boxes."""
        found: npt.NDArray[np.float64] = shapely.bounds(self.shapes).reshape(-1, 4)
        return found

    def taken(self, which: Any) -> "Rows":
        """Some of them, by a mask or by numbers."""
        numbers = np.flatnonzero(which) if np.asarray(which).dtype == bool else np.asarray(which, int)
        values = {name: [column[number] for number in numbers] for name, column in self.values.items()}
        return Rows([self.keys[number] for number in numbers], self.shapes[numbers], values)


def queryset(asked: Asked, within: shapely.Geometry | None = None) -> "QuerySet[Any]":
    """The rows with a shape that meet a shape of the plane; permission is part of the query."""
    rows = asked.rows().filter(**{f"{asked.layer.geometry}__isnull": False})
    if within is not None:
        rows = rows.filter(**{f"{asked.layer.tile_geometry}__bboverlaps": square(Zone(within).box)})
    return rows


def read(asked: Asked, wanted: Sequence[Attribute] = (), within: shapely.Geometry | None = None, most: int = MOST_ROWS) -> Rows:
    """The rows that meet `within` (all without it). Raises TooLarge where they are more than `most`."""
    found = _read(asked, wanted, within, most)
    if within is None or not len(found):
        return found
    shapely.prepare(within)
    return found.taken(shapely.intersects(found.shapes, within))


def read_boxes(asked: Asked, wanted: Sequence[Attribute], bounds: Box) -> Rows:
    """The rows whose boxes meet a rectangle of the plane, which their shapes need not do. Raises TooLarge."""
    found = _read(asked, wanted, shapely.box(*bounds), MOST_ROWS)
    west, south, east, north = bounds
    boxes = found.bounds
    return found.taken((boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south))


def _read(asked: Asked, wanted: Sequence[Attribute], within: shapely.Geometry | None, most: int) -> Rows:
    layer = asked.layer
    shape: Any = F(layer.geometry)
    if layer.srid != PLANE:
        shape = Func(shape, Value(PLANE), function="ST_Transform", output_field=GeometryField(srid=PLANE))
    wkb = Func(shape, function="ST_AsBinary", output_field=BinaryField())
    found = queryset(asked, within).order_by("pk").values_list("pk", wkb, *(attribute.lookup for attribute in wanted))
    keys: list[Any] = []
    shapes: list[bytes] = []
    columns: list[list[Any]] = [[] for _attribute in wanted]
    for pk, data, *values in found.iterator(chunk_size=_BATCH):
        keys.append(pk)
        shapes.append(bytes(data))
        for column, value in zip(columns, values, strict=True):
            column.append(value)
        if len(keys) > most:
            raise TooLarge(_("The layer has more than %(limit)d rows there. Take a filter or a unit.") % {"limit": most}, field="layer")
    return Rows(keys, np.asarray(shapely.from_wkb(np.array(shapes, object)), object).reshape(-1), _named(wanted, columns))


def _named(wanted: Sequence[Attribute], columns: list[list[Any]]) -> dict[str, list[Any]]:
    return {attribute.name: column for attribute, column in zip(wanted, columns, strict=True)}


def extent(asked: Asked, within: shapely.Geometry | None = None) -> Box | None:
    """The box of the rows on the plane, generously; None without rows."""
    found = queryset(asked, within).aggregate(box=Extent(asked.layer.geometry))["box"]
    if found is None:
        return None
    # Corners, since a box around one place has no surface that could be widened.
    corners = shapely.multipoints(shapely.get_coordinates(shapely.box(*found)))
    west, south, east, north = moved(corners, asked.layer.srid, PLANE).buffer(1.0).bounds
    return west, south, east, north
