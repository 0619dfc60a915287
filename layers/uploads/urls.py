"""Addresses of the upload pages."""

from django.urls import URLPattern, path

from layers.uploads import pages

app_name = "uploads"
urlpatterns: list[URLPattern] = [
    path("", pages.uploads, name="list"),
    path("<uuid:uid>/", pages.one, name="one"),
    path("layers/<slug:name>/", pages.layer, name="layer"),
]
