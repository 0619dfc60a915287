"""How many reports one source may send, so that a script cannot flood the office and a commune behind one address is not locked out.

- A device has a limit of its own.
- All devices that the service has known for less than a day share the limit of their network address; devices known for
  longer have only their own. A script that makes up new devices so exhausts the new devices' share and nothing else.
- An area has no limit that refuses: in a flood everybody reports. Above its mark reports are taken in and flagged.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import TooMany
from incidents.intake.report import Source

SPAN_SECONDS = 3600

# One row a source. In the order of keys, so that two processes never wait for each other in a circle.
_COUNT = """
    INSERT INTO incidents_intakecount AS c (key, span, count)
    SELECT * FROM unnest(%(keys)s::text[], %(spans)s::bigint[], %(counts)s::int[]) AS given ORDER BY 1
    ON CONFLICT (key) DO UPDATE SET span = excluded.span,
        count = CASE WHEN c.span = excluded.span THEN c.count + excluded.count ELSE excluded.count END
    RETURNING key, count
"""


@dataclass(frozen=True)
class Budget:
    """A key that is counted and how much an hour may bring under it."""

    key: str
    limit: int


def budgets_of(source: Source) -> list[Budget]:
    """A device's own limit holds for every device, the address's for those that are new."""
    own = [Budget(f"d:{source.device}", settings.REPORTS_PER_DEVICE)] if source.device else []
    shared = [] if own and source.known else [Budget(f"a:{source.address}", settings.REPORTS_PER_ADDRESS)]
    return [*own, *shared] if source.device or source.address else []


def count(keys: Iterable[str]) -> dict[str, int]:
    """Count each key once for each time it is named; how much this hour brought under it so far."""
    wanted = Counter(keys)
    if not wanted:
        return {}
    span = int(time.time()) // SPAN_SECONDS
    values: dict[str, Any] = {"keys": list(wanted), "counts": list(wanted.values()), "spans": [span] * len(wanted)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return dict(cursor.fetchall())


def refusals(sources: Sequence[Source]) -> list[TooMany | None]:
    """For each source that hands in one report now: None, or why it must wait."""
    budgets = [budgets_of(source) for source in sources]
    counted = count(budget.key for asked in budgets for budget in asked)
    return [_refusal(asked, counted) for asked in budgets]


def _refusal(budgets: Sequence[Budget], counted: dict[str, int]) -> TooMany | None:
    if all(counted[budget.key] <= budget.limit for budget in budgets):
        return None
    wait = SPAN_SECONDS - int(time.time()) % SPAN_SECONDS
    sentence = _("Too many reports came from this device or network within an hour. The report is kept on the device: try again later.")
    return TooMany(sentence, headers={"Retry-After": str(wait)})


def flooded(unit_ids: Sequence[int | None]) -> list[bool]:
    """For each report its unit: whether more came from there within this hour than a person can look through."""
    counted = count(f"u:{unit}" for unit in unit_ids if unit)
    return [bool(unit) and counted[f"u:{unit}"] > settings.REPORTS_PER_AREA for unit in unit_ids]
