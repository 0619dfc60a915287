"""The file of a result: round trips, formats of analysts, tiles that are encoded in memory."""

import io
from pathlib import Path
from typing import Any

import geopandas
import mapbox_vector_tile
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core import crs
from layers.analysis import results
from layers.analysis.contract import PLANE
from layers.analysis.work import frame_of, ordered
from layers.queries.files import tile_around
from layers.queries.mvt import EXTENT, bounds_of, encoded

EAST, NORTH = 553_000.0, 1_721_000.0
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
values = st.lists(st.tuples(words | st.none(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6)), min_size=1, max_size=8)


def frame(rows: list[tuple[Any, ...]]) -> Any:
    """Squares beside each other with a text, a whole number and a number."""
    shapes = [shapely.box(EAST + n * 10, NORTH, EAST + n * 10 + 8, NORTH + 8) for n in range(len(rows))]
    return frame_of(shapes, name=[row[0] for row in rows], count=[row[1] for row in rows], size=[row[2] for row in rows])


@given(values)
@settings(max_examples=25, deadline=None)
def test_a_result_is_the_same_after_it_was_kept(rows: list[tuple[Any, ...]]) -> None:
    """Values, shapes, missing values and the plane; a column without any value too."""
    made = frame(rows)
    back = results.from_bytes(results.to_bytes(made))
    assert back.crs.to_epsg() == PLANE
    assert [None if pandas.isna(value) else value for value in back["name"]] == [row[0] for row in rows]
    assert back["count"].tolist() == made["count"].tolist()
    assert back["size"].tolist() == made["size"].tolist()
    assert shapely.equals_exact(back.geometry.to_numpy(), made.geometry.to_numpy()).all()


@given(st.permutations(list(range(6))))
@settings(max_examples=20, deadline=None)
def test_the_order_of_parts_does_not_matter(order: list[int]) -> None:
    """Results are written in the order of their values, so that two runs write the same file."""
    made = frame([("b", 1, 0.5), ("a", 2, 0.5), ("a", 1, 0.5), ("a", 1, 0.5), ("c", 0, -1.0), ("b", 1, 0.25)])
    shuffled = made.iloc[order].reset_index(drop=True)
    assert ordered(shuffled).to_csv(index=False) == ordered(made).to_csv(index=False)


@pytest.mark.parametrize("form", ["gpkg", "fgb", "geojson", "csv"])
def test_files_hold_what_was_found(form: str, tmp_path: Path) -> None:
    """In metres of VN-2000; GeoJSON in degrees, CSV with shapes as text and a mark of its letters for Excel."""
    data = results.written(frame([("Đất ở", 3, 1.5), ("lúa", 4, 2.5)]), form, "result")
    if form == "csv":
        assert data.startswith(b"\xef\xbb\xbf")
        lines = data.decode("utf-8-sig").splitlines()
        assert lines[0] == "name,count,size,wkt"
        assert lines[1].startswith("Đất ở,3,1.5,")
        assert "553000" in lines[1]
        return
    path = tmp_path / f"result.{form}"
    path.write_bytes(data)
    read = geopandas.read_file(path)
    assert sorted(read["name"]) == ["lúa", "Đất ở"]
    assert read.crs.to_epsg() == (crs.WGS84 if form == "geojson" else PLANE)
    west = read.total_bounds[0]
    assert west == pytest.approx(crs.transform(PLANE, crs.WGS84, EAST, NORTH)[0] if form == "geojson" else EAST, abs=1e-4)


def test_geoparquet_is_read_by_others() -> None:
    """By geopandas from its bytes, with the CRS in the file."""
    read = geopandas.read_parquet(io.BytesIO(results.to_bytes(frame([("a", 1, 2.0)]))))
    assert (read.crs.to_epsg(), len(read)) == (PLANE, 1)


@given(st.integers(0, 20), st.data())
@settings(max_examples=60, deadline=None)
def test_tiles_lie_where_the_web_mercator_quad_has_them(z: int, data: Any) -> None:
    """Each tile's four children fill it; the smallest tile over a box inside a tile is that tile or one below."""
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _axis in "xy")
    west, south, east, north = bounds_of(z, x, y)
    children = [bounds_of(z + 1, 2 * x + right, 2 * y + down) for right in (0, 1) for down in (0, 1)]
    assert min(one[0] for one in children) == pytest.approx(west)
    assert max(one[3] for one in children) == pytest.approx(north)
    third = (east - west) / 3
    inner = (west + third, south + third, east - third, north - third)
    zoom, column, row = tile_around(inner)
    assert zoom >= z
    assert (column >> (zoom - z), row >> (zoom - z)) == (x, y)


def test_shapes_in_tiles_stand_on_the_grid() -> None:
    """The lower left quarter of a tile, with its id and values, in one layer of two."""
    west, south, east, north = bounds_of(14, 13_128, 7_452)
    quarter = shapely.box(west, south, (west + east) / 2, (south + north) / 2)
    content = mapbox_vector_tile.decode(encoded([("one", [(quarter, 7, {"kind": "a", "n": 2})]), ("empty", [])], 14, 13_128, 7_452))
    (feature,) = content["one"]["features"]
    assert (feature["id"], feature["properties"], content["one"]["extent"]) == (7, {"kind": "a", "n": 2}, EXTENT)
    ring = np.array(feature["geometry"]["coordinates"][0])
    assert (ring.min(axis=0).tolist(), ring.max(axis=0).tolist()) == ([0, 0], [EXTENT // 2, EXTENT // 2])
    assert content.get("empty", {"features": []})["features"] == []
