"""Application configuration of the cadastre."""

from django.apps import AppConfig


class LandConfig(AppConfig):
    """Land parcels."""

    name = "land"
    verbose_name = "Land"
