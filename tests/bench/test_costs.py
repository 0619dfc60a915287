"""Processor time is that of a whole family of processes, and what idling costs is not charged to anything."""

import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from bench.load import costs
from bench.load.costs import PARTS, Meter
from tests import loops

_BURN = "import time; until = time.process_time() + 0.4\nwhile time.process_time() < until: pass"
_PARENT = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {_BURN!r}]); print('done', flush=True); time.sleep(60)"


def test_children_that_ended_are_counted() -> None:
    """A worker that was replaced has worked."""
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        spent = costs.seconds(process.pid)
        process.kill()
    assert 0.4 <= spent < 5


def test_a_process_that_is_gone_costs_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert costs.seconds(process.pid) == 0.0


@pytest.mark.django_db
def test_idling_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    service: Any = SimpleNamespace(processes={"nginx": 1, "web-0": 1, "tiles-0": 1, "worker": 1})
    meter, now = Meter(service), 0.0
    monkeypatch.setattr(costs, "_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(meter, "read", lambda: dict.fromkeys(PARTS, now))
    loops.run(meter.rest())
    meter._idle = dict.fromkeys(PARTS, 0.5)
    before, now = meter.read(), 3.0
    cost = meter.cost("edit", before, time.perf_counter() - 2.0, 10)
    assert cost.parts["web"] == pytest.approx(200, rel=0.01)
    assert cost.whole == pytest.approx(1000, rel=0.01)
    assert meter.cost("edit", before, time.perf_counter() - 20.0, 10).whole == 0.0
