"""One reader, one service: does it show what the oracle says? Used for the world at rest and after every step of random histories."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.contract import oracle, services
from tests.contract import pictures as _pictures  # noqa: F401  its services register themselves
from tests.contract import queries as _queries  # noqa: F401  so do these
from tests.contract import wfs as _wfs  # noqa: F401  so do these
from tests.contract.reader import Absent, Reader

# Below this zoom the smallest rows of the world are smaller than a tile's unit and may be left out.
ALL_DRAWN_FROM = 10
CENTIMETRES = 1e-6

T = TypeVar("T")


def is_there(reader: Reader) -> bool:
    """Whether the layer exists for this person."""
    return oracle.exists_for(reader.person, reader.name)


def tiles(reader: Reader, z: int) -> None:
    """Exactly the rows that the person may see, from the layer's first zoom on; no others at any zoom."""
    if not is_there(reader):
        with pytest.raises(Absent):
            services.read_zoom(reader, z)
        return
    found = services.read_zoom(reader, z)
    how = reader.layer.generalisation
    if z < (how.detail_zoom if how else reader.layer.min_zoom):
        assert found == set()
    elif z < ALL_DRAWN_FROM:
        assert found <= reader.expected
    else:
        assert found == reader.expected


def keys(reader: Reader, service: services.Keys) -> None:
    """Exactly the rows that the person may see."""
    if is_there(reader):
        assert service(reader) == reader.expected
    else:
        with pytest.raises(Absent):
            service(reader)


def single_rows(reader: Reader) -> None:
    """Each row by its own address (units of the past too: an address is for ever); what is hidden is not there."""
    for row in reader.rows:
        path = f"/ogc/collections/{reader.name}/items/{row.pk}"
        if is_there(reader) and oracle.sees(reader.person, reader.name, row):
            assert reader.get(path, headers={"Accept": "application/geo+json"}).json()["id"] == row.pk
        else:
            with pytest.raises(Absent):
                reader.get(path)


def counts(reader: Reader, service: services.Counts) -> None:
    """Counted after permission."""
    if is_there(reader):
        assert service(reader) == len(reader.expected)
    else:
        with pytest.raises(Absent):
            service(reader)


def extents(reader: Reader, service: services.Extents) -> None:
    """The bounds of the rows that the person sees: a box around hidden rows would say where they are."""
    if not is_there(reader):
        with pytest.raises(Absent):
            service(reader)
        return
    expected = bounds(reader)
    found = service(reader)
    assert (found is None) == (expected is None)
    if found and expected:
        assert found == pytest.approx(expected, abs=CENTIMETRES)


def presence(reader: Reader, service: services.Presence) -> None:
    """The layer is named, or the service behaves as if there were none."""
    if is_there(reader):
        service(reader)
    else:
        with pytest.raises(Absent):
            service(reader)


def bounds(reader: Reader) -> services.Bounds | None:
    """Bounds of the expected rows, computed here from the stored geometries."""
    rows = reader.layer.model._default_manager.filter(pk__in=reader.expected)
    boxes = [getattr(row, reader.layer.geometry).transform(4326, clone=True).extent for row in rows]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def everything(reader: Reader, zooms: tuple[int, ...] = services.ZOOMS) -> list[str]:
    """Run all of the above; the name of each service that shows something else, with what was wrong."""
    failed = []
    named: list[tuple[str, Callable[[Reader], None]]] = [(f"tiles z{z}", _bound(tiles, z)) for z in zooms]
    named.append(("single rows", single_rows))
    named += [(name, _bound(keys, one)) for name, one in services.KEYS.items()]
    named += [(name, _bound(counts, one)) for name, one in services.COUNTS.items()]
    named += [(name, _bound(extents, one)) for name, one in services.EXTENTS.items()]
    named += [(name, _bound(presence, one)) for name, one in services.PRESENCE.items()]
    for name, check_one in named:
        try:
            check_one(reader)
        except (AssertionError, Absent, pytest.fail.Exception) as error:
            failed.append(f"{reader.person.name} × {reader.name} × {name}: {type(error).__name__} {str(error)[:600]}")
    return failed


def _bound(check: Callable[[Reader, T], None], argument: T) -> Callable[[Reader], None]:
    return lambda reader: check(reader, argument)
