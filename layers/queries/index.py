"""`/query/`: which questions can be asked."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from layers.catalogue import catalogue
from layers.layer import CoverageLayer
from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.queries import aggregate, at_point, coverages, metrics, nearest, search, within

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
                *_of_rasters(call),
                _query(call, "search", _("One box over all layers, with or without diacritics"), search.NAMES, {"q": "tam ky"}),
            ]
        }

    return Document(build, "", [layer.state for layer in catalogue.visible_to(call.scope, "query") if isinstance(layer, CoverageLayer)])


def _of_rasters(call: Call) -> list[Content]:
    """For each raster that exists for the caller."""
    kinds = (
        ("value", _("What a raster says at a position"), coverages.VALUE, _HERE),
        ("profile", _("What a raster says along a line"), coverages.PROFILE, {"geometry": "LINESTRING(108.46 15.56,108.49 15.58)"}),
        ("zonal", _("Statistics of a raster inside of areas"), coverages.ZONAL, {"layer": "admin_units", "statistics": "mean,max"}),
    )
    rasters = [layer for layer in catalogue.visible_to(call.scope, "query") if isinstance(layer, CoverageLayer)]
    return [
        _query(call, kind, f"{title}: {layer.title}", names, example, layer.name)
        for layer in rasters
        for kind, title, names, example in kinds
    ]


def _query(call: Call, name: str, title: str, parameters: Sequence[str], example: Mapping[str, object], *args: str) -> Content:
    path = reverse(f"query:{name.replace('-', '_')}", args=args)
    return {
        "name": name,
        "title": title,
        "href": call.links.at(path),
        "parameters": list(parameters),
        "example": call.links.at(path, example),
    }
