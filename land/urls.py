"""Addresses of the officers' workspace."""

from django.urls import path

from land.workspace import drawings, import_pages, pages

app_name = "land"
urlpatterns = [
    path("", pages.work, name="work"),
    path("imports/", import_pages.imports, name="imports"),
    path("imports/<uuid:uid>/", import_pages.one, name="import"),
    path("parcels/<uuid:uid>/", pages.parcel, name="parcel"),
    path("parcels/<uuid:uid>/versions/<int:number>", drawings.version, name="version"),
    path("changes/<uuid:uid>/drawing", drawings.change, name="drawing"),
]
