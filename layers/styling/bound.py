"""Expressions with some properties known: what is left of them, simplified."""

from collections.abc import Mapping
from typing import Any

from layers.styling.expressions import NotHeld, evaluate, fields, stops


def bind(expression: Any, known: Mapping[str, Any]) -> Any:
    """The expression with the values of `known` put in; a constant where nothing else is asked for."""
    if not _is_call(expression):
        return expression
    if not stops(expression) and not _asks_zoom(expression) and fields(expression) <= known.keys():
        try:
            return evaluate(expression, known, 0.0)
        except NotHeld:
            return expression
    name, *arguments = expression
    if name == "match" and fields(arguments[0]) <= known.keys() and not _asks_zoom(arguments[0]):
        return bind(_chosen(arguments, evaluate(arguments[0], known, 0.0)), known)
    return [name, *(bind(argument, known) for argument in arguments)]


def is_constant(expression: Any) -> bool:
    """Whether a (bound) expression is a plain value."""
    return not _is_call(expression)


def _chosen(arguments: list[Any], value: Any) -> Any:
    for label, output in zip(arguments[1:-1:2], arguments[2:-1:2], strict=True):
        if value in label if isinstance(label, list | tuple) else value == label:
            return output
    return arguments[-1]


def _is_call(expression: Any) -> bool:
    if not isinstance(expression, list | tuple) or not expression or not isinstance(expression[0], str):
        return False
    return expression[0] in _CALLS


def _asks_zoom(expression: Any) -> bool:
    if not isinstance(expression, list | tuple):
        return False
    return list(expression) == ["zoom"] or any(_asks_zoom(part) for part in expression)


_CALLS = frozenset(
    (
        *("get", "has", "zoom", "literal", "match", "case", "step", "interpolate", "in", "coalesce", "all", "any", "!", "==", "!="),
        *("<", "<=", ">", ">=", "+", "-", "*", "/", "ln", "sqrt", "concat", "to-string", "to-number", "number-format"),
    )
)
