"""Finds the layers that each application declares in its `layers` module."""

from typing import Any

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

        autodiscover_modules("layers", register_to=None)
        assert catalogue is not None
        post_migrate.connect(_make_search_indexes, dispatch_uid="layers.search_indexes")


def _make_search_indexes(app_config: AppConfig, **_more: Any) -> None:
    """Once after all migrations, which is after those of the last application."""
    from django.apps import apps

    from layers.catalogue import catalogue
    from layers.queries.folding import ensure_indexes

    if app_config.name == [config for config in apps.get_app_configs() if config.models_module is not None][-1].name:
        ensure_indexes(catalogue.feature_layers())
