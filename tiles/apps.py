"""Application configuration of portrayal."""

from django.apps import AppConfig


class TilesConfig(AppConfig):
    """Vector tiles, TileJSON, styles and legends."""

    name = "tiles"
    verbose_name = "Tiles"

    def ready(self) -> None:
        from tiles.ogc import definition  # noqa: F401  (it adds itself to the API's definition)
