"""The dispatch board over 200,000 incidents: what its first view asks for, against the same view made by the plain ORM."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection
from django.test import Client

from bench.data import say
from bench.harness import Ratio, alternate, benchmark_of_pilot, milliseconds, seconds
from gis_core.models import Jurisdiction, Role
from incidents.models import Incident, IncidentCategory

COUNT = 200_000
_FILL = """
    INSERT INTO incidents_incident (uid, title, description, address, status, severity, reported_at, due_at, is_public, tracking_code,
        channel, moderation, paused_s, photos_expected, photos_received, all_units, road, asset, flags, attributes, version, is_overdue,
        geom, category_id, is_demo, updated_at, admin_unit_id)
    SELECT gen_random_uuid(), 'Phản ánh ' || n, repeat('mô tả ', 12), 'đường ' || n %% 400,
        (ARRAY['new','received','assigned','in_progress','resolved','confirmed'])[1 + n %% 6],
        (ARRAY['low','medium','high','critical'])[1 + n %% 4],
        now() - n * interval '40 seconds', now() - n * interval '40 seconds' + interval '3 days', n %% 3 = 0,
        'BENCH' || n, 'form', 'pending', 0, 0, 0, '{}', '', '', '{}', '{}', 1, false,
        ST_SetSRID(ST_MakePoint(108.0 + (n::bigint * 7919 %% 100000) / 200000.0, 15.4 + (n::bigint * 104729 %% 100000) / 200000.0), 4326),
        %(category)s, true, now(),
        (SELECT id FROM gis_core_adminunit WHERE level = 'commune' AND valid_to IS NULL ORDER BY id OFFSET n %% 4 LIMIT 1)
    FROM generate_series(1, %(count)s) n
"""


@benchmark_of_pilot
def board_200000() -> Iterator[Ratio]:
    """List, numbers, tile filter and clusters of the first view ÷ the same by loading rows."""
    _fill()
    client = Client(SERVER_NAME="127.0.0.1")
    leader = Jurisdiction.objects.filter(role=Role.LEADER).select_related("user").first()
    assert leader is not None
    client.force_login(leader.user)

    def ours() -> None:
        for path in ("/?status=open", "/clusters?status=open&zoom=9"):
            answer = client.get(f"/api/incidents{path}")
            assert answer.status_code == 200, answer.content[:300]

    took = seconds(ours)
    yield Ratio("board: first view of 200,000, seconds", min(seconds(ours) for _round in range(3)), "<= 1.0", f"cold {took:.2f} s")
    ratio, mine, theirs = alternate(ours, _naive, rounds=3, warm_up=0)
    yield Ratio("board: first view ÷ naive ORM", ratio, "<= 0.2", f"{milliseconds(mine)} ÷ {milliseconds(theirs)}")


def _naive() -> bytes:
    """What one writes first: load what is open, count it in Python, cluster it in the browser."""
    closed = ["resolved", "confirmed", "rejected", "duplicate"]
    everything: Any = Incident.objects
    rows: list[Any] = list(everything.exclude(status__in=closed).select_related("category", "admin_unit"))
    counts = Counter((row.status, row.severity, row.category_id) for row in rows)
    features = [{"id": row.pk, "title": row.title, "at": [row.geom.x, row.geom.y], "unit": str(row.admin_unit)} for row in rows]
    return orjson.dumps({"counts": {str(key): count for key, count in counts.items()}, "features": features})


def _fill() -> None:
    have = Incident.objects.filter(tracking_code__startswith="BENCH").count()
    if have >= COUNT:
        return
    say(f"Writing {COUNT} incidents ...")
    category = IncidentCategory.objects.first()
    assert category is not None
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"category": category.pk, "count": COUNT})
        cursor.execute("ANALYZE incidents_incident")
    say(f"    {time.perf_counter() - started:.0f} s")
