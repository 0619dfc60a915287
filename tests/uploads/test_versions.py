"""Versions of a layer: replaced, added to, renewed by key, brought back."""

from typing import Any

import pytest

from layers.imports import versions
from layers.imports.runtime import model_of
from layers.models import ImportedLayer, LayerVersion
from tests.importing.conftest import collection, square
from tests.uploads.conftest import A, B, Desk


def content(*values: tuple[int, str]) -> str:
    """A square a row."""
    return collection([(square(A[0] + number / 500, A[1]), {"số": number, "tên": name}) for number, name in values])


def rows(layer: ImportedLayer) -> dict[int, str]:
    """Names by number."""
    model: Any = model_of(ImportedLayer.objects.get(pk=layer.pk))
    return dict(model._default_manager.values_list("so", "ten"))


@pytest.fixture
def layer(desk: Desk) -> ImportedLayer:
    """Two rows with a key."""
    return desk.published("a.geojson", content((1, "một"), (2, "hai")), key="số")


def test_replacing_keeps_the_former_rows(desk: Desk, layer: ImportedLayer) -> None:
    """Another table altogether; then the first one comes back as the third version."""
    desk.published("b.geojson", collection([(square(*B), {"khác": "x"})]), mode="replace", target=layer.name)
    assert [column["name"] for column in ImportedLayer.objects.get(pk=layer.pk).columns] == ["khac"]
    job = desk.send("POST", f"/layers/{layer.name}/versions/1/restore").body
    assert desk.worked(job["uid"])["state"] == "done"
    assert rows(layer) == {1: "một", 2: "hai"}
    told = desk.get(f"/layers/{layer.name}").body["versions"]
    assert [(one["number"], one["mode"], one["kept"], one["rows"]) for one in told] == [
        (3, "rollback", False, 2),
        (2, "replace", True, 1),
        (1, "create", True, 2),
    ]


def test_adding_refuses_what_is_there(desk: Desk, layer: ImportedLayer) -> None:
    """With a key no row comes twice."""
    desk.published("b.geojson", content((3, "ba")), mode="append", target=layer.name)
    assert rows(layer) == {1: "một", 2: "hai", 3: "ba"}
    job = desk.examined("c.geojson", content((3, "ba nữa")))
    failed = desk.decided(job["uid"], mode="append", target=layer.name)
    assert (failed["state"], "1" in failed["failure"]) == ("refused", True)
    assert rows(layer)[3] == "ba"


def test_renewing_by_key_changes_and_adds(desk: Desk, layer: ImportedLayer) -> None:
    """Rows with the same key take the new values, their ids stay; the others are added."""
    model: Any = model_of(layer)
    before = dict(model._default_manager.values_list("so", "pk"))
    job = desk.examined("b.geojson", content((2, "hai mới"), (9, "chín")))
    done = desk.decided(job["uid"], mode="upsert", target=layer.name)
    assert (done["state"], rows(layer)) == ("done", {1: "một", 2: "hai mới", 9: "chín"})
    after = dict(model._default_manager.values_list("so", "pk"))
    assert {number: after[number] for number in before} == before


def test_renewing_needs_a_key(desk: Desk) -> None:
    """Of the layer or of the decision."""
    layer = desk.published("a.geojson", content((1, "một")))
    job = desk.examined("b.geojson", content((1, "mới")))
    assert desk.decided(job["uid"], mode="upsert", target=layer.name)["state"] == "refused"
    again = desk.examined("b.geojson", content((1, "mới")))
    assert desk.decided(again["uid"], mode="upsert", target=layer.name, key="số")["state"] == "done"
    assert rows(layer) == {1: "mới"}


def test_the_last_few_versions_are_kept(desk: Desk, layer: ImportedLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones are told, and cannot come back."""
    monkeypatch.setattr(versions, "KEPT", 1)
    for number in (3, 4, 5):
        desk.published("b.geojson", content((number, "x")), mode="append", target=layer.name)
    kept = list(LayerVersion.objects.exclude(table="").values_list("number", flat=True))
    assert kept == [3]
    assert desk.send("POST", f"/layers/{layer.name}/versions/1/restore").status_code == 404


def test_removing_takes_everything_along(desk: Desk, layer: ImportedLayer) -> None:
    """Rows, versions, tables."""
    desk.published("b.geojson", content((3, "ba")), mode="append", target=layer.name)
    table = LayerVersion.objects.exclude(table="").get().table
    job = desk.send("DELETE", f"/layers/{layer.name}")
    assert (job.status_code, desk.worked(job.body["uid"])["state"]) == (202, "done")
    assert (ImportedLayer.objects.count(), LayerVersion.objects.count()) == (0, 0)
    assert not _exists(table) and not _exists(layer.table)


def _exists(table: str) -> Any:
    from layers.imports.database import rows as ask

    return ask("SELECT to_regclass(%s) IS NOT NULL", [table])[0][0]
