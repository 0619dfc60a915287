"""Ask a running service for what a first visitor needs: readiness, a tile, an item list, the wall and its files.

usage: probe.py BASE_URL [--demo]      --demo: pilot data must be there, so nothing may come back empty
"""

import json
import math
import re
import sys
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urljoin, urlsplit

LAYER = "admin_units"


class Unmet(Exception):
    """The service did not answer as it should; the message says to what."""


def get(url: str, kind: str) -> bytes:
    """The body of a 200 (or 204) whose media type begins with `kind`."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}".rstrip("?"), headers={"Accept": f"{kind}, */*;q=0.1"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException) as error:
        raise Unmet(f"{url} did not answer: {error}") from error
    finally:
        connection.close()
    if answer.status not in {200, 204}:
        raise Unmet(f"{url} answered {answer.status}: {body[:300].decode(errors='replace')}")
    found = answer.getheader("Content-Type", "")
    if answer.status == 200 and not found.startswith(kind):
        raise Unmet(f"{url} answered {found or 'no media type'} instead of {kind}")
    return body


def tile_of(tilejson: dict[str, Any]) -> tuple[int, int, int]:
    """z/x/y of the tile in the middle of a layer's bounds, near its lowest zoom."""
    west, south, east, north = tilejson.get("bounds", (108.3, 15.4, 108.6, 15.7))
    z = min(max(int(tilejson.get("minzoom", 0)), 11), int(tilejson.get("maxzoom", 14)))
    lon, lat = (west + east) / 2, math.radians((south + north) / 2)
    x = (lon + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**z
    return z, int(x), int(y)


def probe(base: str, *, demo: bool) -> list[str]:
    """One line for each thing asked; raises Unmet at the first that fails."""
    get(f"{base}/readyz", "application/json")
    tilejson = json.loads(get(f"{base}/tiles/{LAYER}.json", "application/json"))
    z, x, y = tile_of(tilejson)
    tile = get(f"{base}/tiles/{LAYER}/{z}/{x}/{y}.mvt", "application/vnd.mapbox-vector-tile")
    items = json.loads(get(f"{base}/ogc/collections/{LAYER}/items?limit=2", "application/geo+json"))
    wall = get(f"{base}/wall/", "text/html").decode()
    files = [urljoin(f"{base}/wall/", path) for path in re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', wall)]
    for url in files:
        get(url, "text/")
    if demo and not (tile and items["features"]):
        raise Unmet(f"the pilot data is missing: layer {LAYER} has {len(items['features'])} items, a tile of {len(tile)} bytes")
    return [
        "/readyz: ready",
        f"/tiles/{LAYER}/{z}/{x}/{y}.mvt: {len(tile)} bytes",
        f"/ogc/collections/{LAYER}/items: {len(items['features'])} items",
        f"/wall/: {len(wall)} characters and {len(files)} files",
    ]


if __name__ == "__main__":
    try:
        for line in probe(sys.argv[1].rstrip("/"), demo="--demo" in sys.argv[2:]):
            print("ok ", line, file=sys.stderr)
    except Unmet as unmet:
        sys.exit(f"FAILED  {unmet}")
