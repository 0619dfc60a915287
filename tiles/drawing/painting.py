"""Rendering: Maps kept ready by thread, a few threads beside the event loop, and encoders."""

import logging
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict

from gis_core.db import conninfo
from gis_core.errors import TooLarge, Unavailable
from tiles.drawing.bands import draw_in_bands
from tiles.drawing.held.rows import Held
from tiles.drawing.held.sharing import slot
from tiles.drawing.mapnik_module import mapnik
from tiles.drawing.palette_png import palette_png
from tiles.drawing.view import View

log = logging.getLogger(__name__)
# A Map holds its datasources and parsed icons: some hundred kB.
_KEPT = 24
_NOTHING: Mapping[int, Held] = MappingProxyType({})
MAX_PIXELS = 4_000_000


@dataclass(frozen=True)
class Format:
    """A picture format: its media type, Mapnik's name for it ("": 256 colours, see palette_png.py), whether it can be transparent."""

    type: str
    encoder: str
    transparent: bool = True
    pages: bool = False  # a document of vectors, which cairo writes


FORMATS: Mapping[str, Format] = {
    "image/png": Format("image/png", ""),
    "image/png; mode=32bit": Format("image/png; mode=32bit", "png32:z=1"),
    "image/png; mode=8bit": Format("image/png; mode=8bit", ""),
    "image/jpeg": Format("image/jpeg", "jpeg85", transparent=False),
    "image/webp": Format("image/webp", "webp:quality=85:method=0"),
    "application/pdf": Format("application/pdf", "pdf", pages=True),
    "image/svg+xml": Format("image/svg+xml", "svg", pages=True),
}


class _Kept(threading.local):
    """Maps by their XML, each used by one thread alone."""

    def __init__(self) -> None:
        self.maps: OrderedDict[str, Any] = OrderedDict()


_kept = _Kept()


@lru_cache(maxsize=1)
def painters() -> ThreadPoolExecutor:
    """The threads that draw; Mapnik lets go of the interpreter while it does."""
    return ThreadPoolExecutor(settings.DRAWING_THREADS, thread_name_prefix="draw")


def paint(
    xml: str, view: View, picture: Format, background: str | None, *, keep: bool = True, held: Mapping[int, Held] = _NOTHING
) -> bytes:
    """The picture; `background` None is transparent where the format can be. `keep`: another picture may have the same document.

    `held`: what is drawn from memory, by the place of its layer in the document.

    Raises TooLarge when the rows take too long, Unavailable when the database does not answer.
    """
    drawing = _Drawing(mapnik(), xml, background or ("#ffffff" if not picture.transparent else "rgba(255,255,255,0)"), keep, held)
    try:
        if picture.pages:
            return drawing.document(view, picture)
        if not picture.encoder:
            # Rows of pixels follow each other, so the bands' bytes are the whole's.
            pixels = draw_in_bands(xml, view, drawing.pixels, b"".join) if keep else drawing.pixels(view)
            return palette_png(pixels, view.width, view.height)
        image = draw_in_bands(xml, view, drawing.image, drawing.joined) if keep else drawing.image(view)
        return bytes(image.to_string(picture.encoder))
    except RuntimeError as error:
        raise _understood(error) from error


@dataclass(frozen=True)
class _Drawing:
    """A document on its ground, drawn by whichever thread asks with that thread's own Map."""

    library: Any
    xml: str
    ground: str
    keep: bool
    held: Mapping[int, Held]

    def image(self, view: View) -> Any:
        image = self.library.Image(view.width, view.height)
        with self._map(view) as made:
            self.library.render(made, image, view.density)
        return image

    def pixels(self, view: View) -> bytes:
        """Red, green, blue and alpha, row by row from the top."""
        return bytes(self.image(view).to_string())

    def joined(self, bands: Sequence[Any]) -> Any:
        """One below the other."""
        whole = self.library.Image(bands[0].width(), sum(band.height() for band in bands))
        top = 0
        for band in bands:
            whole.composite(band, self.library.CompositeOp.src, 1.0, 0, top)
            top += band.height()
        return whole

    def document(self, view: View, picture: Format) -> bytes:
        """Cairo writes to files alone."""
        with tempfile.TemporaryDirectory() as folder, self._map(view) as made:
            path = Path(folder, "map")
            self.library.render_to_file(made, str(path), picture.encoder, view.density)
            return path.read_bytes()

    @contextmanager
    def _map(self, view: View) -> Iterator[Any]:
        """The thread's Map of the document, turned to the view; not kept where drawing fails."""
        kept = False
        try:
            made = _map(self.library, self.xml)
            made.resize(view.width, view.height)
            made.zoom_to_box(self.library.Box2d(*view.box))
            made.background = self.library.Color(self.ground)
            for place, held in self.held.items():
                made.layers[place].datasource = held.datasource(self.library, view, made.buffer_size * max(1.0, view.density), place)
            yield made
            kept = self.keep
        finally:
            for place in self.held:
                slot(place).released()
            if not kept:
                _kept.maps.pop(self.xml, None)


def _map(library: Any, xml: str) -> Any:
    made = _kept.maps.get(xml)
    if made is None:
        made = library.Map(256, 256)
        made.aspect_fix_mode = library.aspect_fix_mode.RESPECT
        try:
            library.load_map_from_string(made, xml, True)
        except RuntimeError as error:
            raise _understood(error) from error
        _kept.maps[xml] = made
        while len(_kept.maps) > _KEPT:
            _kept.maps.popitem(last=False)
    _kept.maps.move_to_end(xml)
    return made


def _understood(error: RuntimeError) -> Exception:
    text = str(error)
    if "statement timeout" in text or "canceling statement" in text:
        return TooLarge(_("The picture holds too many features to be drawn in time: zoom in, or filter."))
    if "onnect" in text:
        log.warning("Mapnik could not reach the database.")
        return Unavailable(_("The database cannot answer at the moment. Try again in a few seconds."), headers={"Retry-After": "5"})
    return error


def database() -> dict[str, object]:
    """Parameters of Mapnik's PostGIS datasource: read-only, without JIT, with the limit of a request."""
    values = conninfo_to_dict(conninfo("wms", statement_timeout_ms=settings.STATEMENT_TIMEOUT_MS))
    # Mapnik knows no `options`; it writes the name of the database into libpq's string as it is.
    extra = "".join(f" {key}='{_escaped(str(values[key]))}'" for key in ("options", "application_name", "sslmode") if values.get(key))
    return {
        "type": "postgis",
        **{key: values[key] for key in ("host", "port", "user", "password") if values.get(key)},
        "dbname": f"'{_escaped(str(values['dbname']))}'{extra}",
        "connect_timeout": 5,
        "initial_size": 1,
        "max_size": 2 * settings.DRAWING_THREADS + 1,  # each thread may have a second one draw some of its bands
        "persist_connection": "true",
        "estimate_extent": "false",
        "extent": "-100000000,-100000000,100000000,100000000",
    }


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
