"""Application configuration of gis_core and of Django's admin site under it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class GisCoreConfig(AppConfig):
    """What every package stands on: coordinates, units, access, changes, errors."""

    name = "gis_core"
    default = True
    verbose_name = "GIS core"

    def ready(self) -> None:
        from gis_core import checks, signals  # noqa: F401  (they register themselves)
        from gis_core.serving import backups

        backups.tell_metrics()


class AdminConfig(admin.AdminConfig):
    """Django's admin with this project's titles."""

    default = False
    default_site = "gis_core.admin_site.Site"
