"""One commune ahead: while the database writes the parcels of one, those of the next are drawn on another core."""

from concurrent.futures import Future, ThreadPoolExecutor

from gis_core.pilot import plan
from land.pilot.parcels import Generator, ParcelBatch


class Ahead:
    """A generator that has the next unit's parcels under way when it hands out one's. Holds two units in memory at most."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="parcels")
        self._coming: dict[int, Future[ParcelBatch]] = {}

    def batch(self, unit: int) -> ParcelBatch:
        """The parcels of one unit (index into plan.units())."""
        ready = self._coming.pop(unit, None) or self._draw(unit)
        batch = ready.result()
        for late in self._coming.values():
            late.cancel()
        following = unit + 1
        self._coming = {following: self._draw(following)} if following < len(plan.units()) else {}
        return batch

    def _draw(self, unit: int) -> Future[ParcelBatch]:
        return self._pool.submit(self._generator.batch, unit)
