"""Application configuration of field reports."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Incidents reported from the field."""

    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        from incidents import administration  # noqa: F401  registers itself
        from incidents.notify.alerts import tell_of_alerts
        from incidents.notify.outbox import tell_of_openings
        from incidents.signals import reports_taken_in
        from layers.alerts.signals import alerts_told

        alerts_told.connect(tell_of_alerts, dispatch_uid="notices of alerts")
        reports_taken_in.connect(tell_of_openings, dispatch_uid="notices of new reports")
