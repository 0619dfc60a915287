"""`load_pilot` again, otherwise, or after it was killed."""

from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.models import QuerySet

from gis_core.models import AdminUnit, PilotStep, Role, User
from incidents.models import Incident
from land.models import Parcel, ParcelLandUse
from land.pilot.parcels import Generator
from layers.models import Facility, LayerSetting, RoadSegment, TourismPlace, WaterBody
from tests import factories
from tests.pilot.conftest import SMALL, Load

PARCELS: QuerySet[Parcel] = QuerySet(Parcel)


def _counts() -> dict[str, int]:
    tables = (AdminUnit, Parcel, ParcelLandUse, Incident, RoadSegment, TourismPlace, Facility, WaterBody, LayerSetting, User, PilotStep)
    return {table.__name__: table._default_manager.count() for table in tables}


def test_a_second_run_changes_nothing(load_pilot: Load) -> None:
    load_pilot(*SMALL)
    before, logged = _counts(), _sql("SELECT max(seq) FROM change_log")
    assert "are loaded" in load_pilot()
    assert "are loaded" in load_pilot(*SMALL)
    assert (_counts(), _sql("SELECT max(seq) FROM change_log")) == (before, logged)


def test_another_town_beside_the_first_is_refused(load_pilot: Load) -> None:
    load_pilot(*SMALL, "--no-accounts")
    for option, value in (("--scale", "0.2"), ("--seed", "9"), ("--date", "2026-01-01")):
        with pytest.raises(CommandError, match=f"{option} .* are loaded: add --reset"):
            load_pilot(option, value)


def test_reset_replaces_the_town(load_pilot: Load) -> None:
    load_pilot(*SMALL, "--no-accounts")
    first = set(PARCELS.values_list("uid", flat=True))
    load_pilot("--reset", "--seed", "2", *SMALL, "--no-accounts")
    assert not first & set(PARCELS.values_list("uid", flat=True))
    assert set(PilotStep.objects.values_list("seed", flat=True)) == {2}


def test_reset_leaves_everything_when_real_data_hang_on_it(load_pilot: Load) -> None:
    load_pilot(*SMALL, "--no-accounts")
    ward = AdminUnit.objects.get(name="Phường Tam Kỳ")
    factories.jurisdiction(factories.user("real.officer"), Role.LAND_OFFICER, ward)
    with pytest.raises(CommandError, match="Nothing was removed"):
        load_pilot("--reset")
    assert PARCELS.count() > 5_000


def test_a_load_that_was_killed_goes_on_where_it_was(load_pilot: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Generator.batch

    def until_the_fourth(self: Generator, unit: int) -> object:
        if unit == 3:
            raise KeyboardInterrupt
        return whole(self, unit)

    monkeypatch.setattr(Generator, "batch", until_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        load_pilot(*SMALL, "--no-accounts")
    kept = list(PARCELS.order_by("pk").values_list("pk", "uid"))
    assert PilotStep.objects.filter(step="parcels").count() == 3
    monkeypatch.setattr(Generator, "batch", whole)
    load_pilot()  # seed, scale and day are those of the first run
    assert list(PARCELS.order_by("pk").values_list("pk", "uid"))[: len(kept)] == kept
    assert PilotStep.objects.filter(step="parcels").count() == 13
    assert PARCELS.values("uid").distinct().count() == PARCELS.count()


def test_no_accounts_can_be_made_later(load_pilot: Load, tmp_path: Path) -> None:
    load_pilot(*SMALL, "--no-accounts")
    assert not (tmp_path / "demo_accounts.txt").exists()
    load_pilot()
    assert (tmp_path / "demo_accounts.txt").exists()


@pytest.mark.parametrize("scale", ["0", "0.05", "21", "x", "nan", "1e1"])
def test_a_scale_that_is_none_is_refused(load_pilot: Load, scale: str) -> None:
    with pytest.raises(CommandError, match=r"number from 0\.1 to 20"):
        load_pilot("--scale", scale)


def _sql(query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
