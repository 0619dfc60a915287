"""Housekeeping in the background worker (Procrastinate on PostgreSQL: docs/adr/0005)."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from gis_core.audit.tasks import prove_audit_log, seal_audit_log
from gis_core.auth.throttle import SPAN_SECONDS
from gis_core.models import AccessToken, RevokedPass, SignInFailure

__all__ = ["clear_expired", "prove_audit_log", "prune_change_log", "seal_audit_log"]

KEEP_CHANGES = timedelta(days=30)
# Every process keeps every change of the log: past so many the older ones go earlier, but never those of the last day, so that
# who was away for a night reads what happened instead of everything.
MOST_CHANGES, FEWEST_CHANGES, KEEP_ALWAYS = 300_000, 200_000, timedelta(days=1)

# For each table with old changes: one row that touches everything and names the highest forgotten seq, then forget.
# The row keeps the time of the last forgotten change, so that the catalogue still knows it. In this order and in one
# transaction every process forgets the same rows (gis_core/changes/clock.py). Rows this old cannot belong to a
# transaction that is still running. Hand SQL: the log is not managed by the ORM.
_PRUNE = """
    WITH old AS (
        SELECT table_name, max(seq) AS upto, max(at) AS at FROM change_log
        WHERE (at < %(before)s OR (at < %(always)s AND seq <= %(surplus)s)) AND txid < pg_snapshot_xmin(pg_current_snapshot()) AND op <> 'P'
        GROUP BY table_name
    ), forgotten AS (
        DELETE FROM change_log c USING old WHERE c.table_name = old.table_name AND c.seq <= old.upto RETURNING c.seq
    ), marks AS (
        INSERT INTO change_log (table_name, op, fid, is_public, at) SELECT table_name, 'P', upto, true, at FROM old RETURNING seq
    )
    SELECT (SELECT count(*) FROM forgotten)
"""

# The number up to which changes are too many; 0 where they are not.
_SURPLUS = """
    SELECT CASE WHEN (SELECT count(*) FROM change_log) > %s
                THEN coalesce((SELECT seq FROM change_log ORDER BY seq DESC OFFSET %s LIMIT 1), 0) ELSE 0 END
"""


@app.periodic(cron="17 2 * * *")
@app.task(queueing_lock="prune_change_log", pass_context=False)
def prune_change_log(timestamp: int | None = None) -> int:
    """Forget changes older than 30 days, and those of busy weeks earlier; returns how many rows went."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_SURPLUS, [MOST_CHANGES, FEWEST_CHANGES])
        (surplus,) = cursor.fetchone()
        cursor.execute(_PRUNE, {"before": now - KEEP_CHANGES, "always": now - KEEP_ALWAYS, "surplus": surplus})
        (count,) = cursor.fetchone()
    return int(count)


@app.periodic(cron="27 2 * * *")
@app.task(queueing_lock="clear_expired", pass_context=False)
def clear_expired(timestamp: int | None = None) -> None:
    """Delete expired sessions, passes and tokens."""
    now = timezone.now()
    SessionStore.clear_expired()
    RevokedPass.objects.filter(expires_at__lt=now).delete()
    SignInFailure.objects.filter(span__lt=int(now.timestamp()) // SPAN_SECONDS - 1).delete()
    AccessToken.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()
