"""The one place where analyses and reports read, held to the oracle of the contract: every layer, everybody of the cast."""

import pytest
import shapely

from gis_core.access import ANONYMOUS, Scope, scope_of
from gis_core.errors import NotFound
from gis_core.models import User
from layers.catalogue import catalogue
from layers.queries.asking import Asked
from layers.queries.plane_rows import extent, read
from tests.cast import Person
from tests.contract import oracle
from tests.contract.shapes import Reading, readings
from tests.world import World, declared_layers


def _scope(person: Person) -> Scope:
    """Of the rights of now: an account in memory may hold older ones."""
    return ANONYMOUS if person.user is None else scope_of(User.objects.get(pk=person.user.pk))


@pytest.mark.parametrize("reading", readings(declared_layers()), ids=str)
def test_everybody_reads_the_own_rows(db: None, world: World, reading: Reading) -> None:
    """Keys as the oracle says; the box in which tiles are laid holds these rows and shows of others' nothing."""
    person, name = world.cast[reading.person], reading.layer.name
    scope = _scope(person)
    if not oracle.exists_for(person, name):
        with pytest.raises(NotFound):
            catalogue.features(name, scope, "query")
        return
    layer = catalogue.features(name, scope, "query")
    asked = Asked(layer, layer.reach(scope))
    rows, box = read(asked), extent(asked)
    assert set(rows.keys) == {row.pk for row in oracle.expected(world, person, name)}
    assert (box is None) == (len(rows) == 0)
    if box is not None:
        # Degrees and the plane lean a little against each other; the nearest row of somebody else is farther away.
        own = shapely.multipoints(shapely.get_coordinates(shapely.box(*shapely.total_bounds(rows.shapes)))).envelope.buffer(0.5)
        assert shapely.box(*box).covers(own)
        assert own.buffer(200).covers(shapely.box(*box))
