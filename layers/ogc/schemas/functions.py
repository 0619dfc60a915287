"""`/functions`: what filters can compute (OGC API - Features Part 3, 6.3.2; CQL2, 7.12)."""

from django.utils.translation import gettext as _

from layers.filters.functions import described
from layers.ogc.media import HTML, JSON
from layers.ogc.resource import Call, Content, Document, resource


@resource(JSON, HTML)
def functions(call: Call) -> Document:
    """The list; it is the same for every layer."""
    call.parameters()

    def build() -> Content:
        return {"functions": described(), "links": call.twins(_("Functions of filters"))}

    return Document(build, "layers/ogc/functions.html", ())
