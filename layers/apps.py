"""Finds the layers that each application declares in its `layers` module."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class LayersConfig(AppConfig):
    """The catalogue and everything that answers with features."""

    name = "layers"
    verbose_name = "Layers"

    def ready(self) -> None:
        from layers import builtin, checks  # noqa: F401  (they register themselves)
        from layers.catalogue import catalogue
        from layers.queries import folding

        autodiscover_modules("layers", register_to=None)
        assert catalogue is not None
        post_migrate.connect(folding.after_migrations, dispatch_uid="layers.search_indexes")
