"""How queries show a layer in other formats than JSON, and what an analysis in somebody's name reads of it."""

import csv
from typing import Any

import orjson
import shapely

from gis_core.access import ANONYMOUS, Scope, scope_of
from gis_core.errors import NotFound
from layers.analysis.rows import extent, read
from layers.catalogue import catalogue
from layers.queries.asking import Asked
from tests.contract.reader import Absent, Reader
from tests.contract.services import COUNTS, KEYS, service
from tests.world import BOUNDS


def table(reader: Reader, path: str) -> list[dict[str, Any]]:
    """An answer as CSV; its attributes are JSON."""
    answer = reader.get(f"{path}&f=csv")
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


@service(KEYS, "nearest as a table, page by page")
def nearest_table(reader: Reader) -> set[int]:
    """Pages are JSON's, by their `next` links; the table of each page holds the same rows in the same order."""
    found: list[int] = []
    path: str | None = f"/query/nearest?lon={BOUNDS[0]}&lat={BOUNDS[1]}&k=40&layers={reader.name}"
    while path:
        page = reader.get(path).json()
        keys = [feature["id"] for result in page["results"] for feature in result["features"]]
        assert [int(row["id"]) for row in table(reader, path)] == keys
        found += keys
        links = [link["href"] for link in page.get("links", [])]
        path = links[0].removeprefix("http://testserver") if links else None
    assert len(found) == len(set(found)), "a row stands on two pages"
    return set(found)


@service(COUNTS, "aggregate as a file")
def aggregated_file(reader: Reader) -> int:
    """Squares as rows with outlines: their counts are those of JSON."""
    rows = table(reader, f"/query/aggregate?layer={reader.name}&by=grid&size=700")
    assert all(row["WKT"].startswith("POLYGON") for row in rows)
    return sum(int(orjson.loads(row["attributes"])["count"]) for row in rows)


def _scope(reader: Reader) -> Scope:
    return ANONYMOUS if reader.person.user is None else scope_of(reader.person.user)


@service(KEYS, "rows of an analysis")
def read_by_analysis(reader: Reader) -> set[int]:
    """The one place where analyses and reports read. The box of their tiles holds nothing but these rows."""
    scope = _scope(reader)
    try:
        layer = catalogue.features(reader.name, scope, "query")
    except NotFound:
        raise Absent(reader.name) from None
    asked = Asked(layer, layer.reach(scope))
    rows = read(asked)
    box = extent(asked)
    assert (box is None) == (len(rows) == 0)
    if box is not None:
        # Degrees and the plane lean a little against each other; the nearest row of somebody else is farther away.
        own = shapely.box(*shapely.total_bounds(rows.shapes))
        assert shapely.box(*box).covers(own)
        assert own.buffer(200).covers(shapely.box(*box))
    return set(rows.keys)
