"""What `import_layer` writes, refuses, skips, mends, appends and removes."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import connection
from shapely.geometry import shape

from gis_core import crs
from gis_core.models import AdminUnit
from layers.imports.runtime import ImportedFeatureLayer, layer_of
from layers.models import ImportedLayer, LayerSetting
from tests import factories
from tests.importing.conftest import Writer, bow_tie, collection, command, point, refusal, square

pytestmark = pytest.mark.django_db
HERE = (108.475, 15.565)  # in unit A of the tests' world


def layer(name: str = "thu") -> ImportedFeatureLayer:
    """The layer that an import made."""
    return cast(ImportedFeatureLayer, layer_of(ImportedLayer.objects.get(name=name)))


def values(name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the rows, by id."""
    return list(layer(name).model.objects.order_by("pk").values_list(*columns))  # type: ignore[attr-defined]


@pytest.fixture
def two(write: Writer) -> Path:
    """A good square, and one that crosses itself in row 2."""
    return write("two.geojson", collection([(square(*HERE), {"ma": "a"}), (bow_tie(*HERE), {"ma": "b"})]))


def test_one_bad_row_stops_everything(two: Path) -> None:
    """Number, reason and place are told; no table, no description."""
    said = refusal("import_layer", two, "--name", "thu")
    assert "1 of 2 rows cannot be used" in said
    assert "Row 2: The shape is not valid at 108.4755000 15.5655000: Self-intersection." in said
    assert "Nothing was written" in said
    assert not ImportedLayer.objects.exists()
    assert "imported_thu" not in connection.introspection.table_names()


def test_bad_rows_can_be_left_out(two: Path) -> None:
    """They are told all the same, and the others keep their numbers."""
    said = command("import_layer", two, "--name", "thu", "--skip-bad")
    assert "Row 2" in said
    assert values("thu", "pk", "ma") == [(1, "a")]


def test_long_names_may_begin_alike(two: Path) -> None:
    """Their tables have indexes of their own."""
    names = ("do_cao_thua_dat_phuong_tam_ky", "do_cao_thua_dat_phuong_tam_ky_2")
    for name in names:
        command("import_layer", two, "--name", name, "--skip-bad")
    assert [values(name, "ma") for name in names] == [[("a",)], [("a",)]]


def test_bad_shapes_can_be_mended(two: Path) -> None:
    """Into their two wings; the column holds many parts then."""
    assert "1 shape was mended" in command("import_layer", two, "--name", "thu", "--repair")
    assert layer().description.geometry_type == "MultiPolygon"
    _good, wings = (row.geom for row in layer().model.objects.order_by("pk"))  # type: ignore[attr-defined]
    assert len(wings) == 2
    assert wings.valid


def test_a_dry_run_leaves_nothing(two: Path) -> None:
    """But says what would come."""
    said = command("import_layer", two, "--name", "thu", "--skip-bad", "--dry-run")
    assert "1 rows would come" in said
    assert not ImportedLayer.objects.exists()
    assert "imported_thu" not in connection.introspection.table_names()


def test_only_the_first_fifty_bad_rows_are_listed(write: Writer) -> None:
    """And how many more there are."""
    path = write("swapped.geojson", collection([(point(15.5, 108.4), {"n": index}) for index in range(73)]))
    said = refusal("import_layer", path, "--name", "thu")
    assert said.count("Row ") == 50
    assert "and 23 more rows" in said


def test_mixed_geometries_need_a_choice(write: Writer) -> None:
    """A layer holds one kind; what is left out is counted."""
    path = write("mixed.geojson", collection([(square(*HERE), {"n": 1}), (point(*HERE), {"n": 2}), (point(*HERE), {"n": 3})]))
    assert "point: 2, polygon: 1" in refusal("import_layer", path, "--name", "thu")
    assert "1 rows of other kinds" in command("import_layer", path, "--name", "thu", "--geometry", "point")
    assert values("thu", "n") == [(2,), (3,)]
    assert layer().geometry_kind == "point"


def test_single_and_multiple_parts_become_one_type(write: Writer) -> None:
    """Nothing is lost, nothing is refused."""
    many = {"type": "MultiPolygon", "coordinates": [square(*HERE)["coordinates"]]}
    path = write("parts.geojson", collection([(square(*HERE), {}), (many, {})]))
    command("import_layer", path, "--name", "thu")
    assert {row.geom.geom_type for row in layer().model.objects.all()} == {"MultiPolygon"}  # type: ignore[attr-defined]


def test_doubled_keys_are_told_with_both_rows(write: Writer) -> None:
    """Codes that should tell rows apart, and empty ones."""
    path = write("keys.geojson", collection([(point(*HERE), {"Mã số": code}) for code in ("a", "b", "a", None)]))
    said = refusal("import_layer", path, "--name", "thu", "--key", "Mã số")
    assert "Row 3: Field Mã số: the value a stands in row 1 already." in said
    assert "Row 4: Field Mã số, which tells the rows apart, is empty." in said
    assert "no field “nothing”" in refusal("import_layer", path, "--name", "thu", "--key", "nothing")


def test_appending_checks_keys_columns_and_kind(write: Writer) -> None:
    """Ids go on after the last; a wider number takes a narrower one; a wrong file changes nothing."""
    first = write("a.geojson", collection([(point(*HERE), {"ma": "a", "so": 1.5}), (point(*HERE), {"ma": "b", "so": 2.5})]))
    command("import_layer", first, "--name", "thu", "--key", "ma", "--public")
    more = write("b.geojson", collection([(point(*HERE), {"ma": "c", "so": 3})]))
    command("import_layer", more, "--name", "thu", "--append")
    assert values("thu", "pk", "ma", "so", "is_public") == [(1, "a", 1.5, True), (2, "b", 2.5, True), (3, "c", 3.0, True)]
    assert layer().description.row_count == 3
    assert "the value c is in the layer already" in refusal("import_layer", more, "--name", "thu", "--append")
    other = write("c.geojson", collection([(point(*HERE), {"ma": 7, "x": 1})]))
    assert "no such columns, or of another type: ma, x" in refusal("import_layer", other, "--name", "thu", "--append")
    surface = write("d.geojson", collection([(square(*HERE), {"ma": "d"})]))
    assert "in a layer of Point" in refusal("import_layer", surface, "--name", "thu", "--append")
    metres = write("e.csv", "ma,x,y\nd,577453.9,1722531.7\n")
    fields = ("--crs", "5899", "--fields", "ma")
    assert "EPSG:4326, the file in EPSG:5899" in refusal("import_layer", metres, "--name", "thu", "--append", *fields)
    assert layer().description.row_count == 3


def test_replacing_takes_columns_and_kind_of_the_new_file(write: Writer) -> None:
    """The description stays the same row: settings and addresses hold."""
    command("import_layer", write("a.geojson", collection([(point(*HERE), {"a": 1})])), "--name", "thu", "--title", "Thử")
    pk = layer().description.pk
    second = write("b.geojson", collection([(square(*HERE), {"b": "x"})]))
    assert "--replace or --append" in refusal("import_layer", second, "--name", "thu")
    command("import_layer", second, "--name", "thu", "--replace")
    found = layer().description
    assert (found.pk, found.title, found.geometry_type, found.source_name) == (pk, "Thử", "Polygon", "b.geojson")
    assert values("thu", "b") == [("x",)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--name", "parcels"), "a layer of the service itself"),
        (("--name", "Đất ở"), "for example dat_o"),
        (("--name", "x" * 41), "up to 40"),
        (("--name", "1a"), "a letter first"),
        (("--name", "thu", "--append"), "to append to"),
        (("--name", "thu", "--crs", "EPSG:6959"), "Use EPSG:5899"),
        (("--name", "thu", "--crs", "2154"), "no coordinate system that is accepted"),
        (("--name", "thu", "--owner", "nobody"), "no account nobody"),
        (("--name", "thu", "--unit", "99999"), "No administrative unit of today"),
        (("--name", "thu", "--xy", "x"), "two names"),
        (("--name", "thu", "--fields", "zzz"), "no field zzz"),
        (("--delete", "nothing"), "no imported layer “nothing”"),
        ((), "import_layer FILE --name NAME"),
    ],
)
def test_wrong_requests_get_a_sentence(arguments: tuple[str, ...], sentence: str, two: Path) -> None:
    """With what is accepted."""
    assert sentence in refusal("import_layer", two, *arguments)


def test_rows_get_the_unit_in_which_they_lie(write: Writer, world: Any) -> None:
    """By a point on their surface, among today's communes; outside there is none, and that is told."""
    a, b, outside = world.units["A"], world.units["B"], (109.9, 15.9)
    places = [square(*HERE, 0.0001), square(108.485, 15.565, 0.0001), square(*outside)]
    path = write("units.geojson", collection([(place, {"n": index}) for index, place in enumerate(places)]))
    assert "1 rows lie in no administrative unit" in command("import_layer", path, "--name", "thu")
    assert values("thu", "admin_unit_id", "is_public") == [(a.pk, False), (b.pk, False), (None, False)]
    command("import_layer", path, "--name", "thu", "--replace", "--unit", a.code)
    assert values("thu", "admin_unit_id") == [(a.pk,)] * 3
    command("import_layer", path, "--name", "thu", "--replace", "--unit", "48")
    assert values("thu", "admin_unit_id") == [(a.pk,), (b.pk,), (world.units["đà nẵng"].pk,)]
    command("import_layer", path, "--name", "thu", "--replace", "--unit", a.code, "--unit", b.code)
    assert values("thu", "admin_unit_id") == [(a.pk,), (b.pk,), (None,)]


def test_vietnamese_files_keep_their_plane(tmp_path: Path) -> None:
    """A zipped shapefile in VN-2000 stays in VN-2000; the tiles' geometry goes through the pinned operation."""
    import geopandas

    place = shape(square(577453.963, 1722531.703, 10.0))
    data = geopandas.GeoDataFrame({"tên thửa": ["Thửa 1"], "so_to": [12]}, geometry=[place], crs=9217)
    data.rename(columns={"tên thửa": "ten_thua"}).to_file(tmp_path / "a.shp", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    command("import_layer", tmp_path / "a.zip", "--name", "thua", "--title", "Thửa đất")
    (row,) = layer("thua").model.objects.all()  # type: ignore[attr-defined]
    assert layer("thua").srid == row.geom.srid == 9217
    assert row.geom.area == pytest.approx(100.0)
    lon, lat = crs.transform(9217, 4326, 577453.963, 1722531.703)
    x, y = crs.transform(4326, 3857, lon, lat)
    assert min(abs(east - x) + abs(north - y) for east, north in row.geom_3857.coords[0]) < 0.001


def test_every_type_of_column_comes_over(write: Writer) -> None:
    """Through COPY: quotes, line ends, backslashes, empty text and nothing at all are different things."""
    texts = ['a"b', "a\nb", "a\\b", "\\.", "a\n\\.\nb", "", None, " ", "ư, ơ"]
    rows = [
        (
            point(*HERE),
            {
                "t": text,
                "b": index % 2 == 0,
                "i": index,
                "l": 2**40 + index,
                "f": index / 3,
                "d": "2024-02-29",
                "m": "2024-02-29T23:59:59.5+07:00",
            },
        )
        for index, text in enumerate(texts)
    ]
    command("import_layer", write("types.geojson", collection(rows)), "--name", "thu", "--public")
    found = values("thu", "t", "b", "i", "l", "f", "d", "m")
    moment = datetime(2024, 2, 29, 16, 59, 59, 500_000, tzinfo=UTC)
    assert found == [(text, i % 2 == 0, i, 2**40 + i, i / 3, date(2024, 2, 29), moment) for i, text in enumerate(texts)]


def test_hostile_names_of_attributes_become_identifiers(write: Writer) -> None:
    """Quotes, SQL, Django's own names, accents, doubles."""
    names = [
        'a"; DROP TABLE x; --',
        "id",
        "objects",
        "geom",
        "admin_unit",
        "save",
        "Diện tích (m²)",
        "dien tich m2",
        "__",
        "pk",
        "%s",
        "select",
    ]
    path = write("names.geojson", collection([(point(*HERE), {name: index for index, name in enumerate(names)})]))
    said = command("import_layer", path, "--name", "thu", "--public")
    columns = layer().description.columns
    assert [column["alias"] for column in columns] == names
    identifiers = [column["name"] for column in columns]
    assert identifiers == [
        "a_drop_table_x", "source_id", "source_objects", "source_geom", "source_admin_unit", "source_save", "dien_tich_m2",
        "dien_tich_m2_2", "field", "source_pk", "s", "select",
    ]  # fmt: skip
    assert values("thu", *identifiers) == [tuple(range(len(names)))]
    assert "Diện tích (m²) → dien_tich_m2" in said


def test_empty_columns_of_placemarks_are_left_out(write: Writer) -> None:
    """A KML brings a dozen that nobody filled."""
    place = "<Placemark><name>Cây đa</name><Point><coordinates>108.47,15.56</coordinates></Point></Placemark>"
    kml = f'<kml xmlns="http://www.opengis.net/kml/2.2">{place}</kml>'
    said = command("import_layer", write("a.kml", kml), "--name", "thu")
    assert [column["name"] for column in layer().description.columns] == ["name"]
    assert "because they are empty" in said
    assert layer().label_field == "name"


def test_removing_takes_table_function_setting_and_description(write: Writer) -> None:
    """The name is free again."""
    path = write("a.geojson", collection([(point(*HERE), {"a": 1})]))
    command("import_layer", path, "--name", "thu")
    LayerSetting.objects.create(layer="thu")
    assert "removed" in command("remove_layer", "thu")
    assert "imported_thu" not in connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('change_log_of_imported_thu') IS NULL")
        assert cursor.fetchone() == (True,)
    assert not ImportedLayer.objects.exists()
    assert not LayerSetting.objects.filter(layer="thu").exists()
    command("import_layer", path, "--name", "thu")
    assert "removed" in command("import_layer", "--delete", "thu")


def test_a_unit_with_imported_rows_cannot_vanish(write: Writer, world: Any) -> None:
    """The database itself keeps the reference."""
    command("import_layer", write("a.geojson", collection([(point(*HERE), {"a": 1})])), "--name", "thu", "--unit", world.units["A"].code)
    unit = factories.unit("48/20999/", factories.box(100, 15, 100.1, 15.1), level="commune")
    layer().model.objects.update(admin_unit=unit)  # type: ignore[attr-defined]
    with connection.cursor() as cursor, pytest.raises(Exception, match="violates foreign key"):
        cursor.execute("DELETE FROM gis_core_adminunitpart WHERE unit_id = %s", [unit.pk])
        cursor.execute("DELETE FROM gis_core_adminunit WHERE id = %s", [unit.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_model_knows_its_units(write: Writer, world: Any) -> None:
    """Lookups through the reference work, and the project's registry has not heard of the model."""
    from django.apps import apps

    command("import_layer", write("a.geojson", collection([(point(*HERE), {"a": 1})])), "--name", "thu")
    model: Any = layer().model
    assert model.objects.filter(admin_unit__path__startswith="48/").select_related("admin_unit").get().admin_unit == world.units["A"]
    assert model not in apps.get_models(include_auto_created=True)
    assert AdminUnit.objects.filter(parts__isnull=False).exists()
    assert model._meta.db_table == "imported_thu"


def test_the_owner_and_the_checksum_are_kept(write: Writer) -> None:
    """Who answers for it, and from exactly which file it is."""
    import hashlib

    owner = factories.user("chu-du-lieu")
    path = write("a.geojson", collection([(point(*HERE), {"a": 1})]))
    command("import_layer", path, "--name", "thu", "--owner", owner.username)
    found = layer().description
    assert found.owner == owner
    assert found.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
