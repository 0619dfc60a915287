"""nginx serves public tiles as files: never an old one, never a restricted one, none when the node cannot vouch."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bench.nginx_here import nginx_here
from layers.models import LayerSetting
from tests.cast import Person
from tests.contract.services import decode, tile_of
from tests.deploy.conftest import NGINX, Front
from tests.sql import execute
from tests.world import World


def path_of(world: World, layer: str, home: str | None, z: int = 15) -> str:
    z, x, y = tile_of(*world.row(layer, home).at, z)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def from_file(answer: httpx.Response) -> bool:
    """Only the node gives requests numbers."""
    return "X-Request-Id" not in answer.headers


def warm(front: Front, path: str, **headers: str) -> httpx.Response:
    """Asked until the file answers: a node that is held up for a second lays no leases, and then answers itself."""
    deadline = time.monotonic() + 60
    while not from_file(answer := front.get(path, **headers)):
        assert time.monotonic() < deadline, "no file ever answers"
        time.sleep(0.01)
    return answer


def wait(holds: Callable[[], bool], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it never came to it"
        time.sleep(0.01)


def test_a_file_is_the_nodes_own_answer(front: Front, world: World) -> None:
    path = path_of(world, "facilities", "A")
    node = httpx.get(front.node.address + path, headers={"Accept-Encoding": "gzip"})
    file = warm(front, path)
    assert file.content == node.content
    for name in ("Content-Type", "Content-Encoding", "Content-Length", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert file.headers[name] == node.headers[name], name
    assert "Last-Modified" not in file.headers
    assert "Accept-Ranges" not in file.headers


def test_a_file_has_a_validator(front: Front, world: World) -> None:
    path = path_of(world, "facilities", "A")
    tag = warm(front, path).headers["ETag"]
    again = warm(front, path, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert front.get(path, **{"If-None-Match": '"another"'}).status_code == 200
    head = front.client.head(front.address + path, headers={"Accept-Encoding": "gzip"})
    assert (head.headers["ETag"], head.content) == (tag, b"")


def test_no_answer_is_older_than_the_nodes_knowledge(front: Front, scratch: World) -> None:
    """Sixty edits: from the moment that the node knows of one, nothing of the state before comes, by no validator."""
    path = path_of(scratch, "facilities", "A")
    key = scratch.row("facilities", "A").pk
    held = warm(front, path).headers["ETag"]
    files = 0
    for number in range(60):
        name = f"Tên {number}"
        execute("UPDATE layers_facility SET name = %s WHERE id = %s", name, key)
        front.await_change()
        for _time in range(3):
            answer = front.get(path, **{"If-None-Match": held})
            assert answer.status_code == 200, "a 304 for a state that is gone"
            (feature,) = [found for found in decode(answer.content)["facilities"] if found["id"] == key]
            assert feature["properties"]["name"] == name
            files += from_file(answer)
        held = answer.headers["ETag"]
    assert files >= 60, "most of it came from files, or nothing was tested"


def test_edits_elsewhere_leave_files_alone(front: Front, scratch: World) -> None:
    path = path_of(scratch, "facilities", "A")
    front.await_change()
    warm(front, path)
    before = front.written(path)
    execute("UPDATE layers_facility SET name = 'Nơi khác' WHERE id = %s", scratch.row("facilities", "outside").pk)
    front.await_change()
    assert front.written(path) == before
    warm(front, path)
    assert front.written(path) == before


def test_a_bulk_change_takes_all_files_of_the_layer(front: Front, scratch: World) -> None:
    paths = [path_of(scratch, layer, home) for layer in ("facilities", "roads") for home in ("A", "B")]
    for path in paths:
        warm(front, path)
    execute("TRUNCATE layers_facility CASCADE")
    front.await_change()
    assert not [kept for kept in front.kept() if "facilities" in kept]
    assert [front.get(path).status_code for path in paths] == [204, 204, 200, 200]


def test_a_layer_that_is_withdrawn_is_gone(front: Front, scratch: World) -> None:
    path = path_of(scratch, "roads", "A")
    warm(front, path)
    LayerSetting.objects.update_or_create(layer="roads", defaults={"published": False})
    wait(lambda: front.get(path).status_code == 404)
    assert not [kept for kept in front.kept() if "roads" in kept]


def test_nothing_restricted_becomes_a_file(front: Front, world: World, leader: Person, officer: Person) -> None:
    asked = [
        path_of(world, "parcels", "A"),
        path_of(world, "incidents", "A"),
        path_of(world, "roads", "A").replace("roads", "roads,parcels"),
    ]
    for _time in range(3):
        for path in asked:
            for person in (leader, officer):
                answer = front.get(path, **person.headers("basic"))
                assert answer.status_code in (200, 204)
                assert answer.headers["Cache-Control"] == "private, no-cache"
                assert not from_file(answer)
            assert not from_file(front.get(path))
    assert not [kept for kept in front.kept() if "parcels" in kept or "incidents" in kept]
    assert front.get(path_of(world, "parcels", "A")).status_code == 404


def test_credentials_are_looked_at_even_for_public_layers(front: Front, world: World, officer: Person) -> None:
    path = path_of(world, "facilities", "A")
    warm(front, path)
    assert front.get(path, Authorization="Bearer nonsense").status_code == 401
    assert not from_file(front.get(path, **officer.headers("bearer")))


def test_parameters_go_to_the_node(front: Front, world: World) -> None:
    """`min_seq` above all: who knows a change gets nothing older."""
    path = path_of(world, "facilities", "A")
    warm(front, path)
    assert not from_file(front.get(f"{path}?min_seq=1"))
    assert front.get(f"{path}?filter=nothing%3D1").status_code == 400


def test_other_codings_come_from_the_node(front: Front, world: World) -> None:
    path = path_of(world, "facilities", "A")
    file = warm(front, path)
    for header in ("identity", "br", "zstd", "gzip;q=0", "gzip;q=0.0, identity"):
        answer = front.get(path, **{"Accept-Encoding": header})
        assert not from_file(answer)
        assert answer.headers.get("Content-Encoding") != "gzip"
    assert warm(front, path, **{"Accept-Encoding": "br;q=0.1, gzip;q=0.9"}).content == file.content


def test_layers_that_follow_the_calendar_are_no_files(front: Front, world: World) -> None:
    """Units are today's; at midnight no change is written."""
    path = path_of(world, "admin_units", "A")
    for _time in range(3):
        assert not from_file(front.get(path))


def test_a_node_that_loses_the_database_takes_the_files_along(front: Front, world: World) -> None:
    """It may not vouch for anything, and says so itself; when it reads the log again files come back."""
    path = path_of(world, "facilities", "A")
    warm(front, path)
    front.node.signal(signal.SIGSTOP)
    try:
        stopped = time.monotonic()
        with httpx.Client(timeout=0.5) as hasty:
            while time.monotonic() - stopped < 2.5:
                time.sleep(0.1)
            try:
                answer = hasty.get(front.address + path, headers={"Accept-Encoding": "gzip"})
            except httpx.TimeoutException:
                answer = None
            assert answer is None or not from_file(answer), "a frozen node's files outlive its lease"
    finally:
        front.node.signal(signal.SIGCONT)
    assert warm(front, path).status_code == 200


def test_a_node_that_dies_is_an_error_and_no_old_tile(front: Front, scratch: World) -> None:
    """Killed without a word: two seconds later nginx finds nothing, and says that the node is gone."""
    path = path_of(scratch, "facilities", "A")
    warm(front, path)
    front.node.stop()
    time.sleep(2.2)
    assert front.get(path).status_code == 502
    execute("UPDATE layers_facility SET name = 'Sau sự cố' WHERE id = %s", scratch.row("facilities", "A").pk)
    front.node.start()
    answer = warm(front, path)
    assert "Sau sự cố" in {feature["properties"]["name"] for feature in decode(answer.content)["facilities"]}


def test_the_whole_configuration_is_understood(tmp_path: Path) -> None:
    """docs/deploy/nginx.conf with its included parts, as nginx itself reads it; only hosts and places are the test's."""
    (tmp_path / "nginx.conf").write_text(nginx_here(tmp_path, ["127.0.0.1:8000"], ["127.0.0.1:8000"]))
    assert NGINX
    found = subprocess.run([NGINX, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
