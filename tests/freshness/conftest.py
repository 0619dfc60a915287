"""An island with two nodes for the session."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.freshness.history import History
from tests.freshness.island import Island, Node
from tests.freshness.traffic import LAYERS, Traffic, cells_of, prepare
from tests.world import World

# A line a request would bury what a failing test says.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass
class Stage:
    """Where histories are played."""

    island: Island
    nodes: list[Node]
    world: World

    def traffic(self, seed: int, *, lossy: bool = False) -> Traffic:
        """New traffic on it, with a history of its own."""
        history = History(cells_of(self.world))
        prepare(self.island, history)
        return Traffic(self.island, self.nodes, history, seed, lossy)


@pytest.fixture(scope="session")
def stage(world: World, warmed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A cluster with a copy of the world and two server processes on it."""
    island, nodes = Island(), []
    logs: list[Path] = [tmp_path_factory.mktemp("nodes") / f"{number}" for number in range(2)]
    try:
        island.make()
        nodes = [Node.start(island.url, log) for log in logs]
        for node, log in zip(nodes, logs, strict=True):
            node.await_stores(log, LAYERS)
        yield Stage(island, nodes, world)
    finally:
        for node in nodes:
            node.end()
        island.remove()
