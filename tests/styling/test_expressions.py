"""Expressions of styles: their values, what they ask, and what is left when some of it is known."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.styling.bound import bind, is_constant
from layers.styling.colours import is_hex, rgb
from layers.styling.expressions import NotHeld, evaluate, fields, is_operator, stops, values
from layers.styling.scales import scale_denominator, zoom_of_metres, zoom_of_scale

_VALUES: list[tuple[Any, Any]] = [
    (["match", ["get", "k"], "a", 1, ["b", "c"], 2, 3], 2),
    (["match", ["get", "missing"], "a", 1, 3], 3),
    (["any", ["==", ["get", "k"], "a"], ["==", ["get", "k"], "b"]], True),
    (["!=", ["get", "k"], "a"], True),
    (["!", ["get", "missing"]], True),
    (["all"], True),
    (["any"], False),
    (["in", ["get", "k"], ["literal", ["a", "b"]]], True),
    (["step", ["get", "missing"], "none", 1, "some"], "none"),
    (["step", ["get", "n"], "none", 4, "some", 5, "many"], "some"),
    (["interpolate", ["linear"], ["get", "n"], 0, 0, 10, 20], 8),
    (["interpolate", ["linear"], ["get", "n"], 5, 1, 10, 2], 1),
    (["interpolate", ["linear"], ["get", "n"], 0, 1, 3, 2], 2),
    (["interpolate", ["linear"], ["get", "missing"], 0, 7, 3, 2], 7),
    (["interpolate", ["linear"], ["get", "n"], 0, "#000000", 10, "#ffffff"], "#000000"),
    (["interpolate", ["exponential", 1], ["get", "n"], 0, 0, 8, 4], 2),
    (["/", ["get", "n"], 8], 0.5),
    (["-", 10, ["get", "n"]], 6),
    (["-", ["get", "missing"], 1], None),
    (["sqrt", ["get", "n"]], 2),
    (["sqrt", -1], 0),
    (["ln", 1], 0),
    (["ln", 0], float("-inf")),
    (["to-string", 3.0], "3"),
    (["to-string", 3.5], "3.5"),
    (["to-string", True], "true"),
    (["to-string", ["get", "missing"]], ""),
    (["literal", ["get", "k"]], ["get", "k"]),
    ([1, 2], [1, 2]),
    ([], []),
]


@pytest.mark.parametrize(("expression", "value"), _VALUES, ids=[str(expression) for expression, _value in _VALUES])
def test_values(expression: Any, value: Any) -> None:
    """Of a feature with n = 4 and k = b, at zoom 12."""
    assert evaluate(expression, {"n": 4, "k": "b"}, 12) == value


def test_a_curve_of_an_unknown_kind_is_named() -> None:
    """Between its points; the points themselves are plain."""
    with pytest.raises(NotHeld, match="cubic-bezier"):
        evaluate(["interpolate", ["cubic-bezier", 0, 0, 1, 1], ["zoom"], 10, 1, 14, 3], {}, 12)


_ASKED: list[tuple[Any, set[str]]] = [
    (None, set()),
    ("get", set()),
    (["get", "a"], {"a"}),
    (["has", "a"], {"a"}),
    (["case", ["has", "a"], ["get", "b"], ["concat", "get", ["get", "c"]]], {"a", "b", "c"}),
    ([["get", "a"], ["get", "b"]], {"a", "b"}),
    ({"x": ["get", "a"], "y": 3}, {"a"}),
]


@pytest.mark.parametrize(("expression", "names"), _ASKED, ids=[str(expression) for expression, _names in _ASKED])
def test_fields_that_are_read(expression: Any, names: set[str]) -> None:
    """However deep they stand."""
    assert fields(expression) == names


_TOLD: list[tuple[Any, list[Any]]] = [
    (["match", ["get", "k"], "a", 1, ["b", "c"], 2, 3], ["a", "b", "c"]),
    (["match", ["to-string", ["get", "k"]], "1", 1, 3], ["1"]),
    (["==", ["get", "k"], "a"], ["a"]),
    (["!=", ["get", "k"], "a"], ["a"]),
    (["in", ["get", "k"], ["literal", ["a", "b"]]], ["a", "b"]),
    (["match", ["get", "other"], "a", 1, 3], []),
    (["all", ["==", ["get", "k"], "b"], ["in", ["get", "k"], ["literal", ["a", "b"]]]], ["b", "a"]),
    (["has", "k"], []),
]


@pytest.mark.parametrize(("expression", "told"), _TOLD, ids=[str(expression) for expression, _told in _TOLD])
def test_values_that_are_told_apart(expression: Any, told: list[Any]) -> None:
    """Each once, in the order of the style."""
    assert values(expression, "k") == told


@pytest.mark.parametrize(
    ("expression", "zooms"),
    [
        (3, set()),
        (["interpolate", ["linear"], ["zoom"], 10, 1, 14.5, 3], {10.0, 14.5}),
        (["step", ["zoom"], 0, 12, 1, 13, 2], {12.0, 13.0}),
        (["step", ["get", "n"], 0, 12, 1], set()),
        (["*", 2, ["interpolate", ["exponential", 2], ["zoom"], 8, 1, 9, 3]], {8.0, 9.0}),
        ({"a": ["step", ["zoom"], 0, 5, 1], "b": ["step", ["zoom"], 0, 6, 1]}, {5.0, 6.0}),
    ],
)
def test_zooms_at_which_a_style_bends(expression: Any, zooms: set[float]) -> None:
    """Those of the zoom alone, not of a feature's values."""
    assert stops(expression) == zooms


def test_operators_are_known_by_name() -> None:
    """Names of fonts are none."""
    assert is_operator("match")
    assert not is_operator("Be Vietnam Pro")
    assert not is_operator(["get"])


_BOUND: list[tuple[Any, Any]] = [
    ("plain", "plain"),
    (["get", "k"], "b"),
    (["get", "n"], ["get", "n"]),
    (["match", ["get", "k"], "b", ["get", "n"], 0], ["get", "n"]),
    (["match", ["get", "k"], ["a", "c"], 1, 2], 2),
    (["match", ["get", "n"], 1, ["get", "k"], 2], ["match", ["get", "n"], 1, "b", 2]),
    (["interpolate", ["linear"], ["zoom"], 10, ["get", "k"], 12, 3], ["interpolate", ["linear"], ["zoom"], 10, "b", 12, 3]),
    (["Be Vietnam Pro"], ["Be Vietnam Pro"]),
    (["all", ["==", ["get", "k"], "b"], ["has", "n"]], ["all", True, ["has", "n"]]),
]


@pytest.mark.parametrize(("expression", "left"), _BOUND, ids=[str(expression) for expression, _left in _BOUND])
def test_what_is_left_when_k_is_known(expression: Any, left: Any) -> None:
    """Branches that cannot be taken are gone."""
    assert bind(expression, {"k": "b"}) == left


@pytest.mark.parametrize(
    ("expression", "constant"), [(3, True), ("x", True), (["a"], True), ([], True), (["zoom"], False), (["get", "k"], False)]
)
def test_constants(expression: Any, constant: bool) -> None:
    """What asks neither the feature nor the zoom."""
    assert is_constant(expression) is constant


_LEAF: st.SearchStrategy[Any] = st.one_of(st.integers(-9, 9), st.sampled_from([["get", "n"], ["get", "m"], ["zoom"]]))
_TREE: st.SearchStrategy[Any] = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "*", "-"]), inner, inner).map(list),
        st.tuples(st.just("match"), st.just(["get", "n"]), st.integers(0, 3), inner, inner).map(list),
        st.tuples(inner, inner, inner, inner).map(lambda t: ["case", ["<", t[0], t[1]], t[2], t[3]]),
        st.tuples(inner, inner).map(lambda t: ["step", ["zoom"], t[0], 12, t[1]]),
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(_TREE, st.integers(0, 3), st.integers(-9, 9), st.sampled_from([11.0, 12.0, 12.5]))
def test_knowing_a_value_early_changes_nothing(expression: Any, n: int, m: int, zoom: float) -> None:
    """Bound first or evaluated at once: the same number, and nothing is asked of n any more."""
    bound = bind(expression, {"n": n})
    assert evaluate(bound, {"m": m}, zoom) == evaluate(expression, {"n": n, "m": m}, zoom)
    assert "n" not in fields(bound)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("#0a141e", (10, 20, 30)),
        ("#FFF", (255, 255, 255)),
        ("#abc", (170, 187, 204)),
        ("red", (128, 128, 128)),
        ("", (128, 128, 128)),
        ("#12345", (128, 128, 128)),
    ],
)
def test_colours(text: str, parts: tuple[int, int, int]) -> None:
    """Long and short; grey for what is written otherwise."""
    assert rgb(text) == parts


@pytest.mark.parametrize(
    ("text", "hexadecimal"), [("#00ff7F", True), ("00ff7f", False), ("#fff", False), ("#00ff7f\n", False), ("#gg0000", False)]
)
def test_only_six_digits_are_a_colour_of_ours(text: str, hexadecimal: bool) -> None:
    """With the sign before them and nothing after."""
    assert is_hex(text) is hexadecimal


def test_the_scale_of_zoom_0() -> None:
    """Half of what OGC's GoogleMapsCompatible says, whose tiles have 256 pixels and not 512."""
    assert scale_denominator(0) == pytest.approx(559_082_264.0287178 / 2, rel=1e-9)


@settings(max_examples=50)
@given(st.floats(0, 24))
def test_scales_and_zooms_are_each_others_inverse(zoom: float) -> None:
    """To the hundredth that a zoom is rounded to; one zoom more is half of the scale."""
    assert zoom_of_scale(scale_denominator(zoom)) == pytest.approx(zoom, abs=0.006)
    assert scale_denominator(zoom + 1) == pytest.approx(scale_denominator(zoom) / 2)


@pytest.mark.parametrize("metres", [0.0, -1.0])
def test_a_pixel_without_size_is_the_deepest_zoom(metres: float) -> None:
    """Rather than an error of arithmetic."""
    assert zoom_of_metres(metres) == 24.0
