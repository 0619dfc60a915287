"""Finds the layers that each application declares in its `layers` module."""

from django.apps import AppConfig
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
