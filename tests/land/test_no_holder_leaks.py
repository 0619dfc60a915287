"""A crawl in everybody's name: nobody's name, identity number or certificate stands where it may not."""

import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import mapbox_vector_tile
import pytest
import shapely
from django.contrib.gis.geos import Point

from gis_core.models import Role
from land.models import Certificate, Parcel, Restriction
from land.workflow import steps
from tests import factories
from tests.cast import Person, sign_in
from tests.land.desk import LONG_AGO, Desk, shape_of
from tests.land.ground import slanted
from tests.service import Service
from tests.world import World

NAME, ID_NUMBER, SERIAL, REGISTER = "Đặng Thị Bưởi-Xoan", "049180777123", "ZX 770123", "CS 99 770123"
SECRETS = (NAME, "Bưởi-Xoan", "049180777123", SERIAL, REGISTER)
MOST = 25
"""Addresses that one person's crawl asks for, the seeds first."""
_LINK = re.compile(r"""(?:href|src|action)=["']([^"'#]+)|"(?:href|url)"\s*:\s*"([^"]+)""")
# Files of the front end, the way out, and streams that do not end.
_SKIPPED = re.compile(r"^/(?:static|media|accounts/logout|live)\b")


@pytest.fixture
def parcel(scratch: World) -> Parcel:
    """Committed in unit A: a holder, a certificate, a dispute, a finished and an open change that name the holder."""
    desk = Desk.open(scratch.units["A"])
    row = desk.parcel(slanted(), 1)
    party = desk.holder(row, NAME)
    party.id_number = ID_NUMBER
    party.save()
    Certificate.objects.create(parcel=row, serial=SERIAL, register_no=REGISTER, issued_on=LONG_AGO)
    transfer: dict[str, Any] = {"parcel": str(row.uid), "holders": [{"party": str(party.uid), "numerator": 1, "denominator": 1}]}
    desk.done("transfer", **transfer)
    steps.submit(desk.officer, desk.draft("gift", **transfer).uid)
    Restriction.objects.create(parcel=row, kind="dispute", reference=f"Đơn của {NAME}", valid_from=LONG_AGO)
    return row


def _seeds(parcel: Parcel) -> list[str]:
    centre = shape_of(parcel).centroid
    box = ",".join(map(str, shapely.buffer(centre, 60).bounds))
    uid, name = parcel.uid, quote(NAME)
    return [
        *("/", "/land/", "/wall/", "/metrics", "/healthz", "/readyz", "/incidents/", "/ogc/", "/ogc/api", "/ogc/collections"),
        *(f"/land/parcels/{uid}/", f"/land/parcels/{uid}/versions/1", f"/land/parcels/{uid}/versions/2"),
        *(f"/api/land/parcels/{uid}{end}" for end in ("", "/history", "/extract", "/extract?on=2026-01-01")),
        *("/api/land/parcels?sheet=900", f"/api/land/parcels?bbox={box}", "/api/land/sheets/900/plot?unit=20341", "/api/land/changes"),
        *(f"/api/land/statistics/areas?format={kind}" for kind in ("json", "csv", "xlsx")),
        *("/ogc/collections/parcels/items?limit=500", f"/ogc/collections/parcels/items/{parcel.pk}", "/ogc/collections/parcels/queryables"),
        *(f"/ogc/collections/parcels/items?{field}={name}" for field in ("address", "holder", "name", "certificate")),
        "/ogc/collections/parcels/items?filter=" + quote(f"address LIKE '%{NAME}%'"),
        *(f"/query/search?q={quote(word)}" for word in SECRETS),
        *("/query/at-point?lon=108.4741&lat=15.5732", "/tiles/parcels.json", "/tiles/style.json"),
        *(f"/tiles/parcels/{z}/{x}/{y}.mvt" for z, x, y in _tiles(parcel)),
        *(f"/api/land/documents/{uid}/scan", f"/api/land/holders?q={name}"),
        *("/admin/", "/admin/land/", "/admin/land/personaldataread/", "/admin/land/party/", "/api/docs", "/api/openapi.json"),
        *("/wfs?service=WFS&request=GetCapabilities", "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=parcels"),
        "/wms?service=WMS&request=GetCapabilities",
    ]


def _tiles(parcel: Parcel) -> Iterator[tuple[int, int, int]]:
    point = parcel.geom.point_on_surface.transform(3857, clone=True)
    assert isinstance(point, Point)
    for z in (8, 12, 15, 17):
        size = 2 * 20037508.342789244 / 2**z
        yield z, int((point.x + 20037508.342789244) / size), int((20037508.342789244 - point.y) / size)


def _texts(answer: httpx.Response) -> str:
    """Everything readable in an answer: unpacked, decoded, unescaped."""
    content = answer.content
    kind = answer.headers.get("content-type", "")
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if "mapbox-vector-tile" in kind and content:
        return str(mapbox_vector_tile.decode(content))
    parts = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        parts.append(zlib.decompressobj().decompress(stream) if stream[:1] == b"x" else stream)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts += [book.read(name) for name in book.namelist()]
    text = "\n".join(part.decode("utf-8", "replace") for part in parts) + str(answer.headers)
    return html.unescape(text) + re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _crawled(asgi: Service, person: Person, parcel: Parcel) -> Iterator[tuple[str, str]]:
    """Addresses with what they say, the seeds first, then what they link to."""
    waiting, seen = _seeds(parcel), set[str]()
    most = len(waiting) + MOST
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = asgi.get(path, person)
        # What was asked may be said back; it is no news to whoever asked.
        text = _texts(answer).replace(path, "").replace(NAME, "" if quote(NAME) in path and answer.status_code >= 400 else NAME)
        yield path, text
        if answer.status_code == 200 and "text" in answer.headers.get("content-type", "") + "json":
            for found in _LINK.findall(text):
                target = urlsplit(urljoin(f"http://testserver{path}", next(filter(None, found))))
                link = target.path + (f"?{target.query}" if target.query else "")
                if target.netloc == "testserver" and not _SKIPPED.match(target.path) and "{" not in link:
                    waiting.append(link)


@pytest.mark.parametrize(
    "name", ["officer", "sibling", "analyst", "operator", "leader", "stranger", "anonymous", "field", "approver", "superuser"]
)
def test_nobody_finds_a_holder(asgi: Service, scratch: World, parcel: Parcel, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Officers and approvers of the unit neither, unless they ask for holders with a purpose. Logs are silent too."""
    person = _person(scratch, name)
    asked = 0
    for path, text in _crawled(asgi, person, parcel):
        asked += 1
        found = [secret for secret in SECRETS if secret in text and not _said_back(path, secret)]
        assert not found, (path, found)
    assert asked > 40
    # The test's own client writes what it asks for.
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert not [secret for secret in SECRETS if secret in logged or quote(secret) in logged]


def _said_back(path: str, secret: str) -> bool:
    """A search repeats its own words."""
    return quote(secret) in path


def _person(world: World, name: str) -> Person:
    if name in ("field", "approver"):
        user = factories.user()
        factories.jurisdiction(user, Role.FIELD_STAFF if name == "field" else Role.APPROVER, world.units["A"])
        return Person(name, user, cookies=sign_in(user))
    if name == "superuser":
        user = factories.superuser()
        return Person(name, user, cookies=sign_in(user))
    return world.cast[name]


def test_bad_input_is_not_said_back_in_logs(asgi: Service, scratch: World, parcel: Parcel, caplog: pytest.LogCaptureFixture) -> None:
    """A transfer with a name where a number belongs: the field is named, the value is in no answer and in no log."""
    body = {"reason": "Đơn 12", "params": {"parcel": str(parcel.uid), "holders": [{"party": NAME}]}}
    headers = {"Authorization": f"Bearer {scratch.cast['officer'].secret}"}
    answer = asgi.request("POST", "/api/land/changes/transfer", None, headers=headers, json=body)
    assert answer.status_code in (400, 422)
    assert "party" in answer.text
    assert NAME not in _texts(answer)
    assert NAME not in caplog.text


def test_the_crawl_would_find_one(asgi: Service, scratch: World, parcel: Parcel) -> None:
    """The same reading of the one address that tells holders."""
    answer = asgi.get(f"/api/land/parcels/{parcel.uid}/holders?purpose=thử", scratch.cast["officer"])
    text = _texts(answer)
    assert all(secret in text for secret in (NAME, ID_NUMBER, SERIAL, REGISTER))
