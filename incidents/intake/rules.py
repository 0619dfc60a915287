"""Which unit handles a report and until when: the rules that people edit, applied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from incidents.intake.locate import Place
from incidents.models import DeadlineRule, HandlingUnit, IncidentCategory, RoutingRule
from incidents.models.rule import Rule

R = TypeVar("R", bound=Rule)
# Areas are told by number and path: their outlines have ten thousand vertices.
_SHAPES = ("area__geom", "area__geom_3857")


@dataclass(frozen=True)
class Case:
    """What rules look at."""

    place: Place
    category: IncidentCategory
    severity: str = ""


@dataclass(frozen=True)
class Rules:
    """All active rules, in the order in which they are tried."""

    routing: Sequence[RoutingRule]
    deadlines: Sequence[DeadlineRule]

    @classmethod
    def load(cls) -> "Rules":
        """As they are in the database now."""
        routing = RoutingRule.objects.filter(is_active=True, unit__is_active=True).select_related("area", "unit").defer(*_SHAPES)
        deadlines = DeadlineRule.objects.filter(is_active=True).select_related("area").defer(*_SHAPES)
        return cls(list(routing), list(deadlines))

    def route(self, case: Case) -> RoutingRule | None:
        """The rule that decides who handles it."""
        return first(rule for rule in self.routing if holds(rule, case) and rule.asset in ("", case.place.asset))

    def unit(self, case: Case) -> HandlingUnit | None:
        """Who handles it; None when no rule holds: a dispatcher then decides."""
        rule = self.route(case)
        return rule.unit if rule else None

    def deadline(self, case: Case) -> DeadlineRule | None:
        """The rule that decides until when."""
        return first(rule for rule in self.deadlines if holds(rule, case) and rule.severity in ("", case.severity))

    def due(self, case: Case, reported_at: datetime) -> datetime | None:
        """Until when; None when no rule holds."""
        rule = self.deadline(case)
        return reported_at + timedelta(hours=rule.hours) if rule else None


def holds(rule: Rule, case: Case) -> bool:
    """Whether area, group and category of a rule fit. An area of an older generation holds for the places that it covered."""
    if rule.category_id and rule.category_id != case.category.pk:
        return False
    if rule.group and rule.group != case.category.group:
        return False
    area = rule.area
    return area is None or area.pk in case.place.units or (area.valid_to is None and case.place.unit_path.startswith(area.path))


def first(rules: Iterable[R]) -> R | None:
    """The first of some rules."""
    return next(iter(rules), None)
