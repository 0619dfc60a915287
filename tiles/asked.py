"""What a request for tiles asks for: layers, moment, filter, properties."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.errors import BadParameter
from gis_core.hot import Request
from layers.attributes import attributes
from layers.catalogue import catalogue
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.filters.selecting import read_filter
from layers.layer import FeatureLayer
from layers.parameters import MAX_FILTER, clean_text
from tiles.conditional import moment_of
from tiles.source import TileSource

MAX_LAYERS = 64
# What shapes a tile; the same names stand in TileJSON, whose tile addresses carry them on.
SHAPING = ("datetime", *FILTER_PARAMETERS, "properties")
PARAMETERS = (*SHAPING, "min_seq")


def sources_of(request: Request, names: str, scope: Scope) -> list[TileSource]:
    """One source a layer of the list `names`, in its order, doubles left out.

    Raises NotFound alike for layers that are unknown and that are not open to the caller, BadParameter for the rest. A
    filter has to make sense for each of the layers, a property for one of them.
    """
    request.allow_only(*PARAMETERS)
    when = moment_of(request)
    wanted = list(dict.fromkeys(names.split(",")))
    if len(wanted) > MAX_LAYERS:
        raise BadParameter(
            _("A tile holds at most %(limit)d layers; %(count)d are asked for.") % {"limit": MAX_LAYERS, "count": len(wanted)}
        )
    layers = [catalogue.features(name, scope, "tiles") for name in wanted]
    fields = _fields(request, layers)
    asked = {name: _clean(request, name) for name in FILTER_PARAMETERS}
    return [TileSource(layer, layer.reach(scope), when, read_filter(asked, layer), fields.get(layer.name)) for layer in layers]


def _clean(request: Request, name: str) -> str | None:
    value = request.parameters.get(name)
    return None if value is None else clean_text(value, name, MAX_FILTER)


def _fields(request: Request, layers: Sequence[FeatureLayer]) -> dict[str, tuple[str, ...]]:
    """The properties of each layer, in the layer's own order; nothing where the parameter is absent."""
    value = request.parameters.get("properties")
    if value is None:
        return {}
    wanted = {part.strip() for part in value.split(",")} - {""}
    known = {layer.name: _filterable(layer) for layer in layers}
    unknown = wanted.difference(*known.values())
    if unknown:
        accepted = ", ".join(dict.fromkeys(name for names in known.values() for name in names))
        sentence = _("properties: there is no “%(name)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"name": min(unknown)[:60], "accepted": accepted}, field="properties")
    return {name: tuple(field for field in names if field in wanted) for name, names in known.items()}


@lru_cache(maxsize=256)
def _filterable(layer: FeatureLayer) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in attributes(layer) if attribute.is_filterable)
