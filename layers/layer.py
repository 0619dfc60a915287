"""What a map layer is: declared once, published by every service under one name and one permission rule."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from django.contrib.gis.db.models import GeometryField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from gis_core.access import AccessRule, Action, Reach, Scope
from layers.coverages.looks import RasterLook, default_look
from layers.coverages.scene import Scene, at
from layers.feed import Feed
from layers.generalisation import Crowding, Generalisation, Grouping
from layers.metric import Metric, Shown

if TYPE_CHECKING:
    from gis_core.importing.rasters import Raster
    from layers.editing.contract import Editor

Service = Literal["tiles", "features", "wfs", "wms", "search", "wall", "query"]
GeometryKind = Literal["point", "line", "polygon"]
# One MapLibre style layer without id, source and source-layer; the legend is drawn from it too.
StyleLayer = Mapping[str, Any]
Title = str | Promise
Interval = tuple[datetime | date | None, datetime | date | None]
# A moment that a request names; None: it names none.
When = datetime | date | None
M = TypeVar("M", bound="datetime | date | tuple[datetime | date | None, datetime | date | None] | None")

ALL_SERVICES: frozenset[Service] = frozenset({"tiles", "features", "wfs", "wms", "search", "wall", "query"})


class Layer:
    """The common part of every kind of layer.

    `name` is at once the OGC collection, the WFS type, the WMS layer, the MVT layer, the style's source-layer and the slug
    in URLs. `group` sorts the catalogue; `style` is a sequence of MapLibre layers.
    """

    name: ClassVar[str] = ""
    title: ClassVar[Title] = ""
    abstract: ClassVar[Title] = ""
    group: ClassVar[Title] = ""
    services: ClassVar[frozenset[Service]] = ALL_SERVICES
    min_zoom: ClassVar[int] = 0
    max_zoom: ClassVar[int] = 22
    visible: ClassVar[bool] = True  # switched on when the map opens; LayerSetting may say otherwise
    # How often its owner has to renew it (a value of LayerSetting.Cadence) until an administrator says otherwise.
    cadence: ClassVar[str] = "as_needed"
    style: ClassVar[Sequence[StyleLayer]] = ()
    # Paint of the dark wall by id of a style layer; text turns light by itself.
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})

    def reach(self, scope: Scope, action: Action = "view") -> Reach:
        """The rows of this layer that `scope` reaches; falsy when the layer does not exist for it."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<Layer {self.name}>"


class FeatureLayer(Layer):
    """A layer over a model.

    A field that `fields` does not name is never served and never queryable. `tile_fields` (at most 3) go into tiles; the
    rest is fetched on click. `time_fields` name the validity (from, exclusive to) or the one time of an event.
    """

    model: ClassVar[type[models.Model]]
    geometry: ClassVar[str] = "geom"
    tile_geometry: ClassVar[str] = "geom_3857"
    fields: ClassVar[Sequence[str]] = ()
    tile_fields: ClassVar[Sequence[str]] = ()
    # Of those, the zoom from which tiles carry a field that is drawn from close by alone: numbers on labels make large tiles larger.
    tile_fields_from: ClassVar[Mapping[str, int]] = MappingProxyType({})
    search_fields: ClassVar[Sequence[str]] = ()
    # Fields that two numbers in the search box name in this order: "7/123" is sheet 7, parcel 123.
    search_numbers: ClassVar[Sequence[str]] = ()
    label_field: ClassVar[str] = ""
    # A point column (EPSG:3857) where the label stands; without it a surface is labelled once in every tile it covers.
    label_geometry: ClassVar[str] = ""
    time_fields: ClassVar[tuple[str, str | None] | None] = None
    # Fields with beginning and end for playback, where the end is no matter of `time_fields`: a report is over once resolved.
    playback: ClassVar[tuple[str, str | None] | None] = None
    # A layer of validities shows the present unless a date is asked; one of events shows everything.
    shows_present: ClassVar[bool] = False
    # Its surfaces are the ground of the map: everything is drawn above them, rasters too, which they would hide.
    is_ground: ClassVar[bool] = False
    # Below its detail zoom such a layer is drawn as counters and blocks instead of single features (tiles/pyramid).
    generalisation: ClassVar[Generalisation | None] = None
    # Such a layer is drawn feature by feature, but for tiles that would hold too many (tiles/pyramid/crowded.py).
    crowding: ClassVar[Crowding | None] = None
    # Takes writes of WFS-T and OGC API – Features Part 4 (layers/editing); None: the layer is read-only for them.
    editor: ClassVar["type[Editor] | None"] = None
    # How its rows arrive by API, table, map file and command (layers/feed.py); None: by imports and editors alone.
    feed: ClassVar[Feed | None] = None
    # Names of fields in the registry's exchange formats, which analysts know (SoHieuToBanDo); forms of QGIS show them.
    registry_names: ClassVar[Mapping[str, str]] = MappingProxyType({})
    # Numbers of its rows, evaluated by unit, viewport, period and day (/query/metrics); every layer has `count`.
    metrics: ClassVar[Sequence[Metric]] = ()
    # Which of them the map wall shows, in this order.
    wall: ClassVar[Sequence[Shown]] = ()
    decimals: ClassVar[int] = 7  # of published lon/lat; parcels need 8 or more

    @cached_property
    def access(self) -> AccessRule:
        """The model's rule."""
        rule: AccessRule = self.model.access  # type: ignore[attr-defined]
        return rule

    @property
    def grouping(self) -> Grouping | None:
        """How features are counted where they are not drawn one by one; None for a layer that always draws them."""
        return self.generalisation or self.crowding

    def carried(self, zoom: int) -> tuple[str, ...]:
        """The tile fields in tiles of `zoom` (of WebMercatorQuad)."""
        return tuple(name for name in self.tile_fields if self.tile_fields_from.get(name, 0) <= zoom)

    def reach(self, scope: Scope, action: Action = "view") -> Reach:
        """See Layer.reach."""
        return self.access.reach(scope, action)

    def rows(self, reach: Reach, when: When | Interval = None) -> QuerySet[Any]:
        """The rows inside `reach`, at an instant or in an interval where asked. Every service reads through here."""
        rows: QuerySet[Any] = self.model.objects.within(reach)  # type: ignore[attr-defined]
        condition = self.time_condition(when)
        return rows.filter(condition) if condition is not None else rows

    def queryset(self, scope: Scope, action: Action = "view") -> QuerySet[Any]:
        """The rows on which `scope` may do `action`."""
        rows: QuerySet[Any] = self.model.objects.within(self.reach(scope, action))  # type: ignore[attr-defined]
        return rows

    @cached_property
    def moments(self) -> tuple[str, str | None] | None:
        """The fields by which playback shows and hides a feature; None for a layer without moments (dates are no moments)."""
        named = self.playback or self.time_fields
        if named is None or not isinstance(self.model._meta.get_field(named[0]), models.DateTimeField):
            return None
        return named if set(filter(None, named)) <= set(self.fields) else None

    def moment(self, when: M) -> M | date:
        """What is shown where nothing was asked: today for a layer of validities. Ask anew each time: today ends at midnight."""
        return timezone.localdate() if when is None and self.shows_present else when

    def time_condition(self, when: When | Interval) -> Q | None:
        """The predicate for an instant or interval; None when time says nothing about this layer."""
        if self.time_fields is None:
            return None
        when = self.moment(when)
        if when is None:
            return None
        start, end = when if isinstance(when, tuple) else (when, when)
        return self._starts_by(end) & self._ends_after(start)

    def _starts_by(self, moment: When) -> Q:
        begins = self._time_column(0)
        return Q() if moment is None else Q(**{f"{begins.name}__lte": fit_moment(moment, begins, latest=True)})

    def _ends_after(self, moment: When) -> Q:
        if moment is None:
            return Q()
        begins, ends = self._time_column(0), self.time_fields[1] if self.time_fields else None
        if ends is None:
            return Q(**{f"{begins.name}__gte": fit_moment(moment, begins)})
        return Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gt": fit_moment(moment, self._time_column(1))})

    def _time_column(self, index: int) -> "models.Field[Any, Any]":
        assert self.time_fields is not None
        column = self.time_fields[index]
        assert column is not None
        return self.model._meta.get_field(column)  # type: ignore[return-value]

    @cached_property
    def geometry_field(self) -> "GeometryField[Any, Any]":
        """The field that holds the true geometry."""
        field = self.model._meta.get_field(self.geometry)
        assert isinstance(field, GeometryField)
        return field

    @property
    def label_layer(self) -> str:
        """The MVT layer that labels are drawn from: one of its own where there are label points."""
        return f"{self.name}_label" if self.label_geometry else self.name

    @property
    def srid(self) -> int:
        """The storage CRS."""
        return int(self.geometry_field.srid)

    @cached_property
    def geometry_kind(self) -> GeometryKind:
        """Point, line or polygon: what the style and the legend draw."""
        kind = self.geometry_field.geom_type.lower()
        return "point" if "point" in kind else "line" if "line" in kind else "polygon"

    @property
    def table(self) -> str:
        """The database table: what the change log calls this layer's rows."""
        return str(self.model._meta.db_table)


class CoverageLayer(Layer):
    """A raster: cloud-optimised GeoTIFFs read by rasterio. `access` says who sees it; a coverage has no rows, so it is seen whole or
    not at all. `look` is how it is drawn (layers/coverages/looks.py)."""

    access: ClassVar[AccessRule] = AccessRule()
    services: ClassVar[frozenset[Service]] = frozenset({"tiles", "wms", "wall", "query"})
    scenes: "ClassVar[Sequence[Scene]]" = ()
    look: "ClassVar[RasterLook | None]" = None
    # What the values are measured in, for people ("m").
    unit: ClassVar[str] = ""
    is_demo: ClassVar[bool] = False

    def reach(self, scope: Scope, action: Action = "view") -> Reach:
        """Everything or nothing."""
        return Reach(everything=bool(self.access.reach(scope, action)))

    @property
    def raster(self) -> "Raster":
        """What the first scene is: its bands, type and plane are those of all."""
        return self.scenes[0].raster

    @property
    def srid(self) -> int:
        """The CRS of the first scene."""
        return self.raster.srid

    @cached_property
    def drawn(self) -> "RasterLook":
        """The look that it has, or the one that its data suggest."""
        return self.look or default_look(self.raster)

    @cached_property
    def state(self) -> str:
        """All that its pictures and values depend on: files whose content never changes, their days, and the look."""
        return "|".join((self.name, *(f"{scene.file}@{scene.taken}" for scene in self.scenes), self.drawn.key))

    def shown(self, when: When | Interval = None) -> "list[Scene]":
        """The scenes of a moment, the topmost first."""
        return at(self.scenes, when)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day on which a scene was taken."""
        found = [scene.taken for scene in self.scenes if scene.taken is not None]
        return (min(found), max(found)) if found else None

    @cached_property
    def mercator(self) -> tuple[float, float, float, float]:
        """The box of all scenes in EPSG:3857."""
        return around([scene.mercator for scene in self.scenes])

    @cached_property
    def degrees(self) -> tuple[float, float, float, float]:
        """The box of all scenes in longitude and latitude."""
        return around([scene.degrees for scene in self.scenes])


def around(boxes: "Sequence[tuple[float, float, float, float]]") -> tuple[float, float, float, float]:
    """The box around boxes."""
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def fit_moment(moment: datetime | date, column: "models.Field[Any, Any]", *, latest: bool = False) -> datetime | date:
    """`moment` in the column's own type: a date for a date, its first (or last) instant in local time for a timestamp."""
    if isinstance(column, models.DateTimeField):
        if isinstance(moment, datetime):
            return moment
        return timezone.make_aware(datetime.combine(moment, time.max if latest else time.min))
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
