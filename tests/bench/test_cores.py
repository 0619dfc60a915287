"""Processor time by part, as the kernel counts it."""

import os
import subprocess
import sys

from bench.cores import Process, processes, used_by


def test_this_process_is_among_them_below_its_parent() -> None:
    own = processes()[os.getpid()]
    assert own.parent == os.getppid()
    assert own.seconds > 0


def test_a_part_is_a_process_with_all_below_it() -> None:
    everything = {1: Process(0, 1.0), 2: Process(1, 2.0), 3: Process(2, 4.0), 9: Process(0, 8.0)}
    assert used_by(1, everything) == 7.0
    assert used_by(2, everything) == 6.0


def test_what_is_gone_used_nothing() -> None:
    assert used_by(4_000_000, {}) == 0.0


def test_a_child_counts_while_it_lives_and_after_it_was_waited_for() -> None:
    before = used_by(os.getpid(), processes())
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint('worked', flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        during = used_by(os.getpid(), processes())
        child.stdin.write(b"\n")
        child.stdin.flush()
    assert during - before >= 0.25
    assert used_by(os.getpid(), processes()) >= during
