"""What WMS and WMTS draw, and the styles that each is offered in."""

from django.utils.translation import gettext as _

from layers.coverages.looks import styles
from layers.layer import CoverageLayer, FeatureLayer
from tiles.drawing.pictures import STYLES

Drawable = FeatureLayer | CoverageLayer


def styles_of(layer: Drawable) -> tuple[str, ...]:
    """Names of styles, the default first."""
    return (*STYLES, *styles(layer.raster)) if isinstance(layer, CoverageLayer) else tuple(STYLES)


def style_title(name: str) -> str:
    """For people."""
    titles = {
        "default": _("Light map"),
        "dark": _("Dark map of the wall"),
        "hillshade": _("Hillshade"),
        "relief": _("Heights under light"),
    }
    return titles[name]
