"""Band arithmetic, `(b4-b3)/(b4+b3)`: a small language that is checked word by word before anything computes with it.

Numbers, the bands b1, b2, …, + - * / ** and comparisons, & | ~ between comparisons, and a few functions. Nothing else gets through:
no attribute, no call of anything else, no text. What passes is written anew from its parts and computed by numexpr.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numexpr
import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter

MAX_TEXT, MAX_PARTS, MAX_DEPTH, MAX_POWER = 200, 60, 12, 8.0
# Name -> how many values it takes.
FUNCTIONS = {"abs": 1, "sqrt": 1, "log": 1, "log10": 1, "exp": 1, "arctan": 1, "where": 3}
_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|",
}  # fmt: skip
_COMPARE: dict[type[ast.AST], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_UNARY: dict[type[ast.AST], str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}


@dataclass(frozen=True)
class Expression:
    """A checked expression: as numexpr computes it, and the bands that it reads (counted from 1)."""

    text: str
    bands: tuple[int, ...]

    def of(self, data: Any) -> Any:
        """The value of each pixel (float32), masked where a band is missing or the result is no number. `data` holds `bands` in order."""
        names: dict[str, npt.NDArray[np.float32]] = {
            f"b{band}": np.ma.getdata(data[place]).astype(np.float32) for place, band in enumerate(self.bands)
        }
        with np.errstate(all="ignore"):
            found = numexpr.evaluate(self.text, local_dict=names, global_dict={})
        values = np.broadcast_to(np.asarray(found, np.float32), data.shape[1:])
        missing = np.ma.getmaskarray(data).any(axis=0) | ~np.isfinite(values)
        return np.ma.MaskedArray(np.where(missing, 0, values), mask=missing)


@lru_cache(maxsize=256)
def parsed(text: str, count: int) -> Expression:
    """An expression over a raster of `count` bands. Raises BadParameter, which says what is wrong and what is accepted."""
    if len(text) > MAX_TEXT:
        raise _refused(_("it has more than %(limit)d characters") % {"limit": MAX_TEXT})
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refused(_("it cannot be read")) from None
    if sum(1 for _part in ast.walk(tree)) > MAX_PARTS * 2:
        raise _refused(_("it has too many parts"))
    bands: set[int] = set()
    written, is_test = _written(tree.body, count, bands, 0)
    if not bands:
        raise _refused(_("it names no band"))
    return Expression(f"where({written}, 1, 0)" if is_test else written, tuple(sorted(bands)))


def _written(node: ast.AST, count: int, bands: set[int], depth: int) -> tuple[str, bool]:
    """A part as numexpr's text, and whether it is true or false instead of a number."""
    if depth > MAX_DEPTH:
        raise _refused(_("it is nested too deeply"))
    writers = {
        ast.Constant: _constant, ast.Name: _name, ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: _compare, ast.Call: _call,
    }  # fmt: skip
    writer = writers.get(type(node))
    if writer is None:
        raise _refused(_("“%(part)s” is not accepted") % {"part": type(node).__name__})
    return writer(node, count, bands, depth)


def _constant(node: Any, _count: int, _bands: set[int], _depth: int) -> tuple[str, bool]:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float) or abs(node.value) > 1e12:
        raise _refused(_("numbers are accepted, up to 10¹²"))
    return repr(float(node.value)), False


def _name(node: Any, count: int, bands: set[int], _depth: int) -> tuple[str, bool]:
    number = node.id[1:]
    if node.id[:1] != "b" or not (number.isascii() and number.isdigit()) or not 1 <= int(number[:4]) <= count or number[:1] == "0":
        raise _refused(_("there is no “%(name)s”; the bands are b1 to b%(count)d") % {"name": node.id[:40], "count": count})
    bands.add(int(number))
    return node.id, False


def _binary(node: Any, count: int, bands: set[int], depth: int) -> tuple[str, bool]:
    sign = _sign(_BINARY, node.op)
    (left, left_test), (right, right_test) = (_written(part, count, bands, depth + 1) for part in (node.left, node.right))
    logical = sign in "&|"
    if left_test != logical or right_test != logical:
        raise _refused(_("comparisons are joined by & and |, numbers by + - * / **"))
    if sign == "**" and not (isinstance(node.right, ast.Constant) and abs(float(str(node.right.value))) <= MAX_POWER):
        raise _refused(_("an exponent is a number up to %(limit)d") % {"limit": MAX_POWER})
    return f"({left} {sign} {right})", logical


def _unary(node: Any, count: int, bands: set[int], depth: int) -> tuple[str, bool]:
    sign = _sign(_UNARY, node.op)
    inner, is_test = _written(node.operand, count, bands, depth + 1)
    if is_test != (sign == "~"):
        raise _refused(_("~ turns a comparison round, - a number"))
    return f"({sign}{inner})", is_test


def _compare(node: Any, count: int, bands: set[int], depth: int) -> tuple[str, bool]:
    if len(node.ops) != 1:
        raise _refused(_("comparisons compare two values"))
    sign = _sign(_COMPARE, node.ops[0])
    (left, left_test), (right, right_test) = (_written(part, count, bands, depth + 1) for part in (node.left, node.comparators[0]))
    if left_test or right_test:
        raise _refused(_("comparisons compare two values"))
    return f"({left} {sign} {right})", True


def _call(node: Any, count: int, bands: set[int], depth: int) -> tuple[str, bool]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS or node.keywords or len(node.args) != FUNCTIONS[name]:
        accepted = ", ".join(f"{known}({', '.join('xyz'[:takes])})" for known, takes in FUNCTIONS.items())
        raise _refused(_("functions are: %(accepted)s") % {"accepted": accepted})
    parts = [_written(part, count, bands, depth + 1) for part in node.args]
    wanted: Sequence[bool] = (True, False, False) if name == "where" else (False,)
    if [is_test for _text, is_test in parts] != list(wanted):
        raise _refused(_("where(comparison, value, value) chooses between two values"))
    return f"{name}({', '.join(text for text, _is_test in parts)})", False


def _sign(known: dict[type[ast.AST], str], operator: ast.AST) -> str:
    if type(operator) not in known:
        raise _refused(_("operators are + - * / **, < <= > >= == != and & | ~"))
    return known[type(operator)]


def _refused(why: str) -> BadParameter:
    return BadParameter(_("expression: %(why)s. Accepted is band arithmetic such as (b2-b1)/(b2+b1).") % {"why": why}, field="expression")
