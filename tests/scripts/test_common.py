"""What the scripts stand on: failing with a sentence, stopping whole, doing nothing twice."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.scripts.run import LIB, bash


def test_an_unexpected_failure_names_its_place() -> None:
    """Even where nobody foresaw it."""
    done = bash("false")
    assert done.returncode == 1
    assert done.stderr.startswith("bin/piece: stopped unexpectedly at ")
    assert "(false)" in done.stderr


def test_a_failed_step_shows_its_last_lines_and_says_what_to_do(tmp_path: Path) -> None:
    """The log's name too."""
    done = bash(f"LOG_DIR={tmp_path}; step 'Doing it' it.log 'do that.' sh -c 'echo the reason; exit 3'")
    assert done.returncode == 1
    assert "    the reason\n" in done.stderr
    assert done.stderr.endswith(f"bin/piece: «Doing it» failed: do that. (log: {tmp_path}/it.log)\n")


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """Whatever program met it."""
    done = bash(f"LOG_DIR={tmp_path}; step 'Doing it' it.log 'do that.' sh -c 'echo cp: No space left on device; exit 1'")
    assert "bin/piece: the disk is full: free some space and run bin/piece again" in done.stderr


def test_ending_runs_in_reverse_order_once() -> None:
    """After success and after failure."""
    done = bash("first() { say first; }; second() { say second; }; on_exit first; on_exit second; die stop.")
    assert (done.returncode, done.stderr) == (1, "bin/piece: stop.\nsecond\nfirst\n")


def test_a_signal_ends_the_running_step_with_all_its_children(tmp_path: Path) -> None:
    """And at once, though the step itself would take minutes."""
    mark = tmp_path / "pid"
    code = f"source {LIB}/all.sh; LOG_DIR={tmp_path}; step Waiting x.log y. sh -c 'sh -c \"echo \\$\\$ >{mark}; exec sleep 300\" & wait'"
    with subprocess.Popen(["/bin/bash", "-c", code, "bin/piece"], stderr=subprocess.PIPE, text=True) as process:
        _until(lambda: mark.exists() and mark.read_text(encoding="utf-8").strip() != "")
        child = Path("/proc", mark.read_text(encoding="utf-8").strip())
        assert child.exists()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "bin/piece: stopping ..." in said
    _until(lambda: not child.exists() or "\nState:\tZ" in (child / "status").read_text(encoding="utf-8"))


def test_a_second_holder_of_a_lock_is_refused_with_its_sentence(tmp_path: Path) -> None:
    """And a program started without_locks does not keep it."""
    lock = tmp_path / "lock"
    done = bash(f"lock {lock} 'in use.' fail; bash -c 'source {LIB}/all.sh; lock {lock} \"in use.\" fail' bin/other; say never")
    assert "bin/other: in use.\n" in done.stderr
    assert "never" not in done.stderr
    assert bash(f"lock {lock} 'in use.' fail; (without_locks sleep 5) & exit 0").returncode == 0
    assert bash(f"lock {lock} 'in use.' fail").returncode == 0


def test_stamps_notice_a_change(tmp_path: Path) -> None:
    """Of a file's contents."""
    (tmp_path / "file").write_text("a", encoding="utf-8")
    code = f"cd {tmp_path}; stamp seen $(fingerprint hash_files file); {{}} stamped seen $(fingerprint hash_files file)"
    assert bash(code.format("")).returncode == 0
    assert bash(code.format("echo b >>file;")).returncode == 1


def test_secrets_are_for_their_owner(tmp_path: Path) -> None:
    """Whatever the umask."""
    assert bash(f"umask 000; random_hex 16 | private_file {tmp_path}/secret").returncode == 0
    secret = tmp_path / "secret"
    assert (oct(secret.stat().st_mode & 0o777), len(secret.read_text(encoding="utf-8"))) == ("0o600", 32)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not happen within 20 s"
        time.sleep(0.05)
