"""Tiles computed by the workers of a Dask cluster, where one is configured: the same function over the same rows elsewhere.

A task carries the kind, the parameters and the author, never rows: each worker reads its own tiles through the same door, from the
database that its DATABASE_URL names, and hands back what the tile owns.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from gis_core.errors import Unavailable
from layers.analysis.tiling import Cell

if TYPE_CHECKING:
    from layers.analysis.work import Work

Elsewhere = Callable[["Work", Sequence[Cell]], Iterator[tuple[str, Any]]]
LOCAL = "local:"
_SECONDS = 10


@contextlib.contextmanager
def cluster(scheduler: str, author: int) -> Iterator[Elsewhere | None]:
    """A way to compute tiles on a cluster: its address (tcp://host:8786), or local:N for N processes here; "" computes them in place.

    Raises Unavailable where no scheduler answers.
    """
    if not scheduler:
        yield None
        return
    with _client(scheduler) as client:
        yield lambda work, cells: _computed(client, work, cells, author)


@contextlib.contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    # No types are published for it.
    dask: Any = import_module("distributed")
    with contextlib.ExitStack() as stack:
        try:
            address: Any = scheduler
            if scheduler.startswith(LOCAL):
                number = int(scheduler.removeprefix(LOCAL))
                address = stack.enter_context(dask.LocalCluster(n_workers=number, threads_per_worker=1, dashboard_address=None))
            client = stack.enter_context(dask.Client(address, timeout=_SECONDS))
        except (OSError, TimeoutError, ValueError) as error:
            raise Unavailable(_("No Dask scheduler answers at %(address)s.") % {"address": scheduler}) from error
        yield client


def _computed(client: Any, work: "Work", cells: Sequence[Cell], author: int) -> Iterator[tuple[str, Any]]:
    # Bytes travel, not objects: a worker of another version of a library must not need the same classes.
    tasks = [client.submit(tile, work.kind.name, dict(work.given), author, cell, pure=False, retries=2) for cell in cells]
    for task in import_module("distributed").as_completed(tasks):
        key, data = task.result()
        yield key, import_module("layers.analysis.results").from_bytes(data)


def tile(kind: str, given: Mapping[str, Any], author: int, cell: Cell) -> tuple[str, bytes]:
    """What one tile owns. Runs on a worker of the cluster, which may not have set Django up yet."""
    import django.apps

    if not django.apps.apps.ready:
        django.setup()
    found: tuple[str, bytes] = import_module("layers.analysis.worker").tile(kind, given, author, cell)
    return found
