"""Random histories of edits and reads over two server processes: no rule of freshness is ever broken, whatever breaks."""

import os
import signal
import time

import pytest

from tests.freshness.conftest import Stage
from tests.freshness.history import History, share
from tests.freshness.island import UNREADY_SECONDS
from tests.freshness.traffic import Traffic
from tests.service import wait_until

# Beyond this lag a node must not answer from memory; the rest is what a request takes on a machine under load.
_PATIENCE = UNREADY_SECONDS + 0.5
_QUIET = 1.0


def _keeps_the_rules(history: History, reads: int = 100, writes: int = 40) -> None:
    assert len(history.reads) >= reads, f"too little was read to prove anything: {len(history.reads)}"
    assert len(history.writes) >= writes, f"too little was written to prove anything: {len(history.writes)}"
    assert {read.status for read in history.reads} == {200, 304}
    assert history.violations(_PATIENCE)[:5] == []


def _failed(traffic: Traffic, *allowed: int) -> list[int]:
    return [status for _began, status in traffic.history.failures if status not in allowed]


@pytest.mark.parametrize("seed", [1, 2])
def test_edits_and_reads_at_rest(stage: Stage, seed: int) -> None:
    """Nothing breaks: answers are also fresh, not just right."""
    traffic = stage.traffic(seed)
    with traffic.run():
        traffic.go_on(4)
        # By chance: on a slow machine it takes longer until a reader who wrote holds what is still current.
        wait_until(lambda: any(read.min_seq is not None and read.status == 304 for read in list(traffic.history.reads)), "a 304", 120)
    _keeps_the_rules(traffic.history)
    assert _failed(traffic) == []
    # How long answers take says how slow the machine is at the moment; the follower cannot be quicker than that.
    slow = share([read.ended - read.began for read in traffic.history.reads], 0.99)
    assert share(traffic.history.lags(), 0.99) < _QUIET + 2 * slow


def test_notifications_are_lost(stage: Stage) -> None:
    """Four of five never arrive: the follower looks by itself."""
    traffic = stage.traffic(3, lossy=True)
    with traffic.run():
        traffic.go_on(4)
    _keeps_the_rules(traffic.history)
    assert _failed(traffic) == []


def test_the_followers_connections_are_cut(stage: Stage) -> None:
    """Again and again, in the middle of their work."""
    traffic = stage.traffic(4)
    with traffic.run():
        for _ in range(8):
            time.sleep(0.5)
            with stage.island.connect() as db:
                db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ioc-follower'")
        traffic.go_on(0)
    _keeps_the_rules(traffic.history)
    assert _failed(traffic) == []


def test_the_database_crashes_and_comes_back(stage: Stage) -> None:
    """What was acknowledged is there afterwards; meanwhile an answer may fail, but none may lie."""
    traffic = stage.traffic(5)
    with traffic.run():
        traffic.go_on(1.5, reads=20, writes=10)
        stage.island.stop("immediate")
        time.sleep(0.5)
        stage.island.start()
        traffic.go_on(4)
    _keeps_the_rules(traffic.history)
    assert _failed(traffic, 503) == []


def test_a_frozen_process_wakes_up(stage: Stage) -> None:
    """Requests wait at its door while the world changes; none of them gets what it remembers from before."""
    traffic = stage.traffic(6)
    with traffic.run():
        traffic.go_on(1, reads=20, writes=10)
        stage.nodes[0].freeze()
        time.sleep(UNREADY_SECONDS + 1.5)
        stage.nodes[0].thaw()
        traffic.go_on(1.5)
    _keeps_the_rules(traffic.history)
    assert _failed(traffic) == []
    waited = [read for read in traffic.history.reads if read.node == 0 and read.ended - read.began > UNREADY_SECONDS]
    assert waited, "no request waited at the door of the frozen process"


def test_a_follower_hangs(stage: Stage) -> None:
    """Its connection lives and says nothing: the nodes turn unready, read the database, and vouch for nothing."""
    traffic = stage.traffic(7)
    with traffic.run():
        traffic.go_on(1, reads=20, writes=10)
        hung = stage.island.followers()
        for process in hung:
            os.kill(process, signal.SIGSTOP)
        stopped = time.monotonic()
        time.sleep(UNREADY_SECONDS + 1)
        ready = [node.ready() for node in stage.nodes]
        traffic.go_on(1, reads=40, writes=0)
        woken = time.monotonic()
        for process in hung:
            os.kill(process, signal.SIGCONT)
        traffic.go_on(1.5)
    assert len(hung) == 2
    assert ready == [False, False]
    _keeps_the_rules(traffic.history)
    assert _failed(traffic) == []
    blind = [read for read in traffic.history.reads if stopped + UNREADY_SECONDS + 0.2 < read.began and read.ended < woken]
    assert blind
    assert {read.status for read in blind} == {200}
    assert {read.etag for read in blind} == {""}
    wait_until(lambda: all(node.ready() for node in stage.nodes), "the nodes to be ready again", 20)
