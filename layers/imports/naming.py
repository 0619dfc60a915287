"""A free name for a layer, from what people call it."""

from gis_core.importing.columns import identifier
from layers.catalogue import catalogue
from layers.models import ImportedLayer
from layers.models.imported_layer import MAX_NAME

_ROOM = 5  # for a number behind a name that is taken


def free_name(title: str) -> str:
    """The title as an identifier, with a number behind it where that name is taken."""
    base = identifier(title)[: MAX_NAME - _ROOM].strip("_") or "layer"
    taken = set(ImportedLayer.objects.values_list("name", flat=True)) | {layer.name for layer in catalogue}
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name
