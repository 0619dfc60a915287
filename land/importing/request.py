"""What an import is asked for, and what is known after reading."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from gis_core.importing.messages import Script
from land.importing.corners import Axes
from land.importing.problems import Problem


@dataclass(frozen=True)
class Asked:
    """A person's answers to the questions of an import; what is left open is guessed and told.

    `srid` the coordinate system; `axes` whether the first coordinate of a list is north ("ne", as on survey papers) or east;
    `script` how texts are written; `sheet` the map sheet of a drawing; `layer` one of several.
    """

    srid: int | None = None
    axes: Axes = "auto"
    script: Script = "auto"
    sheet: int | None = None
    layer: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON."""
        return cls(**values)


@dataclass
class Understood:
    """How the file was understood; what stands in `guesses` was not said by anybody and wants to be confirmed."""

    format: str = ""
    srid: int = 0
    axes: str = ""
    script: str = "utf8"
    sheet: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass
class Reading:
    """A file's parcels in EPSG:5899, what is wrong with them so far, and how it was understood."""

    rows: Any
    problems: list[Problem]
    about: Understood


Step = Callable[[str, int, int], None]
"""`step(what, done, total)` tells progress and raises Cancelled when nobody wants the work any more."""
