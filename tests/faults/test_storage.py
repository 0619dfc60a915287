"""The disk of uploads and photos is full, or cannot be written."""

import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest

from tests.faults.ledger import Ledger
from tests.faults.rig import Rig, Web, go_on
from tests.faults.test_database import fill, small_disk
from tests.faults.test_processes import INTAKE, _category
from tests.incidents.reports import jpeg

Intact = Callable[[Ledger], None]


@dataclass
class Studio:
    """A web process whose photos lie on a small disk of their own."""

    rig: Rig
    web: Web
    disk: Path

    def send(self, uid: str = "", photo: str = "", body: bytes = b"") -> httpx.Response:
        """A report with its photo; what the photo was told."""
        uid, photo = uid or str(uuid.uuid4()), photo or str(uuid.uuid4())
        at = self.rig.world.row("facilities", "A").at
        report = {
            "uid": uid,
            "category": _category(self.rig),
            "pin": {"lon": at[0], "lat": at[1]},
            "photos": [photo],
            "description": "Cây đổ",
        }
        told = httpx.post(
            f"{self.web.address}{INTAKE}", content=orjson.dumps(report), headers={"Content-Type": "application/json"}, timeout=60
        )
        assert told.status_code in (200, 201), told.text
        address = f"{self.web.address}{INTAKE}/{uid}/photos/{photo}"
        return httpx.put(address, content=body or jpeg(64, 64), headers={"Content-Type": "image/jpeg"}, timeout=60)


@pytest.fixture
def studio(rig: Rig) -> Iterator[Studio]:
    """Its own process: the others keep their disk."""
    folder = rig.folder / "studio"
    with small_disk(folder / "main" / "media", "4m") as disk:
        web = Web(rig.island.url, folder, workers=1)
        web.start()
        try:
            yield Studio(rig, web, disk)
        finally:
            web.end()


@pytest.mark.fault(
    11, "the disk of photos is full", "a photo gets 503 or 507 and can be sent again; tiles and edits go on; no half file is seen"
)
def test_the_disk_of_photos_is_full(rig: Rig, studio: Studio, measured: dict[str, str], intact: Intact) -> None:
    assert studio.send().status_code == 201
    with rig.clients(studio.web.address) as ledger:
        go_on(ledger)
        block = fill(studio.disk)
        uid, photo, body = str(uuid.uuid4()), str(uuid.uuid4()), jpeg(900, 900, colour="maroon")
        refused = studio.send(uid, photo, body)
        go_on(ledger)
        block.unlink()
        again = studio.send(uid, photo, body)
    assert refused.status_code in (503, 507), refused.text
    assert refused.headers["Retry-After"]
    assert again.status_code == 201, again.text
    assert not list(studio.disk.rglob("*.part"))
    assert ledger.failures == []
    measured["refused with"] = str(refused.status_code)
    intact(ledger)


@pytest.mark.fault(12, "the folder of photos can only be read", "a photo gets 503, everything else works")
def test_the_folder_of_photos_is_read_only(rig: Rig, studio: Studio, measured: dict[str, str], intact: Intact) -> None:
    assert studio.send().status_code == 201
    with rig.clients(studio.web.address) as ledger:
        go_on(ledger)
        subprocess.run(["mount", "-o", "remount,ro", studio.disk], check=True)
        refused = studio.send(body=jpeg(80, 80, colour="olive"))
        go_on(ledger)
        subprocess.run(["mount", "-o", "remount,rw", studio.disk], check=True)
        again = studio.send(body=jpeg(80, 81, colour="olive"))
    assert refused.status_code in (503, 507), refused.text
    assert again.status_code == 201
    assert ledger.failures == []
    measured["refused with"] = str(refused.status_code)
    intact(ledger)
