"""What every registered layer must do, in every service, for each of the cast: the set that the oracle says, nothing else."""

import pytest

from tests.contract import oracle, services
from tests.contract import pictures as _pictures  # noqa: F401  its services register themselves
from tests.contract import wfs as _wfs  # noqa: F401  so do these
from tests.contract.reader import Absent, Reader
from tests.contract.shapes import Reading, readings
from tests.service import Service
from tests.world import World, declared_layers

# Below this zoom the smallest rows of the world are smaller than a tile's unit and may be left out.
_ALL_DRAWN_FROM = 10
_CENTIMETRES = 1e-6


@pytest.fixture(params=readings(declared_layers()), ids=str)
def reader(request: pytest.FixtureRequest, asgi: Service, world: World) -> Reader:
    """Each person reading each layer, as far as the rule of tests/contract/shapes.py says."""
    reading: Reading = request.param
    return Reader(asgi, world.cast[reading.person], reading.layer, world)


class TestEveryLayer:
    """(layer) x (person) x (service)."""

    @pytest.mark.parametrize("z", services.ZOOMS)
    def test_tiles(self, reader: Reader, z: int) -> None:
        """Exactly the rows that the person may see, from the layer's first zoom on; no others at any zoom."""
        if not oracle.exists_for(reader.person, reader.name):
            with pytest.raises(Absent):
                services.read_zoom(reader, z)
            return
        found = services.read_zoom(reader, z)
        how = reader.layer.generalisation
        if z < (how.detail_zoom if how else reader.layer.min_zoom):
            assert found == set()
        elif z < _ALL_DRAWN_FROM:
            assert found <= reader.expected
        else:
            assert found == reader.expected

    @services.parametrize(services.KEYS)
    def test_rows(self, reader: Reader, service: services.Keys) -> None:
        """Exactly the rows that the person may see."""
        if oracle.exists_for(reader.person, reader.name):
            assert service(reader) == reader.expected
        else:
            with pytest.raises(Absent):
                service(reader)

    def test_single_rows(self, reader: Reader) -> None:
        """Each row by its own address (units of the past too: an address is for ever); what is hidden is not there."""
        for row in reader.rows:
            path = f"/ogc/collections/{reader.name}/items/{row.pk}"
            if oracle.exists_for(reader.person, reader.name) and oracle.sees(reader.person, reader.name, row):
                assert reader.get(path, headers={"Accept": "application/geo+json"}).json()["id"] == row.pk
            else:
                with pytest.raises(Absent):
                    reader.get(path)

    @services.parametrize(services.COUNTS)
    def test_counts(self, reader: Reader, service: services.Counts) -> None:
        """Counted after permission."""
        if oracle.exists_for(reader.person, reader.name):
            assert service(reader) == len(reader.expected)
        else:
            with pytest.raises(Absent):
                service(reader)

    @services.parametrize(services.EXTENTS)
    def test_extents(self, reader: Reader, service: services.Extents) -> None:
        """The bounds of the rows that the person sees: a box around hidden rows would say where they are."""
        if not oracle.exists_for(reader.person, reader.name):
            with pytest.raises(Absent):
                service(reader)
            return
        expected = _bounds(reader)
        found = service(reader)
        assert (found is None) == (expected is None)
        if found and expected:
            assert found == pytest.approx(expected, abs=_CENTIMETRES)

    @services.parametrize(services.PRESENCE)
    def test_presence(self, reader: Reader, service: services.Presence) -> None:
        """The layer is named, or the service behaves as if there were none."""
        if oracle.exists_for(reader.person, reader.name):
            service(reader)
        else:
            with pytest.raises(Absent):
                service(reader)


def _bounds(reader: Reader) -> services.Bounds | None:
    """Bounds of the expected rows, computed here from the stored geometries."""
    rows = reader.layer.model._default_manager.filter(pk__in=reader.expected)
    boxes = [getattr(row, reader.layer.geometry).transform(4326, clone=True).extent for row in rows]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
