"""A coverage as one request shows it, alone or among layers of features."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async

from layers.coverages.looks import RasterLook, in_style
from layers.coverages.picture import Pixels, painted
from layers.coverages.reading import Grid
from layers.coverages.scene import Scene
from layers.imports import watch
from layers.layer import CoverageLayer, Interval, When
from tiles.drawing.view import View


@dataclass(frozen=True)
class ShownCoverage:
    """A coverage at a moment in a look. `style` is the name under which it was asked for."""

    layer: CoverageLayer
    style: str = "default"
    when: When | Interval = None
    look: RasterLook | None = None
    scenes: Sequence[Scene] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scenes", tuple(self.layer.shown(self.when)))

    @property
    def drawn(self) -> RasterLook:
        """The look in which it is drawn. Raises BadParameter for a style that it does not have."""
        return self.look or in_style(self.layer.drawn, self.layer.raster, self.style)

    @property
    def state(self) -> str:
        """All that its pictures depend on: names of files, whose content never changes, and the look."""
        return "|".join((self.layer.name, *(scene.file for scene in self.scenes), self.drawn.key))

    def pixels(self, view: View) -> Pixels:
        """Its picture: RGBA. Blocks; call it in one of `painting.painters()`."""
        return painted(list(self.scenes), grid_of(view), self.drawn)


def grid_of(view: View) -> Grid:
    """The pixels of a view."""
    return Grid(view.box, view.srid, view.width, view.height)


async def renewed() -> None:
    """Take in what was uploaded since: no picture is of an older state than the number of the change that it tells."""
    if not watch.is_current():
        await sync_to_async(watch.renew, thread_sensitive=False)()
