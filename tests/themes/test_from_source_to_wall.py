"""Each theme from its source to the wall's numbers, the map, and the services that GIS programs read."""

import json
import re
from typing import Any

import pytest
from lxml import etree

from tests.cast import Person
from tests.contract.services import decode, tile_of
from tests.service import Service
from tests.themes.cases import CASES, LAT, LON, Case, prepare
from tests.themes.feeding import items, metric, send
from tests.world import World

_PAGE = re.compile(r'<script id="page" type="application/json">(.*?)</script>', re.DOTALL)


def _value(asgi: Service, leader: Person, case: Case, **query: Any) -> float:
    return float(metric(asgi, leader, f"{case.layer}.{case.metric}", **query)["amount"] or 0)


def _wall(asgi: Service, leader: Person) -> dict[str, Any]:
    found = _PAGE.search(asgi.get("/wall/", leader, headers={"Accept": "text/html"}).text)
    assert found
    page: dict[str, Any] = json.loads(found[1])
    return page


def _wfs_count(asgi: Service, leader: Person, layer: str) -> int:
    asked = f"/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=ioc:{layer}&RESULTTYPE=hits"
    return int(etree.fromstring(asgi.get(asked, leader).content).get("numberMatched", "-1"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_theme_reaches_every_screen(asgi: Service, scratch: World, leader: Person, case: Case) -> None:
    """Sent once or twice, a row counts once: in the whole, in its commune and province, on the wall, in tiles, OGC API and WFS."""
    prepare(scratch)
    unit = scratch.units["A"].pk
    before = _value(asgi, leader, case), _value(asgi, leader, case, unit=unit), _wfs_count(asgi, leader, case.layer)
    known = {feature["id"] for feature in items(asgi, leader, case.layer)}
    rows = case.rows()
    sender = scratch.cast[case.sender]
    answer = send(asgi, sender, f"/api/feeds/{case.layer}", rows)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"received": 1, "created": 1, "corrected": 0, "repeated": 0}
    assert int(answer.headers["X-Change-Seq"]) > 0
    assert send(asgi, sender, f"/api/feeds/{case.layer}", rows).json() == {"received": 1, "created": 0, "corrected": 0, "repeated": 1}
    after = _value(asgi, leader, case), _value(asgi, leader, case, unit=unit), _wfs_count(asgi, leader, case.layer)
    assert [new - old for new, old in zip(after, before, strict=True)] == pytest.approx([case.by, case.by, 1])
    for level in ("commune", "province"):
        found = metric(asgi, leader, f"{case.layer}.{case.metric}", by="unit", level=level)
        assert sum(group["amount"] or 0 for group in found["groups"]) == pytest.approx(after[0])
    (new,) = {feature["id"] for feature in items(asgi, leader, case.layer)} - known
    _on_the_map(asgi, leader, case, new)
    _on_the_wall(asgi, leader, case, len(known) + 1)


def _on_the_map(asgi: Service, leader: Person, case: Case, new: int) -> None:
    feature = asgi.get(f"/ogc/collections/{case.layer}/items/{new}?f=json", leader).json()
    place = feature["geometry"]["coordinates"]
    lon, lat = place if feature["geometry"]["type"] == "Point" else (LON + 0.0005, LAT + 0.0005)
    z, x, y = tile_of(lon, lat, 14)
    content = decode(asgi.get(f"/tiles/{case.layer}/{z}/{x}/{y}.mvt", leader).content)
    assert new in {row["id"] for row in content[case.layer]}


def _on_the_wall(asgi: Service, leader: Person, case: Case, count: int) -> None:
    page = _wall(asgi, leader)
    entry = next(layer for layer in page["layers"] if layer["name"] == case.layer)
    assert entry["on_wall"] and entry["count"] == count
    assert asgi.get("/wall/counts", leader).json()[case.layer] == count
    shown = {one["metric"].split(".")[0] for one in (*page["wall"]["tiles"], *page["wall"]["maps"])}
    assert case.layer in shown


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_who_answers_for_a_unit_writes_its_rows(asgi: Service, scratch: World, case: Case) -> None:
    """To people without such work the address does not exist; rows of a unit of somebody else are refused by name."""
    prepare(scratch)
    for name in ("stranger", "leader", "anonymous"):
        assert send(asgi, scratch.cast[name], f"/api/feeds/{case.layer}", case.rows()).status_code in (401, 404), name
    before = len(items(asgi, scratch.cast["leader"], case.layer))
    rows = case.rows()
    outside = {"unit": "21034", "lon": LON + 0.02, "lat": LAT}
    moved = [{name: outside.get(name, value) for name, value in row.items()} for row in rows]
    if moved != rows:
        answer = send(asgi, scratch.cast[case.sender], f"/api/feeds/{case.layer}", [*rows, *moved])
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["row"] == 2
    assert len(items(asgi, scratch.cast["leader"], case.layer)) == before
