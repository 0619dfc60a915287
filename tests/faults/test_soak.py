"""Mixed load for a while: memory and descriptors stay where they are."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.contract.services import tile_of
from tests.faults.ledger import Ledger
from tests.faults.listeners import Listener
from tests.faults.rig import Rig, go_on
from tests.faults.test_streams import _memory_mb

SECONDS = float(os.environ.get("FAULTS_SOAK", "60"))
# A first part is warm-up: caches fill, libraries load.
_WARM = 0.3


@contextmanager
def _tiles(rig: Rig) -> Iterator[list[int]]:
    """Clients of tiles in the same place; their statuses."""
    stop, statuses = threading.Event(), []
    paths = []
    for home in ("A", "B", "C"):
        for zoom in (8, 10, 12, 14):
            z, x, y = tile_of(*rig.world.row("facilities", home).at, zoom)
            paths.append(f"/tiles/facilities,roads/{z}/{x}/{y}.mvt")

    def ask() -> None:
        with httpx.Client(base_url=rig.web.address, timeout=30) as client:
            while not stop.is_set():
                for path in paths:
                    statuses.append(client.get(path).status_code)
                    stop.wait(0.02)

    work = [threading.Thread(target=ask) for _number in range(2)]
    for thread in work:
        thread.start()
    yield statuses
    stop.set()
    for thread in work:
        thread.join(30)


@pytest.mark.fault(
    24, "mixed load: edits, tiles, lists, live updates", "memory grows by less than 1 MB a minute, descriptors do not; no gap in the stream"
)
def test_soak(rig: Rig, measured: dict[str, str], intact: Callable[[Ledger], None]) -> None:
    samples: list[tuple[float, float, int]] = []
    with Listener(rig.web.address, rig.headers()) as stream, _tiles(rig) as statuses, rig.clients() as ledger:
        go_on(ledger)
        ends = time.monotonic() + SECONDS
        while (now := time.monotonic()) < ends:
            workers = rig.web.workers_now()
            samples.append((now, sum(map(_memory_mb, workers)), sum(_descriptors(pid) for pid in workers)))
            time.sleep(1)
        wanted = [(edit.seq, edit.row) for edit in ledger.acknowledged()]
    assert ledger.failures == []
    assert set(statuses) <= {200, 204}
    assert all(stream.has(*pair) for pair in wanted[:-8]), "an edit never came by the stream"
    kept = samples[int(len(samples) * _WARM) :]
    slope = float(np.polyfit([at / 60 for at, _mb, _fds in kept], [mb for _at, mb, _fds in kept], 1)[0])
    descriptors = [fds for _at, _mb, fds in kept]
    # A short run cannot tell a slope from noise; it can tell a leak from none.
    bound = 1.0 if SECONDS >= 300 else 12.0
    measured["memory"] = f"{slope:+.2f} MB a minute (both workers, {SECONDS:.0f} s; a run of this length is held to {bound:g})"
    measured["descriptors"] = f"{min(descriptors)} to {max(descriptors)}"
    assert slope < bound
    assert max(descriptors) - min(descriptors) <= 20
    intact(ledger)


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
