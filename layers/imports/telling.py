"""What an import tells the person who started it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from gis_core.importing.formats import FORMATS
from gis_core.importing.rasters import Raster
from layers.imports.request import Outcome
from layers.models import ImportedLayer

STEPS = {"decoding": gettext_noop("Reading the raster"), "ordering": gettext_noop("Making overviews")}


def raster_remark(raster: Raster) -> str:
    """How a raster was understood."""
    sentence = _("Read as GeoTIFF in %(crs)s: %(width)d × %(height)d pixels, %(bands)d bands of %(type)s.")
    values = {"crs": raster.crs_name, "width": raster.width, "height": raster.height, "bands": len(raster.bands), "type": raster.dtype}
    return sentence % values


def raster_result(layer: ImportedLayer | None, name: str) -> str:
    """The last sentence of a raster's import; no layer: a dry run."""
    if layer is None:
        return _("Dry run: the raster would be the layer “%(name)s”. Nothing was written.") % {"name": name}
    return _("The raster is the layer “%(name)s” (%(scenes)d scenes).") % {"name": layer.name, "scenes": layer.row_count}


def remarks(outcome: Outcome) -> Iterator[str]:
    """How the file was understood, and everything that did not come over as it was."""
    source = outcome.source
    yield _("Read as %(format)s in %(crs)s.") % {"format": FORMATS[source.format].title, "crs": source.crs_name}
    if outcome.renamed:
        yield _("Columns: %(names)s.") % {"names": ", ".join(f"{alias} → {name}" for alias, name in outcome.renamed)}
    if source.left_out:
        yield _("Left out, because a table cannot show them: %(names)s.") % {"names": ", ".join(source.left_out)}
    if outcome.dropped:
        yield _("Left out, because they are empty: %(names)s.") % {"names": ", ".join(outcome.dropped)}
    yield from _of_texts(outcome)
    yield from _of_rows(outcome)
    if not source.offline:
        yield _("This system gave the reading process no namespace without network; its proxy is blocked instead.")


def _of_texts(outcome: Outcome) -> Iterator[str]:
    found = outcome.remarks
    if found.normalised:
        fields = ", ".join(f"{name} {count}" for name, count in found.fields.items())
        yield _("Texts brought to Unicode's composed form (NFC): %(fields)s.") % {"fields": fields}
    if found.legacy:
        yield _("Warning: texts look like %(name)s, an encoding of fonts before Unicode. Convert them first.") % {"name": found.legacy}


def _of_rows(outcome: Outcome) -> Iterator[str]:
    if outcome.remarks.heights:
        yield _("Heights were dropped; their reference is not known.")
    mended = len(outcome.repaired)
    if mended:
        yield ngettext("%(count)d shape was mended.", "%(count)d shapes were mended.", mended) % {"count": mended}
    if outcome.other_kinds:
        yield _("%(count)d rows of other kinds of geometry were left out.") % {"count": outcome.other_kinds}
    if outcome.outside and outcome.layer.access == outcome.layer.Access.SCOPED:
        yield _("%(count)d rows lie in no administrative unit: only those who see every unit see them.") % {"count": outcome.outside}


def result(outcome: Outcome, *, dry_run: bool) -> str:
    """The last sentence."""
    layer = outcome.layer
    values = {"rows": outcome.written, "name": layer.name, "kind": layer.geometry_type, "srid": layer.srid, "zoom": layer.min_zoom}
    done = _("%(rows)d rows are in the layer “%(name)s” (%(kind)s, EPSG:%(srid)d, drawn from zoom %(zoom)d).")
    tried = _("Dry run: %(rows)d rows would come into the layer “%(name)s” (%(kind)s, EPSG:%(srid)d). Nothing was written.")
    return (tried if dry_run else done) % values
