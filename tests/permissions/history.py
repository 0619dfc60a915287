"""A world of one's own for a random history: steps that change rows or what people may do, and the oracle's books beside them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gis_core.models import Jurisdiction, Role, User
from layers.layer import FeatureLayer
from tests import factories
from tests.cast import Cast, Person, sign_in
from tests.world import CELL, HOMES, SOUTH, WEST, Row, World, declared_layers

LAYERS = {layer.name: layer for layer in declared_layers()}
# What a history changes: rows for everybody, published one by one, and of one's own unit only.
CHANGED = ("parcels", "incidents", "instructions", "facilities")
PEOPLE = ("officer", "sibling", "analyst", "stranger", "operator", "leader")
ROLES = tuple(role.value for role in Role)
WORKPLACES = ("A", "B", "C", "outside", "đà nẵng")
_HOMES = tuple(HOMES)


class History:
    """The world with its books: what the steps did is written to the database and, apart from it, here."""

    def __init__(self, committed: World) -> None:
        people = {person.name: replace(person, work=dict(person.work), cookies=dict(person.cookies)) for person in committed.cast}
        self.world = World(committed.units, {name: list(rows) for name, rows in committed.rows.items()}, Cast(people))
        self._places = 0
        self._closed: set[str] = set()

    # Rows. All of them are written past every door of ours, as any program with a database connection may.

    def move(self, layer: str, index: int, home: int) -> str:
        """A row goes to another unit, with its place."""
        row, target = self._row(layer, index), _HOMES[home % len(_HOMES)]
        at = self._place(layer, target)
        model = self._model(layer)
        field = model._meta.get_field(LAYERS[layer].geometry)
        shape = factories.place(at, field.geom_type, field.srid)
        unit = self.world.units[target] if target else None
        model._base_manager.filter(pk=row.pk).update(**{field.name: shape, "admin_unit": unit})
        self._replace(layer, row, replace(row, home=target, at=at))
        return f"move {layer} {row.pk} from {row.home} to {target}"

    def publish(self, index: int) -> str:
        """An incident is published, or no more."""
        row = self._row("incidents", index)
        self._model("incidents")._base_manager.filter(pk=row.pk).update(is_public=not row.public)
        self._replace("incidents", row, replace(row, public=not row.public))
        return f"publish incidents {row.pk}: {not row.public}"

    def insert(self, layer: str, home: int) -> str:
        """A new row."""
        target = _HOMES[home % len(_HOMES)]
        at = self._place(layer, target)
        label = f"mark{layer}new{self._places}x"
        values = {"is_public": False} if layer == "incidents" else {}
        made = factories.feature(self._model(layer), self.world.units[target] if target else None, at, label, **values)
        self.world.rows[layer].append(Row(made.pk, target, at, label))
        return f"insert {layer} {made.pk} in {target}"

    def delete(self, layer: str, index: int) -> str:
        """A row goes for good."""
        row = self._row(layer, index)
        self._model(layer)._base_manager.filter(pk=row.pk).delete()
        self.world.rows[layer].remove(row)
        return f"delete {layer} {row.pk}"

    # People.

    def grant(self, name: str, role: str, place: str) -> str:
        """Somebody gets a role in one unit (and loses it in another)."""
        person = self.world.cast[name]
        if name in self._closed:
            return f"grant {name} nothing: the account is closed"
        self._drop(person, role)
        factories.jurisdiction(_user(person), role, self.world.units[place])
        person.work[role] = place
        return f"grant {name} {role} in {place}"

    def revoke(self, name: str, index: int) -> str:
        """Somebody loses a role."""
        person = self.world.cast[name]
        if not person.work:
            return f"revoke {name} nothing"
        role = sorted(person.work)[index % len(person.work)]
        self._drop(person, role)
        return f"revoke {name} {role}"

    def sign_out(self, name: str) -> str:
        """The old cookies are a visitor's from now on; the account signs in anew."""
        person = self.world.cast[name]
        client = person.client()
        client.post("/accounts/logout/")
        old = replace(person, name=f"{name}'s old session", secret="", work={}, cookies=dict(person.cookies))
        self.world.cast.people["left"] = old
        person.cookies = sign_in(_user(person))
        return f"sign out {name}"

    def switch(self, name: str) -> str:
        """The account is closed: its session is a visitor's."""
        person = self.world.cast[name]
        User.objects.filter(pk=_user(person).pk).update(is_active=False)
        person.work.clear()
        self._closed.add(name)
        return f"close {name}"

    def _drop(self, person: Person, role: str) -> None:
        Jurisdiction.objects.filter(user=_user(person), role=role).delete()
        person.work.pop(role, None)

    def _row(self, layer: str, index: int) -> Row:
        rows = self.world.rows[layer]
        return rows[index % len(rows)]

    def _replace(self, layer: str, old: Row, new: Row) -> None:
        rows = self.world.rows[layer]
        rows[rows.index(old)] = new

    def _place(self, layer: str, home: str | None) -> tuple[float, float]:
        """A place in the unit where no other row stands: beside those of other layers, above those of its own."""
        self._places += 1
        shift = 0.0006 * (list(LAYERS).index(layer) % 14)
        return WEST + HOMES[home] * CELL + 0.001 + shift, SOUTH + (1.0 + 0.09 * self._places) * CELL

    @staticmethod
    def _model(layer: str) -> Any:
        declared: FeatureLayer = LAYERS[layer]
        return declared.model


def _user(person: Person) -> User:
    assert person.user is not None
    return person.user


Step = Callable[[History], str]
