"""Channels that are no service of every layer: photos by URL, history, pages, Open311, exports, statistics, the board, refused writes."""

import json
from collections import Counter
from collections.abc import Callable

import httpx
from django.db.models.functions import Upper

from incidents.models import Incident, Moderation, Photo
from incidents.photos import store
from land.models import Parcel
from tests.cast import Person
from tests.contract import oracle
from tests.contract.reader import Reader
from tests.permissions.history import LAYERS
from tests.service import Service
from tests.world import Row, World

PIXELS = b"\xff\xd8\xff\xe0 the bytes of a picture that not everybody may see"
Channel = Callable[[Service, World, Person, Row], None]
INCIDENTS: list[Channel] = []
PARCELS: list[Channel] = []
# Asked once a person, not once a row.
Whole = Callable[[Service, World, Person], None]


def complete(rows: list[Row]) -> None:
    """Each incident gets a code as real ones have it, and a photo that is not moderated yet."""
    key = store.put(store.pictures(), PIXELS)
    for row in rows:
        if not Photo.objects.filter(incident=row.pk).exists():
            Incident._base_manager.filter(pk=row.pk).update(tracking_code=Upper("tracking_code"))
            Photo.objects.create(
                incident_id=row.pk,
                state=Photo.State.READY,
                moderation=Moderation.PENDING,
                content_type="image/jpeg",
                size=len(PIXELS),
                original=key,
                picture=key,
                thumbnail=key,
            )


def _is(answer: httpx.Response, shown: bool, what: str) -> None:
    missing = answer.status_code in (401, 302, 404)
    assert missing is not shown, f"{what}: {answer.status_code}"


def incident_channel(channel: Channel) -> Channel:
    """Decorator: asked for each incident."""
    INCIDENTS.append(channel)
    return channel


def parcel_channel(channel: Channel) -> Channel:
    """Decorator: asked for each parcel."""
    PARCELS.append(channel)
    return channel


def _by_work(person: Person, layer: str, row: Row) -> bool:
    """Sees the row by work, not by its being published."""
    return oracle.sees(person, layer, Row(row.pk, row.home, row.at, row.label, public=False))


@incident_channel
def photo(service: Service, _world: World, person: Person, row: Row) -> None:
    """An unmoderated photo is for those who see the incident by their work, published or not."""
    uid = Photo.objects.get(incident=row.pk).uid
    answer = service.get(f"/incidents/photos/{uid}/picture", person)
    _is(answer, _by_work(person, "incidents", row), f"photo of {row.pk} for {person.name}")
    assert (PIXELS in answer.content) is _by_work(person, "incidents", row)


@incident_channel
def open311(service: Service, _world: World, person: Person, row: Row) -> None:
    """Published incidents alone, for everybody alike; the list and the single address agree."""
    code = Incident._base_manager.get(pk=row.pk).tracking_code
    listed = {one["service_request_id"] for one in service.get(f"/open311/v2/requests.json?service_request_id={code}", person).json()}
    assert (code in listed) is row.public, f"Open311 lists {row.pk} for {person.name}: {listed}"


@incident_channel
def public_page(service: Service, _world: World, person: Person, row: Row) -> None:
    """From the map to a page: only what is published."""
    _is(service.get(f"/incidents/at/{row.pk}/", person, follow_redirects=True), row.public, f"page of {row.pk} for {person.name}")


@parcel_channel
def parcel_pages(service: Service, _world: World, person: Person, row: Row) -> None:
    """The register's own addresses: the parcel, its history, its page."""
    uid = Parcel._base_manager.get(pk=row.pk).uid
    shown = oracle.exists_for(person, "parcels") and oracle.sees(person, "parcels", row)
    for path in (f"/api/land/parcels/{uid}", f"/api/land/parcels/{uid}/history", f"/land/parcels/{uid}/"):
        _is(service.get(path, person), shown, f"{path} for {person.name}")


@parcel_channel
def refused_write(service: Service, world: World, person: Person, row: Row) -> None:
    """A write to a hidden row is answered as one to a row that does not exist, and nothing of the row stands in the answer."""
    if person.user is None or (oracle.exists_for(person, "parcels") and oracle.sees(person, "parcels", row)):
        return
    told = [_refusal(service, person, key) for key in (row.pk, 10**15)]
    assert told[0][0] == told[1][0], told
    assert row.label not in told[0][1]


def _refusal(service: Service, person: Person, key: int) -> tuple[int, str]:
    body = json.dumps({"address": "x"}).encode()
    headers = {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}
    answer = service.request("PATCH", f"/ogc/collections/parcels/items/{key}", person, how="bearer", headers=headers, content=body)
    return answer.status_code, answer.text.replace(str(key), "KEY")


def board(service: Service, world: World, person: Person) -> None:
    """The dispatchers' list: what somebody sees by work, published or not."""
    answer = service.get("/api/incidents/?limit=200", person)
    seen = {row.pk for row in world.rows["incidents"] if _by_work(person, "incidents", row)}
    if answer.status_code != 200:
        assert answer.status_code in (401, 404), f"board: {answer.status_code} {answer.text[:200]}"
        assert not seen, f"board: {answer.status_code}, not {seen}"
        return
    listed = {one["id"] for one in answer.json()["items"]}
    assert listed == seen, f"board: {listed}, not {seen}"


def parcel_export(service: Service, world: World, person: Person) -> None:
    """The register's own file; nothing to export is 404."""
    seen = {row.pk for row in oracle.expected(world, person, "parcels")}
    answer = service.get("/api/land/exports/geojson", person)
    if not seen:
        assert answer.status_code in (401, 404), f"export: {answer.status_code} {answer.text[:200]}"
        return
    uids = set(map(str, Parcel._base_manager.filter(pk__in=seen).values_list("uid", flat=True)))
    found = {one["id"] for one in answer.json()["features"]} if answer.status_code == 200 else set()
    assert found == uids, f"export: {found ^ uids} differ"


def parcel_statistics(service: Service, world: World, person: Person) -> None:
    """Each commune's total counts the parcels that are seen there; no other unit is named but those above."""
    answer = service.get("/api/land/statistics/areas", person)
    lines = answer.json() if answer.status_code == 200 else []
    expected = Counter(row.home for row in oracle.expected(world, person, "parcels") if row.home)
    told = {line["path"]: line["parcels"] for line in lines if line["code"] == ""}
    paths = {world.units[home].path: count for home, count in expected.items()}
    assert {path: told.get(path) for path in paths} == paths, f"statistics: {told}, not {paths}"
    assert all(any(path.startswith(above) for path in paths) for above in told), f"units without a parcel to see: {told}"


WHOLE: dict[str, list[Whole]] = {"incidents": [board], "parcels": [parcel_export, parcel_statistics]}


def everything(service: Service, world: World, person: Person, layer: str) -> list[str]:
    """All channels for all rows of a layer; what was wrong."""
    failed = []
    for whole in WHOLE.get(layer, []):
        try:
            whole(service, world, person)
        except AssertionError as error:
            failed.append(f"{person.name} × {layer} × {whole.__name__}: {str(error)[:400]}")
    for channel in {"incidents": INCIDENTS, "parcels": PARCELS}.get(layer, []):
        for row in world.rows[layer]:
            try:
                channel(service, world, person, row)
            except AssertionError as error:
                failed.append(f"{person.name} × {layer} × {channel.__name__}: {str(error)[:400]}")
    return failed


def reader_of(service: Service, world: World, person: Person, layer: str) -> Reader:
    """This person reading this layer in this world."""
    return Reader(service, person, LAYERS[layer], world)
