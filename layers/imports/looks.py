"""The style editor of imported layers: looks proposed from the data, checked, and kept."""

import math
from collections.abc import Sequence
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.changes.tracking import quote
from gis_core.errors import BadParameter
from layers.checks import MAX_TILE_FIELDS
from layers.imports.database import rows
from layers.imports.watch import renew
from layers.models import ImportedLayer
from layers.models.imported_layer import Column
from layers.styling.colours import is_hex

Kind = Literal["single", "categorised", "graduated", "heat"]
Method = Literal["quantile", "equal"]
MAX_CLASSES, MAX_BREAKS = 40, 9
_NUMBERS = ("integer", "bigint", "double")
_NAMED = ("text", "boolean", "integer", "bigint")
NO_VALUE = "#b8c2c9"
# Told apart by people who see red and green alike, and on paper (after Okabe and Ito, and Tol).
HUES = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1", "#b2a23f"),
    *("#44aa99", "#882255", "#6699cc", "#997700", "#117733", "#aa4499"),
)
# Light to dark: a printed map without colours still shows what is more.
RAMPS = {
    "blue": ("#eff3ff", "#084594"),
    "green": ("#edf8e9", "#00552e"),
    "orange": ("#fff1dc", "#8c2d04"),
    "purple": ("#f2f0f7", "#4a1486"),
    "grey": ("#f2f2f2", "#252525"),
}


def proposal(layer: ImportedLayer, kind: Kind, field: str, count: int, method: Method, ramp: str) -> dict[str, Any]:
    """A look of a kind over a field, from the rows. Raises BadParameter."""
    if kind == "single":
        return {"kind": "single", "colour": HUES[0]}
    if kind == "heat":
        return _heat(layer, field)
    column = _column(layer, field, _NAMED if kind == "categorised" else _NUMBERS)
    if kind == "categorised":
        return _categories(layer, column)
    found = _breaks(layer, column, count, method)
    colours = shades(ramp, len(found) + 1)
    return {"kind": "graduated", "field": field, "breaks": found, "colours": colours, "colour": NO_VALUE}


def _categories(layer: ImportedLayer, column: Column) -> dict[str, Any]:
    name = quote(column["name"])
    sql = f"SELECT {name} FROM {quote(layer.table)} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MAX_CLASSES}"  # noqa: S608  quoted
    classes = [[value, HUES[number % len(HUES)]] for number, (value,) in enumerate(rows(sql))]
    return {"kind": "categorised", "field": column["name"], "classes": classes, "colour": NO_VALUE}


def _breaks(layer: ImportedLayer, column: Column, count: int, method: Method) -> list[float]:
    """The inner edges between `count` classes: equally many rows in each, or equally wide ones."""
    name, table = quote(column["name"]), quote(layer.table)
    if method == "equal":
        ((low, high),) = rows(f"SELECT min({name})::float8, max({name})::float8 FROM {table}")  # noqa: S608  quoted
        edges = [] if low is None else [low + (high - low) * part / count for part in range(1, count)]
    else:
        parts = [part / count for part in range(1, count)]
        ((edges,),) = rows(f"SELECT percentile_cont(%s::float8[]) WITHIN GROUP (ORDER BY {name}) FROM {table}", [parts])  # noqa: S608  quoted
    return sorted({_round(edge) for edge in edges or [] if edge is not None and math.isfinite(edge)})


def _round(value: float) -> float:
    """Three digits that count: edges that a legend can show."""
    return float(f"{value:.3g}")


def _heat(layer: ImportedLayer, field: str) -> dict[str, Any]:
    if "Point" not in layer.geometry_type:
        raise BadParameter(_("Heat is drawn of points."), field="kind")
    if not field:
        return {"kind": "heat", "field": "", "top": 1.0}
    column = _column(layer, field, _NUMBERS)
    sql = f"SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY {quote(column['name'])})::float8 FROM {quote(layer.table)}"  # noqa: S608  quoted
    ((top,),) = rows(sql)
    return {"kind": "heat", "field": field, "top": max(top or 1.0, 1e-9)}


def shades(ramp: str, count: int) -> list[str]:
    """`count` colours of a ramp, light to dark."""
    light, dark = (tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in RAMPS.get(ramp, RAMPS["blue"]))
    steps = [number / max(count - 1, 1) for number in range(count)]
    return ["#" + "".join(f"{round(a + (b - a) * step):02x}" for a, b in zip(light, dark, strict=True)) for step in steps]


def keep(layer: ImportedLayer, look: dict[str, Any] | None, label: str | None) -> None:
    """Draw a layer so from now on, in every service. Raises BadParameter."""
    if look is not None:
        layer.look = checked(layer, look)
    if label is not None:
        if label and label not in {column["name"] for column in layer.columns}:
            raise _unknown(layer, label, layer.columns)
        layer.label_field = label
    field = (layer.look or {}).get("field")
    wanted = [name for name in (layer.label_field, field, *layer.tile_fields) if name]
    layer.tile_fields = list(dict.fromkeys(wanted))[:MAX_TILE_FIELDS]
    with transaction.atomic():
        layer.save()
        transaction.on_commit(renew)


def checked(layer: ImportedLayer, look: dict[str, Any]) -> dict[str, Any]:
    """A look as it may be kept. Raises BadParameter."""
    kind = look.get("kind")
    if kind == "heat":
        found = _heat(layer, str(look.get("field") or ""))
        return {**found, "top": _number(look.get("top", found["top"]), "top")}
    colour = _colour(look.get("colour", NO_VALUE))
    if kind == "single":
        return {"kind": kind, "colour": colour}
    if kind == "categorised":
        return _checked_categories(layer, look, colour)
    if kind == "graduated":
        return _checked_steps(layer, look, colour)
    raise BadParameter(_("A look is one of: %(kinds)s.") % {"kinds": "single, categorised, graduated, heat"}, field="kind")


def _checked_categories(layer: ImportedLayer, look: dict[str, Any], colour: str) -> dict[str, Any]:
    column = _column(layer, str(look.get("field")), _NAMED)
    kind = {"text": str, "boolean": bool}.get(column["type"], int)
    classes = [(value, _colour(shade)) for value, shade in look.get("classes") or []]
    if not classes or len(classes) > MAX_CLASSES:
        raise BadParameter(_("A look has 1 to %(limit)d classes.") % {"limit": MAX_CLASSES}, field="classes")
    if any(type(value) is not kind for value, _shade in classes) or len({value for value, _shade in classes}) < len(classes):
        raise BadParameter(_("The classes need values of the field, each once."), field="classes")
    return {"kind": "categorised", "field": column["name"], "classes": [list(pair) for pair in classes], "colour": colour}


def _checked_steps(layer: ImportedLayer, look: dict[str, Any], colour: str) -> dict[str, Any]:
    column = _column(layer, str(look.get("field")), _NUMBERS)
    breaks = [_number(value, "breaks") for value in look.get("breaks") or []]
    colours = [_colour(shade) for shade in look.get("colours") or []]
    if not 1 <= len(colours) <= MAX_BREAKS or len(breaks) != len(colours) - 1 or breaks != sorted(set(breaks)):
        sentence = _("Between 1 to %(limit)d colours stand edges that grow, one fewer than colours.")
        raise BadParameter(sentence % {"limit": MAX_BREAKS}, field="breaks")
    return {"kind": "graduated", "field": column["name"], "breaks": breaks, "colours": colours, "colour": colour}


def _column(layer: ImportedLayer, field: str, types: Sequence[str]) -> Column:
    fitting = [column for column in layer.columns if column["type"] in types]
    for column in fitting:
        if column["name"] == field:
            return column
    raise _unknown(layer, field, fitting)


def _unknown(layer: ImportedLayer, field: str, fitting: Sequence[Column]) -> BadParameter:
    known = ", ".join(column["name"] for column in fitting) or "–"
    return BadParameter(
        _("The field “%(field)s” does not do for this; these do: %(known)s.") % {"field": field[:60], "known": known}, field="field"
    )


def _colour(value: object) -> str:
    if not isinstance(value, str) or not is_hex(value):
        raise BadParameter(_("Colours are written as #rrggbb."), field="colour")
    return value.lower()


def _number(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadParameter(_("%(field)s must be a number.") % {"field": field}, field=field)
    return float(value)
