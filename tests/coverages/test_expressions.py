"""Band arithmetic: what is computed, and what does not get through."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.errors import BadParameter
from layers.coverages.expressions import MAX_TEXT, parsed

DATA = np.ma.MaskedArray(np.array([[[1.0, 4.0, 9.0]], [[2.0, 0.0, 3.0]]]), mask=[[[False, False, True]], [[False, False, False]]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b1+b2", [3, 4]),
        ("(b1-b2)/(b1+b2)", [-1 / 3, 1]),
        ("sqrt(b1)*b2", [2, 0]),
        ("where(b1>2, b1, -b2)", [-2, 4]),
        ("b1>=4", [0, 1]),
        ("(b1>0) & ~(b2>0)", [0, 1]),
        ("b1**2+b2*0", [1, 16]),
        ("abs(b2-b1)", [1, 4]),
    ],
)
def test_arithmetic(text: str, expected: list[float]) -> None:
    """Masked where a band is."""
    found = parsed(text, 2).of(DATA)
    assert found.compressed().tolist() == pytest.approx(expected)
    assert np.ma.getmaskarray(found).tolist() == [[False, False, True]]


def test_what_is_no_number_is_missing() -> None:
    """Division by nothing."""
    assert np.ma.getmaskarray(parsed("b1/b2", 2).of(DATA)).tolist() == [[False, True, True]]


@pytest.mark.parametrize(
    "text",
    [
        "", "1+1", "b0", "b3", "b01", "c1", "b1.real", "b1[0]", "b1 if b1 else b2", "lambda: b1", "f'{b1}'", "'b1'", "b1;b2", "b1=2",
        "__import__('os').system('x')", "open('x')", "exp(b1, b2)", "where(b1, 1, 2)", "b1 and b2", "b1 & b2", "-(b1>2)", "1<b1<3",
        "b1**b2", "b1**99", "b1**-99", "9"*400, "b1+" * 90 + "b1", "-" * 40 + "b1", "b1 % 2", "b1 // 2",
        "b1 @ b2", "b1 << 40", "True", "b1 + True", "1e400*b1", "[b1]", "(b1, b2)", "{b1}", "*b1", "b1 in b2", "abs(x=b1)",
    ],
)  # fmt: skip
def test_nothing_else_gets_through(text: str) -> None:
    """Refused by name, at once."""
    with pytest.raises(BadParameter) as refused:
        parsed(text, 2)
    assert refused.value.field == "expression"


@settings(max_examples=120)
@given(st.text(alphabet="b12()+-*/<>&~. ,whersqt9_'[]{}", max_size=MAX_TEXT + 5))
def test_any_text_is_an_answer_or_a_refusal(text: str) -> None:
    """Never another failure."""
    try:
        expression = parsed(text, 2)
    except BadParameter:
        return
    data = np.ma.MaskedArray(np.ones((len(expression.bands), 1, 2)))
    assert expression.of(data).shape == (1, 2)
