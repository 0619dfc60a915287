"""Intake of incident reports by one server process, with the database and the load on the same machine: how many a second, none lost."""

import asyncio
import io
import os
import statistics
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson
from django.db import connection
from PIL import Image

from bench.cores import Cores
from bench.data import ensure_pilot
from bench.harness import Ratio, benchmark_of_pilot
from bench.processes import Server, await_answer, ours
from bench.settings import INTAKE_SECONDS
from incidents.models import IncidentCategory, Photo
from incidents.photos import store
from incidents.rows import EVERYBODY, incidents

_CLIENTS = 48
CATEGORY = "bench-intake"
_PHOTO_BYTES = 600_000
PATH = "/incidents/intake/reports"
# The load comes from one address; who limits it would measure the limit.
UNLIMITED = {"REPORTS_PER_ADDRESS": str(10**9), "REPORTS_PER_AREA": str(10**9)}


@dataclass
class Load:
    """What a run did: acknowledged reports and photos, and how long each request took (seconds)."""

    reports: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0
    cores: dict[str, float] = field(default_factory=dict)


@benchmark_of_pilot
def intake_reports() -> Iterator[Ratio]:
    """Reports without photos a second, sustained."""
    yield _measured("reports taken in a second", 300, photo=None)


@benchmark_of_pilot
def intake_photos() -> Iterator[Ratio]:
    """Reports with one photo of 600 kB a second, sustained; the photo is checked and stored, not yet drawn anew."""
    yield _measured("reports with a 600 kB photo taken in a second", 40, photo=_photo())


def _measured(name: str, target: int, photo: bytes | None) -> Ratio:
    data = ensure_pilot()
    os.environ.update(UNLIMITED)
    with own_reports():
        with ours(data.headers) as server:
            await_answer(f"{server.url}/metrics", lacks='store_state="loading"} 1.0')  # other layers load on the same cores
            load = asyncio.run(_run(server, photo, Cores(server.pid)))
        lost = _lost(load)
    waits = sorted(load.waits)
    p50, p99 = statistics.median(waits) * 1000, waits[int(len(waits) * 0.99) - 1] * 1000
    done = len(load.reports if photo is None else load.photos)
    rate = done / load.seconds
    cores = ", ".join(f"{part} {used / max(done, 1) * 1000:.1f} ms" for part, used in load.cores.items())
    detail = f"{_CLIENTS} clients, {load.seconds:.0f} s, p50 {p50:.0f} ms, p99 {p99:.0f} ms a request, {load.refused} refused, {lost} lost"
    detail += f"; of {os.cpu_count()} cores {sum(load.cores.values()) / load.seconds:.1f} used, for each: {cores}"
    return Ratio(name, rate if not lost and not load.refused else 0.0, f">= {target}", detail)


async def _run(server: Server, photo: bytes | None, cores: Cores) -> Load:
    load = Load()
    await _clients(server, photo, Load(), time.perf_counter() + 2)  # pools, plans, the confined child
    cores.begin()
    started = time.perf_counter()
    await _clients(server, photo, load, started + INTAKE_SECONDS)
    load.seconds, load.cores = time.perf_counter() - started, cores.used()
    return load


async def _clients(server: Server, photo: bytes | None, load: Load, until: float) -> None:
    await asyncio.gather(*(_client(server, number, photo, load, until) for number in range(_CLIENTS)))


async def _client(server: Server, number: int, photo: bytes | None, load: Load, until: float) -> None:
    """One phone after another over one connection, as lean as can be: the load shares the machine with the server."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 20)
    turn = 0
    while time.perf_counter() < until:
        uid, photo_uid = str(uuid.uuid4()), str(uuid.uuid4())
        # 5 km around the town, a different place for each.
        pin = {"lon": 108.45 + (number * 7919 + turn * 104_729) % 10_000 * 5e-6, "lat": 15.55 + (turn * 7907) % 10_000 * 4e-6}
        body = {"uid": uid, "category": CATEGORY, "pin": pin, "device": {**pin, "accuracy_m": 12}, "description": "Ổ gà sâu trước chợ"}
        if photo is not None:
            body["photos"] = [photo_uid]
        if await asked(reader, writer, address.netloc, f"POST {PATH}", orjson.dumps(body), "application/json", load):
            load.reports.append(uid)
            path = f"PUT {PATH}/{uid}/photos/{photo_uid}"
            # A few bytes of its own make each photo another content.
            if photo is not None and await asked(reader, writer, address.netloc, path, photo + uid.encode(), "image/jpeg", load):
                load.photos.append(photo_uid)
        turn += 1
    writer.close()


async def asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, request: str, body: bytes, kind: str, load: Load
) -> bool:
    started = time.perf_counter()
    head = f"{request} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(answer.split("content-length: ")[1].split("\r\n")[0]))
    load.waits.append(time.perf_counter() - started)
    good = answer.startswith("http/1.1 201")
    load.refused += not good
    return good


def _lost(load: Load) -> int:
    """Acknowledged and not there."""
    there = incidents(EVERYBODY).filter(category=CATEGORY)
    reports = set(load.reports) - {str(uid) for uid in there.values_list("uid", flat=True)}
    stored = Photo.objects.filter(incident__category=CATEGORY).exclude(state=Photo.State.RECEIVING)
    return len(reports) + len(set(load.photos) - {str(uid) for uid in stored.values_list("uid", flat=True)})


@contextmanager
def own_reports() -> Iterator[None]:
    """A category for the reports of a benchmark; it goes with them, their files and their tasks."""
    IncidentCategory.objects.get_or_create(code=CATEGORY, defaults={"name": "Đo tải", "group": "Đo tải"})
    try:
        yield
    finally:
        _clean()


def _clean() -> None:
    keys = set(Photo.objects.filter(incident__category=CATEGORY).values_list("original", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%%develop_photo' AND status = 'todo'")
    incidents(EVERYBODY).filter(category=CATEGORY).delete()
    IncidentCategory.objects.filter(code=CATEGORY).delete()
    for key in keys:
        store.drop_unused(key)


def _photo() -> bytes:
    """A JPEG of about 600 kB at 1600 × 1200, as the form sends."""
    written = io.BytesIO()
    image = Image.effect_noise((1600, 1200), 40).convert("RGB")
    for quality in range(30, 96, 3):
        written = io.BytesIO()
        image.save(written, "JPEG", quality=quality)
        if written.tell() >= _PHOTO_BYTES:
            break
    return written.getvalue()
