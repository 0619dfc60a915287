"""Administration of the land-use code table. Parcels change through land's own verbs only."""

from django.contrib import admin

from land.models import LandUseCode


@admin.register(LandUseCode)
class LandUseCodeAdmin(admin.ModelAdmin[LandUseCode]):
    """Codes, colours, successors."""

    list_display = ("code", "name", "fill", "successor", "valid_from", "valid_to")
    search_fields = ("code", "name")
