"""`manage.py build_pyramid`: the blocks of low zooms."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from tiles.pyramid.blocks import generalised
from tiles.pyramid.build import behind, build


class Command(BaseCommand):
    """Brings the blocks up to the rows. Run again it changes nothing; killed midway it leaves the old blocks."""

    help = "Make the dissolved blocks that stand for single features at low zooms, for all layers that have them or one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--layer", help="Only this layer.")
        parser.add_argument("--anew", action="store_true", help="Make all blocks again, not only those that changes touched.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is behind."""
        catalogue.reload()
        for layer in self._chosen(options["layer"]):
            if not options["anew"] and not behind(layer):
                self.stdout.write(f"{layer.name}: the blocks are up to date.")
                continue
            started = time.monotonic()
            cells = build(layer, anew=options["anew"], tell=self._tell)
            self.stdout.write(f"{layer.name}: {cells} cells in {time.monotonic() - started:.1f} s")

    def _chosen(self, name: str | None) -> list[FeatureLayer]:
        layers = generalised()
        if name is None:
            return layers
        chosen = [layer for layer in layers if layer.name == name]
        if not chosen:
            names = ", ".join(layer.name for layer in layers) or "–"
            raise CommandError(f"There is no layer {name!r} with blocks; there are: {names}.")
        return chosen

    def _tell(self, done: int, of: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r  {done} of {of} cells", ending="" if done < of else "\n")
