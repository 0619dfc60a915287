"""The reading process: no network, no secrets, bounded memory and time, and gone when the parent is done with it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gis_core.importing import sandbox
from gis_core.importing.faults import FileFault
from gis_core.importing.messages import Options
from gis_core.importing.sandbox import Limits
from gis_core.importing.source import opened
from tests.importing.conftest import Writer, collection, point, read, square

_PROBE = """
import json, os, resource, socket, sys
from gis_core.importing import sandbox
offline = sandbox.confine(sandbox.Limits(memory=1 << 30, cpu_seconds=60, seconds=60))
answers = {"offline": offline, "environment": sorted(os.environ), "modules": "django" in sys.modules}
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=1).close()
    answers["network"] = "reached"
except OSError as error:
    answers["network"] = type(error).__name__
try:
    os.write(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT), b"x")
    answers["disk"] = "written"
except OSError as error:
    answers["disk"] = type(error).__name__
try:
    bytearray(2 << 30)
    answers["memory"] = "had"
except MemoryError:
    answers["memory"] = "MemoryError"
print(json.dumps(answers))
"""


def test_what_the_child_can_reach(tmp_path: Path) -> None:
    """Neither a server on this machine, nor the disk, nor more memory than it was given."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-c", _PROBE, str(port), str(tmp_path / "out")]
        root = Path(sandbox.__file__).parents[2]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, timeout=60)
    answers = json.loads(done.stdout)
    assert answers["network"] != "reached" or not answers["offline"]
    assert answers["disk"] == "OSError"
    assert answers["memory"] == "MemoryError"


def test_the_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is made, not inherited."""
    monkeypatch.setenv("DATABASE_URL", "postgis://owner:secret@/ioc")
    with sandbox.start("gis_core.importing.reader", "1") as process:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"secret" not in environment
    assert b"SECRET_KEY" not in environment


def test_the_child_is_gone_when_the_parent_leaves(write: Writer) -> None:
    """Also in the middle of a file, as after Ctrl-C."""
    path = write("many.geojson", collection([(square(108.4, 15.5), {"n": index, "t": "x" * 200}) for index in range(30_000)]))
    before = _children()
    with pytest.raises(KeyboardInterrupt), opened(path, Options()) as source:
        next(source.batches)
        assert len(_children()) == len(before) + 1
        raise KeyboardInterrupt
    assert _children() == before


def test_too_little_memory_is_a_sentence(write: Writer) -> None:
    """Not a crash."""
    path = write("a.geojson", collection([(point(108, 15), {"a": 1})]))
    with pytest.raises(FileFault) as caught:
        read(path, Limits(memory=300 << 20))
    assert caught.value.fault.code in {"memory", "failed", "died"}


def test_too_little_time_is_a_sentence(write: Writer) -> None:
    """Processor time and time on the clock."""
    path = write("a.geojson", collection([(point(108, 15), {"a": 1})]))
    with pytest.raises(FileFault, match="longer than 0 seconds"):
        read(path, Limits(seconds=0.05))  # type: ignore[arg-type]
    many = write("b.geojson", collection([(square(108.4, 15.5), {"n": index}) for index in range(200_000)]))
    with pytest.raises(FileFault, match="1 seconds of processor time"):
        read(many, Limits(cpu_seconds=1))


def test_a_dead_child_is_told_with_its_signal(write: Writer) -> None:
    """A library that crashes on a file costs the import, not the service."""
    path = write("many.geojson", collection([(square(108.4, 15.5), {"n": index, "t": "x" * 200}) for index in range(30_000)]))
    with pytest.raises(FileFault) as caught, opened(path, Options()) as source:
        next(source.batches)
        (child,) = _children()
        os.kill(child, 11)
        for _batch in source.batches:
            pass
    assert caught.value.fault.code == "died"
    assert "signal 11" in str(caught.value)


def _children() -> list[int]:
    """Reading processes of this test process."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _is_mine(entry) and b"gis_core.importing.reader" in _text(entry / "cmdline")
    ]


def _is_mine(process: Path) -> bool:
    return f"PPid:\t{os.getpid()}\n".encode() in _text(process / "status")


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
