"""Indicators compared: plan and actual, by unit, with the period before."""

from datetime import date
from typing import Any

from django.db.models import F, Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.parameters import Day, Parameter, UnitChoice
from layers.analysis.work import frame_of, outline_of
from layers.briefings.content import Bars, Content, Drawn, Fact, MapOf, Section, Table, number, short
from layers.briefings.contract import Desk, Report, report
from layers.briefings.figures import attribute_of, inside, is_demo, units_below, words_of
from layers.queries.asking import Asked
from layers.queries.homes import Homes

_STEPS = ((0.0, "#c92a3a"), (0.8, "#e9a23b"), (0.95, "#b9d48b"), (1.0, "#1f8f5f"))
_MOST = 14
Sums = dict[Any, tuple[float | None, float | None, float | None]]


@report
class IndicatorComparison(Report):
    """All indicators of one period, and one of them by unit."""

    name, title = "indicators", gettext_lazy("Comparison of indicators")
    abstract = gettext_lazy("Plan and actual of each indicator in a period, against the period before, and the ranking of the units.")
    parameters = (
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit")),
        Parameter(name="indicator", label=gettext_lazy("Indicator that is compared by unit (its code)"), required=False),
        Day(name="period", label=gettext_lazy("A day of the period"), required=False),
    )

    def build(self, desk: Desk) -> Content:
        """Table of all, ranking and map of one."""
        asked = desk.layer("indicators")
        rows = inside(asked, desk["unit"]) if asked is not None else None
        if asked is None or rows is None or not rows.exists():
            raise BadParameter(_("There are no figures of indicators there that are open to you."), field="unit")
        start = _period(rows, desk["period"])
        before = rows.filter(period_from__lt=start).aggregate(last=Max("period_from"))["last"]
        now, then = _sums(rows.filter(period_from=start)), _sums(rows.filter(period_from=before)) if before else {}
        attribute = attribute_of(asked.layer, "indicator")
        words = words_of(attribute, list(now))
        code = self._chosen(desk["indicator"], now)
        table = [_line(words.get(key, key), now[key], then.get(key)) for key in sorted(now, key=lambda key: str(words.get(key, key)))]
        head = [_("indicator"), _("plan"), _("actual"), _("of the plan (%)"), _("period before"), _("change (%)")]
        by_unit = _by_unit(desk, asked, start, code)
        met = sum(1 for line in table if line[3] is not None and line[3] >= 100)
        planned = sum(1 for line in table if line[3] is not None)
        name = str(words.get(code, code))
        where = desk["unit"].name if desk["unit"] is not None else _("the whole province")
        return Content(
            title=_("Indicators of %(unit)s") % {"unit": where},
            subtitle=_("Period from %(start)s") % {"start": start.strftime("%d/%m/%Y")},
            summary=_("%(met)d of %(planned)d indicators with a plan have reached it.") % {"met": met, "planned": planned},
            made_at=desk.now,
            made_by=desk.reader,
            facts=[_fact(line) for line in table[:8]],
            sections=[
                Section(_("All indicators"), blocks=[Table(_("Plan and actual"), head, table)]),
                Section(_("By unit: %(name)s") % {"name": name}, blocks=self._ranking(desk, name, by_unit)),
            ],
            sources=[str(asked.layer.title)],
            demo=is_demo([asked]),
            sheets={_("Indicators"): Table(_("Indicators"), head, table), _("By unit"): _units(by_unit)},
            frames={"units": _frame(by_unit)} if by_unit else {},
        )

    def _chosen(self, wanted: str | None, known: Sums) -> Any:
        if wanted is None:
            return min(known, key=str)
        if wanted not in known:
            sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
            accepted = ", ".join(sorted(map(str, known)))
            raise BadParameter(sentence % {"field": "indicator", "value": wanted[:40], "accepted": accepted}, field="indicator")
        return wanted

    def _ranking(self, desk: Desk, name: str, by_unit: list[tuple[Any, float, float | None]]) -> list[Any]:
        if not by_unit:
            return []
        top = by_unit[:_MOST]
        chart = Bars(
            _("Actual, with the plan as a mark"), [(unit.name, actual) for unit, actual, _plan in top], plan=[plan for _u, _a, plan in top]
        )
        frame = _frame(by_unit)
        shades = [_colour(actual, plan) for _unit, actual, plan in by_unit]
        words = [f"{unit.name}: {short(actual)}{f' / {short(plan)}' if plan is not None else ''}" for unit, actual, plan in by_unit]
        legend = [(_("below 80 % of the plan"), "#c92a3a"), ("80–95 %", "#e9a23b"), ("95–100 %", "#b9d48b"), (_("plan reached"), "#1f8f5f")]
        drawn = Drawn("units", frame, shades, words, fill=0.75, width=1.0, legend=legend)
        bounds = tuple(frame.total_bounds)
        return [MapOf(name, [drawn], bounds), chart]


def _period(rows: Any, wanted: date | None) -> date:
    """The first day of the period that holds a day; the newest one that has figures."""
    found = rows.filter(actual__isnull=False)
    if wanted is not None:
        found = found.filter(period_from__lte=wanted, period_to__gt=wanted)
    start: date | None = found.aggregate(last=Max("period_from"))["last"]
    if start is None:
        raise BadParameter(_("There are no figures of indicators for this day."), field="period")
    return start


def _sums(rows: Any) -> Sums:
    found = rows.order_by().values(_key=F("indicator_id")).annotate(_actual=Sum("actual"), _plan=Sum("plan"), _base=Sum("base"))
    return {row["_key"]: (row["_actual"], row["_plan"], row["_base"]) for row in found}


def _value(sums: tuple[float | None, float | None, float | None] | None) -> float | None:
    """Shares are given as numerator and base."""
    if sums is None or sums[0] is None:
        return None
    return 100 * sums[0] / sums[2] if sums[2] else sums[0]


def _line(name: str, now: tuple[float | None, float | None, float | None], then: Any) -> list[Any]:
    actual, before = _value(now), _value(then)
    reached = round(100 * now[0] / now[1], 1) if now[0] is not None and now[1] else None
    change = round(100 * (actual - before) / before, 1) if actual is not None and before else None
    return [name, now[1], actual, reached, before, change]


def _fact(line: list[Any]) -> Fact:
    name, _plan, actual, reached, _before, change = line
    tone = "" if reached is None else "good" if reached >= 100 else "watch" if reached >= 80 else "bad"
    notes = [f"{number(reached, 1)} % {_('of the plan')}"] if reached is not None else []
    notes += [f"{'+' if change > 0 else '−'}{number(abs(change), 1)} %"] if change is not None else []
    return Fact(str(name), short(actual) if actual is not None else "–", " · ".join(notes), tone)  # type: ignore[arg-type]


def _by_unit(desk: Desk, asked: Asked, start: date, code: Any) -> list[tuple[Any, float, float | None]]:
    homes = Homes.on(desk.now.date())
    rows = homes.located(asked.layer, inside(asked, desk["unit"])).filter(period_from=start, indicator_id=code)
    found = {one["_home"]: (one["_a"], one["_p"]) for one in rows.order_by().values("_home").annotate(_a=Sum("actual"), _p=Sum("plan"))}
    named = [(unit, *found[unit.pk]) for unit in units_below(desk["unit"]) if found.get(unit.pk, (None,))[0] is not None]
    return sorted(named, key=lambda one: -one[1])


def _frame(by_unit: list[tuple[Any, float, float | None]]) -> Any:
    units = [unit for unit, _actual, _plan in by_unit]
    values = {"code": [unit.code for unit in units], "name": [unit.name for unit in units]}
    return frame_of([outline_of(unit) for unit in units], **values, actual=[a for _u, a, _p in by_unit], plan=[p for _u, _a, p in by_unit])


def _units(by_unit: list[tuple[Any, float, float | None]]) -> Table:
    rows = [[unit.code, unit.name, actual, plan] for unit, actual, plan in by_unit]
    return Table(_("By unit"), [_("code"), _("unit"), _("actual"), _("plan")], rows)


def _colour(actual: float, plan: float | None) -> str:
    if not plan:
        return "#0a7285"
    return next(colour for least, colour in reversed(_STEPS) if actual / plan >= least or least == 0.0)
