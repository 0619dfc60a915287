"""Addresses of spatial queries."""

from django.urls import URLPattern, path

from layers.queries.aggregate import aggregate
from layers.queries.at_point import at_point
from layers.queries.coverages import profile, value, zonal
from layers.queries.index import index
from layers.queries.metrics import metrics
from layers.queries.nearest import nearest
from layers.queries.search import search
from layers.queries.within import within

app_name = "query"
urlpatterns: list[URLPattern] = [
    path("", index, name="index"),
    path("at-point", at_point, name="at_point"),
    path("nearest", nearest, name="nearest"),
    path("within", within, name="within"),
    path("aggregate", aggregate, name="aggregate"),
    path("metrics", metrics, name="metrics"),
    path("search", search, name="search"),
    path("coverages/<slug:name>/value", value, name="value"),
    path("coverages/<slug:name>/profile", profile, name="profile"),
    path("coverages/<slug:name>/zonal", zonal, name="zonal"),
]
