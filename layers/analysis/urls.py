"""Addresses of the analysis pages."""

from django.urls import URLPattern, path

from layers.analysis import pages

app_name = "analysis"
urlpatterns: list[URLPattern] = [
    path("", pages.analyses, name="list"),
    path("<uuid:uid>/", pages.one, name="one"),
]
