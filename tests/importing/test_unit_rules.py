"""What an import of units refuses: codes twice at a time, overlaps, unknown parents; and what it does when told to."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gis_core.models import AdminGeneration, AdminUnit, AdminUnitSuccession
from gis_core.units.rows import full_name
from tests import factories
from tests.importing.conftest import Writer, bow_tie, collection, command, lists, point, refusal, square

pytestmark = pytest.mark.usefixtures("past")
DAY = ("--valid-from", "2025-07-01")
PARENT = (*DAY, "--parent", "48")
AREA = factories.box(107, 15, 107.1, 15.1)
WEST, EAST = square(107.0, 15.0, 0.1), square(107.1, 15.0, 0.1)


def rows(*units: tuple[dict[str, Any] | None, str | int, str]) -> str:
    """A file of units: geometry, code, name."""
    return collection([(geometry, {"ma": code, "ten": name}) for geometry, code, name in units])


def imported() -> dict[str, AdminUnit]:
    """The communes in force in August 2025, by code."""
    return {unit.code: unit for unit in AdminUnit.objects.as_of(date(2025, 8, 1)).filter(level="commune")}


def lines(text: str) -> Sequence[str]:
    """The lines of a report that are about rows."""
    return [line.strip() for line in text.splitlines() if line.strip().startswith("Row ")]


def test_a_new_province_is_made_from_its_units(write: Writer) -> None:
    """With its name since 2025, its outline the union, and the generation."""
    command("import_admin_units", write("a.geojson", rows((WEST, "20333", "Đặc khu A"), (EAST, "20341", "phường  Tam Kỳ"))), *PARENT)
    assert {code: (unit.name, unit.kind) for code, unit in imported().items()} == {
        "20333": ("Đặc khu A", "Đặc khu"),
        "20341": ("phường Tam Kỳ", "Phường"),
    }
    province = AdminUnit.objects.get(code="48", valid_from=date(2025, 7, 1))
    assert (province.name, province.kind, province.is_demo) == ("Thành phố Đà Nẵng", "Thành phố", False)
    assert province.geom.extent == pytest.approx((107.0, 15.0, 107.2, 15.1))
    assert AdminGeneration.objects.filter(valid_from=date(2025, 7, 1)).exists()


def test_a_dry_run_keeps_nothing(write: Writer) -> None:
    """But tells everything."""
    said = command("import_admin_units", write("a.geojson", rows((WEST, "20333", "Xã A"))), *PARENT, "--dry-run")
    assert "1 new" in said
    assert "nothing was written" in said.lower()
    assert imported() == {}


def test_wrong_rows_are_told_by_number(write: Writer) -> None:
    """Code, name, geometry: and not one row is written."""
    path = write(
        "bad.geojson",
        rows(
            (WEST, "20333", "Xã A"),
            (EAST, "20333", "Xã B"),
            (EAST, "2O341", "Xã C"),
            (EAST, "20347", ""),
            (point(107, 15), "20350", "Xã D"),
            (bow_tie(107, 15), "20356", "Xã E"),
            (None, "20357", "Xã F"),
            (EAST, "1234567", "Xã G"),
        ),
    )
    told = lines(refusal("import_admin_units", path, *PARENT))
    assert [line.split(":")[0] for line in told] == [f"Row {row}" for row in range(2, 9)]
    assert "20333 stands in row 1" in told[0]
    assert "5 digits" in told[1]
    assert "no name" in told[2]
    assert "no surface but a Point" in told[3]
    assert "Self-intersection" in told[4]
    assert imported() == {}


def test_overlaps_are_told_with_their_share(write: Writer) -> None:
    """Inside the file and with units that stay; a sliver is only mentioned."""
    half = square(107.05, 15.0, 0.1)
    (line,) = lines(refusal("import_admin_units", write("a.geojson", rows((WEST, "20333", "Xã A"), (half, "20334", "Xã B"))), *PARENT))
    assert "“Xã A (20333)” overlap by 50.0 %" in line
    sliver = square(107.0999, 15.0, 0.1)
    said = command("import_admin_units", write("b.geojson", rows((WEST, "20333", "Xã A"), (sliver, "20334", "Xã B"))), *PARENT)
    assert "1 pairs of units overlap a little" in said
    (line,) = lines(refusal("import_admin_units", write("c.geojson", rows((half, "20335", "Xã C"))), *PARENT))
    assert "20335" in line


def test_a_real_unit_is_renewed_only_when_told(write: Writer) -> None:
    """On its row."""
    first = write("a.geojson", rows((WEST, "20333", "Xã A")))
    command("import_admin_units", first, *PARENT)
    pk = imported()["20333"].pk
    second = write("b.geojson", rows((EAST, "20333", "Phường A")))
    assert "--replace" in lines(refusal("import_admin_units", second, *PARENT))[0]
    command("import_admin_units", second, *PARENT, "--replace")
    assert (imported()["20333"].pk, imported()["20333"].name) == (pk, "Phường A")
    assert imported()["20333"].geom.extent == pytest.approx((107.1, 15.0, 107.2, 15.1))


def test_a_code_that_is_in_force_has_to_end_first(write: Writer) -> None:
    """The same code before a reform is another unit."""
    old = factories.unit("49/20341/", AREA, name="Phường An Mỹ", level="commune", valid_from=date(2010, 1, 1))
    path = write("a.geojson", rows((WEST, "20341", "Phường Tam Kỳ")))
    assert "“Phường An Mỹ” since 2010-01-01" in lines(refusal("import_admin_units", path, *PARENT))[0]
    assert "Ended: 20341" in command("import_admin_units", path, *PARENT, "--end-previous")
    old.refresh_from_db()
    assert old.valid_to == date(2025, 7, 1)
    assert imported()["20341"].name == "Phường Tam Kỳ"


def test_a_code_that_comes_later_bounds_the_time(write: Writer) -> None:
    """Old units can be imported behind new ones, with their end."""
    factories.unit("48/20341/", AREA, name="Phường Tam Kỳ", level="commune", valid_from=date(2025, 7, 1))
    path = write("a.geojson", rows((WEST, "20341", "Phường An Mỹ")))
    first = ("--valid-from", "2020-01-01", "--parent", "49", "--parent-name", "Tỉnh Quảng Nam")
    assert "--valid-to" in refusal("import_admin_units", path, *first)
    command("import_admin_units", path, *first, "--valid-to", "2025-07-01")
    assert AdminUnit.objects.as_of(date(2024, 1, 1)).get(code="20341", valid_from=date(2020, 1, 1)).name == "Phường An Mỹ"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (DAY, "--parent 48"),
        ((*DAY, "--parent", "77"), "--parent-name"),
        ((*DAY, "--parent", "502"), "No unit with code 502"),
        (("--valid-from", "2020-01-01", "--parent", "48"), "No unit with code 48"),
        ((*PARENT, "--crs", "EPSG:5899"), "outside|degrees|EPSG:4326"),
        ((*PARENT, "--code-field", "nothing"), "--code-field"),
        ((*PARENT, "--crosswalk", "/nowhere.csv"), "nowhere.csv"),
    ],
)
def test_what_is_missing_is_asked_for(arguments: tuple[str, ...], sentence: str, write: Writer) -> None:
    """With the option that helps; nothing is written."""
    said = refusal("import_admin_units", write("a.geojson", rows((WEST, "20333", "Xã A"))), *arguments)
    assert any(part in said for part in sentence.split("|")), said
    assert imported() == {}


def test_numbers_get_their_leading_zeros_back(write: Writer) -> None:
    """Tables of numbers lose them."""
    command("import_admin_units", write("a.geojson", rows((WEST, 4, "Phường Ba Đình"))), *DAY, "--parent", "01")
    assert list(imported()) == ["00004"]


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("Phường Tam Kỳ", "", ("Phường", "Phường Tam Kỳ")),
        ("Tam Kỳ", "phường", ("Phường", "Phường Tam Kỳ")),
        ("Thành phố Huế", "", ("Thành phố", "Thành phố Huế")),
        ("Thị xã Điện Bàn", "Thị xã", ("Thị xã", "Thị xã Điện Bàn")),
        ("Tam Kỳ", "ward", ("", "Tam Kỳ")),
        ("Xãm", "", ("", "Xãm")),
        ("", "Xã", ("", "")),
    ],
)
def test_kinds_come_from_names(name: str, kind: str, wanted: tuple[str, str]) -> None:
    """Or from an attribute of their own."""
    assert full_name(name, kind) == wanted


def test_a_crosswalk_tells_what_it_could_not_link(write: Writer, tmp_path: Path) -> None:
    """Rows about units that nobody imported, and words that mean nothing."""
    factories.unit("49/20335/", AREA, level="commune", valid_from=date(2010, 1, 1), valid_to=date(2025, 7, 1))
    table = write(
        "cross.csv",
        "old_code,old_name,new_code,merge_type,nq1659_clause\n"
        "20335,a,20341,partial,13\n99999,b,20341,full,13\n20335,c,88888,full,1\n20335,d,20341,whole,1\n",
    )
    path = write("a.geojson", rows((WEST, "20341", "Phường Tam Kỳ")))
    said = command("import_admin_units", path, *PARENT, "--legal-basis", "NQ 1659", "--crosswalk", table)
    assert "1 new, 0 there already, 3 about units not there" in said
    assert len(lines(said)) == 3
    link = AdminUnitSuccession.objects.get(new__code="20341", new__valid_from=date(2025, 7, 1))
    assert (link.old.code, link.extent, link.legal_basis) == ("20335", "partial", "NQ 1659, clause 13")
    assert "lacks the columns" in refusal("import_admin_units", path, *PARENT, "--crosswalk", write("x.csv", "a,b\n1,2\n"))


def test_the_outline_keeps_its_digits(write: Writer) -> None:
    """No rounding on the way."""
    ring = [[107.1234567890123, 15.0000000000001], [107.2, 15.0], [107.2, 15.1], [107.1234567890123, 15.0000000000001]]
    path = write("a.geojson", rows(({"type": "Polygon", "coordinates": [ring]}, "20333", "Xã A")))
    command("import_admin_units", path, *PARENT)
    assert lists(imported()["20333"].geom.coords) == [[ring]]
