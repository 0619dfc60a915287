"""Pictures of layers in memory: what they show is what the database would show, of the same rows."""

import io
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.store.grid import to_grid, to_metres
from layers.store.loader import load
from layers.store.registry import stores
from layers.store.store import LayerStore, Picked
from tests.cast import Person
from tests.service import Service
from tests.store.plans import CORNER, geometries, plans, store_of
from tests.wms.asking import get_map, image_of
from tests.world import World
from tiles.drawing import pictures
from tiles.drawing.held import rows as held_rows
from tiles.drawing.held.shapefile import Column, Shapefile
from tiles.drawing.held.sharing import Slot
from tiles.drawing.numbering import Numbering
from tiles.drawing.painting import FORMATS
from tiles.drawing.rows import Rows
from tiles.drawing.view import View
from tiles.engine import engine

BOX = (12_074_500.0, 1_753_200.0, 12_075_500.0, 1_753_950.0)
Drawn = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
_KINDS = {"Point": "Point", "LineString": "LineString", "Polygon": "Polygon"}


def _picked(store: LayerStore) -> Picked:
    columns = store.base
    rows = np.arange(len(columns), dtype=np.int64)
    return Picked(columns.places[0].geometry, columns.places[0].boxes, rows, columns.ids.astype(np.int64), columns.codes)


def _read(shapefile: Shapefile, folder: Any, spare: int = 0) -> geopandas.GeoDataFrame:
    """Through GDAL; the files are longer than what is in them by `spare` bytes, as those in memory are."""
    shp, shx, dbf = (size + spare for size in shapefile.sizes)
    main, index, table = np.full(shp // 4, 7, np.int32), np.full(shx // 4, 7, np.int32), np.full(dbf, 7, np.uint8)
    shapefile.write(main, index, table)
    for ending, content in (("shp", main.tobytes()), ("shx", index.tobytes()), ("dbf", table.tobytes())):
        (folder / f"a.{ending}").write_bytes(content)
    return geopandas.read_file(folder / "a.shp", engine="pyogrio")


def _on_grid(shape: Any) -> Any:
    """A geometry with its vertices where the store keeps them."""
    return shapely.transform(shape, lambda at: np.array([to_metres(*place) for place in to_grid(at).tolist()]).reshape(-1, 2))


def _several(shape: Any) -> Any:
    """A collection of the parts: a single one may stand alone or in a collection of one."""
    return shapely.GeometryCollection(list(shapely.get_parts(shape)))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from((40.0, 5000.0, 90_000.0)).flatmap(plans), st.lists(geometries(90_000.0), max_size=3))
def test_a_shapefile_has_every_vertex(tmp_path_factory: pytest.TempPathFactory, shapes: list[Any], wide: list[Any]) -> None:
    """Of a kind at a time, as GDAL reads it; rings are closed and run as the format says."""
    every = [shape for shape in (*shapes, *wide) if shape is not None and not shape.is_empty]
    for kind in _KINDS:
        given_ = [shape for shape in every if kind in shape.geom_type]
        if not given_:
            continue
        store = store_of(given_)
        picked = _picked(store)
        found = _read(Shapefile.of(picked, ()), tmp_path_factory.mktemp("shp"))
        order = store.base.ids.tolist()
        assert len(found) == len(given_)
        for row, shape in enumerate(found.geometry):
            expected = _on_grid(given_[(order[row] - 1) // 7])
            assert _several(shape).equals_exact(_several(expected), 1e-6, normalize=True), (shape.wkt, expected.wkt)


def test_numbers_stand_beside_them(tmp_path: Any) -> None:
    """Negative ones, and more than one column."""
    store = store_of([shapely.Point(CORNER[0] + number, CORNER[1]) for number in range(11)])
    picked = _picked(store)
    codes = picked.codes[0]
    numbers = [-1, 205, *range(2, int(codes.max()) + 1)]
    found = _read(Shapefile.of(picked, [Column("class0", codes, numbers), Column("class1", codes, numbers[::-1])]), tmp_path)
    assert found.class0.tolist() == [numbers[code] for code in codes]
    assert found.class1.tolist() == [numbers[::-1][code] for code in codes]


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[FeatureLayer, LayerStore]]:
    """`in_memory("parcels")`: the layer is there as the database has it now."""

    def keep(name: str) -> tuple[FeatureLayer, LayerStore]:
        layer = next(layer for layer in catalogue.feature_layers() if layer.name == name)
        store = load(layer, 10**9).store
        monkeypatch.setattr(stores, "get", {layer: store}.get)
        monkeypatch.setattr(engine, "ready", True)
        monkeypatch.setattr(pictures, "_documents", OrderedDict())
        return layer, store

    return keep


def _drawn(shown: pictures.Shown, density: float, size: tuple[int, int] = (1000, 751)) -> Drawn:
    made = pictures.picture([shown], View(BOX, 3857, *size, density), FORMATS["image/png; mode=32bit"])
    return np.asarray(Image.open(io.BytesIO(made)).convert("RGBA"), np.int16)


@pytest.mark.parametrize("density", [1.0, 4.0])
@pytest.mark.parametrize("name", ["parcels", "water", "roads", "facilities", "admin_units", "incidents"])
def test_memory_and_database_draw_alike(
    world: World, in_memory: Callable[[str], tuple[FeatureLayer, LayerStore]], name: str, density: float
) -> None:
    """To a step of the grid; labels come from the database in both."""
    layer, _store = in_memory(name)
    rows = Rows(layer, Reach(everything=True))
    first, second = (_drawn(pictures.Shown(rows, known=known), density) for known in (False, True))
    assert first[..., 3].max() > 0, "nothing is drawn"
    assert np.abs(first - second).mean() < 0.4
    assert (np.abs(first - second).max(axis=2) > 64).mean() < 0.004


def test_what_is_drawn_from_memory(world: World, in_memory: Callable[[str], tuple[FeatureLayer, LayerStore]]) -> None:
    """Plain rows at a scale that the grid suffices for; filters, intervals, other coordinates and names go to the database."""
    layer, store = in_memory("parcels")
    rows, view = Rows(layer, Reach(everything=True)), View(BOX, 3857, 1000, 751, 4.0)
    assert held_rows.store_of(rows, view) is store
    assert held_rows.store_of(Rows(layer, Reach(everything=True), (None, None)), view) is None
    assert held_rows.store_of(rows, View((12_074_500.0, 1_753_200.0, 12_074_501.0, 1_753_201.0), 3857, 1000, 1000)) is None
    assert held_rows.store_of(rows, View(BOX, 5899, 1000, 751)) is None
    assert held_rows.knows(layer, store, [Numbering("class0", "land_use", {"ODT": 0}, 1)])
    assert not held_rows.knows(layer, store, [Numbering("class0", "sheet_no", {"1": 0}, 1)])
    plan = pictures._document([pictures.Shown(rows, known=True)], view, [store])
    assert plan.held and "postgis" not in plan.xml
    labelled = pictures._document([pictures.Shown(rows, known=True)], View(BOX, 3857, 2000, 1502, 1.0), [store])
    assert labelled.held and "postgis" in labelled.xml, "numbers of parcels are attributes"


def test_a_slot_is_written_over(world: World, in_memory: Callable[[str], tuple[FeatureLayer, LayerStore]]) -> None:
    """A small picture after a large one, and one that has outgrown the files."""
    slot, small, large = Slot(), store_of([shapely.Point(*CORNER)]), store_of([shapely.Point(*CORNER).buffer(50, 64)] * 400)
    names = []
    for store, count in ((small, 1), (large, 400), (small, 1)):
        names.append(slot.written(Shapefile.of(_picked(store), ())))
        found = geopandas.read_file(names[-1], engine="pyogrio")
        assert len(found) == count
        slot.released()
    assert names[0] != names[1] == names[2]
    slot.close()
    assert not Path(names[-1]).exists()


def test_the_service_draws_what_one_may_see(asgi: Service, scratch: World, officer: Person, sibling: Person) -> None:
    """From memory and from the database the same pixels, for each person; the two see different rows."""
    asgi.await_memory()
    seen = []
    for person in (officer, sibling):
        memory, database = (
            np.asarray(image_of(get_map(asgi, "parcels", person, FORMAT="image/png; mode=32bit", DPI=24, **more)), np.int16)
            for more in ({}, {"CQL_FILTER": "land_use IS NOT NULL"})
        )
        assert np.abs(memory - database).mean() < 0.4
        seen.append(memory)
    assert (seen[0] != seen[1]).any()
