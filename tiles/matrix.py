"""Tile matrix sets (OGC 17-083r4): which square of the plane a tile address means."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter

MAX_ZOOM = 22
# Half the circumference of the WGS 84 equator: the edge of WebMercatorQuad in metres.
EDGE = 20037508.342789244


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of WebMercatorQuad: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @classmethod
    def parse(cls, z: str, x: str, y: str) -> "Tile":
        """From the address. Raises BadParameter that names the part out of range."""
        numbers = {name: _whole(name, value) for name, value in (("z", z), ("x", x), ("y", y))}
        if numbers["z"] > MAX_ZOOM:
            raise BadParameter(_("z is %(z)d; accepted are 0 to %(max)d.") % {"z": numbers["z"], "max": MAX_ZOOM}, field="z")
        side = 1 << numbers["z"]
        for name in ("x", "y"):
            if numbers[name] >= side:
                values = {"name": name, "value": numbers[name], "max": side - 1, "z": numbers["z"]}
                raise BadParameter(_("%(name)s is %(value)d; at zoom %(z)d accepted are 0 to %(max)d.") % values, field=name)
        return cls(**numbers)

    @property
    def size(self) -> float:
        """Edge length in EPSG:3857 metres."""
        return 2 * EDGE / (1 << self.z)

    def bounds(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) in EPSG:3857, widened by `margin` tile widths on every side."""
        size = self.size
        west, north = -EDGE + self.x * size, EDGE - self.y * size
        extra = margin * size
        return west - extra, north - size - extra, west + size + extra, north + extra


def _whole(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise BadParameter(_("%(name)s must be a whole number, 0 or more.") % {"name": name}, field=name)
    return int(value)
