"""A backup comes back as it was at a moment: rows, files and tiles are those that the ledger knows of then."""

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings

from gis_core.db import conninfo
from tests.contract.services import decode, tile_of
from tests.faults.rig import TABLE, Web
from tests.freshness.island import programs
from tests.service import wait_until
from tests.world import World

_MANAGE = Path(settings.BASE_DIR, "bin", "manage")


@dataclass
class House:
    """A data directory as bin/up makes one, with a copy of the world in its database."""

    folder: Path

    def manage(self, *arguments: str | Path, folder: Path | None = None) -> str:
        """`bin/manage --data …`; what it said."""
        known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE")}
        command = [_MANAGE, "--data", folder or self.folder, *arguments]
        done = subprocess.run(command, env=known, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600)
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def connect(self, folder: Path | None = None) -> "psycopg.Connection[Any]":
        """As the superuser, while `running` holds the database."""
        return psycopg.connect(url(folder or self.folder, "postgres"), autocommit=True)


def url(folder: Path, role: str) -> str:
    """libpq's address of a data directory's database."""
    lines = (folder / "pg" / "pgpass").read_text().splitlines()
    password = next(line.rpartition(":")[2] for line in lines if line.startswith(f"*:*:*:{role}:"))
    return f"postgresql://{role}:{password}@127.0.0.1:{(folder / 'pg' / 'port').read_text().strip()}/ioc"


@pytest.fixture
def hold() -> Iterator[Any]:
    """Keeps databases running between commands, as bin/up would: each command stops what it started itself."""
    held: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> None:
        library = Path(settings.BASE_DIR, "bin", "lib", "all.sh")
        code = f"source {library}; use_data {folder}; use_database; touch {folder}/held; sleep 3600 & wait"
        known = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
        process = subprocess.Popen(["bash", "-c", code, "bin/held"], env=known, start_new_session=True, stderr=subprocess.DEVNULL)
        held.append(process)
        deadline = time.monotonic() + 120
        while not (folder / "held").exists():
            assert time.monotonic() < deadline and process.poll() is None, "the database did not start"
            time.sleep(0.1)

    yield start
    for process in held:
        process.terminate()
        process.wait(60)


@pytest.fixture
def house(world: World, hold: Any) -> Iterator[House]:
    """With the world's rows, and two photos' worth of files."""
    folder = Path(f"/tmp/ioc-house-{uuid.uuid4().hex[:8]}")  # noqa: S108  a socket's path must be short
    folder.mkdir(mode=0o755)
    try:
        hold(folder)
        dump: list[str | Path] = [programs() / "pg_dump", "--no-owner", "--no-privileges", "--no-comments", "--exclude-schema=world_copy"]
        dump += ["--dbname", conninfo("copy")]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
            target: list[str | Path] = [programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(folder, "ioc_owner")]
            subprocess.run(target, stdin=source.stdout, check=True, stdout=subprocess.DEVNULL)
        yield House(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.fault(
    23, "50,000 rows are deleted; the backup is restored to the second before", "rows, files and tiles equal the ledger at that moment"
)
def test_restore_to_a_moment(house: House, world: World, hold: Any, measured: dict[str, str]) -> None:
    repository, restored = house.folder.with_name(f"{house.folder.name}-repo"), house.folder.with_name(f"{house.folder.name}-back")
    try:
        house.manage("backup", "init", "--repo", repository)
        _file(house.folder, "before.jpg", b"a photo before the backup")
        house.manage("backup", "full")
        row = world.row("facilities", "A")
        with house.connect() as db:
            db.execute(f"UPDATE {TABLE} SET name = 'sau bản sao lưu' WHERE id = %s", [row.pk])
            db.execute("CREATE TABLE many AS SELECT n FROM generate_series(1, 50000) n")
            _file(house.folder, "after.jpg", b"a photo after the backup")
            house.manage("backup", "incr")
            db.execute(f"UPDATE {TABLE} SET name = 'lúc T' WHERE id = %s", [row.pk])
            ledger = _ledger(db)
            moment = _moment_between(db)
            db.execute("DELETE FROM many")
            db.execute(f"UPDATE {TABLE} SET name = 'sau lúc T'")
            _await_archive(db)
        started = time.monotonic()
        house.manage("backup", "files")
        house.manage("backup", "restore", "--repo", repository, "--key", house.folder / "backup" / "key", "--time", moment, folder=restored)
        measured["restored in"] = f"{time.monotonic() - started:.0f} s"
        hold(restored)
        with house.connect(restored) as db:
            assert _ledger(db) == ledger
            measured["rows"] = f"{sum(count for _table, count, _sum in ledger)} in {len(ledger)} tables, equal by checksum"
        assert (restored / "media" / "before.jpg").read_bytes() == b"a photo before the backup"
        assert (restored / "media" / "after.jpg").read_bytes() == b"a photo after the backup"
        _tile_shows(restored, row.at, row.pk, "lúc T")
        house.manage("backup", "drill")
        status = house.manage("backup", "status")
        assert "last restore drill" in status
        _nothing_is_plain(repository)
    finally:
        shutil.rmtree(repository, ignore_errors=True)
        shutil.rmtree(restored, ignore_errors=True)


def _file(folder: Path, name: str, content: bytes) -> None:
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / name).write_bytes(content)


def _moment_between(db: "psycopg.Connection[Any]") -> str:
    """A moment after what was committed and before what comes."""
    time.sleep(1.1)  # a target names a microsecond; the log's clock must have gone on
    found = db.execute("SELECT clock_timestamp()").fetchone()
    time.sleep(0.1)
    assert found is not None and isinstance(found[0], datetime)
    return found[0].astimezone(UTC).isoformat(" ")


def _await_archive(db: "psycopg.Connection[Any]") -> None:
    """The log up to now is in the repository."""
    (last,) = db.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)

    def archived() -> bool:
        row = db.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
        return row is not None and str(row[0]) >= str(last)

    wait_until(archived, f"{last} in the repository", 120)


def _ledger(db: "psycopg.Connection[Any]") -> list[tuple[str, int, str]]:
    """Count and checksum of every table."""
    tables = db.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    found = []
    for (table,) in tables:
        row = db.execute(
            f"SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {table} t"
        ).fetchone()
        assert row is not None
        found.append((str(table), int(row[0]), str(row[1])))
    return found


def _tile_shows(folder: Path, at: tuple[float, float], key: int, name: str) -> None:
    web = Web(url(folder, "postgres").replace("postgresql://", "postgis://"), folder, workers=1)
    web.start()
    try:
        z, x, y = tile_of(*at, 15)
        content = httpx.get(f"{web.address}/tiles/facilities/{z}/{x}/{y}.mvt", timeout=60).content
        assert {feature["id"]: feature["properties"]["name"] for feature in decode(content)["facilities"]}[key] == name
    finally:
        web.end()


def _nothing_is_plain(repository: Path) -> None:
    for path in repository.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"a photo" not in content
            assert "lúc T".encode() not in content
