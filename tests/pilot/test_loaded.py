"""What is in the database after `load_pilot`: loaded once for all tests of this file, and rolled back after them."""

import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Abs, Round
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from gis_core.models import AdminGeneration, AdminUnit, AdminUnitSuccession, Role, User
from incidents.models import DeadlineRule, HandlingUnit, Incident, IncidentCategory, IncidentStep, RoutingRule
from incidents.rows import EVERYBODY, incidents, instructions
from land.history import key_on, keys_on
from land.models import LandUseCode, Parcel, ParcelKey, ParcelLandUse
from layers.layer import FeatureLayer
from layers.models import Facility, LayerSetting, Mention, RoadSegment, TourismPlace, TrafficReading, WaterBody
from layers.reporting.duties import OWED
from tests.pilot.conftest import SMALL, empty_the_map
from tests.world import declared_layers

TAM_KY = (108.4800, 15.5670)
PARCELS: QuerySet[Parcel] = QuerySet(Parcel)


@dataclass(frozen=True)
class Loaded:
    """What the command wrote, and where it keeps its files."""

    shown: str
    data: Path


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    data, out = tmp_path_factory.mktemp("data"), io.StringIO()
    with django_db_blocker.unblock(), override_settings(DATA_DIR=data, COVERAGE_DIR=data / "coverages"), transaction.atomic():
        empty_the_map()
        call_command("load_pilot", *SMALL, stdout=out)
        assert data == settings.DATA_DIR
        yield Loaded(out.getvalue(), data)
        transaction.set_rollback(True)


def test_everything_is_there_and_is_labelled_demo(loaded: Loaded) -> None:
    assert PARCELS.count() > 5_000
    for table in (AdminUnit, Parcel, Incident, RoadSegment, TourismPlace, Facility, WaterBody):
        rows = table._default_manager.all()
        assert rows.exists()
        assert not rows.filter(is_demo=False).exists()
    assert LandUseCode.objects.get(pk="BHK").successor_id == "HNK"
    assert IncidentCategory.objects.count() == 12
    assert set(LayerSetting.objects.values_list("layer", flat=True)) >= {"parcels", "incidents", "roads", "admin_units"}


def test_the_office_is_at_work(loaded: Loaded) -> None:
    """Units with rules, reports with units and the steps that led to their state; everything says that it is demo data."""
    assert HandlingUnit.objects.count() == 9
    assert not HandlingUnit.objects.filter(is_demo=False).exists()
    assert not HandlingUnit.objects.exclude(name__endswith="(minh họa)").exists()
    assert not HandlingUnit.objects.filter(base__isnull=True).exists()
    for rules in (RoutingRule, DeadlineRule):
        assert set(rules._default_manager.values_list("note", flat=True)) == {"Dữ liệu minh họa"}
    rows = incidents(EVERYBODY)
    at_work = rows.filter(status__in=["assigned", "in_progress", "resolved", "confirmed"])
    assert at_work.exists()
    assert not at_work.filter(handling_unit__isnull=True).exists()
    assert not rows.filter(status="new", handling_unit__isnull=False).exists()
    steps = IncidentStep.objects.select_related("incident").order_by("incident", "version")
    last = {step.incident: step for step in steps}
    assert {incident.pk for incident in last} == set(rows.exclude(status__in=["new", "duplicate"]).values_list("pk", flat=True))
    assert all(step.after == incident.status and step.version == incident.version for incident, step in last.items())
    assert {True, False} <= set(steps.filter(verb="resolve").values_list("late", flat=True))
    assert instructions(EVERYBODY).filter(is_demo=True, assignee__isnull=False).exists()


@pytest.mark.parametrize("layer", declared_layers(), ids=lambda layer: layer.name)
def test_every_layer_has_demo_rows(loaded: Loaded, layer: FeatureLayer) -> None:
    """Labelled; somebody answers for them, in some cadence."""
    rows = layer.model._default_manager.all()
    assert rows.exists()
    assert not rows.filter(is_demo=False).exists()
    assert LayerSetting.objects.filter(layer=layer.name).exclude(contact_name="").exists() or layer.name == "instructions"


def test_what_is_owed_stands_in_every_state(loaded: Loaded) -> None:
    """Some have not reported or named anybody, some did so in time."""
    for model in OWED:
        states = set(model._default_manager.values_list("state", flat=True))
        assert {"overdue", "done"} <= states, model
        assert states <= {"waiting", "overdue", "done", "late"}
    assert Mention._default_manager.values("tone").distinct().count() == 3
    assert TrafficReading.objects.count() >= 24
    assert RoadSegment._default_manager.filter(~Q(closed_by=""), traffic_state="closed").exists()


def test_units_answer_for_every_date(loaded: Loaded) -> None:
    communes = AdminUnit.objects.filter(level="commune")
    assert [communes.as_of(day).count() for day in (date(2020, 9, 8), date(2025, 3, 1), date(2025, 7, 1))] == [13, 12, 4]
    for day, code, name in (
        (date(2020, 9, 8), "20341", "Phường An Mỹ"),
        (date(2025, 6, 30), "20341", "Phường An Mỹ"),
        (date(2025, 7, 1), "20341", "Phường Tam Kỳ"),
    ):
        unit = AdminUnit.objects.at_point(*TAM_KY, on=day)
        assert unit is not None
        assert (unit.code, unit.name) == (code, name)
    assert AdminGeneration.objects.count() == 3
    assert AdminUnitSuccession.objects.filter(new__name="Phường Hương Trà").count() == 3
    assert AdminUnit.objects.get(name="Phường Tam Kỳ").path == "48/20341/"


def test_parcels_are_complete_rows(loaded: Loaded) -> None:
    parcels = PARCELS.all()
    assert not parcels.exclude(geohash__regex="^[0-9b-hjkmnp-z]{12}$").exists()
    assert not parcels.filter(address="").exists()
    assert not parcels.exclude(old_unit__valid_from__lte="2025-06-30", old_unit__valid_to="2025-07-01").exists()
    assert set(parcels.values_list("admin_unit__name", flat=True)) == {
        "Phường Tam Kỳ",
        "Phường Bàn Thạch",
        "Phường Hương Trà",
        "Phường Quảng Phú",
    }
    assert {srid for (srid,) in _sql("SELECT DISTINCT ST_SRID(geom) FROM land_parcel")} == {5899}
    assert parcels.filter(geom_3857__isnull=True).count() == 0


def test_parcels_answer_under_the_units_of_every_date(loaded: Loaded) -> None:
    """Thirteen units, then twelve, then four; no two parcels have one key on a day, and the one asked by its key is found."""
    rows = list(PARCELS.only("pk", "uid", "admin_unit", "sheet_no", "parcel_no", "old_unit", "old_sheet_no", "old_parcel_no", "old_until"))
    moved = PARCELS.filter(uid=ParcelKey.objects.filter(unit__name="Phường Phước Hòa").values("uid")[:1]).get()
    days = ((date(2020, 9, 8), 13, "Phường Phước Hòa"), (date(2025, 3, 1), 12, "Phường An Xuân"), (date(2025, 7, 1), 4, "Phường Tam Kỳ"))
    for day, count, name in days:
        keys = keys_on(day, rows)
        assert len(set(keys.values())) == len(rows)
        units = set(AdminUnit.objects.as_of(day).filter(level="commune").values_list("pk", flat=True))
        assert {key.unit for key in keys.values()} == units
        assert len(units) == count
        key = keys[moved.pk]
        assert key.unit is not None
        unit = AdminUnit.objects.get(pk=key.unit)
        assert unit.name == name
        assert [row.pk for row in PARCELS.filter(key_on(day, unit.code, key.sheet, key.number))] == [moved.pk]


def test_areas_are_those_of_the_database_too(loaded: Loaded) -> None:
    [(wrong,)] = _sql("SELECT count(*) FROM land_parcel WHERE abs(ST_Area(geom) - area_m2) > 0.11")
    assert wrong == 0
    different = ParcelLandUse.objects.values("parcel").annotate(off=Abs(Round(Sum("area_m2"), 1) - F("parcel__area_m2")))
    assert not different.filter(off__gt=0.01).exists()


def test_the_units_outline_contains_its_parcels(loaded: Loaded) -> None:
    [(outside,)] = _sql(
        "WITH outline AS MATERIALIZED (SELECT id, ST_Buffer(ST_Transform(geom, 5899), 0.02) AS geom FROM gis_core_adminunit)"
        " SELECT count(*) FROM land_parcel p JOIN outline new ON new.id = p.admin_unit_id JOIN outline old ON old.id = p.old_unit_id"
        " WHERE NOT (ST_Covers(new.geom, p.geom) AND ST_Covers(old.geom, p.geom))"
    )
    assert outside == 0


def test_the_change_log_says_reload_instead_of_a_row_a_feature(loaded: Loaded) -> None:
    operations = _sql(
        "SELECT DISTINCT op FROM change_log WHERE txid = pg_current_xact_id() AND table_name IN ('land_parcel', 'incidents_incident')"
    )
    assert operations == [("R",)]


def test_demo_accounts_are_for_the_owners_eyes(loaded: Loaded) -> None:
    path = loaded.data / "demo_accounts.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line[0] for line in lines][:2] == ["officer.tamky", "officer.banthach"]
    for username, password, about in lines:
        user = User.objects.get(username=username)
        assert user.check_password(password)
        assert user.is_demo
        assert "minh họa" in about
    assert set(User.objects.filter(is_demo=True).values_list("jurisdictions__role", flat=True)) == set(Role.values)
    assert list(User.objects.filter(is_superuser=True, is_demo=True).values_list("username", flat=True)) == ["admin"]


def test_an_officer_sees_the_parcels_of_his_ward_alone(loaded: Loaded) -> None:
    seen = Parcel.objects.restrict(User.objects.get(username="officer.tamky"), "view")
    assert set(seen.values_list("admin_unit__code", flat=True)) == {"20341"}
    assert 0 < seen.count() < PARCELS.count()


def test_the_rate_is_shown_beside_that_of_bare_copy(loaded: Loaded) -> None:
    assert "parcels: 6," in loaded.shown
    assert "bare COPY of" in loaded.shown


def _sql(query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
