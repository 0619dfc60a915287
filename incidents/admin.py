"""Administration of categories, handling units and rules; photos and reporters are not edited here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.intake.locate import locate
from incidents.intake.report import Position
from incidents.intake.rules import Case, Rules, holds
from incidents.models import DeadlineRule, HandlingUnit, Incident, IncidentCategory, ReporterRead, RoutingRule


@admin.register(IncidentCategory)
class IncidentCategoryAdmin(admin.ModelAdmin[IncidentCategory]):
    """Categories in the order of the report form."""

    list_display = ("name", "code", "group", "position", "is_active", "may_be_public", "duplicate_radius_m", "sibling_radius_m")
    list_editable = ("position", "is_active")
    search_fields = ("name", "code")


@admin.register(HandlingUnit)
class HandlingUnitAdmin(admin.ModelAdmin[HandlingUnit]):
    """Bodies that handle incidents, with their people."""

    list_display = ("name", "code", "admin_unit", "capacity", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    autocomplete_fields = ("admin_unit", "members")


class TryRules(forms.Form):
    """A report that is not written: where, what, how urgent."""

    lon = forms.FloatField(label=_("longitude"), min_value=92, max_value=142, initial=108.474)
    lat = forms.FloatField(label=_("latitude"), min_value=-11, max_value=29, initial=15.5736)
    category = forms.ModelChoiceField(label=_("category"), queryset=IncidentCategory.objects.all())
    severity = forms.ChoiceField(label=_("severity"), choices=Incident.Severity.choices)


class RuleAdmin(admin.ModelAdmin[Any]):
    """Rules in the order in which they are tried, with a button that tries them all."""

    list_editable = ("position", "is_active")
    list_filter = ("is_active", "group")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("area", "category")
    change_list_template = "incidents/admin/rules.html"

    def get_urls(self) -> list[URLPattern]:
        """Django's and the trial's."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_try"
        return [path("try/", self.admin_site.admin_view(self.try_rules), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's, with the address of the trial."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_try")
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "try_url": address})
        return answer

    def try_rules(self, request: HttpRequest) -> HttpResponse:
        """Who would get a report from here, by which rule, until when, and which rules would come next."""
        form = TryRules(request.GET or None)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "title": _("Try the rules")}
        if form.is_valid():
            context["found"] = _trial(form.cleaned_data)
        return render(request, "incidents/admin/try.html", context)


def _trial(asked: dict[str, Any]) -> dict[str, Any]:
    rules, (place,) = Rules.load(), locate([Position(asked["lon"], asked["lat"])])
    case = Case(place, asked["category"], asked["severity"])
    return {
        "place": place,
        "route": rules.route(case),
        "deadline": rules.deadline(case),
        "due": rules.due(case, timezone.now()),
        "also": [rule for rule in rules.routing if holds(rule, case) and rule.asset in ("", place.asset)][1:],
    }


@admin.register(RoutingRule)
class RoutingRuleAdmin(RuleAdmin):
    """Area × category × asset → unit."""

    list_display = ("__str__", "position", "area", "group", "category", "asset", "unit", "is_active", "note")
    autocomplete_fields: ClassVar[tuple[str, ...]] = (*RuleAdmin.autocomplete_fields, "unit")


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(RuleAdmin):
    """Area × category × severity → hours."""

    list_display = ("__str__", "position", "area", "group", "category", "severity", "hours", "is_active", "note")


@admin.register(ReporterRead)
class ReporterReadAdmin(admin.ModelAdmin[ReporterRead]):
    """Who looked at personal data: looked at, never edited."""

    list_display = ("at", "user", "incident_id", "what")
    list_select_related = ("user",)
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never."""
        return False
