"""Metrics, named as operators know them (Prometheus). No user and no feature id ever becomes a label."""

import time

from prometheus_client import Counter, Enum, Gauge, Histogram

from gis_core.changes.clock import clock
from gis_core.changes.hub import hub

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Duration of requests by route.",
    ["route", "method", "status"],
    buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8),
)
TILES = Counter("tile_requests_total", "Tile requests by result (tile, empty, not_modified, refused).", ["layer", "zoom", "result"])
TILE_SOURCES = Counter("tile_source_total", "Tiles by where they came from (cache, memory, database).", ["source"])
STORE_FEATURES = Gauge("store_features", "Rows of a layer that this process holds in memory.", ["layer"])
STORE_BYTES = Gauge("store_bytes", "Memory of a layer's columns.", ["layer"])
STORE_BUDGET = Gauge("store_budget_bytes", "What a layer's columns may take at most.", ["layer"])
STORE_STATE = Enum(
    "store_state",
    "Whether a layer is served from memory (ready) or by the database, and why.",
    ["layer"],
    states=["ready", "loading", "over_budget", "failed", "gone"],
)
STORE_LOAD_SECONDS = Gauge("store_load_seconds", "How long the last loading of a layer took.", ["layer"])
SSE_CLIENTS = Gauge("sse_clients", "Open live streams.")
SSE_EVENTS = Counter("sse_events_total", "Live events sent, all clients together.")
SSE_RESYNCS = Counter("sse_resyncs_total", "Clients told to read everything again because they were too slow or too far behind.")
SSE_PUSH = Histogram(
    "edit_to_push_seconds",
    "From the writing of a change to its handing over to the live streams.",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)
AUTH_FAILURES = Counter("auth_failures_total", "Refused sign-ins by kind (password, second_factor, token, throttled).", ["kind"])
DENIED = Counter("permission_denied_total", "Answers 401, 403 and 404 by route.", ["route", "status"])
SHED = Counter("answers_shed_total", "Answers 429 and 503 by route.", ["route", "status"])
OUTBOUND = Counter("outbound_requests_total", "Requests to other systems by result (sent, refused, failed).", ["result"])
WATCHDOG = Counter("watchdog_total", "Statements beyond their time that were cancelled or whose connection was ended.", ["verb"])
STUCK = Gauge("db_stuck_statements", "Statements that outlive both: the database's administrator has to look.")
FOLLOWER_AGE = Gauge("change_log_follower_age_seconds", "Seconds since this process last read the change log.")
FOLLOWER_LAG = Histogram(
    "edit_to_follower_seconds",
    "From the writing of a change to its arrival in this process.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
REQUESTS_WAITING = Gauge("requests_waiting", "Requests of pages and items that wait for a place.")
REQUESTS_SHED = Counter(
    "requests_shed_total",
    "Requests told to come back later: the line was long (line), no place came free (patience), the database is silent (silence).",
    ["reason"],
)
READS_ROUTED = Counter("reads_routed_total", "Reads of lists, items and files by where they were sent.", ["database"])
REPLICA_LAG = Gauge("replica_lag_bytes", "Write-ahead log that this process knows of and its replica has yet to replay.")
BACKUP_AGE = Gauge("backup_age_seconds", "Seconds since the last backup (docs/backup.md).")
RESTORE_TEST_AGE = Gauge("restore_test_age_seconds", "Seconds since a backup was last restored to try it.")
CHANGE_SEQ = Gauge("change_log_seq", "Highest change that this process knows.")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_label(method: str | None) -> str:
    """A method as a label; what a caller made up does not become one, or labels grew without bound."""
    return method if method in _METHODS else "other"


FOLLOWER_AGE.set_function(lambda: min(hub.age, 1e9))
CHANGE_SEQ.set_function(lambda: clock.seq)


@hub.subscribe
def _measure_lag(changes: object) -> None:
    now = time.time()
    for change in list(changes)[-1:]:  # type: ignore[call-overload]
        FOLLOWER_LAG.observe(max(0.0, now - change.at.timestamp()))
