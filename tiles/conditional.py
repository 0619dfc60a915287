"""Validators: exact, known before any work is done, never by age (DESIGN section 4)."""

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.changes.clock import Box, clock
from gis_core.changes.hub import hub, unready_after
from gis_core.errors import Unavailable
from gis_core.hot import Request
from layers.freshness import digest, matches
from layers.layer import FeatureLayer, When
from layers.parameters import parse_instant
from layers.presentation import presentation
from tiles.mvt_sql import TileSource

# Raise when the encoding of tiles changes: bytes kept by browsers from before must not pass for the new ones.
ENCODING = "2"
# Last letter of a tile's validator: made from memory, made by the database.
SOURCES = "md"


async def node_state(min_seq: int | None) -> bool:
    """Whether this node may vouch for "unchanged": its follower is alive and stands at `min_seq` or later."""
    if hub.running and hub.age > unready_after():
        if hub.lags:  # another node is not so far behind
            raise Unavailable(_("This node is behind the others. Try again at once."), headers={"Retry-After": "1"})
        return False
    if min_seq is None or await hub.wait_for(min_seq):
        return True
    if hub.on_standby:  # its database may be as far behind as this node
        raise Unavailable(_("This node has not heard of that change yet. Try again at once."), headers={"Retry-After": "1"})
    return False


def is_public(sources: Iterable[TileSource]) -> bool:
    """Whether everybody would get the same: then shared caches may keep it, and pages of other origins may read it."""
    return all(source.layer.access.public == "all" for source in sources)


def conditional_headers(sources: Sequence[TileSource], box: Box, form: str) -> dict[str, str]:
    """ETag, Cache-Control and Vary of a tile over `box` (EPSG:3857) in the encoding `form`."""
    state = "~".join(source_state(source, box) for source in sources)
    return {
        "ETag": f'"{digest((ENCODING, state, presentation.stamp))}-{form}"',
        "Cache-Control": "no-cache" if is_public(sources) else "private, no-cache",
        "Vary": "Accept-Encoding, Authorization, Cookie",
    }


def source_state(source: TileSource, box: Box) -> str:
    """All that the bytes of a source in `box` (EPSG:3857) depend on."""
    layer = source.layer
    when = source.when or (timezone.localdate() if layer.shows_present else "")
    stamp = clock.stamp(layer.table, source.reading(box), source.reach)
    return f"{layer.name}|{declaration(layer)}|{source.reach.key}|{when}|{stamp}|{source.variant}"


def declaration(layer: FeatureLayer) -> str:
    """What the class contributes to the bytes: a new release with other attributes changes every ETag."""
    return f"{layer.table}.{layer.tile_geometry}:{','.join(f'{name}@{layer.tile_fields_from.get(name, 0)}' for name in layer.tile_fields)}"


def unchanged(request: Request, headers: dict[str, str]) -> bool:
    """Whether the caller holds the current bytes."""
    return matches(request.header(b"if-none-match"), headers["ETag"])


def held(request: Request, headers: dict[str, str]) -> str | None:
    """The validator of the current state that the caller holds, from either source, None when it holds none.

    Memory and database draw one state with other bytes (docs/adr/0007), each under its own validator; a caller that has
    one of them is told so whichever would make the tile now.
    """
    stem = headers["ETag"][:-2]
    tags = (f'{stem}{source}"' for source in SOURCES)
    return next((tag for tag in tags if matches(request.header(b"if-none-match"), tag)), None)


def moment_of(request: Request) -> When:
    """The moment that the parameter `datetime` names. Raises BadParameter."""
    value = request.parameters.get("datetime")
    return parse_instant(value, "datetime") if value else None
