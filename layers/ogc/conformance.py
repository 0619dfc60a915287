"""`/conformance`: the classes whose every requirement is met and tested (OGC API - Features 7.4)."""

from django.utils.translation import gettext as _

from layers.ogc.media import HTML, JSON
from layers.ogc.resource import Call, Content, Document, resource

CLASSES = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/{name}"
        for name in ("create-replace-delete", "update", "features", "optimistic-locking-etags")
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/{name}"
        for name in ("schemas", "advanced-property-roles", "returnables-and-receivables", "queryables", "sortables")
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "collections-selection",
            "mvt",
            "png",
            "jpeg",
        )
    ),
    *(f"http://www.opengis.net/spec/tms/2.0/conf/{name}" for name in ("tilematrixset", "json-tilematrixset", "json-tilesetmetadata")),
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "array-functions",
            "property-property",
            "functions",
            "arithmetic",
        )
    ),
)


@resource(JSON, HTML)
def conformance(call: Call) -> Document:
    """The declaration."""
    call.parameters()

    def build() -> Content:
        return {"conformsTo": list(CLASSES), "links": call.twins(_("Conformance classes"))}

    return Document(build, "layers/ogc/conformance.html", CLASSES)
