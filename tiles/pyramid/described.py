"""What TileJSON says of the low zooms of a layer."""

from typing import Any

from django.utils.translation import gettext as _

from layers.generalisation import Crowding, Generalisation, Grouping
from layers.layer import FeatureLayer
from tiles.pyramid.counters import attributes


def low_vector_layers(layer: FeatureLayer, lowest: int) -> list[dict[str, Any]]:
    """Entries of `vector_layers` for the zooms from `lowest` to the one before the single features."""
    how = layer.generalisation
    if how is None:
        return _crowded_vector_layers(layer, layer.crowding, lowest) if layer.crowding else []
    counted = {"n": "Number", "area": "Number", "group": "String"}
    shares = {**counted, **{f"share_{key}": "Number" for key in how.keys}}
    block = {**counted, "as_of": "Number"}
    last, counters = how.detail_zoom - 1, how.counter_zoom
    entries = [
        # Squares also stand in for blocks that are being made.
        _entry(layer, "grid", _("Features counted by squares of the tile grid"), lowest, last, shares),
        _entry(layer, "units", _("Features counted by administrative unit"), lowest, counters, shares),
        _entry(layer, "areas", _("Blocks of features of one group, coarse"), max(lowest, counters + 1), last - 1, block),
        _entry(layer, "blocks", _("Blocks of features of one group"), max(lowest, last), last, block),
        _entry(layer, "note", _("What the tile shows instead of features"), lowest, last, _NOTE),
    ]
    return [entry for entry in entries if entry["minzoom"] <= entry["maxzoom"]]


def _crowded_vector_layers(layer: FeatureLayer, how: Crowding, lowest: int) -> list[dict[str, Any]]:
    fields = {name: "String" if name == "group" else "Number" for name in attributes(how)}
    last = min(how.detail_zoom, layer.max_zoom + 1) - 1
    entries = [
        _entry(layer, "grid", _("Features counted by squares of the tile grid"), lowest, last, fields),
        _entry(layer, "note", _("What the tile shows instead of features"), lowest, last, _CROWDED_NOTE),
    ]
    return [entry for entry in entries if entry["minzoom"] <= entry["maxzoom"]]


_CROWDED_NOTE = {"shows": "String", "why": "String", "features_from_zoom": "Number", "most_features": "Number"}
_NOTE = {"shows": "String", "why": "String", "features_from_zoom": "Number", "area_unit": "String"}


def aggregation(layer: FeatureLayer) -> dict[str, Any]:
    """Members of the document that say what is left out, for programs (`aggregation`) and for people (`notes`)."""
    how = layer.generalisation
    if how is None:
        return _crowding(layer.crowding) if layer.crowding else {"generalisation": "none"}
    return {
        "generalisation": "counters-and-blocks",
        "aggregation": {
            "features_from_zoom": how.detail_zoom,
            "counters_to_zoom": how.counter_zoom,
            "group_by": how.field,
            "area": {"of": how.measure, "unit": how.unit},
            "groups": _groups(how),
        },
        "notes": _notes(how),
    }


def _crowding(how: Crowding) -> dict[str, Any]:
    sentence = _(
        "Every feature at every zoom, but in a tile below zoom %(detail)d in which more than %(most)d features lie: it carries exact"
        " counts by squares (n, share of each group) instead. Nothing is sampled."
    )
    return {
        "generalisation": "counters-where-crowded",
        "aggregation": {"features_from_zoom": how.detail_zoom, "most_features": how.most, "group_by": how.field, "groups": _groups(how)},
        "notes": sentence % {"detail": how.detail_zoom, "most": how.most},
    }


def _groups(how: Grouping) -> dict[str, dict[str, object]]:
    return {group.key: {"title": str(group.title), "values": list(group.values), "color": group.colour} for group in how.groups}


def _notes(how: Generalisation) -> str:
    sentence = _(
        "Every feature from zoom %(detail)d on. To zoom %(counters)d squares and administrative units carry exact counts (n, area,"
        " share of each group); in between, neighbouring features of one group are drawn as one block, which carries n, area and the"
        " change as of which it was made. Features smaller than a pixel are drawn in the group around them and counted there; narrow"
        " roads are closed over. Nothing is sampled."
    )
    return sentence % {"detail": how.detail_zoom, "counters": how.counter_zoom}


def _entry(layer: FeatureLayer, suffix: str, words: str, low: int, high: int, fields: dict[str, str]) -> dict[str, Any]:
    return {"id": f"{layer.name}_{suffix}", "description": words, "minzoom": low, "maxzoom": high, "fields": fields}
