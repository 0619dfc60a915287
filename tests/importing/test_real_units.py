"""The 94 real units of Đà Nẵng since 1 July 2025: everything equal to the source, demo wards replaced on their rows."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker
from shapely.geometry import shape

from gis_core.models import AdminGeneration, AdminUnit, AdminUnitSuccession, Jurisdiction
from tests import factories
from tests.importing.conftest import CROSSWALK, UNITS, command, lists, needs_real_files, put_into_the_past

pytestmark = needs_real_files
JULY = date(2025, 7, 1)
TAM_KY = (108.4790, 15.5640)


def source() -> list[dict[str, Any]]:
    """The features of the file, read by nothing but JSON."""
    features: list[dict[str, Any]] = json.loads(UNITS.read_text(encoding="utf-8"))["features"]
    return features


def units() -> dict[str, AdminUnit]:
    """The imported communes by code."""
    return {unit.code: unit for unit in AdminUnit.objects.filter(level="commune", valid_from=JULY, parent__code="48")}


@pytest.fixture(scope="module", autouse=True)
def imported(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """The file imported once over a demo ward and a demo province, and taken back after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        put_into_the_past()
        box = factories.box(108.4, 15.5, 108.5, 15.6)
        before = factories.unit("49/20341/", box, name="Phường An Mỹ", level="commune", valid_from=date(2006, 9, 29), valid_to=JULY)
        province = factories.unit("48/", box, name="Đà Nẵng (minh họa)", is_demo=True)
        ward = factories.unit("48/20341/", box, name="Tam Kỳ (minh họa)", is_demo=True)
        work = factories.jurisdiction(factories.user(), "land_officer", ward)
        said = command(
            "import_admin_units", UNITS, "--valid-from", "2025-07-01", "--legal-basis", "Nghị quyết 1659", "--generation", "Cải cách",
            "--source", "bản đồ", "--crosswalk", CROSSWALK,
        )  # fmt: skip
        assert "93 new, 1 renewed, 0 unchanged" in said
        yield {"province": province.pk, "ward": ward.pk, "work": work.pk, "before": before.pk}
        transaction.set_rollback(True)


def test_every_unit_is_there_with_its_text_and_area() -> None:
    """Code, full name, kind, official area."""
    found = units()
    assert len(found) == len(source()) == 94
    for feature in source():
        values = feature["properties"]
        unit = found[values["code"]]
        assert (unit.name, unit.area_km2) == (values["fullName"], values["areaKm2"])
        assert unit.name.startswith(unit.kind)
        assert unit.kind in {"Phường", "Xã", "Đặc khu"}
        assert not unit.is_demo
        assert unit.path == f"48/{unit.code}/"
        assert (unit.valid_from, unit.valid_to) == (JULY, None)
        assert unit.legal_basis == "Nghị quyết 1659 · bản đồ"


def test_every_coordinate_is_the_source_s() -> None:
    """Bit for bit, all 171,050 of them."""
    found = units()
    vertices = 0
    for feature in source():
        parts = lists(found[feature["properties"]["code"]].geom.coords)
        assert parts == feature["geometry"]["coordinates"]
        vertices += sum(len(ring) for part in parts for ring in part)
    assert vertices == 171_050


def test_areas_are_the_source_s() -> None:
    """By the database, on the spheroid, against shapely's plane: ratios agree, because the shapes do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, ST_Area(geom) FROM gis_core_adminunit WHERE level = 'commune' AND valid_from = %s", [JULY])
        stored = dict(cursor.fetchall())
    for feature in source():
        assert stored[feature["properties"]["code"]] == pytest.approx(shape(feature["geometry"]).area, rel=1e-12)


def test_neighbours_are_the_source_s() -> None:
    """Who borders on whom, computed from the file and by the database."""
    shapes = {feature["properties"]["code"]: shape(feature["geometry"]) for feature in source()}
    codes = list(shapes)
    tree = shapely.STRtree(list(shapes.values()))
    left, right = tree.query(list(shapes.values()), predicate="intersects")
    wanted = {(codes[a], codes[b]) for a, b in zip(left, right, strict=True) if codes[a] < codes[b]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, b.code FROM gis_core_adminunit a "
            "JOIN gis_core_adminunit b ON a.code < b.code AND ST_Intersects(a.geom, b.geom) "
            "WHERE a.level = 'commune' AND b.level = 'commune' AND a.valid_from = %s AND b.valid_from = %s",
            [JULY, JULY],
        )
        assert set(cursor.fetchall()) == wanted
    assert len(wanted) > 200


def test_a_demo_ward_became_the_real_one_on_its_row(imported: dict[str, int]) -> None:
    """Whatever points to it still does."""
    ward = AdminUnit.objects.get(pk=imported["ward"])
    assert (ward.code, ward.name, ward.is_demo) == ("20341", "Phường Tam Kỳ", False)
    assert ward.geom.contains(Point(*TAM_KY, srid=4326))
    assert Jurisdiction.objects.get(pk=imported["work"]).unit_id == ward.pk


def test_the_demo_province_has_the_outline_of_its_units(imported: dict[str, int]) -> None:
    """And says where it is from."""
    province = AdminUnit.objects.get(pk=imported["province"])
    assert not province.is_demo
    assert "94" in province.legal_basis
    union = shapely.union_all([shape(feature["geometry"]) for feature in source()])
    assert shapely.from_wkb(bytes(province.geom.wkb)).symmetric_difference(union).area < 1e-9
    assert AdminGeneration.objects.filter(valid_from=JULY).exists()


def test_any_day_has_its_unit(imported: dict[str, int]) -> None:
    """The subdivided twin follows the new outlines; the code alone means another ward before the reform."""
    unit = AdminUnit.objects.at_point(*TAM_KY, on=date(2025, 7, 2))
    assert unit is not None
    assert unit.pk == imported["ward"]
    assert AdminUnit.objects.get(pk=imported["before"]).valid_to == JULY
    island = AdminUnit.objects.at_point(112.334, 16.835, on=date(2026, 1, 1))
    assert island is None or island.kind == "Đặc khu"


def test_the_crosswalk_links_what_is_there(imported: dict[str, int]) -> None:
    """An Mỹ went wholly into Tam Kỳ, by clause 13."""
    link = AdminUnitSuccession.objects.get(old=imported["before"], new=imported["ward"])
    assert link.extent == "full"
    assert link.legal_basis.startswith("Nghị quyết 1659, ") or link.legal_basis == ""


def test_importing_again_changes_nothing() -> None:
    """Not a row, not a change in the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM change_log WHERE table_name = 'gis_core_adminunit'")
        (before,) = cursor.fetchone()
        said = command("import_admin_units", UNITS, "--valid-from", "2025-07-01")
        cursor.execute("SELECT count(*) FROM change_log WHERE table_name = 'gis_core_adminunit'")
        assert cursor.fetchone() == (before,)
    assert "0 new, 0 renewed, 94 unchanged" in said
