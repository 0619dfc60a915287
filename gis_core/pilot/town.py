"""The finished town plan with its street names, drawn once for all steps of a load."""

from dataclasses import dataclass
from functools import lru_cache

from gis_core.pilot.blocks import Blocks, lay_out
from gis_core.pilot.streets import StreetNames, name_streets


@dataclass(frozen=True)
class Town:
    """Blocks and street names of one seed and scale."""

    blocks: Blocks
    names: StreetNames


@lru_cache(maxsize=1)
def town(seed: int, scale: float) -> Town:
    """The town of a seed and scale."""
    blocks = lay_out(seed, scale)
    return Town(blocks, name_streets(blocks.streets))
