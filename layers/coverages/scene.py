"""A scene: one raster file of a coverage, with the day on which it was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from gis_core import crs
from gis_core.importing import raster_crs
from gis_core.importing.rasters import Raster

Box = tuple[float, float, float, float]
Moment = datetime | date | tuple[datetime | date | None, datetime | date | None] | None


@dataclass(frozen=True)
class Scene:
    """`file` is a name in COVERAGE_DIR whose content never changes; `taken` is None for a scene of no known day."""

    file: str
    raster: Raster
    taken: date | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return folder() / self.file

    @cached_property
    def mercator(self) -> Box:
        """Its box in EPSG:3857."""
        return raster_crs.moved_box(self.raster.srid, crs.WEB_MERCATOR, self.raster.bounds)

    @cached_property
    def degrees(self) -> Box:
        """Its box in longitude and latitude."""
        return raster_crs.moved_box(self.raster.srid, crs.WGS84, self.raster.bounds)

    def meets(self, box: Box) -> bool:
        """Whether something of it may lie in a box of EPSG:3857."""
        west, south, east, north = self.mercator
        return west < box[2] and east > box[0] and south < box[3] and north > box[1]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"file": self.file, "taken": self.taken.isoformat() if self.taken else "", "raster": self.raster.as_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Scene":
        """From JSON."""
        taken = values.get("taken")
        return cls(values["file"], Raster.from_dict(values["raster"]), date.fromisoformat(taken) if taken else None)


def folder() -> Path:
    """Where converted rasters lie: on a disk that every process of the service sees."""
    found: Path = settings.COVERAGE_DIR
    return found


def at(scenes: Sequence[Scene], when: Moment) -> list[Scene]:
    """The scenes that are shown at a moment, the topmost first: the newest up to it, or those of an interval.

    Scenes of no known day lie below all others.
    """
    start, end = when if isinstance(when, tuple) else (None, when)
    first, last = _day(start), _day(end)
    dated = [(scene.taken, scene) for scene in scenes if scene.taken is not None]
    shown = [(taken, scene) for taken, scene in dated if (first is None or taken >= first) and (last is None or taken <= last)]
    undated = [scene for scene in scenes if scene.taken is None] if first is None else []
    # Of one day the last that was brought lies on top.
    newest = sorted(shown, key=lambda pair: pair[0])[::-1]
    return [scene for _taken, scene in newest] + undated[::-1]


def _day(moment: datetime | date | None) -> date | None:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment
