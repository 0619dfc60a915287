"""Addresses of the catalogue page, the wall, OGC API and spatial queries."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
