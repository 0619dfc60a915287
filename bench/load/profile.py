"""Who asks for what: half of a province's peak hour (docs/load.md says where the numbers come from)."""

import asyncio
import math
import random
import time
import uuid
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from django.contrib.gis.db.models import Extent

from bench.data import PEER_FIELDS, ensure_pilot
from bench.deployed import Deployed
from bench.intake import CATEGORY, PATH
from bench.load.client import Client, Reply, Stream
from gis_core.access import Reach
from gis_core.models import AccessToken, User
from incidents.rows import EVERYBODY, incidents
from land.models import Parcel
from layers.models import Facility
from tiles.matrix import EDGE

RATES = {"tile hit": 300.0, "tile miss": 60.0, "items": 30.0, "edit": 10.0, "report": 3.0}
LISTENERS = 200
ROWS = 40
_FIRST_DAY, _DAYS = date(2025, 7, 1), 500
_TOKEN = "bin/load"  # noqa: S105  the name of one, not one
_GZIP = {"Accept-Encoding": "gzip"}
_PATCH = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True)
class Place:
    """What there is to ask for: the parcels' box in EPSG:3857, facilities that may be edited, somebody who edits, somebody who reads."""

    box: tuple[float, float, float, float]
    rows: tuple[int, ...]
    editor: Mapping[str, str]
    reader: Mapping[str, str]


def find_place() -> Place:
    """From the pilot, which is loaded where it is missing."""
    data = ensure_pilot()
    found = Parcel.objects.within(Reach(everything=True)).aggregate(box=Extent("geom_3857"))["box"]
    analyst = User.objects.get(username="analyst")
    AccessToken.objects.filter(name=_TOKEN).delete()
    secret = AccessToken.objects.issue(analyst, _TOKEN)[1]
    rows = Facility.objects.within(Reach(everything=True)).filter(admin_unit__isnull=False).order_by("pk").values_list("pk", flat=True)
    return Place(found, tuple(rows[:ROWS]), {"Authorization": f"Bearer {secret}"}, data.headers)


@dataclass
class Profile:
    """The streams over a deployed service, and the book of what was acknowledged."""

    service: Deployed
    place: Place
    edits: dict[int, tuple[int, str]] = field(default_factory=dict)  # row -> (highest acknowledged change, its name)
    doubtful: set[str] = field(default_factory=set)  # names of edits without an answer
    reports: set[str] = field(default_factory=set)
    sent: dict[int, float] = field(default_factory=dict)  # change -> when its edit was sent
    heard: list[dict[int, float]] = field(default_factory=list)  # of each listener: change -> when
    only_last: bool = False  # of what is heard: a day's changes at every screen are gigabytes

    def __post_init__(self) -> None:
        parts = urlsplit(self.service.url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._client = Client(self._host, self._port)
        self._dice = random.Random(20261128)  # noqa: S311  the same in each run
        self.public = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer in ("roads", "facilities") for z, x, y in self._tiles((12, 13, 14), 60)]
        self._tags: dict[str, str] = {}

    def streams(self) -> list[Stream]:
        """At their rates."""
        askers = {"tile hit": self.hit, "tile miss": self.miss, "items": self.items, "edit": self.edit, "report": self.report}
        return [Stream(kind, RATES[kind], ask) for kind, ask in askers.items()]

    def _tiles(self, zooms: Sequence[int], count: int) -> list[tuple[int, int, int]]:
        return [self._tile(self._dice.choice(zooms)) for _ in range(count)]

    def _tile(self, zoom: int) -> tuple[int, int, int]:
        west, south, east, north = self.place.box
        x, y, side = self._dice.uniform(west, east), self._dice.uniform(south, north), 2 * EDGE / (1 << zoom)
        return zoom, int((x + EDGE) // side), int((EDGE - y) // side)

    async def hit(self, number: int) -> Reply:
        """What everybody looks at; half of them hold it already and ask whether it changed."""
        path = self.public[number % len(self.public)]
        held = self._tags.get(path) if number % 2 else None
        reply = await self._client.ask("GET", path, {**_GZIP, **({"If-None-Match": held} if held else {})})
        if "etag" in reply.headers:
            self._tags[path] = reply.headers["etag"]
        return reply

    async def miss(self, number: int) -> Reply:
        """Parcels where nobody has looked: a tile on a day and with attributes of its own, which is in no cache."""
        z, x, y = self._tile(self._dice.choice((14, 15, 16)))
        day = _FIRST_DAY + timedelta(days=self._dice.randrange(_DAYS))
        carried = ",".join(self._dice.sample(PEER_FIELDS, 1 + number % len(PEER_FIELDS)))
        path = f"/tiles/parcels/{z}/{x}/{y}.mvt?datetime={day}&properties={carried}"
        return await self._client.ask("GET", path, {**_GZIP, **self.place.reader})

    async def filtered(self, number: int) -> Reply:
        """The same under a filter over an attribute that is not in memory: the database draws it. No part of the profile."""
        z, x, y = self._tile(self._dice.choice((14, 15, 16)))
        path = f"/tiles/parcels/{z}/{x}/{y}.mvt?filter={quote(f'area_m2 > {number / 1e4 + self._dice.random() / 1e5:.7f}')}"
        return await self._client.ask("GET", path, {**_GZIP, **self.place.reader})

    async def items(self, _number: int) -> Reply:
        """A list of parcels where a map looks."""
        west, south, east, north = (108.43, 15.53, 108.53, 15.61)
        lon, lat = self._dice.uniform(west, east), self._dice.uniform(south, north)
        path = f"/ogc/collections/parcels/items?limit=50&bbox={lon:.5f},{lat:.5f},{lon + 0.004:.5f},{lat + 0.004:.5f}"
        return await self._client.ask("GET", path, {**_GZIP, **self.place.reader})

    async def edit(self, number: int) -> Reply:
        """A facility gets another name; what was acknowledged stands in `edits`."""
        row = self.place.rows[number % len(self.place.rows)]
        name = f"Tải {row}-{number}-{time.monotonic_ns()}"
        self.doubtful.add(name)
        sent = time.perf_counter()
        body = orjson.dumps({"properties": {"name": name}})
        reply = await self._client.ask("PATCH", f"/ogc/collections/facilities/items/{row}", {**self.place.editor, **_PATCH}, body)
        if reply.status == 204:
            self.doubtful.discard(name)
            seq = int(reply.headers["x-change-seq"])
            self.sent[seq] = sent
            self.edits[row] = max(self.edits.get(row, (0, "")), (seq, name))
        elif 400 <= reply.status < 500:  # a 503 may stand for a commit whose answer was lost
            self.doubtful.discard(name)
        return reply

    async def report(self, number: int) -> Reply:
        """A citizen's report without a photo."""
        uid = str(uuid.uuid4())
        pin = {"lon": 108.45 + number * 7919 % 10_000 * 5e-6, "lat": 15.55 + number * 104_729 % 10_000 * 4e-6}
        body = {"uid": uid, "category": CATEGORY, "pin": pin, "description": "Cây đổ chắn đường"}
        reply = await self._client.ask("POST", PATH, {"Content-Type": "application/json"}, orjson.dumps(body))
        if reply.status in (200, 201):
            self.reports.add(uid)
        return reply

    @asynccontextmanager
    async def listening(self, count: int) -> AsyncIterator[None]:
        """The wall's streams, each of which has said hello; they end with the block."""
        self.heard = [{} for _ in range(count)]
        opened = [asyncio.Event() for _ in range(count)]
        tasks = [asyncio.create_task(self._listen(heard, event)) for heard, event in zip(self.heard, opened, strict=True)]
        try:
            await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 120)
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, heard: dict[int, float], opened: asyncio.Event) -> None:
        while True:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            last = f"Last-Event-ID: {max(heard)}\r\n" if heard else ""
            writer.write(f"GET /live/?layers=facilities HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{last}\r\n".encode())
            try:
                while line := await reader.readline():
                    if line.startswith(b"id: "):
                        if self.only_last:
                            heard.clear()
                        heard.setdefault(int(line[4:]), time.perf_counter())
                        opened.set()
            except OSError:
                pass
            finally:
                writer.close()
            await asyncio.sleep(0.2)

    def waits(self, since: float, until: float) -> list[float]:
        """From the sending of each edit in a span to its arrival at each listener; inf where it never came."""
        found = []
        for heard in self.heard:
            numbers = sorted(heard)
            for seq, sent in self.sent.items():
                if since <= sent < until:
                    place = bisect_left(numbers, seq)
                    found.append(max(0.0, heard[numbers[place]] - sent) if place < len(numbers) else math.inf)
        return found

    def lost(self) -> list[str]:
        """Acknowledged edits that are not what the rows say, and acknowledged reports that are not there."""
        rows: Any = Facility.objects.within(Reach(everything=True))  # the manager is that of every layer's rows
        names = dict(rows.filter(pk__in=self.edits).values_list("pk", "name"))
        wrong = [
            f"{row}: {names.get(row)!r}, not {name!r}"
            for row, (_seq, name) in self.edits.items()
            if names.get(row) not in {name, *self.doubtful}
        ]
        there = {str(uid) for uid in incidents(EVERYBODY).filter(category=CATEGORY).values_list("uid", flat=True)}
        return [*wrong, *(f"report {uid}" for uid in self.reports - there)]

    def close(self) -> None:
        """Close what is open."""
        self._client.close()
