"""Terms held against the columns of the feature store, as far as tile fields alone decide."""

import operator
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.attributes import attributes
from layers.filters.terms import Always, Among, Compare, Constant, Junction, Like, Missing, Not, Ref, Term
from layers.layer import FeatureLayer
from layers.store.values import Codes, Dictionary

Mask = npt.NDArray[np.bool_]
# Which rows a term is true of, and of which it is false; of the others it is neither.
Truth = tuple[Mask, Mask]
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
_KEPT_KINDS = ("string", "integer", "boolean")


def fits(term: Term, layer: FeatureLayer) -> bool:
    """Whether the store's columns decide the term exactly as the database does.

    Shapes do not (the store rounds them), nor do folded texts and the order of texts, which are the database's own.
    """
    kinds = {a.lookup: a.kind for a in attributes(layer) if a.lookup in layer.tile_fields and a.kind in _KEPT_KINDS}
    return _fits(term, kinds)


def _fits(term: Term, kinds: Mapping[str, str]) -> bool:
    if isinstance(term, Not):
        return _fits(term.part, kinds)
    if isinstance(term, Junction):
        return all(_fits(part, kinds) for part in term.parts)
    if isinstance(term, Missing):
        return term.lookup in kinds
    if isinstance(term, Always):
        return True
    return isinstance(term, Compare | Among | Like) and _is_plain(term, kinds)


def _is_plain(term: Compare | Among | Like, kinds: Mapping[str, str]) -> bool:
    constants = term.values if isinstance(term, Among) else (term.right if isinstance(term, Compare) else term.pattern,)
    if not isinstance(term.left, Ref) or term.left.lookup not in kinds or term.left.folds:
        return False
    if not all(isinstance(constant, Constant) and not constant.folds for constant in constants):
        return False
    return not (isinstance(term, Compare) and term.op not in ("=", "<>") and kinds[term.left.lookup] == "string")


def mask(term: Term, layer: FeatureLayer, codes: Sequence[Codes], dictionaries: Sequence[Dictionary]) -> Mask:
    """Of which rows a term that `fits` is true; `codes` and `dictionaries` are by tile field."""
    columns = dict(zip(layer.tile_fields, zip(codes, dictionaries, strict=True), strict=True))
    return _truth(term, columns, len(codes[0]) if len(codes) else 0)[0]


def _truth(term: Term, columns: Mapping[str, tuple[Codes, Dictionary]], rows: int) -> Truth:
    if isinstance(term, Always):
        return np.full(rows, term.truth), np.full(rows, not term.truth)
    if isinstance(term, Not):
        true, false = _truth(term.part, columns, rows)
        return false, true
    if isinstance(term, Junction):
        parts = [_truth(part, columns, rows) for part in term.parts]
        every, some = np.logical_and.reduce, np.logical_or.reduce
        over_true, over_false = (every, some) if term.kind == "and" else (some, every)
        return over_true([true for true, _false in parts]), over_false([false for _true, false in parts])
    lookup = term.lookup if isinstance(term, Missing) else term.left.lookup  # type: ignore[union-attr]
    return _by_value(*columns[lookup], _test(term), missing=isinstance(term, Missing))


def _by_value(codes: Codes, dictionary: Dictionary, test: Callable[[Hashable], bool], *, missing: bool) -> Truth:
    """Each value that occurs is tested once."""
    found, places = np.unique(codes, return_inverse=True)
    values = dictionary.values
    occurring = [values[code] for code in found.tolist()]
    known = np.array([missing or value is not None for value in occurring], np.bool_)
    true = np.array([(missing or value is not None) and test(value) for value in occurring], np.bool_)
    return true[places], (known & ~true)[places]


def _test(term: Term) -> Callable[[Any], bool]:
    if isinstance(term, Missing):
        return lambda value: value is None
    if isinstance(term, Among):
        listed = frozenset(constant.value for constant in term.values if isinstance(constant, Constant))
        return lambda value: value in listed
    if isinstance(term, Like):
        pattern = re.compile(_regex(str(term.pattern.value)), re.DOTALL)
        return lambda value: pattern.fullmatch(value) is not None
    assert isinstance(term, Compare) and isinstance(term.right, Constant)
    compare, constant = _OPERATORS[term.op], term.right.value
    return lambda value: compare(value, constant)


def _regex(pattern: str) -> str:
    """A pattern of LIKE as a regular expression. Runs of % are one, or matching could take for ever."""
    parts: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            if not parts or parts[-1] != ".*":
                parts.append(".*")
        elif character == "_":
            parts.append(".")
        else:
            parts.append(re.escape(next(characters) if character == "\\" else character))
    return "".join(parts)
