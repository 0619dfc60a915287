"""Makes the blocks of the pilot's layers, so that low zooms are complete when the service starts."""

from gis_core.pilot.steps import Run, pilot_step
from layers.catalogue import catalogue
from tiles.models import CoarseBlock, FineBlock, PyramidState
from tiles.pyramid.blocks import generalised
from tiles.pyramid.build import build


def _clear_blocks() -> None:
    """They stand for rows that are about to go."""
    for model in (CoarseBlock, FineBlock, PyramidState):
        model._base_manager.all().delete()


@pilot_step("blocks", clear=_clear_blocks, after=("parcels",))
def make_blocks(run: Run, _part: str) -> int:
    """The blocks of every layer that has them, in cells."""
    catalogue.reload()
    done = 0
    for layer in generalised():
        cells = build(layer)
        run.progress.advance(cells)
        done += cells
    return done
