"""The rule by which layers are read in full or in part (tests/contract/shapes.py) leaves nothing out that could differ."""

import dataclasses

from gis_core.access import AccessRule
from layers.layer import FeatureLayer
from tests.cast import NAMES
from tests.contract import oracle
from tests.contract.shapes import furthest_apart, readings, shape
from tests.world import declared_layers

ALL = readings(declared_layers())


def _full() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for reading in ALL:
        if reading.full:
            found.setdefault(reading.layer.name, set()).add(reading.person)
    return found


def test_every_layer_is_read() -> None:
    assert {reading.layer.name for reading in ALL} == {layer.name for layer in declared_layers()}
    assert len(ALL) == len({(reading.layer.name, reading.person) for reading in ALL})


def test_every_shape_is_read_in_full_by_everybody() -> None:
    full = _full()
    assert {shape(layer) for layer in declared_layers()} == {shape(layer) for layer in declared_layers() if layer.name in full}
    assert all(people == set(NAMES) for people in full.values())


def test_a_layer_is_read_in_part_only_beside_its_like() -> None:
    """Of the same access rule, words of the oracle, geometry and times."""
    full = [layer for layer in declared_layers() if layer.name in _full()]
    for layer in (layer for layer in declared_layers() if layer not in full):
        (twin,) = [other for other in full if shape(other) == shape(layer)]
        assert twin.name != layer.name
        assert (twin.access == layer.access) or twin.access.public == layer.access.public == "all"
        assert oracle.policy(twin.name) == oracle.policy(layer.name)
        assert twin.geometry_field.geom_type == layer.geometry_field.geom_type


def test_whoever_reads_in_part_sees_most_and_least() -> None:
    for layer in declared_layers():
        roles = {name: oracle.policy(layer.name).everybody for name in furthest_apart(layer)}
        assert roles
        assert "leader" in roles or all(roles.values())


def test_a_rule_of_its_own_is_a_shape_of_its_own() -> None:
    """Also where the oracle was written alike by mistake."""

    class Model:
        access = AccessRule(view=frozenset({"somebody"}))

    for layer in declared_layers():
        other = type("Other", (type(layer),), {"access": dataclasses.replace(layer.access, public="none", view=Model.access.view)})()
        assert isinstance(other, FeatureLayer)
        assert shape(other) != shape(layer)
