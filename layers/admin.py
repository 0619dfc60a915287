"""Administration of how layers are shown and who answers for them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_core.access import Reach
from gis_core.changes.hub import hub
from gis_core.errors import BadParameter
from layers.alerts import administration  # noqa: F401  registers itself
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.models import (
    BlackSpot,
    Camera,
    CropArea,
    DossierCount,
    Facility,
    FeatureEdit,
    FocalContact,
    ImportedLayer,
    Indicator,
    IndicatorValue,
    LayerSetting,
    Milestone,
    ReportDuty,
    ReportTemplate,
    RoadEvent,
    RoadSegment,
    ServiceArea,
    Station,
    TourismPlace,
    TourismVisits,
    TradePlace,
    WallScene,
)
from layers.page import last_change
from layers.styling.reading import MAX_BYTES, read_style_file

_STYLE_TYPES = ("fill", "line", "circle", "symbol", "heatmap", "fill-extrusion")


class LayerSettingForm(ModelForm[LayerSetting]):
    """Refuses a layer that does not exist and a style that MapLibre could not draw."""

    class Meta:
        model = LayerSetting
        fields = "__all__"  # noqa: DJ007  administrators set every column of this table

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(layer.name, f"{layer.title} ({layer.name})") for layer in catalogue]
        self.fields["layer"] = forms.ChoiceField(choices=names, label=_("layer"))

    style_file = forms.FileField(
        label=_("style file"),
        required=False,
        help_text=_("SLD or QGIS's QML: it takes the place of the style above. What layers cannot hold is named and nothing is saved."),
    )

    def clean_style_file(self) -> list[dict[str, Any]] | None:
        """The style in a file of SLD or QML."""
        upload = self.cleaned_data["style_file"]
        if not upload:
            return None
        try:
            return read_style_file(upload.read(MAX_BYTES + 1))
        except BadParameter as error:
            raise ValidationError(error.detail) from error

    def clean_style(self) -> object:
        """A list of MapLibre layers of known types, without the parts that are filled in for them."""
        style = self.cleaned_data["style"]
        if style in (None, ""):
            return None
        if not isinstance(style, list) or not all(isinstance(part, dict) and part.get("type") in _STYLE_TYPES for part in style):
            raise ValidationError(
                _("The style must be a list of MapLibre layers, each with a type of: %(types)s."), params={"types": ", ".join(_STYLE_TYPES)}
            )
        return style

    def clean(self) -> dict[str, Any]:
        """Zooms in order."""
        data = super().clean() or {}
        if data.get("style_file"):
            data["style"] = data["style_file"]
        low, high = data.get("min_zoom"), data.get("max_zoom")
        if low is not None and high is not None and low > high:
            raise ValidationError({"min_zoom": _("The first zoom must not be above the last one.")})
        return data


@admin.register(LayerSetting)
class LayerSettingAdmin(admin.ModelAdmin[LayerSetting]):
    """One row a layer; layers without a row are shown as declared."""

    form = LayerSettingForm
    list_display = ("layer", "published", "position", "visible", "on_wall", "owner", "contact_name", "cadence", "overdue")
    list_editable = ("published", "position", "visible", "on_wall")
    search_fields = ("layer", "owner", "contact_name")
    autocomplete_fields = ("owner_unit",)
    fieldsets = (
        (None, {"fields": ("layer", "published", "position", "visible", "on_wall", "min_zoom", "max_zoom", "style", "style_file")}),
        (
            _("Stewardship"),
            {"fields": ("owner", "owner_unit", "contact_name", "contact_phone", "contact_email", "cadence", "licence")},
        ),
    )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm[LayerSetting]]:
        """The list edits four columns; the full form's checks are for the page of one row."""
        return super().get_changelist_form(request, **{**kwargs, "form": ModelForm})

    @admin.display(boolean=True, description=_("overdue"))
    def overdue(self, setting: LayerSetting) -> bool:
        """Whether the owner unit is late."""
        hub.catch_up()
        layer = next((layer for layer in catalogue.feature_layers() if layer.name == setting.layer), None)
        return setting.is_overdue(last_change(layer, Reach(everything=True))) if isinstance(layer, FeatureLayer) else False


@admin.register(ImportedLayer)
class ImportedLayerAdmin(admin.ModelAdmin[ImportedLayer]):
    """How an imported layer presents itself; its rows and columns come from the file alone (import_layer, remove_layer)."""

    list_display = ("name", "title", "access", "geometry_type", "srid", "row_count", "owner", "updated_at")
    list_select_related = ("owner",)
    search_fields = ("name", "title")
    fields = ("name", "title", "access", "label_field", "min_zoom", "owner", "source_name", "source_sha256", "row_count")
    readonly_fields = ("name", "label_field", "source_name", "source_sha256", "row_count")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A layer comes with its table, from a file."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Removing the row alone would leave its table behind: `remove_layer` takes both."""
        return False


class ThemeAdmin(admin.ModelAdmin[Any]):
    """Rows of a theme; the geometry is edited on a map, not in a text box."""

    list_display: tuple[str, ...] = ("__str__", "admin_unit", "is_demo", "updated_at")
    list_filter: ClassVar[tuple[str, ...]] = ("is_demo",)
    search_fields: ClassVar[tuple[str, ...]] = ("name",)
    autocomplete_fields = ("admin_unit",)
    list_select_related: ClassVar[tuple[str, ...]] = ("admin_unit",)
    formfield_overrides = {models.Field: {}}
    exclude = ("geom",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come with their geometry through imports."""
        return False


@admin.register(FeatureEdit)
class FeatureEditAdmin(admin.ModelAdmin[FeatureEdit]):
    """Who wrote which feature through a service: to be looked at, never written."""

    list_display = ("at", "user", "layer", "feature", "action", "note")
    list_select_related = ("user",)
    list_filter = ("layer", "action")
    search_fields = ("note", "user__username")
    ordering = ("-at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Indicator)
class IndicatorAdmin(admin.ModelAdmin[Indicator]):
    """What is counted; its figures come by ingestion."""

    list_display = ("code", "name", "unit_of_measure", "more_is_better")
    search_fields = ("code", "name")


@admin.register(WallScene)
class WallSceneAdmin(admin.ModelAdmin[WallScene]):
    """The wall's rotation; an open wall takes it up at its next reload."""

    list_display = ("title", "position", "shown", "dwell_s", "map")
    list_editable = ("position", "shown", "dwell_s")


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ThemeAdmin):
    """Figures; corrections are better sent again, as a batch."""

    search_fields = ("indicator__code", "indicator__name", "admin_unit__name")
    list_filter = ("indicator", "is_demo")
    list_display = ("indicator", "admin_unit", "period_from", "plan", "actual")
    list_select_related = ("indicator", "admin_unit")


@admin.register(ReportTemplate)
class ReportTemplateAdmin(admin.ModelAdmin[ReportTemplate]):
    """What units are asked to report; the worker asks by it from the next period's end on."""

    list_display = ("code", "name", "period", "level", "due_days", "active")
    filter_horizontal = ("indicators",)
    search_fields = ("code", "name")


class OwedAdmin(ThemeAdmin):
    """What units owe, with its day."""

    list_display = ("__str__", "admin_unit", "due_on", "done_on", "state")
    list_filter = ("state", "is_demo")
    search_fields = ("admin_unit__name",)


for owed in (ReportDuty, FocalContact, Milestone):
    admin.site.register(owed, OwedAdmin)


def _searched(model: type[models.Model]) -> tuple[str, ...]:
    names = {column.name for column in model._meta.concrete_fields}
    return (*(name for name in ("name", "title", "code") if name in names), "admin_unit__name")


# Not security events: who administers the system has no clearance by that.
for theme in (
    *(RoadSegment, RoadEvent, BlackSpot, Camera, TourismPlace, TourismVisits, Facility, ServiceArea, Station),
    *(DossierCount, CropArea, TradePlace),
):
    admin.site.register(theme, type(f"{theme.__name__}Admin", (ThemeAdmin,), {"search_fields": _searched(theme)}))
