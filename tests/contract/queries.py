"""How queries show a layer in other formats than JSON."""

import csv
from typing import Any

import orjson

from tests.contract.reader import Reader
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
