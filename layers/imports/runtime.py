"""The layer class and the model of an imported table, made at run time from its description.

The models live in an application registry of their own: the project's registry would take them for models of the code (the
autodetector would write migrations for them, a renewed one would be "already registered"). The foreign key to administrative
units needs no registry, because it names the class.
"""

import hashlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

from django.apps.registry import Apps
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gis_core.functions import LabelPoint, WebMercator
from gis_core.importing.messages import ColumnType
from gis_core.models import SpatialRow
from layers.coverages.runtime import coverage_class
from layers.generalisation import Crowding
from layers.imports.portrayal import colours, dark_paint, style
from layers.imports.rules import RULES
from layers.layer import FeatureLayer, Layer
from layers.models.imported_layer import Column, ImportedLayer

_GEOMETRIES: Mapping[str, Any] = MappingProxyType(
    {
        "Point": models.PointField,
        "MultiPoint": models.MultiPointField,
        "LineString": models.LineStringField,
        "MultiLineString": models.MultiLineStringField,
        "Polygon": models.PolygonField,
        "MultiPolygon": models.MultiPolygonField,
    }
)
_COLUMNS: Mapping[ColumnType, Any] = MappingProxyType(
    {
        "boolean": models.BooleanField,
        "integer": models.IntegerField,
        "bigint": models.BigIntegerField,
        "double": models.FloatField,
        "text": models.TextField,
        "date": models.DateField,
        "time": models.TimeField,
        "timestamp": models.DateTimeField,
    }
)
# Names that a column cannot have: Django's own attributes of a model, and the columns that every imported table has.
RESERVED = frozenset(name for name in dir(SpatialRow) if name.islower()) | {
    *(
        "id",
        "pk",
        "objects",
        "geom",
        "geom_3857",
        "label_3857",
        "is_public",
        "admin_unit",
        "admin_unit_id",
        "admin_unit_code",
        "is_demo",
        "updated_at",
    ),
}


class ImportedFeatureLayer(FeatureLayer):
    """A layer over an imported table."""

    group = _("Imported data")
    decimals = 9
    description: ClassVar[ImportedLayer]


_layers: dict[str, tuple[object, Layer]] = {}


def layer_of(description: ImportedLayer) -> Layer:
    """The layer of a description; the same one as long as the description stays the same."""
    state = (description.pk, description.updated_at)
    known = _layers.get(description.name)
    if known is None or known[0] != state:
        made = coverage_class(description) if description.is_coverage else layer_class(description)
        known = _layers[description.name] = (state, made())
    return known[1]


def layer_class(description: ImportedLayer) -> type[ImportedFeatureLayer]:
    """A new layer class for a description."""
    names = [column["name"] for column in description.columns]
    attributes = {
        "__doc__": f"Imported from {description.source_name}.",
        "__module__": __name__,
        "model": model_of(description),
        "name": description.name,
        "title": description.title or description.name,
        "abstract": format_lazy(_("Imported from the file {name}."), name=description.source_name),
        "fields": (*names, "admin_unit"),
        "tile_fields": tuple(description.tile_fields),
        "search_fields": tuple(description.search_fields),
        "label_field": description.label_field,
        "label_geometry": "label_3857" if description.label_field and is_surface(description.geometry_type) else "",
        "crowding": Crowding(colour=colours(description.name)[0]),
        "min_zoom": description.min_zoom,
        "dark_paint": dark_paint(description.name, description.look),
        "style": style(description.name, description.geometry_type, description.label_field, description.look),
        "description": description,
    }
    return cast(type[ImportedFeatureLayer], type(_class_name(description.name), (ImportedFeatureLayer,), attributes))


def model_of(description: ImportedLayer) -> type[SpatialRow]:
    """The model of an imported table. Loading creates the table from it too, so that the two cannot differ."""
    geometry = _GEOMETRIES[description.geometry_type]
    attributes: dict[str, Any] = {
        "__module__": __name__,
        "access": RULES[description.access],
        "Meta": _meta(description),
        "is_public": models.BooleanField(_("published"), default=False),
        **dict(_attribute_fields(description.columns)),
        "geom": geometry(srid=description.srid),
        "geom_3857": models.GeneratedField(
            expression=WebMercator(F("geom")), output_field=geometry(srid=3857, spatial_index=False), db_persist=True
        ),
    }
    if is_surface(description.geometry_type):
        point = models.PointField(srid=3857, spatial_index=False)
        attributes["label_3857"] = models.GeneratedField(expression=LabelPoint(F("geom")), output_field=point, db_persist=True)
    return cast(type[SpatialRow], type(_class_name(description.name), (SpatialRow,), attributes))


def is_surface(geometry_type: str) -> bool:
    """Whether features are polygons, whose names stand at a point of their own."""
    return geometry_type.endswith("Polygon")


def _attribute_fields(columns: list[Column]) -> "Iterator[tuple[str, models.Field[Any, Any]]]":
    """A field a column; every value may be missing, as in files."""
    for column in columns:
        yield column["name"], _COLUMNS[column["type"]](column["alias"], null=True, blank=True)


def _meta(description: ImportedLayer) -> type:
    key = description.key_field
    values = {
        "app_label": "layers",
        "apps": Apps(),
        "db_table": description.table,
        "verbose_name": description.title or description.name,
        "indexes": [GistIndex(fields=["geom_3857"], name=_index_name(description.table))],  # tiles
        "constraints": [models.UniqueConstraint(fields=[key], name=f"{description.table[:56]}_key")] if key else [],
    }
    return type("Meta", (), values)


def _index_name(table: str) -> str:
    """At most the 30 letters that Django allows, and another one for each of two tables whose long names begin alike."""
    return f"{table[:16]}_{hashlib.blake2b(table.encode(), digest_size=4).hexdigest()}_tile"


def _class_name(name: str) -> str:
    return "Imported" + "".join(part.capitalize() for part in name.split("_"))
