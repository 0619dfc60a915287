"""Addresses of the report pages."""

from django.urls import URLPattern, path

from layers.briefings import pages

app_name = "briefings"
urlpatterns: list[URLPattern] = [
    path("", pages.reports, name="list"),
    path("<uuid:uid>/", pages.one, name="one"),
    path("shared/<str:token>", pages.shared, name="shared"),
]
