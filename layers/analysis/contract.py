"""What an analysis is: declared once, it has a form, an API, a command, progress, a result layer and provenance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from layers.analysis.parameters import Parameter
from layers.layer import Title

if TYPE_CHECKING:
    from layers.analysis.tiling import Cell
    from layers.analysis.work import Work

PLANE = 5899
"""Results are computed and kept on the VN-2000 plane: metres and square metres are true."""


@dataclass(frozen=True)
class Result:
    """Rows of one kind of geometry with their values (a GeoDataFrame in EPSG:5899), what they say in numbers, and how to draw them.

    `labels` are the words for columns, `facts` pairs of words and number; `look` is a look of layers/imports/portrayal.py.
    """

    frame: Any
    labels: Mapping[str, Title] = field(default_factory=dict)
    facts: Sequence[tuple[Title, float | int | str]] = ()
    look: Mapping[str, Any] | None = None
    label: str = ""


class Analysis:
    """A kind of analysis."""

    name: ClassVar[str] = ""
    title: ClassVar[Title] = ""
    abstract: ClassVar[Title] = ""
    parameters: ClassVar[Sequence[Parameter]] = ()
    # The parameters that name layers, for the provenance.
    layers: ClassVar[Sequence[str]] = ("layer",)

    def run(self, work: "Work") -> Result:
        """Compute. Raises ServiceError when it cannot be done as asked."""
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """For forms."""
        named = {"name": self.name, "title": str(self.title), "abstract": str(self.abstract)}
        return {**named, "parameters": [parameter.described() for parameter in self.parameters]}


class TiledAnalysis(Analysis):
    """One that goes tile by tile: each part is kept when it is done, so that a killed job goes on where it was, and the parts may
    be computed by other machines (`--scheduler`). Every finding belongs to exactly one tile (the owner rule), whatever tiles there are.
    """

    size: ClassVar[float] = 4_000.0

    def part(self, work: "Work", cell: "Cell") -> Any:
        """The findings that a tile owns, as a GeoDataFrame with the same columns for every tile."""
        raise NotImplementedError

    def together(self, work: "Work", frame: Any) -> Result:
        """The result of all tiles' findings, which stand in an order that does not depend on the tiles."""
        raise NotImplementedError

    def run(self, work: "Work") -> Result:
        """All tiles, then the whole."""
        return self.together(work, work.every_part(self))


_kinds: dict[str, Analysis] = {}
A = TypeVar("A", bound=type[Analysis])


def analysis(kind: A) -> A:
    """Make a kind known."""
    _kinds[kind.name] = kind()
    return kind


def kinds() -> Mapping[str, Analysis]:
    """All kinds by name."""
    import_module("layers.analysis.kinds")
    return _kinds


def kind_of(name: str) -> Analysis:
    """Raises NotFound."""
    found = kinds().get(name)
    if found is None:
        accepted = ", ".join(kinds())
        sentence = _("There is no analysis “%(name)s”; there are: %(accepted)s.")
        raise NotFound(sentence % {"name": name[:40], "accepted": accepted}, field="kind")
    return found


Computed = Callable[["Cell"], Any]
