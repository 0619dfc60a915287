"""Unknown and forbidden are the same answer, byte for byte: nobody learns from a 404 that something is there."""

import re

import httpx
import pytest

from tests.cast import Person
from tests.contract import oracle
from tests.service import Service
from tests.world import World

_REQUEST = re.compile(r"urn:ioc-map:request:[0-9a-f]+|<code>[0-9a-f]{12}</code>")
_RESTRICTED = [name for name, policy in oracle.POLICIES.items() if not (policy.everybody or policy.published)]
_ADDRESSES = (
    "/tiles/{layer}/14/13131/7461.mvt",
    "/tiles/roads,{layer}/14/13131/7461.mvt",
    "/tiles/{layer}.json",
    "/tiles/style.json?layers={layer}",
    "/live/?layers={layer}",
    "/live/?layers=roads,{layer}",
    "/ogc/collections/{layer}",
    "/ogc/collections/{layer}/items",
    "/ogc/collections/{layer}/items?bbox=108,15,109,16&limit=5",
    "/ogc/collections/{layer}/items/1",
    "/ogc/collections/{layer}/queryables",
    "/ogc/collections/{layer}/schema",
    "/ogc/collections/{layer}/sortables",
    "/ogc/collections/{layer}/tiles",
    "/ogc/collections/{layer}/tiles/WebMercatorQuad",
    "/ogc/collections/{layer}/tiles/WebMercatorQuad/14/7461/13131",
    "/ogc/tiles/WebMercatorQuad/14/7461/13131?collections=roads,{layer}",
    "/ogc/collections/{layer}/map/tiles",
    "/ogc/collections/{layer}/map/tiles/WebMercatorQuad",
    "/ogc/collections/{layer}/map/tiles/WebMercatorQuad/14/7461/13131",
    "/ogc/collections/{layer}/styles",
    "/ogc/styles/{layer}?f=mbs",
    "/ogc/styles/{layer}/metadata",
    "/ogc/collections/{layer}/items?f=csv",
    "/qgis/{layer}.qlr",
    "/qgis/{layer}.qml",
    "/qgis/{layer}.sld",
    "/query/at-point?lon=108.475&lat=15.565&layers={layer}",
)


def _comparable(answer: httpx.Response, name: str) -> tuple[int, dict[str, str], str]:
    """An answer without what differs between any two requests: the request's number and the name that was asked for."""
    headers = {key: value for key, value in answer.headers.items() if key not in ("x-request-id", "content-length", "date")}
    return answer.status_code, headers, _REQUEST.sub("…", answer.text).replace(name, "…")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("address", _ADDRESSES)
@pytest.mark.parametrize("layer", _RESTRICTED)
@pytest.mark.parametrize("name", ["stranger", "anonymous"])
def test_a_forbidden_layer_is_an_unknown_one(asgi: Service, world: World, name: str, layer: str, address: str, accept: str) -> None:
    """For people to whom the layer does not exist."""
    person, unknown = world.cast[name], "q" * len(layer)
    forbidden = asgi.get(address.format(layer=layer), person, headers={"Accept": accept})
    nowhere = asgi.get(address.format(layer=unknown), person, headers={"Accept": accept})
    assert forbidden.status_code == 404
    assert _comparable(forbidden, layer) == _comparable(nowhere, unknown)


@pytest.mark.parametrize("layer", ["parcels", "incidents"])
def test_a_forbidden_row_is_an_unknown_one(asgi: Service, world: World, officer: Person, layer: str) -> None:
    """For people who see other rows of the layer."""
    pk, nowhere = world.row(layer, "B", public=False).pk, 987_654_321
    path = f"/ogc/collections/{layer}/items/"
    forbidden, unknown = (asgi.get(f"{path}{key}", officer) for key in (pk, nowhere))
    assert forbidden.status_code == 404
    assert _comparable(forbidden, str(pk)) == _comparable(unknown, str(nowhere))
