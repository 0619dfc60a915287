"""Administration of alert rules: what would not work is refused with the reason, and a button tries a rule out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_core import crs
from gis_core.errors import BadParameter
from gis_core.geometry import GeometryFault, from_geojson, require_valid
from layers.alerts.findings import findings
from layers.alerts.wanted import wanted
from layers.catalogue import catalogue
from layers.models.alert import Alert, AlertRule


class AlertRuleForm(ModelForm[AlertRule]):
    """Says what a rule lacks while somebody is there to mend it."""

    fence = forms.CharField(
        label=_("inside the area"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("GeoJSON of a Polygon or MultiPolygon in degrees; the viewer's and QGIS's copies will do."),
    )

    class Meta:
        model = AlertRule
        fields = "__all__"  # noqa: DJ007  administrators set every column of this table

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(layer.name, f"{layer.title} ({layer.name})") for layer in catalogue.feature_layers()]
        self.fields["layer"] = forms.ChoiceField(choices=names, label=_("layer"))
        if self.instance.fence:
            self.initial["fence"] = self.instance.fence.geojson

    def clean_fence(self) -> MultiPolygon | None:
        """Through the one guarded door for geometry."""
        text = self.cleaned_data["fence"].strip()
        if not text:
            return None
        try:
            shape = from_geojson(text, srid=crs.WGS84)
            require_valid(shape, crs.WGS84)
        except GeometryFault as fault:
            raise ValidationError(str(fault)) from fault
        area: GEOSGeometry = GEOSGeometry(shape.wkb, srid=crs.WGS84)
        if area.geom_type == "Polygon":
            area = MultiPolygon(area, srid=crs.WGS84)
        if not isinstance(area, MultiPolygon):
            raise ValidationError(_("An area is a Polygon or a MultiPolygon."))
        return area

    def clean_recipients(self) -> str:
        """Addresses."""
        return _addresses(self.cleaned_data["recipients"])

    def clean_escalate_to(self) -> str:
        """Addresses."""
        return _addresses(self.cleaned_data["escalate_to"])

    def clean(self) -> dict[str, Any]:
        """The rule as a whole, by the code that will evaluate it."""
        data = super().clean() or {}
        if self.errors:
            return data
        columns = {field.name for field in AlertRule._meta.concrete_fields}
        rule = AlertRule(**{name: value for name, value in data.items() if name in self.fields and name in columns})
        try:
            wanted(rule)
        except BadParameter as error:
            raise ValidationError({error.field if error.field in self.fields else "layer": error.detail}) from error
        return data


def _addresses(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        validate_email(line)
    return "\n".join(dict.fromkeys(lines))


@admin.register(AlertRule)
class AlertRuleAdmin(admin.ModelAdmin[AlertRule]):
    """Rules; a change of one is evaluated at once."""

    form = AlertRuleForm
    list_display = ("name", "severity", "kind", "layer", "measure", "limit", "is_active", "fault")
    list_editable = ("is_active",)
    list_filter = ("kind", "severity", "is_active", "layer")
    search_fields = ("name", "layer")
    autocomplete_fields = ("unit",)
    actions = ("try_out",)
    fieldsets = (
        (None, {"fields": ("name", "is_active", "severity", "kind", "layer", "subject")}),
        (_("What is looked for"), {"fields": ("measure", "direction", "limit", "in_percent", "minutes", "filter", "unit", "fence")}),
        (_("Who hears of it"), {"fields": ("quiet_minutes", "recipients", "escalate_minutes", "escalate_to", "sounds")}),
    )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm[AlertRule]]:
        """The list edits one column; the full form's checks are for the page of one rule."""
        return super().get_changelist_form(request, **{**kwargs, "form": ModelForm})

    @admin.action(description=_("Try out: what would be found now?"))
    def try_out(self, request: HttpRequest, rules: "QuerySet[AlertRule]") -> None:
        """Raises nothing and tells nobody."""
        for rule in rules.select_related("unit"):
            try:
                found = findings(wanted(rule))
            except BadParameter as error:
                self.message_user(request, f"{rule}: {error.detail}", messages.ERROR)
                continue
            words = "; ".join(" – ".join(filter(None, (one.title, one.detail))) for one in found[:5])
            self.message_user(request, f"{rule}: {len(found)}. {words}"[:500])


@admin.register(Alert)
class AlertAdmin(admin.ModelAdmin[Alert]):
    """What was raised, who saw to it and when it was over: looked at, never edited."""

    list_display = ("raised_at", "severity", "title", "detail", "rule", "admin_unit", "acknowledged_by", "escalated_at", "cleared_at")
    list_filter = ("severity", "layer", "rule")
    list_select_related = ("rule", "admin_unit", "acknowledged_by")
    search_fields = ("title", "detail")
    date_hierarchy = "raised_at"
    exclude = ("geom",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rules raise alerts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Alert | None = None) -> bool:
        """The wall acknowledges."""
        return False
