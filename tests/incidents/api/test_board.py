"""What the board reads: filters, pages, numbers, clusters, sums, files."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import orjson
import pytest
from django.utils import timezone

from layers.catalogue import catalogue
from layers.filters.selecting import read_filter
from layers.layer import FeatureLayer
from tests.incidents.api.caller import Caller, caller
from tests.incidents.post import HERE, Post


@pytest.fixture
def board(post: Post) -> Caller:
    """The dispatcher's."""
    return caller(post.dispatcher)


def codes(answer: Any) -> set[str]:
    """Tracking codes of a page."""
    return {row["code"] for row in answer.body["items"]}


def test_the_list_shows_ones_own_unit(post: Post, board: Caller) -> None:
    """The world's rows of unit A and the post's; nothing of others."""
    mine = post.incident()
    foreign = post.incident(admin_unit=None, is_public=True)
    found = codes(board.get(""))
    assert mine.tracking_code in found
    assert foreign.tracking_code not in found, "a public incident of elsewhere is no work of this post"


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"status": "open"}, "new late assigned waiting"),
        ({"status": "new,resolved"}, "new late waiting done"),
        ({"status": "closed"}, "done"),
        ({"severity": "critical"}, "late"),
        ({"unit": "doi-a"}, "assigned done"),
        ({"unit": "none"}, "new late waiting"),
        ({"overdue": "true"}, "late"),
        ({"waiting": "true"}, "waiting"),
        ({"moderation": "approved"}, "done"),
        ({"q": "cột đèn"}, "assigned"),
        ({"category": "o-ga"}, "new late assigned waiting done"),
        ({"category": "nowhere"}, ""),
        ({"area": "20341"}, "new late assigned waiting done"),
        ({"area": "48"}, "new late assigned waiting done"),
        ({"since": "2026-01-16"}, "late"),
        ({"until": "2026-01-15"}, "new assigned waiting done"),
        ({"bbox": "108.474,15.564,108.476,15.566"}, "new late assigned waiting done"),
        ({"bbox": "0,0,1,1"}, ""),
    ],
)
def test_filters(post: Post, board: Caller, query: dict[str, str], fits: str) -> None:
    """Each on its own, against five incidents that are known; the list, the numbers and the clusters agree."""
    now = timezone.now()
    made = {
        "new": post.incident(),
        "late": post.incident(severity="critical", due_at=now - timedelta(hours=1), reported_at=now - timedelta(days=1), is_overdue=True),
        "assigned": post.incident("assigned", title="Cột đèn đổ"),
        "waiting": post.incident(paused_at=now, due_at=now - timedelta(hours=1)),
        "done": post.incident("resolved", moderation="approved"),
    }
    answer = board.get("", **query)
    names = {row.tracking_code: name for name, row in made.items()}
    assert {names[code] for code in codes(answer) if code in names} == set(fits.split())
    assert answer.body["counts"]["total"] == len(answer.body["items"])
    clusters = board.get("/clusters", zoom=10, **query).body
    assert sum(feature["properties"]["n"] for feature in clusters["features"]) == answer.body["counts"]["total"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(({"status": "x"}, "status"), ({"severity": "x"}, "severity"), ({"area": "99999"}, "area"), ({"bbox": "1,2,3"}, "bbox")),
        *(({"since": "gestern"}, "since"), ({"cursor": "%%%"}, "cursor"), ({"limit": "0"}, "limit"), ({"order": "x"}, "order")),
        *(({"q": "a\x00b"}, "q"), ({"moderation": "x"}, "moderation"), ({"unit": ",".join(map(str, range(99)))}, None)),
    ],
)
def test_wrong_filters_name_their_field(board: Caller, query: dict[str, str], field: str | None) -> None:
    """With a sentence that says what is accepted."""
    answer = board.get("", **query)
    assert answer.status_code == 400, answer.content
    assert field is None or field in answer.body["field"]
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("order", ["newest", "due"])
def test_pages_hold_each_incident_once(post: Post, board: Caller, order: str) -> None:
    """Also those that share a moment."""
    due = timezone.now()
    made = [post.incident(due_at=due + timedelta(hours=n // 3)) for n in range(10)]
    seen: list[str] = []
    cursor = ""
    while True:
        answer = board.get("", q="Ổ gà số", order=order, limit=3, cursor=cursor)
        seen += [row["code"] for row in answer.body["items"]]
        assert (answer.body["counts"] is None) == bool(cursor)
        if not (cursor := answer.body["next"] or ""):
            break
    assert sorted(seen) == sorted(row.tracking_code for row in made)


def test_a_page_costs_few_queries(post: Post, board: Caller, django_assert_max_num_queries: Any) -> None:
    """However many rows are on it."""
    for _number in range(30):
        post.incident("assigned")
    board.get("")
    with django_assert_max_num_queries(9):
        assert len(board.get("", limit=200).body["items"]) >= 30


def test_the_tile_filter_is_one_that_tiles_understand(post: Post, board: Caller) -> None:
    """CQL2 text for every filter that the layer's fields allow."""
    query = {"status": "open", "severity": "high,critical", "category": "o-ga", "unit": "doi-a,none", "area": "20341"}
    text = board.get("", **query, q="50%_'x", overdue="true", since="2026-01-01", until="2026-02-01").body["tile_filter"]
    layer = catalogue._declared["incidents"]
    assert isinstance(layer, FeatureLayer)
    assert read_filter({"filter": text}, layer) is not None
    for part in ("status IN", "severity IN", "handling_unit IN", "IS NULL", "is_overdue", "reported_at", "admin_unit_code"):
        assert part in text


def test_one_incident(post: Post, board: Caller) -> None:
    """With its log, what may be done, and nothing about the reporter but that there is one."""
    incident = post.incident()
    post.reporter(incident)
    post.take(incident, "receive", note="nội bộ")
    answer = board.get(f"/{incident.tracking_code}")
    assert answer.headers["ETag"] == '"2"'
    assert [step["verb"] for step in answer.body["steps"]] == ["receive"]
    assert "assign" in {offer["verb"] for offer in answer.body["offered"]}
    assert answer.body["has_contact"] is True
    for secret in ("Mận", "dan@example.vn", str(incident.uid)):
        assert secret.encode() not in answer.content


def test_units_that_have_room_come_first(post: Post, board: Caller) -> None:
    """Then the nearest; distances in metres."""
    incident = post.incident(at=HERE)
    near = board.get(f"/{incident.tracking_code}/nearest-units").body
    assert [unit["code"] for unit in near] == ["doi-a", "doi-b"]
    assert near[0]["distance_m"] == 0
    assert 1050 < near[1]["distance_m"] < 1090
    for _number in range(2):
        post.incident("assigned")
    full = board.get(f"/{incident.tracking_code}/nearest-units").body
    assert [(unit["code"], unit["free"]) for unit in full] == [("doi-b", True), ("doi-a", False)]


def test_statistics(post: Post, board: Caller) -> None:
    """On time, late, overdue, reopened, the middle of the hours; every line adds up to the total."""
    now = timezone.now()
    start = now - timedelta(hours=10)
    post.incident("resolved", reported_at=start, due_at=now, resolved_at=start + timedelta(hours=2))
    post.incident("resolved", reported_at=start, due_at=start + timedelta(hours=3), resolved_at=start + timedelta(hours=6))
    post.incident("assigned", reported_at=start, due_at=now - timedelta(hours=1))
    again = post.incident("resolved", reported_at=start, due_at=now + timedelta(hours=1), resolved_at=now, handling_unit=post.other)
    post.take(again, "reopen")
    told = board.get("/statistics", by="unit", q="Ổ gà số").body
    lines = {line["key"]: line for line in told["lines"]}
    first = {name: lines["doi-a"][name] for name in ("total", "open", "resolved", "on_time", "late", "overdue", "reopened", "median_hours")}
    assert first == {"total": 3, "open": 1, "resolved": 2, "on_time": 1, "late": 1, "overdue": 1, "reopened": 0, "median_hours": 4.0}
    assert (lines["doi-b"]["reopened"], lines["doi-b"]["open"], lines["doi-b"]["median_hours"]) == (1, 1, None)
    for name in ("total", "open", "resolved", "late"):
        assert told["total"][name] == sum(line[name] for line in told["lines"])
    for by in ("category", "area", "status", "day", "week", "month"):
        assert board.get("/statistics", by=by, q="Ổ gà số").body["total"]["total"] == 4


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_statistics_as_files(post: Post, board: Caller, kind: str) -> None:
    """One line a group below a head."""
    post.incident("assigned")
    content = board.get("/statistics", by="unit", q="Ổ gà số", format=kind).content
    rows = _rows(content, kind)
    assert len(rows) == 2
    assert rows[1][0] == "Đội A"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson"])
def test_exports_hold_the_filter_and_no_formula(post: Post, board: Caller, kind: str) -> None:
    """A text that begins with "=" is no formula to any program; nothing personal is in a file."""
    row = post.incident(title="=1+1")
    post.reporter(row)
    post.incident("confirmed", title="anderes")
    answer = board.get("/export", q="=1+1", format=kind)
    content = b"".join(answer.streaming_content)
    assert "attachment" in answer.headers["Content-Disposition"]
    if kind == "geojson":
        (feature,) = orjson.loads(content)["features"]
        assert feature["geometry"]["coordinates"] == [round(row.geom.x, 7), round(row.geom.y, 7)]
        assert feature["properties"]["code"] == row.tracking_code
    else:
        head, line = _rows(content, kind)
        assert dict(zip(head, line, strict=True))["code"] == row.tracking_code
        assert dict(zip(head, line, strict=True))["title"] == ("'=1+1" if kind == "csv" else "=1+1")
    for secret in ("Mận", "dan@example.vn", str(row.uid)):
        assert secret.encode() not in content


def _rows(content: bytes, kind: str) -> list[list[Any]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]
