"""What the two processes tell each other: the request, the description of the file, the columns."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

# How the bytes of texts became letters (gis_core/importing/legacy.py); "auto" looks at the first rows.
Script = Literal["auto", "utf8", "tcvn3", "vni", "cp1258"]
ColumnType = Literal["boolean", "integer", "bigint", "double", "text", "date", "time", "timestamp"]


@dataclass(frozen=True)
class Options:
    """How a person wants a file to be read.

    `srid` declares the coordinate system (--crs); `layer` names one of several; `fields` are the wanted attributes by their
    original names (all when empty); `east_north` names the coordinate columns of a table; `zone` is the time zone of
    times that state none. `script` says how Vietnamese of the years before Unicode is written; "utf8" leaves texts as they are.
    `units` are outlines (WKB in degrees, hexadecimal) by code and by name (gis_core/importing/reading/units.py): what rows of a table
    stand for that name a unit instead of a place.
    """

    srid: int | None = None
    encoding: str | None = None
    layer: str | None = None
    fields: tuple[str, ...] = ()
    east_north: tuple[str, str] | None = None
    zone: str = "Asia/Ho_Chi_Minh"
    script: Script = "utf8"
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What the child is to read: an absolute path, the key of its format, the options and the memory it may use."""

    path: str
    format: str
    options: Options
    memory: int
    cpu_seconds: int
    seconds: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON, which knows no tuples."""
        options = values.pop("options")
        pair = options.pop("east_north")
        fields = tuple(options.pop("fields"))
        return cls(options=Options(**options, fields=fields, east_north=(pair[0], pair[1]) if pair else None), **values)


@dataclass(frozen=True)
class Field:
    """An attribute of the file: its original name and the type of its values."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class Description:
    """A file before its rows are read; `count` is None where the format does not tell.

    `geometry_type` is what the file declares ("Polygon", "Unknown", …); the rows decide. `left_out` are attributes of types
    that a table cannot hold (bytes). `offline` is False where the system gave the child no namespace without network.
    """

    format: str
    layer: str
    srid: int
    crs_name: str
    geometry_type: str
    count: int | None
    fields: tuple[Field, ...]
    left_out: tuple[str, ...] = ()
    offline: bool = True

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON."""
        fields = tuple(Field(**found) for found in values.pop("fields"))
        return cls(fields=fields, left_out=tuple(values.pop("left_out")), **values)


@dataclass
class Remarks:
    """What the reader noticed on the way and a person should know.

    `normalised` counts texts changed by Unicode normalisation (NFC); `heights` says that heights were dropped;
    `legacy` names the font encoding that texts seem to be in; `script` is the one out of which they were brought into Unicode.
    """

    normalised: int = 0
    heights: bool = False
    legacy: str | None = None
    script: Script = "utf8"
    fields: dict[str, int] = field(default_factory=dict)  # normalised texts by field
