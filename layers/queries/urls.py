"""Addresses of spatial queries."""

from django.urls import URLPattern, path

from layers.queries.at_point import at_point
from layers.queries.index import index

app_name = "query"
urlpatterns: list[URLPattern] = [
    path("", index, name="index"),
    path("at-point", at_point, name="at_point"),
]
