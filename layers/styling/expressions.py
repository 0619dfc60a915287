"""MapLibre expressions, as far as styles of layers use them: their value for a feature at a zoom, and what they ask of it."""

import itertools
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Properties = Mapping[str, Any]
Operator = Callable[[Sequence[Any], Properties, float], Any]


class NotHeld(ValueError):
    """Something that the style model does not hold; the text names it."""


@dataclass(frozen=True)
class Interval:
    """The numbers from `low` (included) to `high` (excluded): what a style with steps tells apart."""

    low: float
    high: float

    def __str__(self) -> str:
        if self.low == -math.inf:
            return f"< {_text(self.high)}"
        return f"≥ {_text(self.low)}" if self.high == math.inf else f"{_text(self.low)} – {_text(self.high)}"


# Below every number of a step: what a missing value is turned into (["coalesce", ["get", field], NOTHING]).
NOTHING, LOWEST = -1e301, -1e300


def evaluate(expression: Any, properties: Properties, zoom: float) -> Any:
    """The value. Raises NotHeld for an operator that is not known here."""
    if not isinstance(expression, list | tuple) or not expression or not isinstance(expression[0], str):
        return expression
    name, *arguments = expression
    if name not in _OPERATORS:
        raise NotHeld(name)
    return _OPERATORS[name](arguments, properties, zoom)


def is_operator(name: object) -> bool:
    """Whether a list that begins with `name` is an expression."""
    return isinstance(name, str) and name in _OPERATORS


def fields(expression: Any) -> set[str]:
    """Names of the properties that an expression reads."""
    return {part[1] for part in _parts(expression) if part[0] in ("get", "has") and len(part) > 1 and isinstance(part[1], str)}


def values(expression: Any, field: str) -> list[Any]:
    """The values of `field` that an expression tells apart from others, in their order."""
    found: list[Any] = []
    for name, *arguments in _parts(expression):
        if arguments and _is_field(arguments[0], field):
            found += _compared(name, arguments[1:])
    return list(dict.fromkeys(found))


def stops(expression: Any) -> set[float]:
    """The zooms at which an expression of the zoom bends or jumps."""
    found: set[float] = set()
    for name, *arguments in _parts(expression):
        if (name == "interpolate" and list(arguments[1]) == ["zoom"]) or (name == "step" and list(arguments[0]) == ["zoom"]):
            found.update(float(stop) for stop in arguments[2::2])
    return found


def _compared(name: str, rest: Sequence[Any]) -> list[Any]:
    if name == "match":
        return [value for label in rest[:-1:2] for value in (label if isinstance(label, list | tuple) else [label])]
    if name == "step":
        return intervals(rest[1::2])
    if name in ("==", "!="):
        return [rest[0]]
    if name == "in" and isinstance(rest[0], list | tuple):
        return list(rest[0][1] if rest[0][:1] == ["literal"] else rest[0])
    return []


def intervals(stops: Sequence[float]) -> list[Any]:
    """The intervals between the stops of a step."""
    edges = [-math.inf, *(float(stop) for stop in stops if stop > LOWEST), math.inf]
    return [Interval(low, high) for low, high in itertools.pairwise(edges)]


def _is_field(expression: Any, field: str) -> bool:
    if not isinstance(expression, list | tuple):
        return False
    wrapped = (len(expression) == 2 and expression[0] == "to-string") or (len(expression) == 3 and expression[0] == "coalesce")
    inner = expression[1] if wrapped else expression
    return list(inner) == ["get", field]


def _parts(expression: Any) -> Iterator[Sequence[Any]]:
    if isinstance(expression, Mapping):
        for value in expression.values():
            yield from _parts(value)
    elif isinstance(expression, list | tuple) and expression:
        if isinstance(expression[0], str):
            yield expression
        for part in expression if not isinstance(expression[0], str) else expression[1:]:
            yield from _parts(part)


def _match(arguments: Sequence[Any], properties: Properties, zoom: float) -> Any:
    value = evaluate(arguments[0], properties, zoom)
    for label, output in zip(arguments[1:-1:2], arguments[2:-1:2], strict=True):
        if value in label if isinstance(label, list | tuple) else value == label:
            return evaluate(output, properties, zoom)
    return evaluate(arguments[-1], properties, zoom)


def _case(arguments: Sequence[Any], properties: Properties, zoom: float) -> Any:
    for test, output in zip(arguments[:-1:2], arguments[1:-1:2], strict=True):
        if evaluate(test, properties, zoom) is True:
            return evaluate(output, properties, zoom)
    return evaluate(arguments[-1], properties, zoom)


def _step(arguments: Sequence[Any], properties: Properties, zoom: float) -> Any:
    value = evaluate(arguments[0], properties, zoom)
    chosen = arguments[1]
    for stop, output in zip(arguments[2::2], arguments[3::2], strict=True):
        if _reaches(value, stop):
            chosen = output
    return evaluate(chosen, properties, zoom)


def _reaches(value: Any, stop: float) -> bool:
    low = value.low if isinstance(value, Interval) else value
    return isinstance(low, int | float) and max(low, LOWEST) >= stop


def _interpolate(arguments: Sequence[Any], properties: Properties, zoom: float) -> Any:
    kind, source, *pairs = arguments
    value = evaluate(source, properties, zoom)
    points = list(zip(pairs[::2], pairs[1::2], strict=True))
    if value is None or value <= points[0][0]:
        return evaluate(points[0][1], properties, zoom)
    for (low, first), (high, second) in itertools.pairwise(points):
        if value <= high:
            share = _share(kind, value, low, high)
            return _between(evaluate(first, properties, zoom), evaluate(second, properties, zoom), share)
    return evaluate(points[-1][1], properties, zoom)


def _share(kind: Sequence[Any], value: float, low: float, high: float) -> float:
    if kind[0] == "exponential" and kind[1] != 1:
        base: float = kind[1]
        return float((base ** (value - low) - 1) / (base ** (high - low) - 1))
    if kind[0] not in ("linear", "exponential"):
        raise NotHeld(f"interpolate {kind[0]}")
    return (value - low) / (high - low)


def _between(first: Any, second: Any, share: float) -> Any:
    if isinstance(first, int | float) and isinstance(second, int | float):
        return first + (second - first) * share
    return first if share < 0.5 else second


def _in(arguments: Sequence[Any], properties: Properties, zoom: float) -> bool:
    value, held = (evaluate(argument, properties, zoom) for argument in arguments)
    return value in held


def _compare(test: Callable[[Any, Any], bool]) -> Operator:
    def run(arguments: Sequence[Any], properties: Properties, zoom: float) -> bool:
        left, right = (evaluate(argument, properties, zoom) for argument in arguments[:2])
        return left is not None and right is not None and type(left) is not object and test(left, right)

    return run


def _number(function: Callable[..., float]) -> Operator:
    def run(arguments: Sequence[Any], properties: Properties, zoom: float) -> float | None:
        given = [evaluate(argument, properties, zoom) for argument in arguments]
        return None if any(not isinstance(value, int | float) for value in given) else function(*given)

    return run


def _first(arguments: Sequence[Any], properties: Properties, zoom: float) -> Any:
    found = (evaluate(argument, properties, zoom) for argument in arguments)
    return next((value for value in found if value is not None), None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


_OPERATORS: dict[str, Operator] = {
    "get": lambda a, p, z: p.get(a[0]),
    "has": lambda a, p, z: p.get(a[0]) is not None,
    "zoom": lambda a, p, z: z,
    "literal": lambda a, p, z: a[0],
    "match": _match,
    "case": _case,
    "step": _step,
    "interpolate": _interpolate,
    "in": _in,
    "coalesce": _first,
    "all": lambda a, p, z: all(evaluate(x, p, z) is True for x in a),
    "any": lambda a, p, z: any(evaluate(x, p, z) is True for x in a),
    "!": lambda a, p, z: evaluate(a[0], p, z) is not True,
    "==": lambda a, p, z: evaluate(a[0], p, z) == evaluate(a[1], p, z),
    "!=": lambda a, p, z: evaluate(a[0], p, z) != evaluate(a[1], p, z),
    **{name: _compare(test) for name, test in (("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge))},
    "+": _number(lambda *numbers: math.fsum(numbers)),
    "*": _number(lambda *numbers: math.prod(numbers)),
    "-": _number(lambda first, second=None: -first if second is None else first - second),
    "/": _number(lambda first, second: first / second if second else math.inf),
    "ln": _number(lambda value: math.log(value) if value > 0 else -math.inf),
    "sqrt": _number(lambda value: math.sqrt(max(0.0, value))),
    "concat": lambda a, p, z: "".join(_text(evaluate(x, p, z)) for x in a),
    "to-string": lambda a, p, z: _text(evaluate(a[0], p, z)),
    "to-number": lambda a, p, z: evaluate(a[0], p, z),
    "number-format": lambda a, p, z: _text(evaluate(a[0], p, z)),
}
