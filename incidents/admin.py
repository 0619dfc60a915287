"""Administration of the categories of incidents."""

from django.contrib import admin

from incidents.models import IncidentCategory


@admin.register(IncidentCategory)
class IncidentCategoryAdmin(admin.ModelAdmin[IncidentCategory]):
    """Categories in the order of the report form."""

    list_display = ("name", "code", "group", "position")
    list_editable = ("position",)
    search_fields = ("name", "code")
