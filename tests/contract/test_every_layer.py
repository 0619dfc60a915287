"""What every registered layer must do, in every service, for each of the cast: the set that the oracle says, nothing else."""

import pytest

from tests.contract import checks, services
from tests.contract.reader import Reader
from tests.contract.shapes import Reading, readings
from tests.service import Service
from tests.world import World, declared_layers


@pytest.fixture(params=readings(declared_layers()), ids=str)
def reader(request: pytest.FixtureRequest, asgi: Service, world: World) -> Reader:
    """Each person reading each layer, as far as the rule of tests/contract/shapes.py says."""
    reading: Reading = request.param
    return Reader(asgi, world.cast[reading.person], reading.layer, world)


class TestEveryLayer:
    """(layer) x (person) x (service); tests/contract/checks.py says what each must show."""

    @pytest.mark.parametrize("z", services.ZOOMS)
    def test_tiles(self, reader: Reader, z: int) -> None:
        """At every zoom."""
        checks.tiles(reader, z)

    @services.parametrize(services.KEYS)
    def test_rows(self, reader: Reader, service: services.Keys) -> None:
        """The set of rows."""
        checks.keys(reader, service)

    def test_single_rows(self, reader: Reader) -> None:
        """Each by its own address."""
        checks.single_rows(reader)

    @services.parametrize(services.COUNTS)
    def test_counts(self, reader: Reader, service: services.Counts) -> None:
        """Their number."""
        checks.counts(reader, service)

    @services.parametrize(services.EXTENTS)
    def test_extents(self, reader: Reader, service: services.Extents) -> None:
        """Their bounds."""
        checks.extents(reader, service)

    @services.parametrize(services.PRESENCE)
    def test_presence(self, reader: Reader, service: services.Presence) -> None:
        """The layer's name."""
        checks.presence(reader, service)
