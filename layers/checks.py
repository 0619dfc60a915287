"""System checks of declared layers: a mistake is named with its class, attribute and what is accepted, before anything starts."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.gis.db.models import GeometryField
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db.models import UniqueConstraint

from gis_core.access import AccessRule
from layers.catalogue import catalogue
from layers.editing.contract import Editor
from layers.generalisation import Grouping
from layers.layer import FeatureLayer, Layer
from layers.models.layer_setting import LayerSetting

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
MAX_TILE_FIELDS = 3
# Counters are made of sums by cells of zoom 16, of which 64 by 64 are a tile of zoom 10.
HIGHEST_COUNTERS = 10


@checks.register("layers")
def check_layers(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """All declared layers."""
    return [message for layer in catalogue._declared.values() for message in check_layer(layer)]


def check_layer(layer: Layer) -> Iterator[checks.CheckMessage]:
    """Everything that can be wrong with one declaration."""
    where = type(layer).__qualname__
    if not _NAME.fullmatch(layer.name):
        yield checks.Error(f"{where}.name is {layer.name!r}: use lower-case letters, digits and _, a letter first.", id="layers.E001")
    if not 0 <= layer.min_zoom <= layer.max_zoom <= 24:
        yield checks.Error(f"{where}: min_zoom and max_zoom must be within 0..24 and in order.", id="layers.E002")
    if isinstance(layer, FeatureLayer):
        yield from _check_feature_layer(layer, where)


def _check_feature_layer(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    if not hasattr(layer, "model"):
        yield checks.Error(f"{where}.model is missing: name the model that the layer publishes.", id="layers.E003")
        return
    if not isinstance(getattr(layer.model, "access", None), AccessRule):
        yield checks.Error(f"{where}.model ({layer.model.__name__}) states no `access` rule.", id="layers.E004")
    elif layer.access.public == "flagged" and _field(layer, "is_public") is None:
        yield checks.Error(f'{where}.model ({layer.model.__name__}) has public="flagged" but no column is_public.', id="layers.E010")
    if not hasattr(layer.model._default_manager.all(), "restrict"):
        yield checks.Error(f"{where}.model ({layer.model.__name__}): its `objects` has no restrict(user, action).", id="layers.E005")
    for attribute in ("geometry", "tile_geometry", *(["label_geometry"] if layer.label_geometry else [])):
        field = _field(layer, getattr(layer, attribute))
        # A generated column is a geometry through its output field.
        if not isinstance(getattr(field, "output_field", field), GeometryField):
            yield checks.Error(f"{where}.{attribute} is {getattr(layer, attribute)!r}, which is no geometry field.", id="layers.E006")
    yield from _check_fields(layer, where)
    yield from _check_generalisation(layer, where)
    yield from _check_editor(layer, where)
    yield from _check_metrics(layer, where)
    yield from _check_feed(layer, where)
    if layer.cadence not in LayerSetting.Cadence.values:
        accepted = ", ".join(LayerSetting.Cadence.values)
        yield checks.Error(f"{where}.cadence is {layer.cadence!r}; accepted are: {accepted}.", id="layers.E020")


def _check_metrics(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    names = ["count", *(metric.name for metric in layer.metrics)]
    for name in sorted({name for name in names if names.count(name) > 1 or not _NAME.fullmatch(name)}):
        yield checks.Error(f"{where}.metrics: the name {name!r} is taken or is not of lower-case letters, digits, _.", id="layers.E018")
    for metric in layer.metrics:
        if metric.kind in ("share", "mean") and metric.base is None:
            yield checks.Error(f"{where}.metrics: {metric.name!r} is a {metric.kind} and needs a base.", id="layers.E019")


def _check_feed(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    if layer.feed is None:
        return
    for name in (*layer.feed.key, *layer.feed.values):
        if _field(layer, name) is None:
            yield checks.Error(f"{where}.feed names {name!r}, which {layer.model.__name__} lacks.", id="layers.E021")
    meta = layer.model._meta
    unique = [set(one.fields) for one in meta.constraints if isinstance(one, UniqueConstraint) and one.condition is None]
    unique += [{column.name} for column in meta.concrete_fields if column.unique]
    if set(layer.feed.key) not in unique:
        yield checks.Error(f"{where}.feed has the key {layer.feed.key!r}, which is no unique constraint of its table.", id="layers.E022")


def _check_editor(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    editor = layer.editor
    if editor is None:
        return
    if not issubclass(editor, Editor):
        yield checks.Error(f"{where}.editor is {editor!r}: name a subclass of layers.editing.contract.Editor.", id="layers.E015")
        return
    for name in getattr(editor, "writable", ()):
        if name not in layer.fields:
            yield checks.Error(f"{where}.editor writes {name!r}, which `fields` does not publish.", id="layers.E016")


def _check_generalisation(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    if layer.grouping is not None:
        yield from _check_grouping(layer, layer.grouping, f"{where}.{'generalisation' if layer.generalisation else 'crowding'}")
    how = layer.generalisation
    if how is None:
        return
    if _field(layer, how.measure) is None or how.measure not in layer.fields:
        yield checks.Error(f"{where}.generalisation adds up {how.measure!r}, which `fields` does not publish.", id="layers.E012")
    if not layer.min_zoom <= how.counter_zoom < how.detail_zoom <= layer.max_zoom or how.counter_zoom > HIGHEST_COUNTERS:
        rule = f"min_zoom ≤ counter_zoom < detail_zoom ≤ max_zoom, and counter_zoom ≤ {HIGHEST_COUNTERS}"
        yield checks.Error(f"{where}.generalisation: zooms must keep {rule}.", id="layers.E013")


def _check_grouping(layer: FeatureLayer, how: Grouping, where: str) -> Iterator[checks.CheckMessage]:
    if (how.field or how.groups) and how.field not in layer.tile_fields:
        yield checks.Error(f"{where} groups by {how.field!r}, which `tile_fields` does not name.", id="layers.E011")
    if len(set(how.keys)) != len(how.keys) or not all(_NAME.fullmatch(key) for key in how.keys):
        yield checks.Error(f"{where}: each group needs its own key of lower-case letters, digits, _.", id="layers.E014")


def _check_fields(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    known = sorted(field.name for field in layer.model._meta.get_fields() if getattr(field, "concrete", False))
    named = {
        "fields": layer.fields,
        "tile_fields": layer.tile_fields,
        "search_fields": layer.search_fields,
        "search_numbers": layer.search_numbers,
        "label_field": [layer.label_field] if layer.label_field else [],
        "time_fields": [name for name in layer.time_fields or () if name],
    }
    for attribute, names in named.items():
        for name in names:
            if _field(layer, name) is None:
                hint = f"{layer.model.__name__} has: {', '.join(known)}."
                yield checks.Error(f"{where}.{attribute} names {name!r}, which {layer.model.__name__} lacks.", hint=hint, id="layers.E007")
            elif attribute != "fields" and name not in layer.fields:
                yield checks.Error(f"{where}.{attribute} names {name!r}, which `fields` does not publish.", id="layers.E008")
    yield from _check_tile_fields(layer, where)


def _check_tile_fields(layer: FeatureLayer, where: str) -> Iterator[checks.CheckMessage]:
    for name in set(layer.tile_fields_from) - set(layer.tile_fields):
        yield checks.Error(f"{where}.tile_fields_from names {name!r}, which `tile_fields` does not name.", id="layers.E017")
    for name in layer.tile_fields:
        if getattr(_field(layer, name), "is_relation", False):
            said = f"{where}.tile_fields names {name!r}, a relation; tiles carry plain values: name a field with the text or number itself."
            yield checks.Error(said, id="layers.E014")
    if len(layer.tile_fields) > MAX_TILE_FIELDS:
        yield checks.Error(
            f"{where}.tile_fields has {len(layer.tile_fields)} names; tiles carry at most {MAX_TILE_FIELDS}.", id="layers.E009"
        )


def _field(layer: FeatureLayer, name: str) -> object | None:
    try:
        return layer.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
