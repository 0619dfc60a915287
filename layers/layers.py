"""The layers that are known only at run time: what was imported. Found by autodiscovery, like every `layers` module."""

from layers.imports import watch

__all__ = ["watch"]
