"""One rig for all faults, the table of what each did, and which of them the suite runs."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from tests.faults.ledger import Ledger
from tests.faults.pair import Pair
from tests.faults.rig import Rig, Web
from tests.world import World

logging.getLogger("httpx").setLevel(logging.WARNING)
# bin/faults runs all of them; the suite those that are quick.
ALL = os.environ.get("FAULTS") == "all"
_RESULTS = pytest.StashKey["list[Result]"]()


@dataclass
class Result:
    """A row of the table."""

    number: int
    fault: str
    invariant: str
    measured: dict[str, str] = field(default_factory=dict)
    held: bool = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only bin/faults runs."""
    if ALL:
        return
    here = Path(__file__).parent
    left_out = [item for item in items if here in item.path.parents and item.get_closest_marker("fault") and not _is_quick(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_quick(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("fault")
    return mark is not None and bool(mark.kwargs.get("quick"))


@pytest.fixture(scope="session")
def rig(world: World, warmed: None) -> Iterator[Rig]:
    """The service under test."""
    made = Rig(world)
    try:
        made.make()
        yield made
    finally:
        made.remove()


@pytest.fixture
def pair(world: World, warmed: None) -> Iterator[Pair]:
    """A primary, a synchronous standby and a replica."""
    made = Pair()
    try:
        made.make("standby", "replica")
        yield made
    finally:
        made.remove()


@pytest.fixture
def webs(pair: Pair, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Web]]:
    """Starts web processes; they end with the test."""
    started: list[Web] = []

    def start(database: str, **environment: str) -> Web:
        web = Web(database, tmp_path_factory.mktemp("web"), environment, workers=1)
        started.append(web)
        web.start()
        return web

    yield start
    for web in started:
        web.end()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What a fault's test measured, for the table."""
    mark = request.node.get_closest_marker("fault")
    number, fault, invariant = mark.args
    result = Result(number, fault, invariant)
    failed = request.session.testsfailed
    yield result.measured
    result.held = request.session.testsfailed == failed
    request.config.stash.setdefault(_RESULTS, []).append(result)


@pytest.fixture
def intact(rig: Rig, measured: dict[str, str]) -> Callable[[Ledger], None]:
    """Holds a ledger against the rows, and notes how much was proved."""

    def check(ledger: Ledger) -> None:
        acknowledged = len(ledger.acknowledged())
        measured["edits"] = f"{acknowledged} acknowledged, {sum(edit.outcome == 'unknown' for edit in ledger.edits)} without an answer"
        assert acknowledged >= 10, "too little was written to prove anything"
        assert ledger.violations(rig.final())[:5] == []

    return check


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the results to bin/faults."""
    results = session.config.stash.get(_RESULTS, [])
    if (place := os.environ.get("FAULTS_RESULTS")) and results:
        Path(place).write_text(json.dumps([asdict(result) for result in results], ensure_ascii=False), encoding="utf-8")
