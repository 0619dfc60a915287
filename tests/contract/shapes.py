"""Which layers are read in full by everybody, and which in part, because a layer of exactly the same shape is read in full.

The rule: services look at a layer's shape (below) and otherwise at names and values. The first layer of each shape is read by all
seven people in every service and at every zoom. A further layer of the same shape is read in every service by the two people
whom the oracle tells furthest apart, and at one zoom: what can differ is its fields and its name. A layer that stands alone
in any part of its shape, for instance by its access rule, is always read in full.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.layer import FeatureLayer
from tests.cast import NAMES
from tests.contract import oracle

Shape = tuple[object, ...]
# At these zooms a further layer of a shape is read: where every row is drawn in few tiles.
FEW_ZOOMS = frozenset({13})


@dataclass(frozen=True)
class Reading:
    """One person reading one layer, in full or in part."""

    layer: FeatureLayer
    person: str
    full: bool

    def __str__(self) -> str:
        return f"{self.layer.name}-{self.person}"


def shape(layer: FeatureLayer) -> Shape:
    """All that services look at in a layer besides its name, its fields and its look."""
    # Whatever may be changed by whom, a layer that everybody sees is seen by everybody.
    rule = "open" if layer.access.public == "all" else layer.access
    times = tuple(type(layer.model._meta.get_field(name)).__name__ if name else "" for name in layer.time_fields or ())
    return (
        *(rule, oracle.policy(layer.name)),
        *(layer.geometry_field.geom_type, layer.srid, layer.decimals, layer.label_geometry != ""),
        *(times, layer.shows_present, layer.generalisation, layer.services),
        *(layer.min_zoom, layer.max_zoom, tuple(layer.tile_fields_from.values()), hasattr(layer.model, "admin_unit")),
        type(layer).rows is FeatureLayer.rows and type(layer).reach is FeatureLayer.reach,
    )


def readings(layers: Sequence[FeatureLayer]) -> list[Reading]:
    """Who reads what."""
    seen: set[Shape] = set()
    found: list[Reading] = []
    for layer in layers:
        first = shape(layer) not in seen
        seen.add(shape(layer))
        found += [Reading(layer, name, first) for name in (NAMES if first else furthest_apart(layer))]
    return found


def furthest_apart(layer: FeatureLayer) -> tuple[str, ...]:
    """Of the cast, the one who sees most of a layer and, where somebody sees less, the one who sees least."""
    policy = oracle.policy(layer.name)
    if policy.everybody:
        return ("anonymous",)
    return ("leader", "anonymous") if policy.published or policy.every else NAMES
