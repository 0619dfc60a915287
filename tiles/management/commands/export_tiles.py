"""`manage.py export_tiles`: layers as one file of tiles."""

import signal
import sys
import time
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis_core.access import ANONYMOUS, Scope, scope_of
from gis_core.errors import ServiceError
from gis_core.models import ChangeLog
from layers.catalogue import catalogue
from layers.presentation import presentation
from layers.summary import summary
from tiles.export.making import Maker
from tiles.export.plan import Plan
from tiles.export.targets import FORMATS, Metadata, Target, whole_or_nothing
from tiles.tilejson import tilejson

_SHOWN_EVERY = 0.5  # seconds


class Command(BaseCommand):
    """Vector tiles in PMTiles, MBTiles or a directory, as the public or a person sees them."""

    help = (
        "Write layers as one file of vector tiles, with what everybody may see unless --as names a person. The file appears when it is"
        " complete: an export that is stopped leaves nothing, and is started again from the beginning."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, how and where to."""
        parser.add_argument("layers", help="names of layers, separated by commas")
        parser.add_argument("--format", choices=list(FORMATS), default="pmtiles")
        parser.add_argument("--zooms", default="0-14", help="for instance 0-14")
        parser.add_argument("--bbox", help="west,south,east,north in degrees; without it everything")
        parser.add_argument("--as", dest="person", default="public", help="account whose rights decide, or public")
        parser.add_argument("-o", "--output", required=True, type=Path, help="the file (or new directory) to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export, telling the progress on stderr."""
        signal.signal(signal.SIGTERM, _stop)
        path: Path = options["output"]
        if options["format"] == "dir" and path.exists():
            raise CommandError(_("%(path)s exists already; name a directory that does not.") % {"path": path})
        try:
            plan = Plan.parse(options["zooms"], options["bbox"])
            catalogue.reload()
            presentation.renew()
            seq = ChangeLog.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
            maker = Maker(options["layers"].split(","), _scope(options["person"]))
        except ServiceError as error:
            raise CommandError(error.detail) from error
        try:
            with whole_or_nothing(path) as part, closing(FORMATS[options["format"]](part)) as target:
                count = self._write(maker, plan, target)
                if not count:
                    raise CommandError(_("There is nothing to draw there: no file was written."))
                target.finish(_metadata(maker, plan, seq, public=options["person"] == "public"))
        except OSError as error:
            raise CommandError(_("%(path)s cannot be written (%(why)s).") % {"path": path, "why": error.strerror}) from error
        finally:
            maker.close()

    def _write(self, maker: Maker, plan: Plan, target: Target) -> int:
        started = shown = time.monotonic()
        count = size = 0
        for tiles in plan.tiles(maker.is_occupied):
            for number, tile in enumerate(tiles, start=1):
                if body := maker.made(tile):
                    target.add(tile, body)
                    count, size = count + 1, size + len(body)
                now = time.monotonic()
                if now - shown >= _SHOWN_EVERY or number == len(tiles):
                    shown = now
                    line = _("zoom %(z)d: %(done)d of %(total)d tiles; %(count)d with content, %(size).1f MB, %(seconds).1f s")
                    values = {"z": tile.z, "done": number, "total": len(tiles), "count": count, "size": size / 1e6}
                    self.stderr.write(line % {**values, "seconds": now - started})
        return count


def _scope(name: str) -> Scope:
    if name == "public":
        return ANONYMOUS
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no active account “%(name)s”.") % {"name": name})
    return scope_of(user)


def _metadata(maker: Maker, plan: Plan, seq: int, *, public: bool) -> Metadata:
    """TileJSON of all layers together: their fields, owners and the box of the rows that are in reach."""
    parts = [tilejson(source, summary(source.layer, source.reach), "") for source in maker.sources]
    boxes = [part["bounds"] for part in parts if "bounds" in part]
    west, south, east, north = (edge(box[side] for box in boxes) for side, edge in enumerate((min, min, max, max)))
    owners = dict.fromkeys(part["attribution"] for part in parts if "attribution" in part)
    return {
        "tilejson": "3.0.0",
        "name": ",".join(part["name"] for part in parts),
        "description": "; ".join(part["description"] for part in parts),
        **({"attribution": " · ".join(owners)} if owners else {}),
        "minzoom": plan.low,
        "maxzoom": plan.high,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, plan.low],
        "vector_layers": [layer for part in parts for layer in part["vector_layers"]],
        "change_seq": seq,
        "reach": "public" if public else "restricted",
    }


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(143)
