"""`/query/`: which questions can be asked."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.queries import aggregate, at_point, metrics, nearest, search, within

_HERE: Mapping[str, object] = {"lon": 108.474, "lat": 15.5736}


@resource(JSON)
def index(call: Call) -> Document:
    """The queries with their addresses and parameters."""
    call.parameters()

    def build() -> Content:
        return {
            "queries": [
                _query(call, "at-point", _("Which unit governs a position, and what stands there"), at_point.NAMES, _HERE),
                _query(call, "nearest", _("The features nearest to a position"), nearest.NAMES, {**_HERE, "layers": "facilities", "k": 5}),
                _query(
                    call,
                    "within",
                    _("The features in an area, with the share of each that lies inside"),
                    within.NAMES,
                    {"layer": "facilities", "geometry": "POINT(108.474 15.5736)", "buffer": 1000},
                ),
                _query(
                    call,
                    "aggregate",
                    _("Count, sum, mean of a layer by unit, cell, time or attribute"),
                    aggregate.NAMES,
                    {"layer": "facilities", "by": "theme"},
                ),
                _query(
                    call,
                    "metrics",
                    _("The numbers that layers declare, by unit, viewport, period and day"),
                    metrics.NAMES,
                    {"metrics": "facilities.count", "by": "unit"},
                ),
                _query(call, "search", _("One box over all layers, with or without diacritics"), search.NAMES, {"q": "tam ky"}),
            ]
        }

    return Document(build, "", ())


def _query(call: Call, name: str, title: str, parameters: Sequence[str], example: Mapping[str, object]) -> Content:
    path = reverse(f"query:{name.replace('-', '_')}")
    return {
        "name": name,
        "title": title,
        "href": call.links.at(path),
        "parameters": list(parameters),
        "example": call.links.at(path, example),
    }
