"""How a coverage is drawn: in its own colours, by a colour map, shaded as relief; chosen by its owner, or asked for in an address."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import BadParameter
from gis_core.importing.rasters import Raster
from layers.coverages import colours
from layers.coverages.expressions import Expression, parsed

LookKind = Literal["natural", "ramp", "hillshade", "relief"]
KINDS: tuple[LookKind, ...] = ("natural", "ramp", "hillshade", "relief")
TITLES = {
    "natural": gettext_lazy("Natural colours"), "ramp": gettext_lazy("Colour map"),
    "hillshade": gettext_lazy("Hillshade"), "relief": gettext_lazy("Heights under light"),
}  # fmt: skip
_HIGHEST = 1e15
# Heights that differ by this much need no exaggeration; those that differ by less get up to the other number.
_PLAIN_M, _STEEPEST = 400.0, 10.0


@dataclass(frozen=True)
class RasterLook:
    """`natural`: three bands as red, green, blue. `ramp`: one band or an expression by a colour map between two values. `hillshade`:
    one band of heights under a light. `relief`: the ramp under that light. `low` and `high` None: stretched by the data;
    `exaggeration` None: as the data need it."""

    kind: LookKind
    bands: tuple[int, ...] = (1,)
    expression: str = ""
    colours: str = "viridis"
    reverse: bool = False
    low: float | None = None
    high: float | None = None
    azimuth: float = 315.0
    altitude: float = 45.0
    exaggeration: float | None = None

    @property
    def key(self) -> str:
        """All that it contributes to a picture."""
        return repr(self)

    @property
    def shaded(self) -> bool:
        """Whether slopes are drawn, which need the pixels beside the picture too."""
        return self.kind in ("hillshade", "relief")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From JSON that was checked when it was kept."""
        return cls(**{**values, "bands": tuple(values.get("bands", (1,)))})

    def computed(self, raster: Raster) -> Expression | None:
        """The expression, where there is one. Raises BadParameter."""
        return parsed(self.expression, len(raster.bands)) if self.expression else None

    def range(self, raster: Raster) -> tuple[float, float]:
        """The values at the ends of the colour map."""
        low, high = self.low, self.high
        if low is None or high is None:
            if self.expression:
                low, high = (-1.0, 1.0) if low is None or high is None else (low, high)
            else:
                band = raster.bands[self.bands[0] - 1]
                low = band.low if low is None else low
                high = band.high if high is None else high
        return (low, high) if low < high else (low, low + 1.0)

    def exaggerated(self, raster: Raster) -> float:
        """How many times steeper slopes are drawn: a plain under its true light is one even grey, mountains need no help.

        From the whole raster, so that neighbouring pictures meet.
        """
        if self.exaggeration is not None:
            return self.exaggeration
        band = raster.bands[self.bands[0] - 1]
        return min(max(_PLAIN_M / max(band.high - band.low, 1e-6), 1.0), _STEEPEST)


def default_look(raster: Raster) -> RasterLook:
    """What a raster looks like before anybody chose: pictures as pictures, a single band of numbers as heights or by a colour map."""
    count = len(raster.bands)
    if count >= 3:
        return RasterLook("natural", _rgb(raster))
    if raster.dtype == "uint8":
        return RasterLook("ramp", colours="greys", reverse=True)
    return RasterLook("relief", colours="elevation") if is_heights(raster) else RasterLook("ramp")


def is_heights(raster: Raster) -> bool:
    """Whether a single band may be heights in metres: between the deepest sea and the highest summit, and finer than steps of ten."""
    band = raster.bands[0]
    return len(raster.bands) == 1 and raster.dtype != "uint8" and band.minimum >= -12_000 and band.maximum <= 9_000 and band.maximum > 3


def _rgb(raster: Raster) -> tuple[int, int, int]:
    names = [band.name.lower() for band in raster.bands]
    found = [names.index(name) + 1 if name in names else 0 for name in ("red", "green", "blue")]
    return (found[0], found[1], found[2]) if all(found) else (1, 2, 3)


def styles(raster: Raster) -> tuple[str, ...]:
    """Names of the styles that services offer for a coverage beside those of every layer."""
    return ("hillshade", "relief") if is_heights(raster) else ()


def in_style(look: RasterLook, raster: Raster, name: str) -> RasterLook:
    """The look that a style's name means. Raises BadParameter."""
    if name in ("", "default", "dark"):
        return look
    if name not in styles(raster):
        accepted = ", ".join(("default", "dark", *styles(raster)))
        sentence = _("There is no style “%(name)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"name": name[:60], "accepted": accepted}, field="style")
    if name == "hillshade":
        return replace(look, kind="hillshade", bands=(1,), expression="")
    return replace(look, kind="relief", bands=(1,), expression="", colours=look.colours if look.kind in ("ramp", "relief") else "elevation")


def checked(values: dict[str, Any], raster: Raster) -> RasterLook:
    """A look that somebody wants to keep. Raises BadParameter, which names the field."""
    known = RasterLook("ramp").as_dict()
    for name in values:
        if name not in known:
            raise _wrong("look", ", ".join(known))
    kind = values.get("kind")
    if kind not in KINDS:
        raise _wrong("kind", ", ".join(KINDS))
    expression = str(values.get("expression") or "")
    if expression:
        parsed(expression, len(raster.bands))
    low, high = _number(values, "low"), _number(values, "high")
    if low is not None and high is not None and low >= high:
        raise _wrong("high", _("a number above low"))
    return RasterLook(
        kind=kind,
        bands=checked_bands(values.get("bands") or [1], raster, 3 if kind == "natural" else 1),
        expression=expression if kind == "ramp" else "",
        colours=checked_colours(values.get("colours", "viridis")),
        reverse=bool(values.get("reverse", False)),
        low=low,
        high=high,
        azimuth=_within(values, "azimuth", 315.0, 0.0, 360.0),
        altitude=_within(values, "altitude", 45.0, 1.0, 90.0),
        exaggeration=None if values.get("exaggeration") is None else _within(values, "exaggeration", 1.0, 0.1, 100.0),
    )


def checked_bands(given: Sequence[Any], raster: Raster, count: int) -> tuple[int, ...]:
    """`count` numbers of bands. Raises BadParameter."""
    accepted = range(1, len(raster.bands) + 1)
    if len(given) != count or not all(isinstance(band, int) and not isinstance(band, bool) and band in accepted for band in given):
        raise _wrong("bands", _("%(count)d of 1 to %(last)d") % {"count": count, "last": len(raster.bands)})
    return tuple(given)


def checked_colours(name: object) -> str:
    """The name of a colour map. Raises BadParameter."""
    if name not in colours.NAMES:
        raise _wrong("colours", ", ".join(colours.NAMES))
    return str(name)


def _number(values: dict[str, Any], name: str) -> float | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > _HIGHEST:
        raise _wrong(name, _("a number"))
    return float(value)


def _within(values: dict[str, Any], name: str, otherwise: float, low: float, high: float) -> float:
    value = _number(values, name)
    if value is None:
        return otherwise
    if not low <= value <= high:
        raise _wrong(name, _("a number from %(low)g to %(high)g") % {"low": low, "high": high})
    return value


def _wrong(field: str, accepted: str) -> BadParameter:
    return BadParameter(_("%(field)s: accepted is %(accepted)s.") % {"field": field, "accepted": accepted}, field=field)
