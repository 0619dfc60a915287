"""The change log: written by the database itself, once a touched row, in the edit's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from gis_core.models import ChangeLog
from layers.models import Facility, RoadSegment
from tests import factories
from tests.sql import execute
from tests.world import CELL, SOUTH, WEST, World, declared_layers

pytestmark = pytest.mark.django_db

HERE = (WEST + 1.5 * CELL, SOUTH + 0.5 * CELL)
THERE = (WEST + 2.5 * CELL, SOUTH + 2.5 * CELL)


class Written(list[ChangeLog]):
    """Rows of the log, oldest first."""

    @property
    def only(self) -> ChangeLog:
        """The one row."""
        assert len(self) == 1, self
        return self[0]


@contextmanager
def written(table: str) -> Iterator[Written]:
    """What the block writes to the log about a table."""
    before = ChangeLog.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    rows = Written()
    yield rows
    rows.extend(ChangeLog.objects.filter(seq__gt=before, table_name=table).order_by("seq"))


def _covers(change: ChangeLog, row: Any) -> bool:
    assert change.bbox is not None
    return bool(change.bbox.buffer(0.01).covers(row.geom_3857))


def test_an_insert(world: World) -> None:
    """Op, key, unit, box."""
    with written("layers_facility") as log:
        row = factories.feature(Facility, world.units["A"], HERE)
    row.refresh_from_db()
    change = log.only
    # Not public: a table without the flag is open to everybody by its rule, or to nobody, but not row by row.
    assert (change.op, change.fid, change.units, change.is_public) == ("I", row.pk, [world.units["A"].pk], False)
    assert _covers(change, row)


def test_a_delete_keeps_where_the_row_was(world: World) -> None:
    """The row is gone; its place must be drawn again."""
    row = Facility.objects.get(pk=world.row("facilities", "A").pk)
    with written("layers_facility") as log:
        execute("DELETE FROM layers_facility WHERE id = %s", row.pk)
    assert (log.only.op, log.only.fid) == ("D", row.pk)
    assert _covers(log.only, row)


def test_an_update_in_place_writes_one_box(world: World) -> None:
    """Of points too, whose boxes have no area."""
    row = Facility.objects.get(pk=world.row("facilities", "A").pk)
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET name = 'Khác' WHERE id = %s", row.pk)
    assert (log.only.op, log.only.fid) == ("U", row.pk)
    assert _covers(log.only, row)


def test_a_move_writes_both_places_and_nothing_between(world: World) -> None:
    """A box around both would refetch the whole city."""
    row = Facility.objects.get(pk=world.row("facilities", "A").pk)
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET geom = ST_SetSRID(ST_MakePoint(%s, %s), 4326) WHERE id = %s", *THERE, row.pk)
    moved = Facility.objects.get(pk=row.pk)
    assert [change.fid for change in log] == [row.pk, row.pk]
    assert sorted(_covers(change, row) + 2 * _covers(change, moved) for change in log) == [1, 2]


def test_a_stretch_writes_one_box_over_both_states(world: World) -> None:
    """Boxes that meet are one."""
    row = RoadSegment.objects.get(pk=world.row("roads", "A").pk)
    with written("layers_roadsegment") as log:
        execute(
            "UPDATE layers_roadsegment SET geom = ST_Scale(geom, 'POINT(1.00001 1.00001)'::geometry, ST_Centroid(geom)) WHERE id = %s",
            row.pk,
        )
    assert _covers(log.only, row)
    assert _covers(log.only, RoadSegment.objects.get(pk=row.pk))


def test_another_unit_writes_both_units(world: World) -> None:
    """The old one must see it go."""
    row = world.row("parcels", "A")
    with written("land_parcel") as log:
        execute("UPDATE land_parcel SET admin_unit_id = %s WHERE id = %s", world.units["B"].pk, row.pk)
    assert log.only.units == [world.units["A"].pk, world.units["B"].pk]


def test_a_parcel_is_never_told_to_the_public(world: World) -> None:
    """The table has no published rows."""
    with written("land_parcel") as log:
        execute("UPDATE land_parcel SET version = version + 1 WHERE id = %s", world.row("parcels", "A").pk)
    assert log.only.is_public is False


@pytest.mark.parametrize(("before", "after", "told"), [(True, False, True), (False, True, True), (False, False, False), (True, True, True)])
def test_publication_counts_before_and_after(world: World, before: bool, after: bool, told: bool) -> None:
    """A withdrawn incident must vanish from visitors' maps."""
    row = world.row("incidents", "A", public=before)
    with written("incidents_incident") as log:
        execute("UPDATE incidents_incident SET is_public = %s WHERE id = %s", after, row.pk)
    assert log.only.is_public is told


def test_a_statement_over_many_rows_writes_each(world: World) -> None:
    """Triggers run once a statement and see all of its rows."""
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET capacity = 5")
    assert {change.fid for change in log} == {row.pk for row in world.rows["facilities"]}
    assert {change.op for change in log} == {"U"}


def test_a_statement_over_no_row_writes_nothing(world: World) -> None:
    """Neither a row of the log nor a notification."""
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET capacity = 5 WHERE false")
        execute("DELETE FROM layers_facility WHERE false")
    assert log == []


def test_an_upsert_writes_what_happened(world: World) -> None:
    """ON CONFLICT fires both triggers; each tells its own rows."""
    pk, new = world.row("facilities", "A").pk, 900_001
    with written("layers_facility") as log:
        execute(
            "INSERT INTO layers_facility (id, name, theme, kind, address, geom, is_demo, updated_at) "
            "SELECT key, 'Mới', 'health', '', '', ST_SetSRID(ST_MakePoint(108.47, 15.56), 4326), false, now() "
            "FROM unnest(ARRAY[%s, %s]) AS key "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
            pk, new,
        )  # fmt: skip
    assert {(change.op, change.fid) for change in log} == {("U", pk), ("I", new)}


def test_a_rollback_leaves_nothing(world: World) -> None:
    """The log belongs to the edit's transaction."""
    with written("layers_facility") as log, pytest.raises(RuntimeError), transaction.atomic():
        execute("UPDATE layers_facility SET capacity = 5")
        raise RuntimeError
    assert log == []


def test_a_bulk_load_writes_one_row(world: World) -> None:
    """ "Read the table again", once a transaction, however many statements."""
    with written("layers_facility") as log:
        execute("SET LOCAL ioc.bulk = 'on'")
        execute("UPDATE layers_facility SET capacity = 5")
        execute("UPDATE layers_facility SET capacity = 6")
        factories.feature(Facility, world.units["A"], HERE)
        execute("SET LOCAL ioc.bulk = ''")
    change = log.only
    assert (change.op, change.fid, change.units, change.bbox) == ("R", None, None, None)


_FACILITIES = (
    "INSERT INTO layers_facility (name, theme, kind, address, geom, is_demo, updated_at)"
    " SELECT 'Mới', 'health', '', '', ST_SetSRID(ST_MakePoint(108.47, 15.56), 4326), false, now() FROM generate_series(1, %s)"
)


def test_a_statement_over_very_many_rows_writes_one(world: World) -> None:
    """Nobody takes in a hundred thousand changes one by one; the table is read again."""
    with written("layers_facility") as log:
        execute(_FACILITIES, 1001)
    assert (log.only.op, log.only.fid, log.only.is_public) == ("R", None, True)


def test_a_thousand_rows_are_told_one_by_one(world: World) -> None:
    """As many as a follower takes in."""
    with written("layers_facility") as log:
        execute(_FACILITIES, 1000)
    assert {change.op for change in log} == {"I"}
    assert len({change.fid for change in log}) == 1000


def test_a_transaction_of_many_portions_writes_one_row(world: World) -> None:
    """An import by portions is as much one load as a single statement; other tables keep their own account."""
    with written("layers_facility") as log, written("layers_roadsegment") as roads:
        for _ in range(5):
            execute(_FACILITIES, 400)
        execute("UPDATE layers_facility SET capacity = 5")
        execute("DELETE FROM layers_facility WHERE name = 'Mới'")
        execute("UPDATE layers_roadsegment SET name = 'x' WHERE id = %s", world.row("roads", "A").pk)
    assert log.only.op == "R"
    assert roads.only.op == "U"


def test_what_a_savepoint_took_back_is_told_again(world: World) -> None:
    """The account of a transaction is taken back with its rows."""
    with written("layers_facility") as log:
        with pytest.raises(RuntimeError), transaction.atomic():
            execute(_FACILITIES, 2000)
            raise RuntimeError
        row = factories.feature(Facility, world.units["A"], HERE)
    assert (log.only.op, log.only.fid) == ("I", row.pk)


def test_another_key_is_one_row_gone_and_one_come(world: World) -> None:
    """A changed primary key."""
    pk = world.row("facilities", "A").pk
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET id = 900002 WHERE id = %s", pk)
    assert sorted((change.op, change.fid) for change in log) == [("D", pk), ("I", 900_002)]


def test_the_migration_gives_todays_triggers_to_every_table(world: World) -> None:
    """Also to tables that were tracked by an older release."""
    from importlib import import_module

    from django.apps import apps

    execute("CREATE OR REPLACE FUNCTION change_log_of_layers_facility() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET capacity = 5")
    assert log == []
    with connection.schema_editor(atomic=False) as editor:
        import_module("gis_core.migrations.0005_change_log_of_many_rows")._again(apps, editor)
    with written("layers_facility") as log:
        execute("UPDATE layers_facility SET capacity = 6")
    assert {change.op for change in log} == {"U"}


def test_truncate_is_told(world: World) -> None:
    """TRUNCATE has no rows to tell of, so the whole table is."""
    with written("layers_tourismplace") as log:
        execute("TRUNCATE layers_tourismplace")
    assert log.only.op == "R"


def test_permissions_are_followed_too(world: World) -> None:
    """A jurisdiction given in SQL reaches the hot path."""
    with written("gis_core_jurisdiction") as log:
        factories.jurisdiction(factories.user(), "leader", world.units["A"])
    assert (log.only.op, log.only.bbox) == ("I", None)


def test_every_layer_of_the_catalogue_is_followed(world: World) -> None:
    """A layer without triggers would be stale for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE 'change_log_%%'")
        followed = {name for (name,) in cursor.fetchall()}
    assert {layer.table for layer in declared_layers()} <= followed
