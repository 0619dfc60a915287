"""The situation of a unit: what there is, what is open, where, on one sheet."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.analysis.parameters import Number, UnitChoice
from layers.analysis.work import frame_of
from layers.briefings.content import Bars, Block, Columns, Content, Drawn, Fact, MapOf, Section, Table, short
from layers.briefings.contract import Desk, Report, report
from layers.briefings.figures import attribute_of, colours_of, ground, grouped, inside, is_demo, metric_sums, value_of, words_of
from layers.filters.selecting import read_filter
from layers.metric import metrics_of
from layers.palette import SEVERITY
from layers.queries import plane_rows as reading
from layers.queries.asking import Asked

_HEADLINES = (
    ("parcels", "count"), ("incidents", "open"), ("incidents", "overdue"), ("incidents", "on_time"),
    ("facilities", "count"), ("stations", "alarms"), ("roads", "jammed"), ("tourism", "count"),
)  # fmt: skip
_MOST_POINTS = 4_000


@report
class Situation(Report):
    """Of a commune or a province."""

    name, title = "situation", gettext_lazy("Situation of a unit")
    abstract = gettext_lazy(
        "What there is and what is open in a commune or the province: land, field reports, public services, on one sheet."
    )
    parameters = (
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit"), required=True),
        Number(name="days", label=gettext_lazy("Field reports of the last days"), low=1, high=366, default=30, whole=True),
    )

    def build(self, desk: Desk) -> Content:
        """Headlines, map, field reports, land, services; what the reader does not see is left out."""
        unit = desk["unit"]
        sheets: dict[str, Table] = {}
        frames: dict[str, Any] = {}
        incidents, parcels, facilities = (desk.layer(name) for name in ("incidents", "parcels", "facilities"))
        facts = list(_headlines(desk, unit.pk))
        sections = [Section(_("Overview"), blocks=[self._map(desk, incidents, facilities, frames)])]
        if incidents is not None:
            sections.append(_incidents(desk, incidents, sheets))
        if parcels is not None:
            sections.append(_land(desk, parcels, sheets))
        if facilities is not None:
            sections.append(_services(desk, facilities, sheets))
        sheets[_("Figures")] = Table(_("Figures"), [_("figure"), _("value")], [[fact.name, fact.value] for fact in facts])
        used = [one for one in (incidents, parcels, facilities) if one is not None]
        return Content(
            title=_("Situation of %(unit)s") % {"unit": unit.name},
            subtitle=_("As of %(at)s") % {"at": desk.now.strftime("%d/%m/%Y")},
            summary=_summary(desk, incidents),
            made_at=desk.now,
            made_by=desk.reader,
            facts=facts,
            sections=sections,
            sources=[str(one.layer.title) for one in used],
            demo=is_demo(used),
            sheets=sheets,
            frames=frames,
        )

    def _map(self, desk: Desk, incidents: Asked | None, facilities: Asked | None, frames: dict[str, Any]) -> MapOf:
        layers = [*ground(desk, desk["unit"], desk.area)]
        if facilities is not None:
            shapes = reading.read(facilities, (), desk.area).shapes[:_MOST_POINTS]
            legend = [(str(facilities.layer.title), "#5b4bb7")]
            layers.append(Drawn("facilities", frame_of(shapes), ["#5b4bb7"] * len(shapes), radius=2.4, legend=legend))
        if incidents is not None:
            layers.append(_open_incidents(incidents, desk.area, frames))
        return MapOf(_("Open field reports and public services"), layers, desk.place.bounds)


def _open_incidents(asked: Asked, area: Any, frames: dict[str, Any]) -> Drawn:
    severity, title = attribute_of(asked.layer, "severity"), attribute_of(asked.layer, "title")
    found = reading.read(_open(asked), [severity, title], area)
    words = words_of(severity, found.values["severity"])
    frames["field_reports"] = frame_of(found.shapes, title=found.values["title"], severity=found.values["severity"])
    return Drawn(
        "field_reports",
        frames["field_reports"],
        [SEVERITY.get(value, "#3e7bd6") for value in found.values["severity"]],
        [f"{text} · {words.get(value, value)}" for text, value in zip(found.values["title"], found.values["severity"], strict=True)],
        radius=4.5,
        legend=[(str(words.get(value, value)), colour) for value, colour in SEVERITY.items()],
    )


def _open(asked: Asked) -> Asked:
    """Those on which work is left, by the layer's own public filter."""
    text = "status NOT IN ('resolved','confirmed','rejected','duplicate')"
    return Asked(asked.layer, asked.reach, asked.when, read_filter({"filter": text}, asked.layer))


def _headlines(desk: Desk, unit: int) -> Iterator[Fact]:
    for name, metric_name in _HEADLINES:
        asked = desk.layer(name)
        metric = metrics_of(asked.layer.metrics).get(metric_name) if asked is not None else None
        if asked is None or metric is None:
            continue
        value = value_of(metric, metric_sums(asked, [metric], unit)[metric.name].whole)
        title = str(asked.layer.title) if metric_name == "count" else str(metric.title)
        tone = "watch" if metric.rises is False and value else ""
        yield Fact(title, f"{short(value)} {metric.unit}".strip() if value is not None else "–", tone=tone)  # type: ignore[arg-type]


def _summary(desk: Desk, incidents: Asked | None) -> str:
    if incidents is None:
        return ""
    start = desk.now - timedelta(days=desk["days"])
    rows = inside(incidents, desk["unit"])
    late = inside(_open(incidents), desk["unit"])
    values = {"days": desk["days"], "new": short(rows.filter(reported_at__gte=start).count()), "open": short(late.count())}
    values["overdue"] = short(late.filter(is_overdue=True).count())
    return (
        _("In the last %(days)d days %(new)s field reports came in; %(open)s are open, %(overdue)s of them past their deadline.") % values
    )


def _incidents(desk: Desk, asked: Asked, sheets: dict[str, Table]) -> Section:
    start = desk.now - timedelta(days=desk["days"])
    rows = inside(asked, desk["unit"]).filter(reported_at__gte=start)
    categories, states = grouped(asked, rows, "category"), grouped(asked, rows, "status")
    days = dict(rows.order_by().annotate(_day=TruncDate("reported_at")).values_list("_day").annotate(Count("pk")))
    dates = [(start + timedelta(days=number + 1)).date() for number in range(desk["days"])]
    course = Columns(
        _("Field reports a day"), [day.strftime("%d/%m") for day in dates], {_("number"): [float(days.get(day, 0)) for day in dates]}
    )
    sheets[_("Field reports")] = Table(
        _("Field reports"), [_("category"), _("number")], [[name, count] for name, count, _sum in categories]
    )
    blocks: list[Block] = [
        course,
        Bars(_("By category"), [(name, float(count)) for name, count, _sum in categories[:10]]),
        Bars(_("By state"), [(name, float(count)) for name, count, _sum in states]),
    ]
    return Section(_("Field reports"), _("Reported in the last %(days)d days.") % {"days": desk["days"]}, blocks=blocks)


def _land(desk: Desk, asked: Asked, sheets: dict[str, Table]) -> Section:
    uses = grouped(asked, inside(asked, desk["unit"]), "land_use", "area_m2")
    total = sum(area for _name, _count, area in uses) or 1.0
    colours = {name: colour for name, colour in colours_of(asked.layer, "land_use").items() if colour != "#fffffe"}
    table: list[list[str | float | None]] = [
        [name, count, round(area / 10_000, 2), round(100 * area / total, 1)] for name, count, area in uses
    ]
    head = [_("land use"), _("parcels"), _("area (ha)"), "%"]
    sheets[_("Land")] = Table(_("Land"), head, table)
    return Section(
        _("Land"),
        _("%(count)s parcels on %(area)s ha.") % {"count": short(sum(count for _n, count, _a in uses)), "area": short(total / 10_000)},
        blocks=[
            Bars(_("Area by land use"), [(name, area / 10_000) for name, _count, area in uses[:12]], "ha", colours=colours),
            Table(_("Parcels by land use"), head, table[:12]),
        ],
    )


def _services(desk: Desk, asked: Asked, sheets: dict[str, Table]) -> Section:
    themes = grouped(asked, inside(asked, desk["unit"]), "theme")
    sheets[_("Public services")] = Table(_("Public services"), [_("theme"), _("number")], [[name, count] for name, count, _sum in themes])
    return Section(_("Public services"), blocks=[Bars(_("Facilities by theme"), [(name, float(count)) for name, count, _sum in themes])])
