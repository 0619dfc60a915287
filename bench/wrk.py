"""Load by wrk (Debian's package): how many requests a second, and how long a fixed list of addresses takes."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.processes import Server

# Reads the wall clock by LuaJIT's foreign functions: Lua's own has whole seconds only.
_LIST = """
local ffi = require("ffi")
ffi.cdef[[ typedef struct { long s; long us; } tv; int gettimeofday(tv *, void *); ]]
local function now() local t = ffi.new("tv"); ffi.C.gettimeofday(t, nil); return tonumber(t.s) + tonumber(t.us) / 1e6 end
local paths, sent, got, bytes, bad, started = {}, 0, 0, 0, 0, nil
for line in io.lines("%(paths)s") do paths[#paths + 1] = line end
function request() started = started or now(); sent = sent + 1; return wrk.format("GET", paths[(sent - 1) %% #paths + 1]) end
function response(status, headers, body)
  got = got + 1; bytes = bytes + #body
  if status ~= 200 and status ~= 204 then bad = bad + 1 end
  if got == #paths then io.write(string.format("DONE %%.6f %%d %%d\\n", now() - started, bytes, bad)); io.flush() end
end
"""


class Unfit(Exception):
    """A benchmark cannot run here. The message says what is missing, or what went wrong."""


@dataclass(frozen=True)
class Rate:
    """Requests a second, with the latencies that wrk saw (milliseconds)."""

    per_second: float
    p50: float
    p99: float


def rate(server: Server, path: str, *, seconds: float = 3, connections: int = 32, headers: dict[str, str] | None = None) -> Rate:
    """One address again and again, from one thread. Raises Unfit for answers that are no success."""
    command = [_program(), "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", *_headers({**server.headers, **(headers or {})})]
    said = subprocess.run([*command, server.url + path], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or ("Non-2xx" in said and headers is None):
        raise Unfit(f"{server.name} fails at {path}: {said[-300:]}")
    return Rate(float(found[1]), _quantile(said, "50%"), _quantile(said, "99%"))


def _quantile(said: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s)\b", said)
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]] if found else 0.0


@dataclass(frozen=True)
class Listed:
    """How long all addresses of a list took, and how many bytes they were."""

    seconds: float
    bytes: int


def fetch_all(server: Server, paths: Sequence[str], *, connections: int = 4, patience: int = 240) -> Listed:
    """Each address once, four at a time. Raises Unfit where one fails."""
    with tempfile.TemporaryDirectory(prefix="ioc-bench-") as folder:
        listed, script = Path(folder, "paths"), Path(folder, "list.lua")
        listed.write_text("".join(f"{path}\n" for path in paths), encoding="ascii")
        script.write_text(_LIST % {"paths": listed}, encoding="ascii")
        command = [_program(), "-t1", f"-c{connections}", f"-d{patience}s", "--timeout", f"{patience}s", "-s", str(script)]
        process = subprocess.Popen([*command, *_headers(server.headers), server.url], stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            seconds, size, bad = _done(process.stdout, server.name)
        finally:
            process.kill()
            process.wait(10)
    if bad:
        raise Unfit(f"{server.name} failed {bad} of {len(paths)} tiles.")
    return Listed(seconds, size)


def _done(output: IO[str] | None, name: str) -> tuple[float, int, int]:
    for line in output or ():
        if line.startswith("DONE "):
            seconds, size, bad = line.split()[1:]
            return float(seconds), int(size), int(bad)
    raise Unfit(f"{name} did not answer all tiles in time.")


def _headers(headers: Mapping[str, str]) -> list[str]:
    return [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]


def _program() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise Unfit("wrk is missing: bin/bench --install-peers installs it.")
    return found
