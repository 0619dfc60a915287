"""The layer of an uploaded raster, made at run time from its description."""

from typing import ClassVar, cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gis_core.access import Action, Reach, Scope
from layers.coverages.looks import RasterLook
from layers.coverages.scene import Scene
from layers.imports.rules import RULES
from layers.layer import CoverageLayer
from layers.models import ImportedLayer


class ImportedCoverage(CoverageLayer):
    """A raster that somebody uploaded: for everybody, or for those who work in one of its units."""

    group = _("Rasters")
    description: ClassVar[ImportedLayer]
    units: ClassVar[frozenset[int]] = frozenset()

    def reach(self, scope: Scope, action: Action = "view") -> Reach:
        """Everything or nothing. Staff of a unit below those that it is shared with do not see it: it shows their neighbours too."""
        found = self.access.reach(scope, action)
        return Reach(everything=found.everything or not self.units.isdisjoint(found.units))


def coverage_class(description: ImportedLayer) -> type[ImportedCoverage]:
    """A new layer class for a description."""
    held = description.raster or {}
    attributes = {
        "__doc__": f"Imported from {description.source_name}.",
        "__module__": __name__,
        "name": description.name,
        "title": description.title or description.name,
        "abstract": format_lazy(_("Imported from the file {name}."), name=description.source_name),
        "access": RULES[description.access],
        "scenes": tuple(Scene.from_dict(scene) for scene in held["scenes"]),
        "look": RasterLook.from_dict(description.look) if description.look else None,
        "unit": held.get("unit", ""),
        "is_demo": description.is_demo,
        "units": frozenset(description.units),
        "description": description,
        # Rasters are large and cover what lies below: whoever wants them switches them on.
        "visible": False,
    }
    return cast(type[ImportedCoverage], type(f"Coverage{description.name.title().replace('_', '')}", (ImportedCoverage,), attributes))
