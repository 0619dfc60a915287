"""The world of the tests: units of three generations on a tiny map, rows of every layer in each of them, and the cast.

It is committed once a session, because the hot path (its own connections, its own memory) sees committed data alone.
Places are cells of 0.01 degrees near Tam Kỳ, columns eastwards, rows northwards:

    column 0        1                                2                    3
    2020   20335    20341 / 20338 / 20347 (cells)    20350                51/21034
    2025-3 20335    20341 / 20347 (took in 20338)    20350                51/21034
    2025-7 C 20335  A 20341                          B 203410             51/21034 ("outside")

C has its old code with another name, A's code was one of its three predecessors', and B's code begins with A's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.contrib.gis.geos import MultiPolygon

from gis_core.models import AdminGeneration, AdminUnit, AdminUnitSuccession
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from tests import factories
from tests.cast import Cast

WEST, SOUTH, CELL = 108.46, 15.55, 0.01
BOUNDS = (WEST, SOUTH, WEST + 5 * CELL, SOUTH + 3 * CELL)
FIRST, MARCH, JULY = date(2020, 2, 1), date(2025, 3, 1), date(2025, 7, 1)

# key -> (path, name, column, row, columns, rows, from, to)
_UNITS: dict[str, tuple[str, str, int, int, int, int, date, date | None]] = {
    "quảng nam": ("49/", "Tỉnh Quảng Nam", 0, 0, 3, 3, FIRST, JULY),
    "thành phố": ("49/502/", "Thành phố Tam Kỳ", 0, 0, 3, 3, FIRST, JULY),
    "tân thạnh": ("49/502/20335/", "Phường Tân Thạnh", 0, 0, 1, 3, FIRST, JULY),
    "an mỹ": ("49/502/20341/", "Phường An Mỹ", 1, 0, 1, 1, FIRST, JULY),
    "phước hòa": ("49/502/20338/", "Phường Phước Hòa", 1, 1, 1, 1, FIRST, MARCH),
    "an xuân 2020": ("49/502/20347/", "Phường An Xuân", 1, 2, 1, 1, FIRST, MARCH),
    "an xuân 2025": ("49/502/20347/", "Phường An Xuân", 1, 1, 1, 2, MARCH, JULY),
    "an sơn": ("49/502/20350/", "Phường An Sơn", 2, 0, 1, 3, FIRST, JULY),
    "đà nẵng": ("48/", "Thành phố Đà Nẵng", 0, 0, 3, 3, JULY, None),
    "A": ("48/20341/", "Phường Tam Kỳ", 1, 0, 1, 3, JULY, None),
    "B": ("48/203410/", "Phường Hương Trà", 2, 0, 1, 3, JULY, None),
    "C": ("48/20335/", "Phường Bàn Thạch", 0, 0, 1, 3, JULY, None),
    "quảng ngãi": ("51/", "Tỉnh Quảng Ngãi", 3, 0, 1, 3, FIRST, None),
    "outside": ("51/21034/", "Xã Bình Sơn", 3, 0, 1, 3, FIRST, None),
}
_SUCCESSIONS = (
    ("phước hòa", "an xuân 2025"),
    ("an xuân 2020", "an xuân 2025"),
    ("tân thạnh", "C"),
    ("an mỹ", "A"),
    ("an xuân 2025", "A"),
    ("an sơn", "B"),
)
# Where a row may belong, with the column in which it is drawn. "an mỹ" is a row that kept its abolished unit.
HOMES: dict[str | None, int] = {"A": 1, "B": 2, "C": 0, "outside": 3, "an mỹ": 1, None: 4}


@dataclass(frozen=True)
class Row:
    """A row of a layer: its key, the unit it belongs to, where it stands, and its mark."""

    pk: int
    home: str | None
    at: tuple[float, float]
    label: str
    public: bool = False  # published one by one, as incidents are


@dataclass
class World:
    """Everything that is committed for the session."""

    units: dict[str, AdminUnit] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    cast: Cast = field(default_factory=Cast)

    def row(self, layer: str, home: str | None, *, public: bool | None = None) -> Row:
        """The first row of a layer that belongs to `home`."""
        return next(row for row in self.rows[layer] if row.home == home and public in (None, row.public))


def build() -> World:
    """Write the world."""
    world = World()
    for day, title in ((FIRST, "Nghị quyết 863"), (MARCH, "Nghị quyết 1241"), (JULY, "Nghị quyết 1659")):
        AdminGeneration.objects.create(valid_from=day, title=title)
    for key, (path, name, column, row, columns, rows, begins, ends) in _UNITS.items():
        level = "commune" if path.strip("/").split("/")[-1] >= "1000" and len(path) > 7 else "district" if "502" in path else "province"
        world.units[key] = factories.unit(path, cells(column, row, columns, rows), name=name, level=level, valid_from=begins, valid_to=ends)
    for old, new in _SUCCESSIONS:
        AdminUnitSuccession.objects.create(old=world.units[old], new=world.units[new], extent="full")
    for layer in declared_layers():
        world.rows[layer.name] = list(_rows_of(layer, world))
    world.cast = Cast.engage(world.units)
    return world


def declared_layers() -> list[FeatureLayer]:
    """The layers declared in code (imported ones are the importers' own matter)."""
    return [layer for layer in catalogue._declared.values() if isinstance(layer, FeatureLayer)]


def ordinary_layers() -> list[FeatureLayer]:
    """Those without the ones that ask for clearance, which nobody of the cast has (tests/themes/test_security.py)."""
    return [layer for layer in declared_layers() if layer.access.superusers]


def cells(column: int, row: int, columns: int = 1, rows: int = 1) -> MultiPolygon:
    """A rectangle of cells."""
    west, south = WEST + column * CELL, SOUTH + row * CELL
    return factories.box(west, south, west + columns * CELL, south + rows * CELL)


def _rows_of(layer: FeatureLayer, world: World) -> Iterator[Row]:
    if layer.model is AdminUnit:
        for key, unit in world.units.items():
            column, row = _UNITS[key][2:4]
            yield Row(unit.pk, key, (WEST + (column + 0.5) * CELL, SOUTH + (row + 0.5) * CELL), unit.name)
        return
    flagged = any(column.name == "is_public" for column in layer.model._meta.concrete_fields)
    # Layers stand beside each other, each row inside its home's column; after fourteen of them the next begin a little higher.
    shift, rise = 0.0006 * (len(world.rows) % 14), 0.00045 * (len(world.rows) // 14)
    for home, column in HOMES.items():
        for number, public in enumerate((False, True) if flagged else (False, False)):
            at = (WEST + column * CELL + 0.001 + shift, SOUTH + (0.2 + 0.4 * number + 0.1 * (home == "an mỹ")) * CELL + rise)
            # ASCII, so that it stays the same in JSON, HTML and MVT.
            label = f"mark{layer.name}{list(HOMES).index(home)}{number}x"
            values = {"is_public": public} if flagged else {}
            made = factories.feature(layer.model, world.units[home] if home else None, at, label, **values)
            yield Row(made.pk, home, at, label, public)
