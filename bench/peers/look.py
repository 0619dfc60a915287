"""The look of parcels for peers that draw: the fills of our own style by land use at one zoom, and one outline."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from bench.peers.peer import TABLE
from layers.catalogue import catalogue
from layers.styling.classes import classes
from layers.styling.expressions import evaluate

# Between the scales of the one large picture and of the many small ones.
ZOOM = 15.0


@dataclass(frozen=True)
class Look:
    """Land uses that occur with their fills (#rrggbb), the fills' opacity, the outline's colour and width in pixels."""

    fills: dict[str, str]
    opacity: float
    outline: str
    width: float


@cache
def look() -> Look:
    """As the style of parcels says for a usual parcel."""
    (layer,) = (found for found in catalogue.feature_layers() if found.name == "parcels")
    fill, line = layer.style[:2]
    drawn = classes(fill, ZOOM)
    colours = {value: str(found.get("fill-color")) for found in drawn for conditions in found.alternatives for value in _values(conditions)}
    usual: dict[str, Any] = {name: evaluate(value, {"status": "active"}, ZOOM) for name, value in line["paint"].items()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT land_use FROM {TABLE}")  # noqa: S608  a name of ours
        used = sorted(str(value) for (value,) in cursor.fetchall())
    fills = {value: colours.get(value, "#dddddd") for value in used}
    return Look(fills, float(drawn[0].get("fill-opacity")), str(usual["line-color"]), float(usual["line-width"]))


def _values(conditions: Any) -> list[str]:
    return [str(value) for condition in conditions if condition.field == "land_use" and not condition.negated for value in condition.values]


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue of #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
