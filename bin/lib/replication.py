"""Standbys by streaming replication: made, promoted (with the old primary fenced), made to follow again.

Everything here is PostgreSQL's own; this file knows the order, and the traps: a promotion waits wal_retrieve_retry_interval
(5 s by default), pg_rewind needs a checkpoint on the new primary, a slot's name does not move to the new primary with the
standbys, and a standby that is gone must not fill the disk or hold every commit.
"""

import argparse
import os
import pwd
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

REPLICA_ROLE = "ioc_replica"
# What a primary needs for standbys, and what makes a promotion take a fraction of a second.
SETTINGS = {
    "wal_level": "replica",
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    "wal_log_hints": "on",
    "wal_retrieve_retry_interval": "200ms",
    "wal_receiver_timeout": "5s",
    "max_slot_wal_keep_size": "8GB",
    "hot_standby_feedback": "on",
}


class Refused(Exception):
    """Nothing was done, and the sentence says why."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server on this machine: its data directory, its port, how it is started."""

    folder: Path
    port: int
    options: str = ""

    @property
    def log(self) -> Path:
        """Beside the data, so that whoever owns the data may write it."""
        return self.folder.with_name(f"{self.folder.name}.log")

    def start(self) -> None:
        """Start, and wait until it answers."""
        run("pg_ctl", "-D", self.folder, "-l", self.log, "-w", "-t", "120", "-s", "-o", f"-p {self.port} {self.options}", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is a crash."""
        run("pg_ctl", "-D", self.folder, "-m", mode, "-w", "-s", "stop")

    @property
    def runs(self) -> bool:
        """Whether a process serves the folder."""
        return run("pg_ctl", "-D", self.folder, "status", check=False) == 0

    def configure(self, **values: str) -> None:
        """Append settings; the last of a name counts."""
        lines = "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())
        write_as_owner(self.folder / "postgresql.auto.conf", lines)

    def connect(self, primary: str = "") -> "psycopg.Connection[Any]":
        """As the superuser of a connection string to the primary (a standby has the same roles and passwords)."""
        known: dict[str, Any] = {"user": "postgres", **conninfo_to_dict(primary)}
        known |= {"host": "127.0.0.1", "port": self.port, "dbname": "postgres", "connect_timeout": 10}
        return psycopg.connect(**known, autocommit=True)


def programs() -> Path:
    """The newest PostgreSQL of this machine; PG_BIN names another."""
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise Refused("PostgreSQL's programs are not installed here: set PG_BIN to their folder.")
    return found[-1].parent


def run(program: str, *arguments: str | Path, check: bool = True) -> int:
    """A program of PostgreSQL's, which refuses to run as root."""
    other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] if os.geteuid() == 0 else []
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PGPASSFILE", "PGPASSWORD")}
    command = [*other, str(programs() / program), *map(str, arguments)]
    done = subprocess.run(  # noqa: S603  PostgreSQL's own
        command,
        cwd="/",
        env={**kept, "LC_ALL": "C.UTF-8", "HOME": "/"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise Refused(f"{program} failed: {(done.stderr or done.stdout).strip() or done.returncode}")
    return done.returncode


def write_as_owner(path: Path, text: str) -> None:
    """Append to a file that belongs to the cluster's user."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def make_standby(primary: str, server: Server, name: str) -> None:
    """Copy a primary (conninfo of a role that may replicate) into a new folder and start it as a standby called `name`."""
    if server.folder.exists():
        raise Refused(f"{server.folder} is there already: choose another folder, or remove it.")
    slot = f"ioc_{name}"
    with psycopg.connect(primary, autocommit=True, dbname="postgres") as db:
        _make_slot(db, slot)
    run("pg_basebackup", "-d", make_conninfo(primary, application_name=name), "-D", server.folder, "-X", "stream", "-c", "fast", "-S", slot)
    follow(server, primary, name)
    server.start()


def follow(server: Server, primary: str, name: str) -> None:
    """Write down whom a standby follows, and as who."""
    settings = {"primary_conninfo": make_conninfo(primary, application_name=name, dbname=None), "primary_slot_name": f"ioc_{name}"}
    server.configure(**settings, recovery_target_timeline="latest", synchronous_standby_names="")
    write_as_owner(server.folder / "standby.signal", "")


def synchronous(db: "psycopg.Connection[Any]", *names: str) -> None:
    """Acknowledge a commit when one of these standbys has it on its disk; without a name: when the primary has."""
    value = f"ANY 1 ({', '.join(names)})" if names else ""
    db.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(sql.Literal(value)))
    db.execute("SELECT pg_reload_conf()")


def fence(old: Server) -> None:
    """The old primary can never take a write again by itself: it is stopped, and would start as a standby."""
    write_as_owner(old.folder / "standby.signal", "")
    if old.runs:
        old.stop("immediate")


def promote(standby: Server, primary: str, others: Sequence[str] = (), old_primary: str = "") -> float:
    """Make a standby the primary; returns the seconds until it took its first write. `primary` says as who to sign in here.

    The old one must be fenced before: if `old_primary` (conninfo) still takes writes, Refused is raised. `others` are the
    names of the standbys that will follow the new one: their slots are made.
    """
    if old_primary and takes_writes(old_primary):
        raise Refused("The old primary still takes writes: fence it first (two primaries would part for good).")
    started = time.monotonic()
    with standby.connect(primary) as db:
        if db.execute("SELECT pg_is_in_recovery()").fetchone() != (True,):
            raise Refused("This server is no standby.")
        db.execute("SELECT pg_promote(true, 60)")
        db.execute("CREATE TEMP TABLE first_write (at timestamptz)")
        took = time.monotonic() - started
        # With the old synchronous standby's name every commit would wait for somebody who is gone.
        synchronous(db)
        for name in others:
            _make_slot(db, f"ioc_{name}")
        # pg_rewind compares control files, which know of the new timeline only from here on.
        db.execute("CHECKPOINT")
    return took


def takes_writes(primary: str) -> bool:
    """Whether a server answers and is no standby."""
    try:
        with psycopg.connect(primary, dbname="postgres", autocommit=True, connect_timeout=3) as db:
            return db.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    except psycopg.Error:
        return False


def rejoin(old: Server, primary: str, name: str) -> None:
    """Make a stopped old primary a standby of the new one: what it had alone is undone by pg_rewind."""
    if old.runs:
        raise Refused("The old primary runs: stop it first.")
    # pg_rewind recovers from a crash by itself, by a server for nobody else, which the signal would forbid.
    (old.folder / "standby.signal").unlink(missing_ok=True)
    run("pg_rewind", "-D", old.folder, f"--source-server={make_conninfo(primary, dbname='postgres')}")
    with psycopg.connect(primary, dbname="postgres", autocommit=True) as db:
        _make_slot(db, f"ioc_{name}")
    follow(old, primary, name)
    old.start()


def _make_slot(db: "psycopg.Connection[Any]", name: str) -> None:
    if db.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", [name]).fetchone() is None:
        db.execute("SELECT pg_create_physical_replication_slot(%s)", [name])


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="replication.py")
    parser.add_argument("--folder", type=Path, required=True, help="data directory of the server on this machine")
    parser.add_argument("--port", type=int, required=True, help="its port")
    parser.add_argument("--primary", default="", help="libpq string of the (old) primary, as a superuser")
    parser.add_argument("--name", default="standby", help="name of the standby")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("standby", help="copy --primary into --folder and follow it")
    promotion = commands.add_parser("promote", help="make the standby in --folder the primary")
    promotion.add_argument("--fence", default="", help="command that makes the old primary's machine take no writes (ssh, power switch)")
    promotion.add_argument("--old-folder", type=Path, help="data directory of the old primary, where it is on this machine")
    promotion.add_argument("--others", default="", help="names of the standbys that will follow, separated by commas")
    commands.add_parser("synchronous", help="let commits of --primary wait for the standby --name")
    commands.add_parser("rejoin", help="make the old primary in --folder a standby of --primary")
    return parser.parse_args()


def _promoted(options: argparse.Namespace, server: Server) -> str:
    if options.old_folder:
        fence(Server(options.old_folder, 0))
    elif options.fence:
        if subprocess.run(shlex.split(options.fence), check=False).returncode:  # noqa: S603  the operator's own
            raise Refused("The fencing command failed, so nothing was promoted: two primaries would part for good.")
    elif not options.primary:
        raise Refused(
            "Say how the old primary is kept from writing: --fence COMMAND, --old-folder DIR, or --primary to see that it is off."
        )
    others = [name for name in options.others.split(",") if name]
    took = promote(server, options.primary, others, options.primary)
    return f"promoted: the first write was taken after {took:.2f} s. Commits wait for no standby until one is made (bin/replicate)."


def main() -> None:
    """See bin/promote and bin/replicate."""
    options = _options()
    server = Server(options.folder, options.port)
    try:
        if options.command == "standby":
            make_standby(options.primary, server, options.name)
            said = f"{options.name} follows on port {options.port}."
        elif options.command == "promote":
            said = _promoted(options, server)
        elif options.command == "synchronous":
            with psycopg.connect(options.primary, dbname="postgres", autocommit=True) as db:
                synchronous(db, options.name)
            said = f"Commits wait for {options.name}."
        else:
            rejoin(server, options.primary, options.name)
            said = f"{options.name} follows again on port {options.port}."
    except (Refused, psycopg.Error) as refusal:
        sys.exit(str(refusal))
    sys.stderr.write(f"{said}\n")


if __name__ == "__main__":
    main()
