"""The demo office: handling units, rules of routing and deadline, the steps that demo reports went through, instructions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from gis_core.models import AdminUnit, Jurisdiction, Role, User
from gis_core.pilot import plan
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.steps import Run, pilot_step
from incidents.models import DeadlineRule, HandlingUnit, Incident, IncidentStep, Instruction, RoutingRule
from incidents.rows import EVERYBODY, incidents
from incidents.workflow.effects import overdue
from incidents.workflow.table import OPEN, Hand

S = Incident.Status
_LABEL = "Dữ liệu minh họa"
"""The note of each demo rule, and by it they are found again."""
_KEY = "pilot"
"""The idempotency key by which the loader's own steps are found again: those that people took stay."""
_HOURS_OF_SEVERITY = {"critical": 6.0, "high": 24.0}
_ANSWER = "Đã kiểm tra và xử lý xong tại hiện trường (minh họa)."
_REASON = "Không thuộc phạm vi xử lý (minh họa)."
_WORK: tuple[tuple[str, str], ...] = (("receive", S.RECEIVED), ("assign", S.ASSIGNED), ("start", S.IN_PROGRESS), ("resolve", S.RESOLVED))
# The steps that lead to each state.
_WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    S.RECEIVED: _WORK[:1],
    S.ASSIGNED: _WORK[:2],
    S.IN_PROGRESS: _WORK[:3],
    S.RESOLVED: _WORK,
    S.CONFIRMED: (*_WORK, ("confirm", S.CONFIRMED)),
    S.REOPENED: (*_WORK, ("reopen", S.REOPENED)),
    S.REJECTED: (("reject", S.REJECTED),),
}


@dataclass
class Office:
    """Who handles which category or ward, and who takes the steps."""

    of_category: dict[str, HandlingUnit] = field(default_factory=dict)
    of_ward: dict[int, HandlingUnit] = field(default_factory=dict)
    dispatcher: User | None = None

    @classmethod
    def load(cls) -> "Office":
        """By the demo rules."""
        office = cls()
        for rule in RoutingRule.objects.filter(note=_LABEL).select_related("unit"):
            if rule.category_id:
                office.of_category[rule.category_id] = rule.unit
            elif rule.area_id:
                office.of_ward[rule.area_id] = rule.unit
        office.dispatcher = _demo_user(Role.DISPATCHER)
        return office

    def unit(self, incident: Incident) -> HandlingUnit | None:
        """Who handles a report."""
        return self.of_category.get(incident.category_id) or self.of_ward.get(incident.admin_unit_id or 0)


def _demo_user(role: Role) -> User | None:
    found = Jurisdiction.objects.filter(role=role, user__is_demo=True).select_related("user").order_by("pk").first()
    return found.user if found else None


def _clear_units() -> None:
    RoutingRule.objects.filter(unit__is_demo=True, note=_LABEL).delete()
    DeadlineRule.objects.filter(note=_LABEL).delete()
    HandlingUnit.objects.filter(is_demo=True).delete()


@pilot_step("handling_units", clear=_clear_units, after=("admin_units", "incident_categories", "accounts"))
def load_units(run: Run, _part: str) -> int:
    """Units with their rules: a category's unit comes before the ward's; the most urgent severities have deadlines of their own."""
    wards = {unit.code: unit for unit in AdminUnit.objects.as_of(run.day).filter(level=AdminUnit.Level.COMMUNE)}
    rows = list(plan.read_rows("handling_units.csv"))
    field_staff = _demo_user(Role.FIELD_STAFF)
    for number, row in enumerate(rows):
        ward = wards.get(row["commune"])
        # Units of the whole town have their yards spread over its wards.
        seat = ward or (list(wards.values())[number % len(wards)] if wards else None)
        base = seat.geom.point_on_surface if seat and seat.geom else None
        defaults = {"name": row["name"], "admin_unit": ward, "base": base, "capacity": int(row["capacity"]), "is_demo": True}
        unit, made = HandlingUnit.objects.get_or_create(code=row["code"], defaults=defaults)
        if made and field_staff is not None:
            unit.members.add(field_staff)
        for category in row["categories"].split():
            RoutingRule.objects.get_or_create(unit=unit, category_id=category, defaults={"position": 50, "note": _LABEL})
        if ward is not None:
            RoutingRule.objects.get_or_create(unit=unit, area=ward, defaults={"position": 900, "note": _LABEL})
    _load_deadlines()
    run.progress.advance(len(rows))
    return len(rows)


def _load_deadlines() -> None:
    for number, (severity, hours) in enumerate(_HOURS_OF_SEVERITY.items(), 1):
        DeadlineRule.objects.get_or_create(note=_LABEL, severity=severity, defaults={"position": number * 10, "hours": hours})
    for row in plan.read_rows("incident_categories.csv"):
        defaults = {"position": 100, "hours": float(row["hours"])}
        DeadlineRule.objects.get_or_create(note=_LABEL, category_id=row["code"], severity="", defaults=defaults)


def _clear_steps() -> None:
    IncidentStep.objects.filter(incident__is_demo=True, idempotency_key__startswith=_KEY).delete()


@pilot_step("incident_steps", clear=_clear_steps, after=("incidents", "handling_units"))
def load_steps(run: Run, _part: str) -> int:
    """Each demo report gets its unit and the steps that led to its state; what is late says so."""
    office, steps, changed = Office.load(), list[IncidentStep](), list[Incident]()
    demo = incidents(EVERYBODY).filter(is_demo=True, steps__isnull=True).order_by("pk")
    for incident in demo:
        way = _WAYS.get(incident.status, ())
        unit = office.unit(incident)
        if incident.status == S.DUPLICATE and not _name_original(incident, demo):
            continue
        if any(verb == "assign" for verb, _to in way):
            incident.handling_unit = unit
        taken = list(_steps(incident, way, unit, office.dispatcher, run.moment))
        incident.version = 1 + len(taken)
        incident.is_overdue = overdue(incident, run.moment)
        changed.append(incident)
        steps += taken
    Incident.objects.bulk_update(changed, ["handling_unit", "duplicate_of", "version", "is_overdue"], batch_size=500)
    IncidentStep.objects.bulk_create(steps, batch_size=2_000)
    run.progress.advance(len(steps))
    return len(steps)


def _name_original(incident: Incident, demo: "QuerySet[Incident]") -> bool:
    """The nearest earlier report of the category is what a duplicate repeats."""
    incident.duplicate_of = (
        demo.filter(category=incident.category_id, reported_at__lt=incident.reported_at)
        .exclude(status=S.DUPLICATE)
        .order_by(F("reported_at").desc())
        .first()
    )
    return incident.duplicate_of is not None


def _steps(
    incident: Incident, way: tuple[tuple[str, str], ...], unit: HandlingUnit | None, dispatcher: User | None, moment: datetime
) -> Iterator[IncidentStep]:
    """Spread evenly between the report and its answer, none later than `moment`."""
    before: str = S.NEW
    last: datetime = incident.resolved_at or min(moment, incident.reported_at + timedelta(hours=6))
    for number, (verb, after) in enumerate(way, 1):
        at = incident.reported_at + (last - incident.reported_at) * min(number, 4) / min(len(way), 4)
        at = min(moment, at + timedelta(hours=1) * max(0, number - 4))  # what the reporter says comes after the answer
        late = None if after in OPEN or verb == "confirm" or incident.due_at is None else incident.due_at < at
        hand = Hand.REPORTER if verb == "reopen" else Hand.SYSTEM if verb == "confirm" else Hand.DISPATCHER
        said = {"resolve": _ANSWER, "reject": _REASON, "reopen": "Vẫn chưa xong (minh họa)."}.get(verb, "")
        yield IncidentStep(
            incident=incident,
            verb=verb,
            at=at,
            hand=hand,
            actor=dispatcher if hand == Hand.DISPATCHER else None,
            before=before,
            after=after,
            public_note=said,
            is_moderated=hand != Hand.REPORTER,
            unit=unit if verb == "assign" else None,
            late=late,
            idempotency_key=f"{_KEY} {verb}",
            version=1 + number,
        )
        before = after


@pilot_step("instructions", clear=clear_demo_rows(Instruction._meta.db_table), after=("incident_steps",))
def load_instructions(run: Run, _part: str) -> int:
    """What leaders said about the most urgent open reports."""
    leader = _demo_user(Role.LEADER)
    if leader is None:
        return 0
    urgent = incidents(EVERYBODY).filter(is_demo=True, status__in=sorted(OPEN), severity__in=["critical", "high"])
    rows = [
        Instruction(
            incident=incident,
            title="Khẩn trương xử lý, báo cáo kết quả (minh họa)",
            text=f"Phản ánh “{incident.title}” cần được xử lý dứt điểm.",
            assignee=incident.handling_unit,
            admin_unit=incident.admin_unit,
            due_at=run.moment + timedelta(hours=18),
            given_by=leader,
            geom=incident.geom,
            is_demo=True,
        )
        for incident in urgent.order_by(F("due_at").asc(nulls_last=True), "pk")[:4]
    ]
    Instruction.objects.bulk_create(rows)
    run.progress.advance(len(rows))
    return len(rows)
