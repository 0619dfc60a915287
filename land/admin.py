"""Administration of land's dated tables, and the log of readings. Parcels, rights and papers change through land's verbs only."""

from django.contrib import admin
from django.http import HttpRequest

from land.models import DeadlineRule, LandUseCode, LotRule, PersonalDataRead


@admin.register(LandUseCode)
class LandUseCodeAdmin(admin.ModelAdmin[LandUseCode]):
    """Codes, colours, successors."""

    list_display = ("code", "name", "fill", "successor", "valid_from", "valid_to")
    search_fields = ("code", "name")


@admin.register(LotRule)
class LotRuleAdmin(admin.ModelAdmin[LotRule]):
    """Least sizes of new lots: a new decision ends the old row and begins a new one."""

    list_display = ("land_use", "unit", "area_m2", "width_m", "legal_basis", "is_sample", "valid_from", "valid_to")
    list_filter = ("is_sample",)
    raw_id_fields = ("unit",)


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(admin.ModelAdmin[DeadlineRule]):
    """Working days for each kind of change."""

    list_display = ("kind", "working_days", "legal_basis", "is_sample")


@admin.register(PersonalDataRead)
class PersonalDataReadAdmin(admin.ModelAdmin[PersonalDataRead]):
    """Who read whose data for what: to be looked at, never written. Holders appear by number."""

    list_display = ("at", "user", "parcel", "party", "purpose")
    list_select_related = ("user", "parcel", "party")
    list_filter = ("user",)
    ordering = ("-at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
