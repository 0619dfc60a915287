"""What a number of a layer is: declared once, the same on the wall, in the API and at every administrative level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Combine = Literal["sum", "max"]
Kind = Literal["count", "sum", "share", "mean", "plan", "max"]


@dataclass(frozen=True)
class History:
    """Where a metric's past stands when the layer's rows show the present alone: measurements of a station."""

    time: str  # ORM path of the moment
    amount: Any  # aggregate


@dataclass(frozen=True)
class Metric:
    """A number of a layer's rows.

    `amount`, `base` and `plan` are aggregates that may be put together (`combine`): those of a province are exactly those of
    its communes. What is shown is `amount`, or `scale` times `amount` / `base` where there is a base: shares and means are
    worked out last, from sums, so they too are the same at every level. `unit` is the unit of measure ("%", "mm").
    `rises` tells whether more is better (True), worse (False) or neither (None).
    """

    name: str
    title: str | Promise
    amount: Any
    kind: Kind = "count"
    base: Any = None
    plan: Any = None
    scale: float = 1.0
    unit: str | Promise = ""
    rises: bool | None = None
    history: History | None = None

    @property
    def combine(self) -> Combine:
        """How amounts of parts make the amount of the whole."""
        return "max" if self.kind == "max" else "sum"

    def parts(self) -> dict[str, Any]:
        """The aggregates by role."""
        named = {"amount": self.amount, "base": self.base, "plan": self.plan}
        return {role: aggregate for role, aggregate in named.items() if aggregate is not None}


def share(name: str, title: str | Promise, part: Any, whole: Any, *, rises: bool | None = None) -> Metric:
    """The percentage of the rows for which `part` holds among those for which `whole` does (both `Q`)."""
    amount, base = Count("pk", filter=part & whole), Count("pk", filter=whole)
    return Metric(name, title, amount, "share", base, scale=100.0, unit="%", rises=rises)


def total(name: str, title: str | Promise, field: str, unit: str | Promise = "") -> Metric:
    """The sum of a field."""
    return Metric(name, title, Sum(field), "sum", unit=unit)


# now: as things stand; day, week: of the last 24 hours and 7 days; month: of the last month that has figures.
Period = Literal["now", "day", "week", "month"]
Place = Literal["tile", "map", "both"]


@dataclass(frozen=True)
class Shown:
    """A metric on the wall: as a tile, as the colour of communes, or both. `course`: its tile has a line of 24 hours."""

    metric: str
    title: str | Promise
    period: Period = "now"
    course: bool = False
    place: Place = "tile"
    filter: str = ""  # CQL2


# Every layer has it without a word.
ROWS = Metric("count", _("Number"), Count("pk"))


def metrics_of(declared: Sequence[Metric]) -> dict[str, Metric]:
    """A layer's metrics by name."""
    return {metric.name: metric for metric in (ROWS, *declared)}
