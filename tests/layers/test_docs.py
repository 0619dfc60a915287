"""docs/layers.md keeps its promise: the code on that page makes a layer that is in every service, and then it is gone again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from layers.catalogue import catalogue
from layers.checks import check_layer
from layers.layer import FeatureLayer
from tests.contract import oracle, services
from tests.contract.reader import Absent, Reader
from tests.service import Service
from tests.world import World

_PAGE = Path(settings.BASE_DIR, "docs", "layers.md")
_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def _declaration() -> str:
    codes: list[str] = _CODE.findall(_PAGE.read_text(encoding="utf-8"))
    return next(code for code in codes if "@register" in code)


@pytest.fixture
def shelters(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeatureLayer]:
    """The layer of the page, registered while the test runs."""
    monkeypatch.setitem(oracle.POLICIES, "shelters", oracle.POLICIES["facilities"])
    exec(compile(_declaration(), str(_PAGE), "exec"), {"__name__": "docs"})  # noqa: S102  the page's own code
    layer = catalogue._declared["shelters"]
    assert isinstance(layer, FeatureLayer)
    yield layer
    if "shelters" in catalogue._declared:
        catalogue.unregister("shelters")


@pytest.fixture
def reader(asgi: Service, world: World, shelters: FeatureLayer, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A visitor who reads the new layer; its rows are those of the facilities."""
    monkeypatch.setitem(world.rows, "shelters", world.rows["facilities"])
    return Reader(asgi, world.cast["anonymous"], shelters, world)


def test_it_costs_fifteen_lines() -> None:
    """Counted from the decorator, and with the imports not much more."""
    code = _declaration()
    assert len(code[code.index("@register") :].splitlines()) <= 15


def test_the_declaration_is_right(shelters: FeatureLayer) -> None:
    """The system checks have nothing to say."""
    assert list(check_layer(shelters)) == []


@services.parametrize(services.KEYS)
def test_its_rows_are_in_every_service(reader: Reader, service: services.Keys) -> None:
    """Tiles, items, points."""
    assert service(reader) == reader.expected


@services.parametrize(services.COUNTS)
def test_it_is_counted_in_every_service(reader: Reader, service: services.Counts) -> None:
    """Page, wall, items."""
    assert service(reader) == len(reader.expected)


@services.parametrize(services.PRESENCE)
def test_it_is_named_in_every_service(reader: Reader, service: services.Presence) -> None:
    """Style, TileJSON, catalogue, collections, live."""
    service(reader)


def test_the_tiles_carry_its_tile_fields_alone(reader: Reader) -> None:
    """And no others."""
    z, x, y = services.tile_of(*reader.rows[0].at, 14)
    features = services.decode(reader.get(f"/tiles/shelters/{z}/{x}/{y}.mvt").content)["shelters"]
    assert features
    assert all(set(feature["properties"]) <= {"name", "capacity"} for feature in features)


@services.parametrize({**services.KEYS, **services.COUNTS, **services.EXTENTS, **services.PRESENCE})
def test_it_disappears_from_every_service(reader: Reader, service: services.Presence) -> None:
    """Nothing remembers a layer that is withdrawn."""
    reader.get("/tiles/shelters.json")
    catalogue.unregister("shelters")
    with pytest.raises(Absent):
        service(reader)
