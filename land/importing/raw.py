"""A file's rows as they are read, in Arrow's columns: sixty thousand rows become Python's values only where somebody looks at them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_core.importing.faults import FileFault, RowFault
from gis_core.importing.messages import Description, Options
from gis_core.importing.source import Source, opened
from land.importing.problems import Unusable
from land.importing.request import Asked, Step
from land.importing.table import MAX_PARCELS

PLANE = 5899
BYTES = "ISO-8859-1"
_DRAWN = ("dxf", "dgn")


@dataclass
class Raw:
    """A file's sound rows (columns row, geometry, c0, c1, …) and the faults of the others."""

    about: Description
    table: Any
    faults: list[RowFault] = field(default_factory=list)
    as_bytes: bool = False
    guessed_crs: bool = False

    @property
    def names(self) -> list[str]:
        """The attributes under the file's names."""
        return [found.name for found in self.about.fields]

    @property
    def rows(self) -> NDArray[np.int64]:
        """Numbers of the rows in the file."""
        found: NDArray[np.int64] = self.table.column("row").to_numpy()
        return found

    @property
    def shapes(self) -> NDArray[np.object_]:
        """The shapes as the file has them."""
        found: NDArray[np.object_] = shapely.from_wkb(self.table.column("geometry").to_numpy())
        return found

    def column(self, name: str) -> Any:
        """One attribute (Arrow)."""
        return self.table.column(f"c{self.names.index(name)}")


def each(column: Any, make: Callable[[Any], Any], kind: Any) -> Any:
    """A column of what `make` says to each value (None where there is none); it is asked once for each that differs."""
    if pa.types.is_null(column.type):
        return pa.array([make(None)] * len(column), kind)
    whole = column if isinstance(column, pa.Array) else column.combine_chunks()
    encoded = whole.dictionary_encode(null_encoding="encode")
    made = pa.array([make(value) for value in encoded.dictionary.to_pylist()], kind)
    return made.take(encoded.indices)


def rows_of(path: Path, asked: Asked, step: Step) -> Raw:
    """All rows, asked for again with what the first answer lacks: an encoding, a coordinate system. Raises FileFault, Unusable."""
    options, guessed = Options(srid=asked.srid, layer=asked.layer), False
    for _attempt in range(3):
        try:
            raw = _read_once(path, options, step)
        except FileFault as error:
            if error.fault.code in ("not-utf8", "not-utf8-row") and options.encoding is None:
                options = replace(options, encoding=BYTES)
            elif error.fault.code == "no-crs":
                options, guessed = replace(options, srid=PLANE), True
            else:
                raise
        else:
            raw.as_bytes, raw.guessed_crs = options.encoding is not None, guessed
            return raw
    raise FileFault("failed", detail="encoding")


def _read_once(path: Path, options: Options, step: Step) -> Raw:
    with opened(path, options) as source:
        return _collected(source, step)


def _collected(source: Source, step: Step) -> Raw:
    about = source.description
    tables, faults, sound, done = [], list[RowFault](), 0, 0
    for batch in source.batches:
        faults += batch.faults
        tables.append(batch.table)
        sound += batch.table.num_rows
        done += batch.size
        step("reading", done, about.count or 0)
        if about.format not in _DRAWN and sound > MAX_PARCELS:
            raise Unusable("too-many", limit=MAX_PARCELS)
    return Raw(about, pa.Table.from_batches(tables) if tables else _nothing(about), faults)


def _nothing(about: Description) -> Any:
    columns = {"row": pa.array([], pa.int64()), "geometry": pa.array([], pa.binary())}
    return pa.table({**columns, **{f"c{index}": pa.array([], pa.string()) for index in range(len(about.fields))}})
