"""Expressions and settings in QGIS's words."""

from typing import Any

import pytest
from lxml import etree

from layers.qgis.options import add_option, data_defined
from layers.styling.expressions import NotHeld
from layers.styling.qgis_expression import ZOOM, field_name, qgis_expression

_WORDS: list[tuple[Any, str]] = [
    (None, "NULL"),
    (True, "true"),
    (False, "false"),
    (7, "7"),
    (0.5, "0.5"),
    (3.0, "3"),
    ("it's", "'it''s'"),
    ("a\nb", r"'a\nb'"),
    (["get", "name"], '"name"'),
    (["get", 'a"b'], '"a""b"'),
    (["has", "name"], '("name" IS NOT NULL)'),
    (["zoom"], ZOOM),
    (["literal", "x"], "'x'"),
    (["match", ["get", "k"], "a", 1, ["b", "c"], 2, 3], "CASE WHEN \"k\" IN ('a') THEN 1 WHEN \"k\" IN ('b', 'c') THEN 2 ELSE 3 END"),
    (["case", ["has", "k"], 1, 2], 'CASE WHEN ("k" IS NOT NULL) THEN 1 ELSE 2 END'),
    (["step", ["get", "n"], 0, 5, 1, 9, 2], 'CASE WHEN "n" >= 9 THEN 2 WHEN "n" >= 5 THEN 1 ELSE 0 END'),
    (
        ["interpolate", ["linear"], ["get", "n"], 0, 1, 10, 2],
        'CASE WHEN "n" <= 0 THEN 1 WHEN "n" <= 10 THEN scale_linear("n", 0, 10, 1, 2) ELSE 2 END',
    ),
    (["in", ["get", "k"], ["literal", ["a", "b"]]], "coalesce(\"k\" IN ('a', 'b'), false)"),
    (["all", True, ["has", "k"]], '(true AND ("k" IS NOT NULL))'),
    (["any", True, False], "(true OR false)"),
    (["!", ["has", "k"]], 'NOT ("k" IS NOT NULL)'),
    (["==", ["get", "k"], "a"], "coalesce(\"k\" = 'a', false)"),
    (["!=", ["get", "k"], "a"], "coalesce(\"k\" <> 'a', true)"),
    ([">=", ["get", "n"], 3], 'coalesce("n" >= 3, false)'),
    (["+", 1, ["get", "n"], 2], '(1 + "n" + 2)'),
    (["-", ["get", "n"]], '(-"n")'),
    (["-", 5, ["get", "n"]], '(5 - "n")'),
    (["/", ["*", 2, ["get", "n"]], 3], '((2 * "n") / 3)'),
    (["sqrt", ["ln", ["get", "n"]]], 'sqrt(ln("n"))'),
    (["concat", ["get", "a"], " ", ["to-string", ["get", "n"]]], 'concat("a", \' \', to_string("n"))'),
    (["coalesce", ["get", "a"], "–"], "coalesce(\"a\", '–')"),
    (["to-number", ["get", "a"]], 'to_real("a")'),
    (["number-format", ["get", "n"], {}], 'format_number("n", 0)'),
]


@pytest.mark.parametrize(("expression", "words"), _WORDS, ids=[str(expression) for expression, _words in _WORDS])
def test_expressions_in_qgis(expression: Any, words: str) -> None:
    """A missing value is unequal to each, as in MapLibre, and never unknown."""
    assert qgis_expression(expression) == words


@pytest.mark.parametrize(
    "expression", [["within", {}], [], {}, ["all", ["within", {}]], ["interpolate", ["cubic-bezier", 0, 0, 1, 1], ["zoom"], 1, 1, 2, 2]]
)
def test_what_qgis_has_no_word_for(expression: Any) -> None:
    """Is refused, also deep inside."""
    with pytest.raises(NotHeld):
        qgis_expression(expression)


def test_a_field_cannot_leave_its_quotes() -> None:
    """Quotes in names are doubled."""
    assert field_name('a" OR "b') == '"a"" OR ""b"'


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (True, "bool", "true"),
        (False, "bool", "false"),
        (3, "int", "3"),
        (0.25, "double", "0.25"),
        ("Tên", "QString", "Tên"),
        (None, "QString", "None"),
    ],
)
def test_plain_settings(value: Any, kind: str, text: str) -> None:
    """By QGIS's names of types."""
    option = add_option(etree.Element("config"), value, "x")
    assert dict(option.attrib) == {"name": "x", "type": kind, "value": text}


def test_settings_inside_of_settings() -> None:
    """Maps name their entries, lists do not."""
    option = add_option(etree.Element("config"), {"map": [{"Đất": "ODT"}, {}], "n": 1})
    assert option.get("name") is None
    assert [(entry.get("name"), entry.get("type")) for entry in option.iter()] == [
        (None, "Map"), ("map", "List"), (None, "Map"), ("Đất", "QString"), (None, "Map"), ("n", "int"),
    ]  # fmt: skip


def test_properties_by_expressions() -> None:
    """Each is active and of the kind of an expression."""
    parent = etree.Element("layer")
    data_defined(parent, {"size": '"n" * 2'})
    found = [(option.get("name"), option.get("value")) for option in parent.iter("Option") if option.get("value") is not None]
    assert found == [("name", ""), ("active", "true"), ("expression", '"n" * 2'), ("type", "3"), ("type", "collection")]


def test_no_properties_by_expressions() -> None:
    """An empty text stands in their place, as QGIS itself writes it."""
    parent = etree.Element("settings")
    data_defined(parent, {}, tag="dd_properties")
    properties = parent.find("dd_properties/Option/Option[@name='properties']")
    assert properties is not None
    assert dict(properties.attrib) == {"name": "properties", "type": "QString", "value": ""}
