"""What became of the land between two dates: which use turned into which, how much, where."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.access import Scope
from layers.analysis.contract import kind_of as analysis_of
from layers.analysis.parameters import Day, UnitChoice
from layers.analysis.work import Work
from layers.briefings.content import Bars, Content, Drawn, Fact, MapOf, Section, Table, number, short
from layers.briefings.contract import Desk, Report, report
from layers.briefings.figures import colours_of, ground, is_demo

_HECTARE = 10_000
_LARGEST = 20


@report
class LandUseChange(Report):
    """Of the parcels of a unit, by the analysis of the same name."""

    name, title = "land_use_change", gettext_lazy("Land-use change")
    abstract = gettext_lazy("The ground whose land use changed between two dates: from what to what, how many hectares, on the map.")
    parameters = (
        UnitChoice(name="unit", label=gettext_lazy("Administrative unit"), required=True),
        Day(name="before", label=gettext_lazy("First date")),
        Day(name="after", label=gettext_lazy("Second date")),
    )

    def build(self, desk: Desk) -> Content:
        """Balance, matrix, the largest changes, the map."""
        found = _changes(desk.given, desk.scope, desk.tell)
        frame, unit = found.frame, desk["unit"]
        days = (desk["before"].strftime("%d/%m/%Y"), desk["after"].strftime("%d/%m/%Y"))
        matrix = frame.groupby(["before", "after"]).area_m2.agg(["sum", "count"]).reset_index().sort_values("sum", ascending=False)
        rows = [[one.before, one.after, int(one["count"]), round(one["sum"] / _HECTARE, 3)] for _index, one in matrix.iterrows()]
        balance = _balance(frame)
        head = [_("from"), _("to"), _("pieces"), _("area (ha)")]
        largest = frame.sort_values("area_m2", ascending=False).head(_LARGEST)
        pieces = Table(
            _("The largest changes"),
            [_("change"), _("former parcel"), _("present parcel"), _("area (m²)")],
            [[one.change, one.former, one.present, float(one.area_m2)] for one in largest.itertuples()],
        )
        sections = [
            Section(_("Where"), blocks=[self._map(desk, frame)]),
            Section(
                _("From what to what"),
                blocks=[
                    Bars(
                        _("Gained and lost by land use"),
                        [(f"{use} ({'+' if size > 0 else '−'})", abs(size)) for use, size in balance[:12]],
                        "ha",
                    ),
                    Table(_("Changes by land use"), head, rows[:_LARGEST]),
                ],
            ),
            Section(_("Parcels"), blocks=[pieces]),
        ]
        return Content(
            title=_("Land-use change in %(unit)s") % {"unit": unit.name},
            subtitle=f"{days[0]} – {days[1]}",
            summary=_summary(rows, frame),
            made_at=desk.now,
            made_by=desk.reader,
            facts=[
                Fact(_("Changed ground"), f"{number(frame.area_m2.sum() / _HECTARE, 2)} ha"),
                Fact(_("Pieces"), short(len(frame))),
                Fact(_("Kinds of change"), short(len(rows))),
            ],
            sections=sections,
            sources=[_("The cadastre on both dates (land parcels)")],
            demo=is_demo([desk.layer("parcels")]),
            sheets={_("Changes"): Table(_("Changes"), head, rows), _("Parcels"): _every(frame)},
            frames={"land_use_change": frame},
        )

    def _map(self, desk: Desk, frame: Any) -> MapOf:
        parcels = desk.layer("parcels")
        colours = colours_of(parcels.layer, "land_use") if parcels is not None else {}
        shades = [_visible(colours.get(use, "#c92a3a")) for use in frame.after]
        legend = [
            (str(use), _visible(colours.get(use, "#c92a3a"))) for use in dict.fromkeys(frame.sort_values("area_m2", ascending=False).after)
        ][:10]
        words = [f"{change} · {short(size)} m²" for change, size in zip(frame.change, frame.area_m2, strict=True)]
        drawn = Drawn("changes", frame, shades, words, fill=0.9, width=0.8, legend=legend)
        bounds = tuple(frame.geometry.buffer(150).total_bounds) if len(frame) else desk.place.bounds
        return MapOf(_("Changed ground in the colour of its present use"), [*ground(desk, desk["unit"], desk.area), drawn], bounds)


def _visible(colour: str) -> str:
    """White land would not show."""
    return "#8a97a0" if colour == "#fffffe" else colour


def _changes(given: Any, scope: Scope, tell: Any) -> Any:
    kind = analysis_of("change")
    asked = {"layer": "parcels", "field": "land_use", **{name: given[name] for name in ("unit", "before", "after")}}
    return kind.run(Work(kind, asked, scope, tell=tell))


def _balance(frame: Any) -> list[tuple[str, float]]:
    gained, lost = frame.groupby("after").area_m2.sum(), frame.groupby("before").area_m2.sum()
    net = gained.sub(lost, fill_value=0.0) / _HECTARE
    return sorted(((str(use), float(size)) for use, size in net.items() if abs(size) > 1e-6), key=lambda one: -abs(one[1]))


def _summary(rows: list[list[Any]], frame: Any) -> str:
    if not rows:
        return _("No land use changed between these dates.")
    before, after, _count, hectares = rows[0]
    values = {"area": number(frame.area_m2.sum() / _HECTARE, 2), "before": before, "after": after, "most": number(hectares, 2)}
    return _("%(area)s ha changed their land use; the largest part is %(before)s that became %(after)s (%(most)s ha).") % values


def _every(frame: Any) -> Table:
    names = ["before", "after", "former", "present", "area_m2"]
    rows = [[getattr(one, name) for name in names] for one in frame.itertuples()]
    return Table(_("Parcels"), [_("from"), _("to"), _("former parcel"), _("present parcel"), _("area (m²)")], rows)
