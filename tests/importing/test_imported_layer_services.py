"""An imported layer in the running application: at once in every service, for those who may see it, and gone at once."""

import json
from typing import Any

import mapbox_vector_tile
import pytest

from layers.models import ImportedLayer
from tests.importing.conftest import Writer, collection, command, square
from tests.service import Service, wait_until
from tests.world import World

A, B = (108.472, 15.553), (108.482, 15.553)  # in the units of the officer and of the sibling
TILE = "15/26257/14943"


def tile_over(x: float, y: float, zoom: int = 15) -> str:
    """The address of the tile over a position."""
    import math

    size = 2**zoom
    row = (1 - math.asinh(math.tan(math.radians(y))) / math.pi) / 2
    return f"{zoom}/{int((x + 180) / 360 * size)}/{int(row * size)}"


@pytest.fixture
def file(write: Writer) -> Any:
    """One square in each of two units."""
    rows = [(square(*A), {"tên": "của A", "loai": "x"}), (square(*B), {"tên": "của B", "loai": "y"})]
    return write("hai.geojson", collection(rows))


def names(asgi: Service, person: Any = None) -> set[str]:
    """The layers in the map's style for somebody."""
    return set(asgi.get("/tiles/style.json", person).json()["sources"])


def texts(asgi: Service, person: Any) -> list[str]:
    """The names that somebody's item list holds."""
    return [feature["properties"]["ten"] for feature in asgi.get("/ogc/collections/thu/items", person).json()["features"]]


def test_a_public_layer_is_there_at_once_and_gone_at_once(asgi: Service, scratch: World, file: Any) -> None:
    """Catalogue, style, TileJSON, tile, items, query: without a restart."""
    assert asgi.get("/tiles/thu.json").status_code == 404
    command("import_layer", file, "--name", "thu", "--title", "Thử nghiệm", "--public")
    assert "thu" in names(asgi)
    assert asgi.get("/tiles/thu.json").json()["name"] == "thu"
    assert asgi.get("/ogc/collections/thu").json()["title"] == "Thử nghiệm"
    assert texts(asgi, None) == ["của A", "của B"]
    tile = asgi.get(f"/tiles/thu/{tile_over(A[0] + 0.0005, A[1] + 0.0005)}.mvt")
    assert tile.status_code == 200
    features = mapbox_vector_tile.decode(tile.content)["thu"]["features"]
    assert "của A" in {feature["properties"]["ten"] for feature in features}
    found = asgi.get("/query/at-point", params={"lon": A[0] + 0.0005, "lat": A[1] + 0.0005, "layers": "thu"}).json()
    assert [feature["properties"]["ten"] for feature in found["results"][0]["features"]] == ["của A"]
    page = asgi.get("/")
    assert "Thử nghiệm" in page.text or json.dumps("Thử nghiệm") in page.text
    command("remove_layer", "thu")
    assert "thu" not in names(asgi)
    assert asgi.get("/tiles/thu.json").status_code == 404
    assert asgi.get("/ogc/collections/thu/items").status_code == 404


def test_a_scoped_layer_shows_each_officer_the_own_unit(asgi: Service, scratch: World, file: Any) -> None:
    """Strangers do not even learn that it exists; leaders and operators see all of it, analysts that of their province."""
    command("import_layer", file, "--name", "thu")
    cast = scratch.cast
    assert texts(asgi, cast["officer"]) == ["của A"]
    assert texts(asgi, cast["sibling"]) == ["của B"]
    assert texts(asgi, cast["leader"]) == texts(asgi, cast["operator"]) == ["của A", "của B"]
    assert texts(asgi, cast["analyst"]) == ["của A", "của B"]
    for nobody in (None, cast["stranger"]):
        assert "thu" not in names(asgi, nobody)
        for path in ("/ogc/collections/thu", "/ogc/collections/thu/items", "/tiles/thu.json", f"/tiles/thu/{TILE}.mvt"):
            assert asgi.get(path, nobody).status_code == 404


def test_a_replaced_layer_is_never_answered_from_before(asgi: Service, scratch: World, file: Any, write: Writer) -> None:
    """ETags change with the table: no 304 for what was replaced, a 304 for what was not."""
    command("import_layer", file, "--name", "thu", "--public")
    paths = ["/ogc/collections/thu/items", "/tiles/thu.json", f"/tiles/thu/{tile_over(A[0] + 0.0005, A[1] + 0.0005)}.mvt"]
    tags = [asgi.get(path).headers["ETag"] for path in paths]
    assert [asgi.get(path, headers={"If-None-Match": tag}).status_code for path, tag in zip(paths, tags, strict=True)] == [304] * 3
    command("import_layer", write("mới.geojson", collection([(square(*A), {"mới": "khác"})])), "--name", "thu", "--public", "--replace")
    answers = [asgi.get(path, headers={"If-None-Match": tag}) for path, tag in zip(paths, tags, strict=True)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json()["features"][0]["properties"]["moi"] == "khác"


def test_a_row_that_changes_later_is_told_like_any_other(asgi: Service, scratch: World, file: Any) -> None:
    """The table is under the change log."""
    from django.db import connection

    command("import_layer", file, "--name", "thu", "--public")
    with asgi.stream("/live/?layers=thu") as stream:
        assert stream.status == 200
        with connection.cursor() as cursor:
            cursor.execute("UPDATE imported_thu SET ten = 'sửa' WHERE id = 1")
        while (event := stream.event()) is not None and event.kind != "change":
            pass
    assert event is not None
    (change,) = event.data["changes"]
    assert (change["layer"], change["ids"], change["op"]) == ("thu", [1], "update")


def test_a_broken_description_does_not_take_the_others_along(asgi: Service, scratch: World, file: Any) -> None:
    """An administrator may write nonsense into it: the layer is left out, everything else goes on."""
    command("import_layer", file, "--name", "thu", "--public")
    command("import_layer", file, "--name", "tot", "--public")
    ImportedLayer.objects.get(name="thu").delete()
    broken = ImportedLayer.objects.get(name="tot")
    assert {"tot"} <= names(asgi) - {"thu"}
    broken.tile_fields = ["không có"]
    broken.save()
    wait_until(lambda: "tot" not in names(asgi), "the broken layer to be left out")
    assert "parcels" in names(asgi, scratch.cast["officer"])
