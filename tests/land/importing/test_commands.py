"""`import_parcels` and `export_parcels` as an administrator types them."""

from pathlib import Path

import pytest

from gis_core.models import Role
from land.models import ParcelChange
from tests import factories
from tests.importing.conftest import command, refusal
from tests.land.desk import Desk
from tests.land.importing import files
from tests.land.importing.conftest import Counter
from tests.land.importing.files import Lot, lots, square
from tests.world import World


def test_a_dry_run_tells_everything_and_writes_nothing(counter: Counter, tmp_path: Path) -> None:
    """How the file was read, each fault with row and place."""
    path = files.gpkg(tmp_path / "a.gpkg", [*lots(), Lot(square(9), None), Lot(square(2), 9)])
    said = command("import_parcels", path, "--unit", "20341", "--dry-run")
    assert "Read as geopackage in EPSG:5899." in said
    assert "8 parcels; 3 cannot be brought in." in said
    assert "✗ row 7: The parcel has no number" in said
    assert "✗ row 8, 3: The same outline stands in row 3 already." in said
    assert counter.parcels() == []


def test_in_and_out_again(counter: Counter, desk: Desk, tmp_path: Path) -> None:
    """In an officer's name; bad parcels only left out on demand."""
    path = files.gpkg(tmp_path / "a.gpkg", [*lots(), Lot(square(9), None)])
    who = ("--unit", "20341", "--user", desk.officer.username)
    assert "Mend these parcels" in refusal("import_parcels", path, *who)
    assert "6 parcels are in the register" in command("import_parcels", path, *who, "--skip-bad")
    change = ParcelChange.objects.get(kind="import")
    assert (change.author, change.approver) == (desk.officer, None)
    (step,) = change.steps.all()
    assert (step.state, bool(step.note)) == ("published", True)
    out = tmp_path / "b.gpkg"
    assert "kB" in command("export_parcels", out, "--unit", "20341", "--sheet", "77")
    assert out.read_bytes().startswith(b"SQLite format 3")


def test_what_is_missing_is_named(counter: Counter, desk: Desk, world: World, tmp_path: Path) -> None:
    """A user, a unit, a format; an account that sees nothing gets nothing."""
    path = files.gpkg(tmp_path / "a.gpkg", lots())
    assert "--user" in refusal("import_parcels", path, "--unit", "20341")
    assert "77777" in refusal("import_parcels", path, "--unit", "77777", "--dry-run")
    assert "no such file" in refusal("import_parcels", tmp_path / "b.gpkg", "--unit", "20341", "--dry-run")
    desk.parcel(square(0), 1, sheet_no=77)
    stranger = factories.user()
    factories.jurisdiction(stranger, Role.LAND_OFFICER, world.units["B"])
    assert "not open" in refusal("export_parcels", tmp_path / "c.xml", "--unit", "20341", "--user", stranger.username)


def test_an_officer_imports_into_the_own_unit_alone(counter: Counter, world: World, tmp_path: Path) -> None:
    """The journal names somebody who may."""
    stranger = factories.user()
    factories.jurisdiction(stranger, Role.LAND_OFFICER, world.units["B"])
    path = files.gpkg(tmp_path / "a.gpkg", lots())
    assert "no officer" in refusal("import_parcels", path, "--unit", "20341", "--user", stranger.username)
    assert counter.parcels() == []


@pytest.mark.parametrize("name", ["a.gpkg", "a.dxf", "a.xml"])
def test_the_ending_names_the_format(counter: Counter, desk: Desk, tmp_path: Path, name: str) -> None:
    """Unless --format does."""
    desk.parcel(square(0), 1, sheet_no=77)
    command("export_parcels", tmp_path / name, "--sheet", "77")
    assert (tmp_path / name).stat().st_size > 500
