"""What an author says about a file (how to read it) and about the layer that it shall become."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from gis_core.importing.messages import Options, Script
from layers.imports.request import Family

Mode = Literal["create", "replace", "append", "upsert", "rollback", "remove"]


@dataclass(frozen=True)
class Answers:
    """How a file is to be read; what is left open is taken from the file or guessed, and the guess is shown.

    `srid` is the coordinate system, `layer` one of several in the file, `family` one kind of geometry of a mixed file, `east`
    and `north` the columns of a table, `encoding` and `script` how its texts are written.
    """

    srid: int | None = None
    layer: str | None = None
    family: Family | None = None
    east: str | None = None
    north: str | None = None
    encoding: str | None = None
    script: Script = "auto"

    def options(self, zone: str) -> Options:
        """For the reader."""
        pair = (self.east, self.north) if self.east and self.north else None
        return Options(srid=self.srid, encoding=self.encoding, layer=self.layer, east_north=pair, zone=zone, script=self.script)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON."""
        return cls(**values)


@dataclass(frozen=True)
class Plan:
    """What is to become of a file: a new layer of that title, or rows of the existing layer `target`.

    `key` is the attribute that tells rows apart; `public` opens every row to everybody; `leave_out` accepts that rows which
    cannot be used are missing; `repair` mends shapes that cross themselves. A rollback brings version `number` back. Of a raster,
    `taken` is the day of the scene (ISO 8601), which `append` adds to the others, and `unit` what its values are measured in.
    """

    title: str = ""
    mode: Mode = "create"
    target: str = ""
    key: str = ""
    public: bool = False
    leave_out: bool = False
    repair: bool = True
    number: int = 0
    taken: str = ""
    unit: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON."""
        return cls(**values)
