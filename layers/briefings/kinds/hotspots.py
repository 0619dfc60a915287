"""Hotspots of field reports: where they come in close together, when, and of what."""

from datetime import timedelta
from typing import Any

import shapely
from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractWeekDay
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from layers.analysis.kinds.clusters import described, grouped
from layers.analysis.kinds.density import COLOURS, densities
from layers.analysis.kinds.points import cells_around, hexagons
from layers.analysis.parameters import Number, UnitChoice
from layers.analysis.work import frame_of
from layers.briefings.content import Bars, Columns, Content, Drawn, Fact, MapOf, Section, Table, short
from layers.briefings.contract import Desk, Report, report
from layers.briefings.figures import attribute_of, ground, inside, is_demo, words_of
from layers.briefings.figures import grouped as counted
from layers.filters.selecting import read_filter
from layers.queries import plane_rows as reading
from layers.queries.asking import Asked
from layers.queries.cells import centres

_RADIUS, _SIDE = 400.0, 110.0
_TOP = 10


@report
class Hotspots(Report):
    """Groups by DBSCAN over a kernel density, with names of what is there most."""

    name, title = "hotspots", gettext_lazy("Hotspots of field reports")
    abstract = gettext_lazy(
        "Where field reports come in close together, of which kind, at which hours; the places on the map and as a list."
    )
    parameters = (
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit"), required=True),
        Number(name="days", label=gettext_lazy("Of the last days"), low=1, high=1_100, default=90, whole=True),
        Number(name="metres", label=gettext_lazy("Neighbours within"), low=10, high=5_000, default=200, unit="m"),
        Number(name="least", label=gettext_lazy("At least points"), low=2, high=1_000, default=5, whole=True),
    )

    def build(self, desk: Desk) -> Content:
        """Map, list, kinds, hours."""
        asked = _recent(desk)
        category = attribute_of(asked.layer, "category")
        found = reading.read(asked, [category], desk.area)
        if not len(found):
            raise BadParameter(_("No field report of these days is open to you there."), field="days")
        points = shapely.get_coordinates(shapely.centroid(found.shapes))
        groups = grouped(points, desk["metres"], desk["least"])
        frame = described(points, groups, desk["metres"]).sort_values("points", ascending=False)
        frame["kinds"] = [_kinds(desk, asked, found.values["category"], groups == group) for group in frame.group]
        frame = frame.reset_index(drop=True)
        frame["group"] = range(1, len(frame) + 1)
        places = Table(
            _("Hotspots"),
            [_("no."), _("mostly"), _("reports"), _("area (ha)"), _("a hectare")],
            [[one.group, one.kinds, one.points, float(one.area_ha), float(one.per_ha)] for one in frame.itertuples()],
        )
        rows = inside(asked, desk["unit"])
        kinds = counted(asked, rows, "category")
        share = round(100 * int((groups >= 0).sum()) / len(points))
        return Content(
            title=_("Hotspots of field reports in %(unit)s") % {"unit": desk["unit"].name},
            subtitle=_("The last %(days)d days until %(at)s") % {"days": desk["days"], "at": desk.now.strftime("%d/%m/%Y")},
            summary=_summary(frame, share),
            made_at=desk.now,
            made_by=desk.reader,
            facts=[
                Fact(_("Field reports"), short(len(points))),
                Fact(_("Hotspots"), short(len(frame)), tone="watch" if len(frame) else "good"),
                Fact(_("Of all reports in hotspots"), f"{share} %"),
                Fact(_("Largest hotspot"), short(float(frame.points.max())) if len(frame) else "–"),
            ],
            sections=[
                Section(_("Where"), blocks=[self._map(desk, points, frame)]),
                Section(_("The hotspots"), blocks=[Table(places.title, places.head, places.rows[:_TOP])]),
                Section(
                    _("What and when"), blocks=[Bars(_("By category"), [(name, float(n)) for name, n, _s in kinds[:_TOP]]), *_times(rows)]
                ),
            ],
            sources=[
                str(asked.layer.title),
                _("Groups: DBSCAN; density: Epanechnikov kernel, radius %(metres)d m") % {"metres": int(_RADIUS)},
            ],
            demo=is_demo([asked]),
            sheets={
                _("Hotspots"): places,
                _("Categories"): Table(_("Categories"), [_("category"), _("number")], [[n, c] for n, c, _s in kinds]),
            },
            frames={"hotspots": frame, "field_reports": frame_of(found.shapes, category=[str(one) for one in found.values["category"]])},
        )

    def _map(self, desk: Desk, points: Any, frame: Any) -> MapOf:
        cells = cells_around(points, _SIDE, _RADIUS)
        values = densities(points, centres("hexagon", cells, _SIDE), _RADIUS)
        top = float(values.max()) or 1.0
        shown = values > top * 0.04
        shades = [COLOURS[min(int(value / top * len(COLOURS)), len(COLOURS) - 1)] for value in values[shown]]
        legend = [(_("few reports a km²"), COLOURS[1]), (_("many"), COLOURS[-1])]
        heat = Drawn("density", frame_of(hexagons(cells[shown], _SIDE)), shades, fill=0.72, width=0.0, legend=legend)
        words = [f"{one.group}. {one.kinds} · {one.points}" for one in frame.itertuples()]
        rings = Drawn("hotspots", frame, ["#8c1d04"] * len(frame), words, fill=0.08, width=2.0, legend=[(_("hotspot"), "#8c1d04")])
        dots = Drawn("field_reports", frame_of(shapely.points(points)), ["#12232d"] * len(points), radius=1.6)
        return MapOf(
            _("Density of field reports, and the groups that stand out"),
            [*ground(desk, desk["unit"], desk.area), heat, dots, rings],
            desk.place.bounds,
        )


def _recent(desk: Desk) -> Asked:
    asked = desk.layer("incidents")
    if asked is None:
        raise BadParameter(_("Field reports are not open to your account."), field="unit")
    start = (desk.now - timedelta(days=desk["days"])).strftime("%Y-%m-%dT%H:%M:%SZ")
    only = read_filter({"filter": f"reported_at >= TIMESTAMP('{start}')"}, asked.layer)
    return Asked(asked.layer, asked.reach, None, only)


def _kinds(desk: Desk, asked: Asked, values: list[Any], mine: Any) -> str:
    """The two commonest categories of a group, in words."""
    chosen = [value for value, is_mine in zip(values, mine, strict=True) if is_mine]
    ranked = sorted(set(chosen), key=lambda value: (-chosen.count(value), str(value)))[:2]
    words = words_of(attribute_of(asked.layer, "category"), ranked)
    return ", ".join(str(words.get(value, value)) for value in ranked)


def _times(rows: Any) -> list[Columns]:
    by_hour = dict(rows.order_by().annotate(_h=ExtractHour("reported_at")).values_list("_h").annotate(Count("pk")))
    by_day = dict(rows.order_by().annotate(_d=ExtractWeekDay("reported_at")).values_list("_d").annotate(Count("pk")))
    week = [(2, "T2"), (3, "T3"), (4, "T4"), (5, "T5"), (6, "T6"), (7, "T7"), (1, "CN")]
    return [
        Columns(_("By hour"), [str(hour) for hour in range(24)], {_("number"): [float(by_hour.get(hour, 0)) for hour in range(24)]}),
        Columns(_("By day of the week"), [name for _n, name in week], {_("number"): [float(by_day.get(n, 0)) for n, _name in week]}),
    ]


def _summary(frame: Any, share: int) -> str:
    if not len(frame):
        return _("The field reports of these days stand apart from each other: there is no hotspot.")
    values = {"count": len(frame), "share": share, "kinds": frame.kinds.iloc[0], "points": int(frame.points.iloc[0])}
    return (
        _("%(count)d places stand out; %(share)d %% of all reports come from them. The largest has %(points)d reports, mostly %(kinds)s.")
        % values
    )
