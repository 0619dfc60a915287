"""Application configuration of portrayal."""

from django.apps import AppConfig


class TilesConfig(AppConfig):
    """Vector tiles, TileJSON, styles and legends."""

    name = "tiles"
    verbose_name = "Tiles"
