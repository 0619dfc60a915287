"""Live events: everybody hears of exactly the rows that they may see, before or after the change."""

import contextlib

import pytest

from gis_core.changes.tracking import quote
from layers.layer import FeatureLayer
from tests.cast import Person
from tests.contract import oracle
from tests.service import Service, Stream
from tests.sql import execute
from tests.world import World, declared_layers

_SILENCE = 0.5


def _touch(layer: FeatureLayer, keys: list[int]) -> None:
    """Write rows without changing them: as any editor of the database might, past every door of ours."""
    for key in keys:
        execute(f"UPDATE {quote(layer.table)} SET updated_at = now() WHERE id = %s", key)


def _heard(stream: Stream, until: int) -> set[int]:
    """Keys of the layer's rows in the events up to the last that is expected; silence where none is."""
    keys: set[int] = set()
    while len(keys) < until or until == 0:
        event = stream.event(10 if until else _SILENCE)
        if event is None:
            break
        assert event.kind == "change", event
        keys |= {key for change in event.data["changes"] for key in change["ids"] or ()}
    late = stream.event(0.15)
    return keys | ({key for change in late.data["changes"] for key in change["ids"] or ()} if late else set())


def _open(stack: contextlib.ExitStack, asgi: Service, person: Person, layer: str) -> Stream:
    stream = stack.enter_context(asgi.stream(f"/live/?layers={layer}", person))
    if stream.status == 200:
        hello = stream.event()
        assert hello is not None and hello.kind == "hello"
    return stream


@pytest.mark.parametrize("layer", declared_layers(), ids=lambda layer: layer.name)
def test_each_hears_of_the_rows_that_each_may_see(asgi: Service, scratch: World, layer: FeatureLayer) -> None:
    """Every row of the layer is written once while all seven listen."""
    rows = scratch.rows[layer.name]
    with contextlib.ExitStack() as stack:
        streams = {person.name: _open(stack, asgi, person, layer.name) for person in scratch.cast}
        _touch(layer, [row.pk for row in rows])
        for person in scratch.cast:
            if not oracle.exists_for(person, layer.name):
                assert streams[person.name].status == 404
                continue
            expected = {row.pk for row in rows if oracle.sees(person, layer.name, row)}
            assert _heard(streams[person.name], len(expected)) == expected, person.name


def test_a_row_that_moves_to_another_unit_is_told_to_both(asgi: Service, scratch: World) -> None:
    """One officer must see it go, the other must see it come."""
    row = scratch.row("parcels", "A")
    with contextlib.ExitStack() as stack:
        streams = [_open(stack, asgi, scratch.cast[name], "parcels") for name in ("officer", "sibling")]
        execute("UPDATE land_parcel SET admin_unit_id = %s WHERE id = %s", scratch.units["B"].pk, row.pk)
        assert [_heard(stream, 1) for stream in streams] == [{row.pk}, {row.pk}]


def test_an_incident_that_is_withdrawn_from_the_public_is_told_to_the_public(asgi: Service, scratch: World) -> None:
    """Visitors' maps must drop it."""
    row = scratch.row("incidents", "C", public=True)
    with contextlib.ExitStack() as stack:
        stream = _open(stack, asgi, scratch.cast["anonymous"], "incidents")
        execute("UPDATE incidents_incident SET is_public = false WHERE id = %s", row.pk)
        assert _heard(stream, 1) == {row.pk}
