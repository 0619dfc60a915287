"""The outlines of today's communes by code and by name: what a table stands for that names units instead of places."""

from gis_core.importing import formats
from gis_core.importing.reading.units import key_of
from gis_core.models import AdminUnit

TABLES = (formats.CSV, formats.XLSX)


def outlines(units: tuple[AdminUnit, ...]) -> dict[str, str]:
    """WKB as hexadecimal text; all communes or those below `units`. A name that two of them have is left out."""
    communes = AdminUnit.objects.current().filter(level=AdminUnit.Level.COMMUNE)
    if units:
        below = [pk for unit in units for pk in communes.subtree(unit.path).values_list("pk", flat=True)]
        communes = communes.filter(pk__in=below)
    found: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for unit in communes.only("code", "name", "geom"):
        outline = bytes(unit.geom.wkb).hex()
        found[key_of(unit.code)] = outline
        names.setdefault(key_of(unit.name), []).append(outline)
    return {**{name: outlines[0] for name, outlines in names.items() if len(outlines) == 1}, **found}
