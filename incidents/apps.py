"""Application configuration of field reports."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Incidents reported from the field."""

    name = "incidents"
    verbose_name = "Incidents"
