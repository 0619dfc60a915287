"""Versions of imported layers: what was there before a file took its place, kept so that it can come back.

The newest version is the layer's own table. When another takes its place it is copied into a table of its own, which no
service reads; the last few are kept.
"""

from typing import Any, Literal

from django.utils.translation import gettext as _

from gis_core.changes.tracking import quote
from gis_core.models import User
from layers.imports import publish
from layers.imports.database import run
from layers.imports.request import ImportRefused, Mode
from layers.imports.runtime import layer_class
from layers.models import ImportedLayer, LayerVersion
from layers.queries import folding

KEPT = 5
# What of a layer's description belongs to its rows.
_DESCRIBED = (
    *("geometry_type", "srid", "columns", "key_field", "label_field", "tile_fields", "search_fields", "min_zoom"),
    *("source_name", "source_sha256", "row_count", "raster"),
)


def supersede(layer: ImportedLayer) -> None:
    """Keep the present rows of a layer, whose table is about to change; nothing of a layer that is new."""
    newest = LayerVersion.objects.filter(layer=layer.pk).order_by("-number").first() if layer.pk else None
    if newest is None:
        return
    newest.table = f"past_{newest.number}_{layer.name}"
    # The copies are made and dropped at run time: no model. A raster's files stay where they are as long as a kept version names them.
    if not layer.is_coverage:
        run(f"CREATE TABLE {quote(newest.table)} AS TABLE {quote(layer.table)}")
    newest.save(update_fields=["table"])
    for old in LayerVersion.objects.filter(layer=layer, number__lte=newest.number - KEPT).exclude(table=""):
        _drop(old)


def record(layer: ImportedLayer, mode: "Mode | Literal['rollback']", author: User | None, of: int | None = None) -> LayerVersion:
    """The layer's table, as it is now, is its newest version."""
    last = LayerVersion.objects.filter(layer=layer).order_by("-number").first()
    described = {name: getattr(layer, name) for name in _DESCRIBED}
    number = last.number + 1 if last else 1
    return LayerVersion.objects.create(layer=layer, number=number, mode=mode, author=author, described=described, brought_back=of)


def kept(layer: ImportedLayer, number: int) -> LayerVersion:
    """A former version whose rows are still there. Raises ImportRefused."""
    found = LayerVersion.objects.filter(layer=layer, number=number).exclude(table="").first()
    if found is None:
        numbers = LayerVersion.objects.filter(layer=layer).exclude(table="").order_by("number").values_list("number", flat=True)
        known = ", ".join(map(str, numbers)) or "–"
        raise ImportRefused(_("Version %(number)d is not kept. Kept are: %(known)s.") % {"number": number, "known": known})
    return found


def restore(layer: ImportedLayer, version: LayerVersion) -> None:
    """Put the rows of a former version in place of the present ones; who may see them stays as it is now."""
    described: dict[str, Any] = version.described
    for name, value in described.items():
        setattr(layer, name, value)
    if layer.is_coverage:
        return
    shared = ["id", "admin_unit_id", "is_demo", "updated_at", "geom", *(column["name"] for column in layer.columns)]
    names = ", ".join(map(quote, shared))
    public = layer.access == ImportedLayer.Access.PUBLIC

    def fill() -> int:
        written = run(
            f"INSERT INTO {quote(layer.table)} ({names}, is_public) SELECT {names}, %s FROM {quote(version.table)}",  # noqa: S608  quoted
            [public],
        )
        publish.set_sequence(layer.table)
        return written

    publish.make(layer, fill)
    folding.ensure_indexes([layer_class(layer)()])


def drop_all(layer: ImportedLayer) -> None:
    """Forget every version of a layer."""
    for version in LayerVersion.objects.filter(layer=layer).exclude(table=""):
        _drop(version)


def _drop(version: LayerVersion) -> None:
    if not version.described.get("raster"):
        run(f"DROP TABLE IF EXISTS {quote(version.table)}")
    version.table = ""
    version.save(update_fields=["table"])
