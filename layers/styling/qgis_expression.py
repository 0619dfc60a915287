"""MapLibre expressions in QGIS's expression language, for properties that depend on the feature or on the scale."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from layers.styling.expressions import NotHeld

# Scale denominator of zoom 0 on QGIS's screen (96 dots an inch) in the latitude of central Việt Nam.
_SCALE_OF_ZOOM_0 = 285_000_000
ZOOM = f"(ln({_SCALE_OF_ZOOM_0} / @map_scale) / ln(2))"


def qgis_expression(expression: Any) -> str:
    """The text. Raises NotHeld for an operator that QGIS has no word for."""
    if isinstance(expression, bool):
        return "true" if expression else "false"
    if isinstance(expression, int | float):
        return f"{expression:g}" if isinstance(expression, float) else str(expression)
    if isinstance(expression, str):
        return _quoted(expression)
    if expression is None:
        return "NULL"
    if not isinstance(expression, list | tuple) or not expression:
        raise NotHeld(type(expression).__name__)
    name, *arguments = expression
    if name not in _WRITERS:
        raise NotHeld(str(name))
    return _WRITERS[name](arguments)


def field_name(name: str) -> str:
    """A field as QGIS's expressions write it."""
    return '"' + name.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\n", "\\n") + "'"


def _match(arguments: Sequence[Any]) -> str:
    subject = qgis_expression(arguments[0])
    tests = []
    for label, output in zip(arguments[1:-1:2], arguments[2:-1:2], strict=True):
        labels = label if isinstance(label, list | tuple) else [label]
        tests.append(f"WHEN {subject} IN ({', '.join(map(qgis_expression, labels))}) THEN {qgis_expression(output)}")
    return f"CASE {' '.join(tests)} ELSE {qgis_expression(arguments[-1])} END"


def _case(arguments: Sequence[Any]) -> str:
    pairs = zip(arguments[:-1:2], arguments[1:-1:2], strict=True)
    tests = [f"WHEN {qgis_expression(test)} THEN {qgis_expression(output)}" for test, output in pairs]
    return f"CASE {' '.join(tests)} ELSE {qgis_expression(arguments[-1])} END"


def _step(arguments: Sequence[Any]) -> str:
    subject = qgis_expression(arguments[0])
    pairs = list(zip(arguments[2::2], arguments[3::2], strict=True))
    tests = [f"WHEN {subject} >= {stop} THEN {qgis_expression(output)}" for stop, output in reversed(pairs)]
    return f"CASE {' '.join(tests)} ELSE {qgis_expression(arguments[1])} END"


def _interpolate(arguments: Sequence[Any]) -> str:
    kind, source, *pairs = arguments
    if kind[0] not in ("linear", "exponential"):
        raise NotHeld(f"interpolate {kind[0]}")
    subject = qgis_expression(source)
    points = [(stop, qgis_expression(output)) for stop, output in zip(pairs[::2], pairs[1::2], strict=True)]
    tests = [f"WHEN {subject} <= {points[0][0]} THEN {points[0][1]}"]
    for (low, first), (high, second) in pairwise(points):
        tests.append(f"WHEN {subject} <= {high} THEN scale_linear({subject}, {low}, {high}, {first}, {second})")
    return f"CASE {' '.join(tests)} ELSE {points[-1][1]} END"


def _in(arguments: Sequence[Any]) -> str:
    held = arguments[1]
    values = held[1] if isinstance(held, list | tuple) and held[:1] == ["literal"] else held
    return f"coalesce({qgis_expression(arguments[0])} IN ({', '.join(map(qgis_expression, values))}), false)"


def _joined(word: str) -> Callable[[Sequence[Any]], str]:
    return lambda arguments: "(" + f" {word} ".join(map(qgis_expression, arguments)) + ")"


def _compared(word: str, missing: str) -> Callable[[Sequence[Any]], str]:
    def write(arguments: Sequence[Any]) -> str:
        left, right = map(qgis_expression, arguments[:2])
        return f"coalesce({left} {word} {right}, {missing})"

    return write


_WRITERS: dict[str, Callable[[Sequence[Any]], str]] = {
    "get": lambda a: field_name(str(a[0])),
    "has": lambda a: f"({field_name(str(a[0]))} IS NOT NULL)",
    "zoom": lambda a: ZOOM,
    "literal": lambda a: qgis_expression(a[0]),
    "match": _match,
    "case": _case,
    "step": _step,
    "interpolate": _interpolate,
    "in": _in,
    "all": _joined("AND"),
    "any": _joined("OR"),
    "!": lambda a: f"NOT {qgis_expression(a[0])}",
    "==": _compared("=", "false"),
    "!=": _compared("<>", "true"),
    "<": _compared("<", "false"),
    "<=": _compared("<=", "false"),
    ">": _compared(">", "false"),
    ">=": _compared(">=", "false"),
    "+": _joined("+"),
    "*": _joined("*"),
    "/": _joined("/"),
    "-": lambda a: f"(-{qgis_expression(a[0])})" if len(a) == 1 else _joined("-")(a),
    "sqrt": lambda a: f"sqrt({qgis_expression(a[0])})",
    "ln": lambda a: f"ln({qgis_expression(a[0])})",
    "concat": lambda a: "concat(" + ", ".join(map(qgis_expression, a)) + ")",
    "coalesce": lambda a: "coalesce(" + ", ".join(map(qgis_expression, a)) + ")",
    "to-string": lambda a: f"to_string({qgis_expression(a[0])})",
    "to-number": lambda a: f"to_real({qgis_expression(a[0])})",
    "number-format": lambda a: f"format_number({qgis_expression(a[0])}, 0)",
}
