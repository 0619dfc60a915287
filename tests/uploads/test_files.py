"""The suite of self-made files: each has its stated result, within bounds of memory and time; none takes the service along."""

import contextlib
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from gis_core.importing.faults import FileFault
from gis_core.importing.sandbox import Limits
from tests.importing.conftest import read
from tests.uploads.suite.bad import BAD
from tests.uploads.suite.case import Case
from tests.uploads.suite.good import GOOD
from tests.uploads.suite.hostile import HOSTILE

# Generous in time, for a busy machine; a file of the suite has no need of more memory.
LIMITS = Limits(memory=2 << 30, cpu_seconds=60, seconds=300)
CASES = (*GOOD, *BAD, *HOSTILE)


def outcome(case: Case) -> str:
    """What reading the file comes to, in the words of `Case.result`."""
    with tempfile.TemporaryDirectory(prefix="suite-") as folder:
        path = case.make(Path(folder))
        try:
            found = read(path, LIMITS, **case.options)
        except FileFault as fault:
            return f"refused: {fault.fault.code}"
    faults = ", ".join(f"{row} {code}" for row, code in sorted(found.codes.items()))
    return f"{len(found.rows)} rows in EPSG:{found.about.srid}" + (f"; {faults}" if faults else "")


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, "Future[str]"]]:
    """All files at work, a few at once: each spends most of its time in the start of its child."""
    with ThreadPoolExecutor(4) as pool, contextlib.ExitStack() as stack:
        stack.callback(pool.shutdown, cancel_futures=True)
        yield {case.name: pool.submit(outcome, case) for case in CASES}


def test_there_are_enough_of_each() -> None:
    """Good, bad and hostile, every name once."""
    assert min(len(GOOD), len(BAD), len(HOSTILE)) >= 30
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_has_its_stated_result(outcomes: dict[str, "Future[str]"], case: Case) -> None:
    """Neither more nor less."""
    assert outcomes[case.name].result() == case.result


def test_nothing_was_unpacked() -> None:
    """Not even where an archive wanted it."""
    assert not list(Path(tempfile.gettempdir()).glob("ioc-hostile-*"))
