"""`/ogc/`: the landing page (OGC API - Features 7.2)."""

from django.utils.translation import gettext as _

from layers.ogc.collections import visible_layers
from layers.ogc.links import FUNCTIONS, SCHEMES, STYLES, TILESETS, link
from layers.ogc.media import HTML, JSON, OPENAPI
from layers.ogc.resource import Call, Content, Document, resource


def title() -> str:
    """The API's name."""
    return _("Operations map: features")


def description() -> str:
    """What the API is for."""
    return _("Every layer open to you as features, for GIS programs and scripts: by place, time and property, in every CRS of Việt Nam.")


@resource(JSON, HTML)
def landing(call: Call) -> Document:
    """Where everything is."""
    call.parameters()
    layers = visible_layers(call)
    links = call.links

    def build() -> Content:
        return {
            "title": title(),
            "description": description(),
            "links": [
                *call.twins(title()),
                link("service-desc", links.to("api"), OPENAPI.type, _("API definition (OpenAPI 3.0)")),
                link("service-doc", links.to("api", f="html"), HTML.type, _("Documentation of the API")),
                link("conformance", links.to("conformance"), JSON.type, _("Conformance classes")),
                link(FUNCTIONS, links.to("functions"), JSON.type, _("Functions of filters")),
                link(TILESETS, links.at("/ogc/tiles"), JSON.type, _("Vector tiles")),
                link(SCHEMES, links.at("/ogc/tileMatrixSets"), JSON.type, _("Tile matrix sets")),
                link(STYLES, links.at("/ogc/styles"), JSON.type, _("Styles")),
                link("data", links.to("collections"), JSON.type, _("Collections")),
            ],
        }

    def page(_content: Content) -> Content:
        return {
            "address": links.to("landing"),
            "layers": [{"name": layer.name, "title": layer.title, "abstract": layer.abstract} for layer in layers],
        }

    return Document(build, "layers/ogc/landing.html", (), page)
