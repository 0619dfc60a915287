"""The world itself: a test that writes leaves nothing behind."""

import pytest

from gis_core.models import AdminUnit, Jurisdiction, User
from layers.models import Facility
from tests import factories, restore
from tests.conftest import Session
from tests.world import World, declared_layers


def test_every_declared_layer_has_rows_in_every_home(world: World) -> None:
    """The contract suite would prove nothing about a layer without rows."""
    assert set(world.rows) == {layer.name for layer in declared_layers()}
    assert all(len(rows) >= 12 for rows in world.rows.values())


def test_scratch_puts_updates_inserts_and_deletes_back(scratch: World, _session: Session) -> None:
    """All three kinds of change, and rows that depend on others."""
    facility = Facility.objects.get(pk=scratch.row("facilities", "A").pk)
    Facility(pk=facility.pk, name="Khác", theme="health", geom=facility.geom, admin_unit=scratch.units["B"]).save()
    Facility.objects.filter(pk=scratch.row("facilities", "B").pk).delete()
    factories.jurisdiction(factories.user("người mới"), "leader", scratch.units["A"])
    assert sum(restore.put_back(_session.tables).values()) == 4
    assert Facility.objects.get(pk=facility.pk).name == facility.name
    assert Facility.objects.filter(pk=scratch.row("facilities", "B").pk).exists()
    assert not User.objects.filter(username="người mới").exists()
    assert Jurisdiction.objects.count() == sum(len(person.work) for person in scratch.cast)
    assert restore.put_back(_session.tables) == {}


@pytest.mark.django_db
def test_a_transaction_sees_the_world_and_is_rolled_back(world: World) -> None:
    """`db` needs no putting back."""
    AdminUnit.objects.filter(pk=world.units["A"].pk).update(name="Tên khác")
    assert AdminUnit.objects.get(pk=world.units["A"].pk).name == "Tên khác"
