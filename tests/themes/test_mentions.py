"""Mentions: placed by names, also by those of units that a reform ended; nothing of text, author or address is kept."""

from typing import Any

import pytest
from django.db import connection

from gis_core.access import Reach
from layers.ingestion.inside import rows_inside
from layers.models import Mention
from tests.service import Service
from tests.themes.feeding import items, metric, send
from tests.world import World

PATH = "/api/feeds/mentions"
SECRET = "Nguyễn Văn Bí Mật, 0905 123 456, @bimat"


def _mention(key: str, text: str, sentiment: float = 0.0) -> dict[str, Any]:
    return {
        "id": key,
        "source": "social",
        "topic": "ngập",
        "published_at": "2026-01-15T08:00:00+07:00",
        "sentiment": sentiment,
        "text": text,
    }


def _units() -> dict[str, int | None]:
    return {row.topic: row.admin_unit_id for row in rows_inside(Mention, Reach(everything=True)).filter(topic__startswith="t:")}


def test_former_names_lead_to_the_unit_of_today(asgi: Service, cast: Any, scratch: World) -> None:
    """An Mỹ became part of Tam Kỳ; a text without a name counts for the sender's province."""
    texts = {"t:now": "phường Hương Trà", "t:then": "Ngập ở phường An Mỹ", "t:nowhere": "mưa to", "t:other": "xã Bình Sơn"}
    rows = [{**_mention(key, text), "topic": key} for key, text in texts.items()]
    assert send(asgi, cast["analyst"], PATH, rows).json()["created"] == 4
    units = scratch.units
    assert _units() == {"t:now": units["B"].pk, "t:then": units["A"].pk, "t:nowhere": units["đà nẵng"].pk, "t:other": units["đà nẵng"].pk}


def test_nothing_personal_is_kept(asgi: Service, cast: Any, scratch: World) -> None:
    """Neither the text nor the sender's key, which may be a link to a person's page, is in any column or answer."""
    key = "https://mang.example/bimat/1"
    assert send(asgi, cast["analyst"], PATH, [_mention(key, f"{SECRET} ở phường Tam Kỳ")]).json()["created"] == 1
    assert send(asgi, cast["analyst"], PATH, [_mention(key, "khác")]).json()["received"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(m::text, ' ') FROM layers_mention m")
        stored = cursor.fetchone()[0]
    told = str(items(asgi, cast["leader"], "mentions"))
    for part in ("Bí Mật", "0905", "bimat", "mang.example"):
        assert part not in stored and part not in told
    assert "digest" not in told


@pytest.mark.parametrize(
    ("sentiment", "tone"), [(-1, "negative"), (-0.2, "negative"), (-0.1, "neutral"), (0.1, "neutral"), (0.2, "positive")]
)
def test_a_sentiment_has_a_word(asgi: Service, cast: Any, scratch: World, sentiment: float, tone: str) -> None:
    before = metric(asgi, cast["leader"], "mentions.negative")["amount"]
    send(asgi, cast["analyst"], PATH, [{**_mention("a", "phường Tam Kỳ", sentiment), "topic": "t:x"}])
    (row,) = rows_inside(Mention, Reach(everything=True)).filter(topic="t:x")
    assert row.tone == tone
    assert metric(asgi, cast["leader"], "mentions.negative")["amount"] == before + (tone == "negative")


def test_the_public_hears_of_no_mention(asgi: Service, cast: Any, scratch: World) -> None:
    for name in ("anonymous", "stranger", "officer"):
        assert asgi.get("/ogc/collections/mentions/items", cast[name]).status_code == 404
