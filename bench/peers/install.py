"""`bin/bench --install-peers`: the peers from their registries, a sentence for each that cannot be had."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from bench.data import say
from bench.peers import PEERS
from bench.peers.peer import PROGRAMS

_APT = ("wrk", "nginx-light", "mapserver-bin", "cgi-mapserver", "qgis-server", "python3-qgis")
_TIPG = ("tipg==1.6.1", "uvicorn")
# The last one for Python 3.11, with the libraries of its own time.
_PYGEOAPI = ("pygeoapi==0.21.0", "gunicorn", "psycopg2-binary", "SQLAlchemy==2.0.44", "GeoAlchemy2")
_RASTERSTATS = ("rasterstats==0.21.0", "shapely>=2.1,<3")
# The newest that the compiler of a stable Debian or Rust release of this spring builds; its renderer would be cloned from git.
_MARTIN = ("martin@1.14.0", "--locked", "--no-default-features", "--features", "postgres")
_GO = ("github.com/CrunchyData/pg_tileserv@latest", "github.com/go-spatial/tegola/cmd/tegola@latest")


def install() -> None:
    """Install what is missing; a peer that cannot be installed is left out of the comparison, never an error."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    if not all(shutil.which(name, path="/usr/bin:/usr/sbin:/usr/lib/cgi-bin") for name in ("wrk", "nginx", "mapserv", "qgis_mapserv.fcgi")):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-q", "--no-install-recommends"]
        _try("the package lists", [*apt, "update"])
        _try("wrk, nginx, MapServer and QGIS Server (apt)", [*apt, "install", *_APT])
    for name, packages in (("tipg", _TIPG), ("pygeoapi", _PYGEOAPI), ("rasterstats", _RASTERSTATS)):
        if not (PROGRAMS / name).exists():
            _try(f"an environment for {name}", [sys.executable, "-m", "venv", "--clear", str(PROGRAMS / name)])
            _try(f"{name} (PyPI)", [str(PROGRAMS / name / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages])
    if not (PROGRAMS / "bin" / "martin").exists():
        say("Compiling Martin takes ten to forty minutes ...")
        _try("Martin (crates.io)", ["nice", "cargo", "install", *_MARTIN, "--root", str(PROGRAMS)], "cargo")
    for module in _GO:
        program = module.partition("@")[0].rpartition("/")[2]
        if not (PROGRAMS / "bin" / program).exists():
            _try(f"{program} (Go)", ["nice", "go", "install", module], "go", {"GOBIN": str(PROGRAMS / "bin")})
    for peer in PEERS:
        say(f"{peer.name}: {peer.version() or 'not installed, so not compared'}")


def _try(what: str, command: Sequence[str], program: str = "", environment: dict[str, str] | None = None) -> None:
    if program and shutil.which(program) is None:
        say(f"{what} cannot be installed: there is no {program} here.")
        return
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        reason = next((line for line in reversed(done.stderr.strip().splitlines()) if line.strip()), "no reason given")
        say(f"{what} cannot be installed: {reason.strip()[:200]}")
