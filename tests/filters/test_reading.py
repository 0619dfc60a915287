"""Reading: limits stand before the parser, and every mistake is a sentence."""

import json

import pytest

from gis_core.errors import BadParameter
from layers.filters.reading import MAX_BYTES, MAX_DEPTH, MAX_OPERATORS, read

TREE = {"op": "and", "args": [{"op": "=", "args": [{"property": "kind"}, "x"]}, {"op": ">", "args": [{"property": "lanes"}, 2.0]}]}


def test_both_languages_mean_the_same() -> None:
    assert read("kind = 'x' AND lanes > 2") == TREE
    assert read(json.dumps(TREE), "cql2-json") == TREE


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2_500 + "a = 1" + ")" * 2_500,
        "NOT (" * 2_500 + "a = 1" + ")" * 2_500,
        "a IN (" + "(" * 2_500 + "1" + ")" * 2_501,
        "'" + "(" * 5_000,
        "(" * 2_500,
    ],
)
def test_deep_nesting_never_reaches_the_parser(text: str) -> None:
    """Each of these ends the process when the parser is given it."""
    with pytest.raises(BadParameter, match="filter"):
        read(text)


def test_deep_json_is_refused() -> None:
    deep = '{"op":"not","args":[' * 1_500 + "{}" + "]}" * 1_500
    with pytest.raises(BadParameter):
        read(deep[:MAX_BYTES], "cql2-json")
    with pytest.raises(BadParameter):
        read('{"op":"not","args":[' * 100 + '{"property":"a"}' + "]}" * 100, "cql2-json")


def test_the_depth_and_the_number_of_operators_are_limited() -> None:
    read("NOT " * (MAX_DEPTH - 1) + "a = 1")
    with pytest.raises(BadParameter, match=str(MAX_DEPTH)):
        read("NOT " * MAX_DEPTH + "a = 1")
    read(" OR ".join(["a = 1"] * (MAX_OPERATORS - 1)))
    with pytest.raises(BadParameter, match=str(MAX_OPERATORS)):
        read(" OR ".join(["a = 1"] * MAX_OPERATORS))


def test_the_length_is_limited_in_bytes() -> None:
    with pytest.raises(BadParameter, match=str(MAX_BYTES)):
        read("a = '" + "ữ" * (MAX_BYTES // 3) + "'")


def test_brackets_in_texts_are_no_nesting() -> None:
    assert read("a = '" + "(" * 250 + "'")["args"][1] == "(" * 250


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "cql2-text"),
        ("   ", "cql2-text"),
        ("a =", "cql2-text"),
        ("a = 'x", "cql2-text"),
        ("a = = 1", "cql2-text"),
        ("{", "cql2-json"),
        ("[]", "cql2-json"),
        ("null", "cql2-json"),
        ('{"op": 3}', "cql2-json"),
        ('{"op": "=", "args": 5}', "cql2-json"),
        ("a = 1", "cql2-json"),
    ],
)
def test_what_is_no_expression_is_said_so(text: str, language: str) -> None:
    with pytest.raises(BadParameter, match="filter") as caught:
        read(text, language)
    assert caught.value.field == "filter"


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(BadParameter, match="5"):
        read("a = = 1")
