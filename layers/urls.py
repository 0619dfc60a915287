"""Addresses of the catalogue page, the wall, OGC API and spatial queries."""

from django.urls import URLPattern, URLResolver, include, path

from layers import views
from layers.wfs.view import wfs

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="index"),
    path("wall/", views.wall, name="wall"),
    path("wall/counts", views.counts, name="counts"),
    path("ogc/", include("layers.ogc.urls")),
    path("qgis/", include("layers.qgis.urls")),
    path("wfs", wfs, name="wfs"),
    path("query/", include("layers.queries.urls")),
    path("reports/", include("layers.reporting.urls")),
    path("uploads/", include("layers.uploads.urls")),
    path("analysis/", include("layers.analysis.urls")),
    path("briefings/", include("layers.briefings.urls")),
]
