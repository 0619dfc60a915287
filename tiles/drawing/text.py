"""A MapLibre text-field as an expression of Mapnik's."""

from typing import Any

from layers.styling.expressions import NotHeld, evaluate

_NESTED = ("to-string", "number-format")


def text_expression(expression: Any, zoom: float) -> str:
    """`"[land_use] + '\\n' + [parcel_no]"`; "" where no text is drawn at this zoom. Raises NotHeld."""
    return " + ".join(_pieces(expression, zoom))


def text_fields(expression: Any, zoom: float) -> list[str]:
    """The properties that the text reads."""
    return [piece[1:-1] for piece in _pieces(expression, zoom) if piece.startswith("[")]


def _pieces(expression: Any, zoom: float) -> list[str]:
    if isinstance(expression, str):
        return [_quoted(expression)] if expression else []
    if not isinstance(expression, list | tuple):
        raise NotHeld("text-field")
    name, *arguments = expression
    if name == "get":
        return [f"[{arguments[0]}]"]
    if name in _NESTED:
        return _pieces(arguments[0], zoom)
    if name == "concat":
        return [piece for argument in arguments for piece in _pieces(argument, zoom)]
    if name == "step" and list(arguments[0]) == ["zoom"]:
        return _pieces(_step(arguments, zoom), zoom)
    if name == "coalesce":
        return _pieces(arguments[0], zoom)
    return _pieces(str(evaluate(expression, {}, zoom)), zoom)


def _step(arguments: list[Any], zoom: float) -> Any:
    chosen = arguments[1]
    for stop, output in zip(arguments[2::2], arguments[3::2], strict=True):
        chosen = output if zoom >= stop else chosen
    return chosen


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
