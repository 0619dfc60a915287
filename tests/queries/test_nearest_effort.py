"""`/query/nearest?by=road` over many layers: the roads are read and joined to a network once, and every layer gets the same answer."""

from dataclasses import dataclass
from typing import Any

import pytest

from layers.queries import by_road
from layers.queries.asking import Asked
from layers.queries.network import network
from layers.queries.plane_rows import Rows
from tests.cast import Person
from tests.queries.conftest import CHAIN, HERE, LAYERS, OURS
from tests.service import Service
from tests.world import World


@dataclass
class Effort:
    """How many networks were built, and how often roads were read."""

    builds: int = 0
    reads: int = 0

    def of(self, asgi: Service, query: dict[str, str], person: Person) -> tuple[int, int, Any]:
        """Both numbers of one request, and its results."""
        self.builds = self.reads = 0
        answer = asgi.request("GET", "/query/nearest", person, params=query)
        assert answer.status_code == 200, answer.text
        return self.builds, self.reads, answer.json()["results"]


@pytest.fixture
def effort(monkeypatch: pytest.MonkeyPatch) -> Effort:
    """Counts what the server does."""
    made, read = Effort(), by_road._read

    def counted_read(asked: Asked, circle: Any, most: int) -> Rows:
        made.reads += most == by_road._MOST_ROADS
        return read(asked, circle, most)

    def counted_network(*given: Any) -> Any:
        made.builds += 1
        return network(*given)

    monkeypatch.setattr(by_road, "_read", counted_read)
    monkeypatch.setattr(by_road, "network", counted_network)
    return made


def test_one_network_serves_all_layers(asgi: Service, world: World, town: dict[str, int], effort: Effort) -> None:
    """Near by, one reading of roads and one network, however many layers; each gets the answer that it gets alone."""
    near = {**HERE, "by": "road", "roads-filter": OURS["roads-filter"], "k": "100", "max_distance": "1000"}
    leader, layers = world.cast["leader"], ("facilities", "roads", "admin_units")
    alone = [effort.of(asgi, {**near, "layers": name}, leader) for name in layers]
    builds, reads, together = effort.of(asgi, {**near, "layers": ",".join(layers)}, leader)
    assert (builds, reads) == (1, 1)
    found = {result["layer"]: result for result in together}
    assert found == {result["layer"]: result for _builds, _reads, (result,) in alone}
    assert found["facilities"]["features"] and found["roads"]["features"]


def test_all_layers_cost_no_more_networks_than_the_neediest(asgi: Service, world: World, town: dict[str, int], effort: Effort) -> None:
    """Without `layers`, and far: what was built for one layer is not built again for the next."""
    lon, lat = world.rows["facilities"][0].at
    asked = {"lon": repr(lon), "lat": repr(lat), "k": "100", **CHAIN}
    leader = world.cast["leader"]
    builds, reads, together = effort.of(asgi, asked, leader)
    alone = {result["layer"]: effort.of(asgi, {**asked, "layers": result["layer"]}, leader) for result in together}
    assert len(alone) > len(LAYERS)
    assert (builds, reads) == (max(one[0] for one in alone.values()), max(one[1] for one in alone.values()))
    assert together == [result for _builds, _reads, (result,) in alone.values()]
