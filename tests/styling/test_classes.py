"""Classes draw every feature exactly as MapLibre's expressions say."""

import itertools
from typing import Any

import pytest

from layers.layer import FeatureLayer
from layers.portrayal import style_of
from layers.styling.classes import OTHER, TEXT, Class, Condition, classes
from layers.styling.expressions import NotHeld, evaluate, fields, values
from tests.world import declared_layers


def _holds(condition: Condition, properties: dict[str, Any]) -> bool:
    return (properties.get(condition.field) in condition.values) != condition.negated


def _drawn(found: list[Class], properties: dict[str, Any]) -> list[Class]:
    return [one for one in found if any(all(_holds(c, properties) for c in conditions) for conditions in one.alternatives)]


@pytest.mark.parametrize("layer", declared_layers(), ids=lambda layer: layer.name)
@pytest.mark.parametrize("zoom", [10.5, 14, 17.25])
def test_every_combination_is_in_one_class(layer: FeatureLayer, zoom: float) -> None:
    """And that class has the paint that the expressions give it."""
    for part in style_of(layer):
        if part["source-layer"] not in (layer.name, layer.label_layer):
            continue
        given = {name: value for name, value in {**part.get("layout", {}), **part.get("paint", {})}.items() if name != TEXT}
        wanted = part.get("filter")
        names = sorted(fields([wanted, *given.values()]))
        found = classes(part, zoom)
        for combination in itertools.product(*([*values([wanted, *given.values()], name), OTHER, None] for name in names)):
            properties = dict(zip(names, combination, strict=True))
            drawn = _drawn(found, properties)
            if wanted is not None and evaluate(wanted, properties, zoom) is not True:
                assert drawn == []
                continue
            assert len(drawn) == 1
            for name, expression in given.items():
                if name == "text-font":
                    continue
                assert drawn[0].get(name) == _plain(evaluate(expression, properties, zoom))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (["interpolate", ["linear"], ["zoom"], 10, 1, 14, 3], 2),
        (["interpolate", ["exponential", 2], ["zoom"], 10, 0, 14, 15], 3),
        (["step", ["zoom"], "a", 12, "b", 13, "c"], "b"),
        (["case", [">", ["get", "n"], 3], "many", "few"], "many"),
        (["coalesce", ["get", "missing"], "x"], "x"),
        (["concat", ["get", "name"], " ", ["to-string", ["get", "n"]]], "Ngưỡng 5"),
        (["all", ["has", "n"], ["!", ["in", ["get", "name"], ["literal", ["a", "b"]]]]], True),
        (["*", ["+", 1, ["get", "n"]], ["-", 2]], -12),
        (["<", ["get", "missing"], 3], False),
    ],
)
def test_expressions(expression: list[Any], value: object) -> None:
    """As MapLibre evaluates them at zoom 12."""
    assert evaluate(expression, {"n": 5, "name": "Ngưỡng"}, 12) == value


def test_what_is_not_known_is_named() -> None:
    """The operator."""
    with pytest.raises(NotHeld, match="heatmap-density"):
        evaluate(["heatmap-density"], {}, 3)
    assert classes({"type": "fill", "filter": ["within", {}], "paint": {}}, 3) == []
