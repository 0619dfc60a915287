"""Rules of other style languages gathered into parts of ours: what differs between rules becomes a `match`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from layers.styling.expressions import NotHeld

_DEFAULTS: Mapping[str, Any] = {
    "fill-color": "#000000", "fill-opacity": 1, "line-color": "#000000", "line-width": 1, "line-opacity": 1,
    "circle-color": "#000000", "circle-radius": 5, "circle-opacity": 1, "circle-stroke-color": "#000000",
    "circle-stroke-width": 0, "circle-stroke-opacity": 1,
}  # fmt: skip
# What cannot differ between features of one part.
_LAYOUT = ("line-join", "line-cap", "line-dasharray")
_DATA_DRIVEN = ("icon-image", "icon-size")


@dataclass(frozen=True)
class Drawing:
    """One symbolizer of one rule: features whose `field` has one of `values` (no field: all others) between two zooms.

    `kind` is a type of MapLibre's layers, or "icon" for a symbol that is one.
    """

    kind: str
    paint: Mapping[str, Any]
    layout: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""
    values: tuple[Any, ...] = ()
    zooms: tuple[float, float] = (0.0, 24.0)


def gathered(drawings: Iterable[Drawing]) -> list[dict[str, Any]]:
    """MapLibre layers, in the order in which their first symbolizers came. Raises NotHeld."""
    groups: dict[tuple[str, tuple[float, float]], list[Drawing]] = {}
    for drawing in drawings:
        groups.setdefault((drawing.kind, drawing.zooms), []).append(drawing)
    return [_part(number, kind, zooms, members) for number, ((kind, zooms), members) in enumerate(groups.items())]


def _part(number: int, kind: str, zooms: tuple[float, float], members: Sequence[Drawing]) -> dict[str, Any]:
    part: dict[str, Any] = {"id": f"{kind}{number}", "type": "symbol" if kind == "icon" else kind, "paint": {}, "layout": {}}
    fields = {drawing.field for drawing in members if drawing.field}
    if len(fields) > 1:
        raise NotHeld(f"rules by different fields ({', '.join(sorted(fields))})")
    told = [drawing for drawing in members if drawing.field]
    others = [drawing for drawing in members if not drawing.field]
    if len(others) > 1:
        raise NotHeld("more than one symbolizer for the same features")
    column = next(iter(fields), "")
    if told and not others:
        part["filter"] = ["in", ["get", column], ["literal", [value for drawing in told for value in drawing.values]]]
    for place in ("paint", "layout"):
        for name in dict.fromkeys(key for drawing in members for key in getattr(drawing, place)):
            part[place][name] = _property(name, column, told, others, place)
    low, high = zooms
    part.update({"minzoom": low} if low > 0 else {}, **({"maxzoom": high} if high < 24 else {}))
    return {key: value for key, value in part.items() if value != {}}


def _property(name: str, column: str, told: Sequence[Drawing], others: Sequence[Drawing], place: str) -> Any:
    other = getattr(others[0], place).get(name, _DEFAULTS.get(name)) if others else None
    found = [(drawing.values, getattr(drawing, place).get(name, _DEFAULTS.get(name))) for drawing in told]
    distinct = {repr(value) for _values, value in found} | ({repr(other)} if others else set())
    if len(distinct) == 1:
        return other if others else found[0][1]
    if name in _LAYOUT or (place == "layout" and name not in _DATA_DRIVEN):
        raise NotHeld(f"{name} that differs between rules")
    cases: list[Any] = []
    for values, value in found:
        cases += [values[0] if len(values) == 1 else list(values), value]
    return ["match", ["get", column], *cases, other if others else _DEFAULTS.get(name)]
