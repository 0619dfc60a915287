"""Files for analysts: the same rows as the pages, in CSV, FlatGeobuf, GeoParquet, sequences of GeoJSON, JSON-FG."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from gis_core.access import Reach
from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.world import World, ordinary_layers

NAMES = [layer.name for layer in ordinary_layers()]
KINDS = ("csv", "flatgeobuf", "parquet", "geojsonseq")


def read(kind: str, content: bytes, path: Path) -> Any:
    """A file as analysts' programs read it."""
    if kind == "csv":
        path = path.with_suffix(".csv")
        path.write_bytes(content)
        return pyogrio.read_dataframe(path)
    if kind == "geojsonseq":
        features = [json.loads(line) for line in content.decode().split("\x1e") if line.strip()]
        return geopandas.GeoDataFrame.from_features(features, crs=4326)
    path.write_bytes(content)
    return geopandas.read_parquet(path) if kind == "parquet" else pyogrio.read_dataframe(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_files_hold_what_pages_hold(ogc: Ask, world: World, leader: Person, tmp_path: Path, name: str, kind: str) -> None:
    """The same number, names, values and places."""
    page = ogc(f"collections/{name}/items", leader, limit=1000, datetime="../..").json()["features"]
    answer = ogc(f"collections/{name}/items", leader, f=kind, datetime="../..")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}.')
    table = read(kind, answer.content, tmp_path / f"{name}.{kind}")
    assert len(table) == len(page) > 0
    properties = geopandas.GeoDataFrame.from_features(page, crs=4326)
    assert set(properties.columns) - {"geometry"} <= set(table.columns)
    assert sorted(table.bounds.minx.round(6)) == sorted(properties.bounds.minx.round(6))


@pytest.mark.parametrize("kind", ["flatgeobuf", "parquet"])
def test_files_keep_types_and_say_their_crs(ogc: Ask, officer: Person, world: World, tmp_path: Path, kind: str) -> None:
    uri = "http://www.opengis.net/def/crs/EPSG/0/5899"
    answer = ogc("collections/parcels/items", officer, f=kind, crs=uri)
    assert answer.headers["Content-Crs"] == f"<{uri}>"
    table = read(kind, answer.content, tmp_path / f"parcels.{kind}")
    assert table.crs.to_epsg() == 5899
    assert 500_000 < table.bounds.minx.iloc[0] < 700_000, "east first"
    assert table["area_m2"].dtype.kind == "f"
    assert table["is_demo"].dtype.kind == "b"
    assert str(table["valid_from"].iloc[0])[:4].isdigit()


def test_degrees_stay_east_north_in_files(ogc: Ask, tmp_path: Path) -> None:
    """Also where the authority writes latitude first: the formats say so."""
    answer = ogc("collections/facilities/items", f="parquet", crs="http://www.opengis.net/def/crs/EPSG/0/4326")
    table = read("parquet", answer.content, tmp_path / "facilities.parquet")
    assert 107 < table.geometry.iloc[0].x < 110


def test_selecting_sorting_and_choosing_work_in_files(ogc: Ask, world: World) -> None:
    text = ogc("collections/facilities/items", f="csv", properties="name", sortby="-name", limit=3).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["id", "name", "WKT"]
    page = ogc("collections/facilities/items", sortby="-name", limit=3).json()["features"]
    assert [int(row["id"]) for row in rows] == [feature["id"] for feature in page]
    assert rows[0]["WKT"].startswith("POINT (")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_found_is_a_file_too(ogc: Ask, tmp_path: Path, kind: str) -> None:
    answer = ogc("collections/facilities/items", f=kind, name="there is none")
    assert answer.status_code == 200
    if kind != "geojsonseq":
        assert len(read(kind, answer.content, tmp_path / f"none.{kind}")) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_client_holds_is_not_sent_again(ogc: Ask, kind: str) -> None:
    tag = ogc("collections/facilities/items", f=kind).headers["ETag"]
    assert ogc("collections/facilities/items", f=kind, headers={"If-None-Match": tag}).status_code == 304


def test_spreadsheets_run_nothing(ogc: Ask) -> None:
    from layers.ogc.exports.text import cell

    assert [cell(value) for value in ("=1+1", "+84", "@x", "-5", "Đường", -5)] == ["'=1+1", "'+84", "'@x", "'-5", "Đường", -5]


def test_an_abandoned_file_gives_everything_back(world: World) -> None:
    """The writer ends, the connection closes, the place is free."""
    from django.http import QueryDict

    from layers.layer import FeatureLayer
    from layers.ogc.exports import EXPORT_LIMITS
    from layers.ogc.exports.reading import Reading, _slots
    from layers.ogc.exports.streaming import _pieces
    from layers.ogc.exports.text import write_csv
    from layers.ogc.selection import read_selection
    from layers.parameters import Parameters

    layer: FeatureLayer = next(layer for layer in ordinary_layers() if layer.name == "facilities")
    selection = read_selection(Parameters(QueryDict(""), ()), layer, EXPORT_LIMITS)
    held = []
    for _number in range(4):
        reading = Reading.of(selection, Reach(everything=True), as_geojson=False)
        pieces = _pieces(reading, write_csv)
        next(pieces)
        held.append(pieces)
    assert not _slots.acquire(blocking=False), "all places are taken"
    for pieces in held:
        pieces.close()  # type: ignore[attr-defined]
    assert _slots.acquire(blocking=False)
    _slots.release()


def test_too_many_files_at_once_wait(ogc: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import BoundedSemaphore

    taken = BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr("layers.ogc.exports.reading._slots", taken)
    answer = ogc("collections/facilities/items", f="csv")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_json_fg_tells_system_and_time(ogc: Ask, officer: Person, world: World) -> None:
    uri = "http://www.opengis.net/def/crs/EPSG/0/5899"
    document = ogc("collections/parcels/items", officer, f="jsonfg", crs=uri).json()
    assert document["coordRefSys"] == uri
    assert "http://www.opengis.net/spec/json-fg-1/1.0/conf/core" in document["conformsTo"]
    feature = document["features"][0]
    assert feature["geometry"] is None
    assert feature["place"]["coordinates"]
    assert feature["time"]["interval"][1] == ".."
    plain = ogc("collections/incidents/items", f="jsonfg").json()["features"][0]
    assert plain["place"] is None and plain["geometry"] and "timestamp" in plain["time"]


def test_duckdb_reads_the_parquet(ogc: Ask, world: World, tmp_path: Path) -> None:
    """In a process of its own, as an analyst does."""
    path = tmp_path / "facilities.parquet"
    path.write_bytes(ogc("collections/facilities/items", f="parquet").content)
    code = f"import duckdb; print(duckdb.sql(\"SELECT count(*) FROM '{path}' WHERE name IS NOT NULL\").fetchall()[0][0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) == len(world.rows["facilities"])
