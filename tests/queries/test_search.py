"""`/query/search`: marks and case do not matter, numbers find parcels, the index is used, nothing hidden is found."""

from typing import Any

import pytest
from django.db import connection

from layers.catalogue import catalogue
from layers.queries.folding import folded
from tests.cast import Person
from tests.service import Service
from tests.sql import execute
from tests.world import World


def _ask(asgi: Service, person: Person | None = None, **query: Any) -> list[dict[str, Any]]:
    answer = asgi.request("GET", "/query/search", person, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.mark.parametrize("typed", ["Bàn Thạch", "ban thach", "BAN THACH", "thạch bàn", "Phường Bàn Thạch"])
def test_marks_case_and_order_do_not_matter(asgi: Service, world: World, typed: str) -> None:
    best = _ask(asgi, q=typed)[0]
    assert (best["layer"], best["label"]) == ("admin_units", "Phường Bàn Thạch")
    assert best["id"] == world.units["C"].pk


def test_d_with_a_bar_is_a_d(asgi: Service) -> None:
    assert _ask(asgi, q="da nang")[0]["label"] == "Thành phố Đà Nẵng"


def test_the_nearer_text_comes_first(asgi: Service, scratch: World) -> None:
    first, second = scratch.rows["facilities"][:2]
    execute("UPDATE layers_facility SET name = 'Trường Kim Đồng' WHERE id = %s", first.pk)
    execute("UPDATE layers_facility SET name = 'Trạm y tế gần Trường Kim Đồng cũ' WHERE id = %s", second.pk)
    assert [hit["id"] for hit in _ask(asgi, q="truong kim dong", layers="facilities")] == [first.pk, second.pk]


def test_two_numbers_are_a_sheet_and_a_parcel(asgi: Service, scratch: World, officer: Person, sibling: Person) -> None:
    """However they are written; the neighbour's officer finds nothing."""
    row = scratch.row("parcels", "A")
    execute("UPDATE land_parcel SET sheet_no = '17', parcel_no = '4321' WHERE id = %s", row.pk)
    for typed in ("17/4321", "tờ 17 thửa 4321", "to so 17, thua so 4321", "17 4321"):
        assert [hit["id"] for hit in _ask(asgi, officer, q=typed, layers="parcels")] == [row.pk], typed
    assert _ask(asgi, sibling, q="17/4321", layers="parcels") == []


def test_a_hidden_row_is_not_found_by_its_words(asgi: Service, world: World, officer: Person) -> None:
    hidden = world.row("parcels", "B")
    assert _ask(asgi, officer, q=hidden.label) == []


def test_wildcards_are_letters(asgi: Service) -> None:
    assert _ask(asgi, q="%%") == []
    assert _ask(asgi, q="__") == []


@pytest.mark.django_db
def test_the_index_answers() -> None:
    """The expression of the query is that of the index, to the letter."""
    layer = catalogue._declared["parcels"]
    rows = layer.model.objects.annotate(_text=folded(layer)).filter(_text__contains="hung vuong")  # type: ignore[attr-defined, arg-type]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "land_parcel_search" in rows.explain()


@pytest.mark.parametrize(("query", "field"), [({}, "q"), ({"q": "a"}, "q"), ({"q": "x" * 121}, "q"), ({"q": "ab", "limit": "0"}, "limit")])
def test_questions_that_are_none(asgi: Service, query: dict[str, str], field: str) -> None:
    answer = asgi.request("GET", "/query/search", params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize("name", ["nowhere", "parcels"])
def test_unknown_and_forbidden_layers_are_the_same(asgi: Service, stranger: Person, name: str) -> None:
    answer = asgi.request("GET", "/query/search", stranger, params={"q": "tam ky", "layers": name})
    assert answer.status_code == 404
