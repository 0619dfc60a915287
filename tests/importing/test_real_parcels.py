"""A real cadastre of 7,053 parcels as a layer: counts, areas and every value equal to the source, in every service."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, cast

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker
from shapely.geometry import shape

from gis_core.access import ANONYMOUS
from layers.imports.runtime import ImportedFeatureLayer, layer_of
from layers.imports.watch import imported_layers
from layers.models import ImportedLayer
from tests.importing.conftest import PARCELS, command, lists, needs_real_files

pytestmark = needs_real_files


def source() -> list[dict[str, Any]]:
    """The features of the file, read by nothing but JSON."""
    features: list[dict[str, Any]] = json.loads(PARCELS.read_text(encoding="utf-8"))["features"]
    return features


@pytest.fixture(scope="module")
def layer(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ImportedFeatureLayer]:
    """The file imported once for the module, and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        command("import_layer", PARCELS, "--name", "parcels_bondy", "--title", "Thửa đất Bondy", "--public", "--key", "id")
        yield cast(ImportedFeatureLayer, layer_of(ImportedLayer.objects.get(name="parcels_bondy")))
        transaction.set_rollback(True)


def rows(layer: ImportedFeatureLayer) -> list[Any]:
    """What everybody sees, in the order of the file."""
    return list(layer.rows(layer.reach(ANONYMOUS)).order_by("pk"))


def test_every_value_is_the_source_s(layer: ImportedFeatureLayer) -> None:
    """7,053 rows of nine attributes; the row number of the file is the id."""
    found = rows(layer)
    assert len(found) == len(source()) == layer.description.row_count == 7_053
    for number, (row, feature) in enumerate(zip(found, source(), strict=True), start=1):
        assert row.pk == number
        values = {column["alias"]: getattr(row, column["name"]) for column in layer.description.columns}
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items() if value is not None}
        assert plain == feature["properties"]


def test_every_coordinate_is_the_source_s(layer: ImportedFeatureLayer) -> None:
    """Bit for bit."""
    for row, feature in zip(rows(layer), source(), strict=True):
        assert row.geom.geom_type == feature["geometry"]["type"] == "Polygon"
        assert lists(row.geom.coords) == feature["geometry"]["coordinates"]


def test_areas_are_the_source_s(layer: ImportedFeatureLayer) -> None:
    """Each parcel's, as the database computes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, ST_Area(geom) FROM {layer.table} ORDER BY id")
        for (_pk, area), feature in zip(cursor.fetchall(), source(), strict=True):
            assert area == pytest.approx(shape(feature["geometry"]).area, rel=1e-12)


def test_types_and_names(layer: ImportedFeatureLayer) -> None:
    """Typed columns; the reserved name `id` gets another one and keeps its own as alias."""
    types = {column["name"]: column["type"] for column in layer.description.columns}
    assert types == {
        "source_id": "text", "commune": "text", "prefixe": "text", "section": "text", "numero": "text",
        "contenance": "integer", "arpente": "boolean", "created": "date", "updated": "date",
    }  # fmt: skip
    assert layer.description.columns[0]["alias"] == "id"
    assert layer.fields == (*types, "admin_unit")
    assert layer.model._meta.get_field("source_id").verbose_name == "id"  # type: ignore[union-attr]
    assert layer.description.key_field == "source_id"


def test_the_layer_guesses_well(layer: ImportedFeatureLayer) -> None:
    """Labelled by its number, three small fields in tiles, drawn from where tiles can bear it."""
    assert layer.label_field == "numero"
    assert layer.label_geometry == "label_3857"
    assert len(layer.tile_fields) == 3
    assert {"numero", "section"} <= set(layer.tile_fields)
    assert 12 <= layer.min_zoom <= 15
    assert [part["type"] for part in layer.style] == ["fill", "line", "symbol"]


def test_the_table_has_its_indexes_key_and_triggers(layer: ImportedFeatureLayer) -> None:
    """Like a table that a migration made."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, layer.table)
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [layer.table])
        triggers = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT op, is_public FROM change_log WHERE table_name = %s", [layer.table])
        changes = cursor.fetchall()
    indexed = {(kind["type"], *kind["columns"]) for kind in constraints.values() if kind["index"]}
    assert {("gist", "geom"), ("gist", "geom_3857"), ("idx", "admin_unit_id")} <= indexed
    assert any(kind["unique"] and kind["columns"] == ["source_id"] for kind in constraints.values())
    assert any(kind["foreign_key"] == ("gis_core_adminunit", "id") for kind in constraints.values())
    assert triggers == {f"change_log_{word}" for word in ("insert", "update", "delete", "truncate")}
    assert changes == [("R", True)]


def test_the_catalogue_is_given_the_layer(layer: ImportedFeatureLayer) -> None:
    """The same object as long as its description stays the same."""
    assert layer in list(imported_layers())


def test_importing_again_changes_no_row(layer: ImportedFeatureLayer) -> None:
    """Nor any of the guesses."""
    before = [(row.pk, row.source_id, row.geom.wkb) for row in rows(layer)]
    old = ImportedLayer.objects.get(name="parcels_bondy")
    command("import_layer", PARCELS, "--name", "parcels_bondy", "--title", "Thửa đất Bondy", "--public", "--key", "id", "--replace")
    new = ImportedLayer.objects.get(name="parcels_bondy")
    assert [(row.pk, row.source_id, row.geom.wkb) for row in rows(cast(ImportedFeatureLayer, layer_of(new)))] == before
    same = ("pk", "columns", "source_sha256", "tile_fields", "label_field", "search_fields", "min_zoom", "created_at", "row_count")
    assert {name: getattr(old, name) for name in same} == {name: getattr(new, name) for name in same}
