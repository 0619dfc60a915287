"""What an analysis is asked about rasters: which one, which of its bands, as of which day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.errors import BadParameter, NotFound
from layers.analysis.parameters import Day, Number, Parameter, Values
from layers.catalogue import catalogue
from layers.layer import CoverageLayer


@dataclass(frozen=True, kw_only=True)
class RasterChoice(Parameter):
    """A raster that the asker may query."""

    kind = "raster"

    def read(self, value: Any, scope: Scope, read: Values) -> CoverageLayer:
        """See Parameter."""
        try:
            return catalogue.coverage(str(value), scope, "query")
        except NotFound as error:
            raise NotFound(error.detail, field=self.name) from None


@dataclass(frozen=True, kw_only=True)
class Band(Number):
    """A band of the raster that the parameter `of` names, counted from 1."""

    of: str = "raster"
    low: float = 1
    high: float = 65_535
    whole: bool = True
    default: Any = 1

    def read(self, value: Any, scope: Scope, read: Values) -> float | int:
        """See Parameter."""
        number = super().read(value, scope, read)
        raster: CoverageLayer = read[self.of]
        bands = len(raster.raster.bands)
        if number > bands:
            sentence = _("%(field)s: “%(raster)s” has %(bands)d bands; it is %(value)s.")
            values = {"field": self.name, "raster": raster.title, "bands": bands, "value": number}
            raise BadParameter(sentence % values, field=self.name)
        return number


@dataclass(frozen=True, kw_only=True)
class RasterDay(Day):
    """A date on which the raster that `of` names shows something."""

    of: str = "raster"
    required: bool = False

    def read(self, value: Any, scope: Scope, read: Values) -> date:
        """See Parameter."""
        day = super().read(value, scope, read)
        raster: CoverageLayer = read[self.of]
        if not raster.shown(day):
            sentence = _("%(field)s: “%(raster)s” shows nothing on that day.")
            raise BadParameter(sentence % {"field": self.name, "raster": raster.title}, field=self.name)
        return day
