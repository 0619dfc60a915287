"""`/query/`: which questions can be asked."""

from django.urls import reverse
from django.utils.translation import gettext as _

from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.queries import at_point


@resource(JSON)
def index(call: Call) -> Document:
    """The queries with their addresses and parameters."""
    call.parameters()

    def build() -> Content:
        asked = {
            "name": "at-point",
            "title": _("Which unit governs a position, and what stands there"),
            "href": call.links.at(reverse("query:at_point")),
            "parameters": list(at_point.NAMES),
            "example": call.links.at(reverse("query:at_point"), {"lon": 108.474, "lat": 15.5736}),
        }
        return {"queries": [asked]}

    return Document(build, "", ())
