"""Pictures of layers: what WMS, WMTS and map tiles show. `picture` is the one way in."""

import json
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from threading import Lock

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.coverages.picture import encoded, over
from layers.layer import FeatureLayer
from layers.portrayal import Theme, style_of
from layers.presentation import presentation
from layers.store.registry import stores
from layers.store.store import LayerStore
from tiles.coverage.shown import ShownCoverage
from tiles.drawing.document import Drawn, MapDocument, Parameters, Part, is_label, shown_at
from tiles.drawing.held.rows import Held, HeldRows, knows, store_of
from tiles.drawing.low import Counter, Low, block_rows, cells, looks, source_layers, units
from tiles.drawing.numbering import Numbering, commonest
from tiles.drawing.painting import Format, database, paint
from tiles.drawing.rows import GEOMETRY, Rows, table
from tiles.drawing.view import View
from tiles.pyramid.sources import CounterSource

# Style name -> theme. The first is the one that is meant where none is named.
STYLES: dict[str, Theme] = {"default": "light", "dark": "dark"}
_KEPT = 512
_documents: OrderedDict[tuple[object, ...], "_Plan"] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Shown:
    """Rows in one of their layer's styles."""

    rows: Rows
    style: str = "default"
    # What stands for the rows at the picture's scale, where they are not drawn one by one.
    low: Low | None = None
    # Whether this node's memory is as new as the request asks for.
    known: bool = False

    @property
    def layer(self) -> FeatureLayer:
        """The layer."""
        return self.rows.layer


Stores = Sequence[LayerStore | None]
# What a picture may show: rows of features, or a raster.
Entry = Shown | ShownCoverage


def style_name(name: str) -> str:
    """A known style's name; "" means the first. Raises BadParameter."""
    if not name:
        return next(iter(STYLES))
    if name not in STYLES:
        sentence = _("There is no style “%(name)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"name": name[:60], "accepted": ", ".join(STYLES)}, field="styles")
    return name


def feature_parts(layer: FeatureLayer, style: str) -> list[Part]:
    """The parts of a style that draw features."""
    own = {layer.name, layer.label_layer}
    return [part for part in style_of(layer, STYLES[style]) if part["source-layer"] in own]


def picture(shown: Sequence[Entry], view: View, made: Format, background: str | None = None) -> bytes:
    """The layers from the bottom to the top, encoded. Blocks; call it in one of `painting.painters()`."""
    rows = [entry for entry in shown if isinstance(entry, Shown)]
    if len(rows) == len(shown):
        return _features(rows, view, made, background)
    if not rows and not made.pages:
        return encoded(over([entry.pixels(view) for entry in shown if isinstance(entry, ShownCoverage)]), made.type, background)
    return _mixed(shown, view, made, background)


@dataclass(frozen=True)
class _Plan:
    """A map as XML, and what is drawn from memory, by the place of its layer in it."""

    xml: str
    held: Mapping[int, HeldRows]

    def painted(self, shown: Sequence[Shown], held: Stores, view: View, made: Format, background: str | None, *, keep: bool) -> bytes:
        """The picture."""
        sources = {}
        for place, drawn in self.held.items():
            store = held[drawn.entry]
            assert store is not None
            sources[place] = Held(store, shown[drawn.entry].rows, drawn)
        return paint(self.xml, view, made, background, keep=keep, held=sources)


def _mixed(shown: Sequence[Entry], view: View, made: Format, background: str | None) -> bytes:
    """Features among rasters: Mapnik draws both, the rasters from pictures of this view."""
    document = MapDocument()
    with tempfile.TemporaryDirectory(prefix="raster-") as folder:
        for number, entry in enumerate(shown):
            if isinstance(entry, Shown):
                _add(document, number, entry, view, None)
                continue
            path = Path(folder, f"{number}.png")
            path.write_bytes(encoded(entry.pixels(view), "image/png"))
            document.add_image(path, view.box)
        return paint(document.xml(), view, made, background, keep=False)


def _features(shown: Sequence[Shown], view: View, made: Format, background: str | None) -> bytes:
    held = [store_of(entry.rows, view) if entry.known and entry.low is None else None for entry in shown]
    counted = any(isinstance(entry.low, CounterSource) for entry in shown)
    # Counters stand in the document itself, which no other picture has.
    plan = _made(shown, view, held) if counted else _document(shown, view, held)
    return plan.painted(shown, held, view, made, background, keep=not counted)


def _document(shown: Sequence[Shown], view: View, held: Stores) -> _Plan:
    visible = [[str(part["id"]) for part in _parts(entry, view)] for entry in shown]
    states = tuple((*_state(entry), store is not None) for entry, store in zip(shown, held, strict=True))
    key = (presentation.stamp, states, json.dumps(visible), view.srid, view.drawing_zoom)
    with _lock:
        if key in _documents:
            _documents.move_to_end(key)
            return _documents[key]
    plan = _made(shown, view, held)
    with _lock:
        _documents[key] = plan
        while len(_documents) > _KEPT:
            _documents.popitem(last=False)
    return plan


def _made(shown: Sequence[Shown], view: View, held: Stores) -> _Plan:
    document = MapDocument()
    for number, (entry, store) in enumerate(zip(shown, held, strict=True)):
        _add(document, number, entry, view, store)
    return _Plan(document.xml(), document.held)


def _parts(entry: Shown, view: View) -> list[Part]:
    if entry.low is None:
        return shown_at(feature_parts(entry.layer, entry.style), view.zoom)
    own = source_layers(entry.low)
    return shown_at((part for part in style_of(entry.layer, STYLES[entry.style]) if part["source-layer"] in own), view.zoom)


def _state(entry: Shown) -> tuple[object, ...]:
    rows = entry.rows
    day = timezone.localdate() if rows.layer.shows_present else None
    low = source_layers(entry.low) if entry.low else None
    held = stores.get(rows.layer) is not None  # what most rows have is known then
    return (rows.layer.name, rows.layer.table, rows.layer.tile_fields, entry.style, rows.reach, rows.when, day, rows.filter, str(low), held)


def _add(document: MapDocument, number: int, entry: Shown, view: View, store: LayerStore | None) -> None:
    if isinstance(entry.low, CounterSource):
        _add_counters(document, entry, entry.low, view)
        return
    rows = entry.rows if entry.low is None else block_rows(entry.low)
    # Words and signs need attributes: beside a layer in memory the database is asked for them alone.
    for (labels, _signs), parts in groupby(_parts(entry, view), lambda part: (is_label(part, rows.layer), bool(store) and _is_sign(part))):
        source, common = partial(_source, rows, view.srid, labels), partial(commonest, rows.layer)
        held = partial(_held, rows.layer, store, number, labels) if store else None
        document.add(Drawn(tuple(parts), source, numbers=True, common=common, held=held), view.drawing_zoom)


def _is_sign(part: Part) -> bool:
    return bool(part["type"] == "symbol")


def _held(layer: FeatureLayer, store: LayerStore, number: int, labels: bool, numbers: Sequence[Numbering]) -> HeldRows | None:
    return HeldRows(number, int(labels), tuple(numbers)) if knows(layer, store, numbers) else None


def _add_counters(document: MapDocument, entry: Shown, low: CounterSource, view: View) -> None:
    found: dict[str, list[Counter]] = {}
    for part in _parts(entry, view):
        name = part["source-layer"]
        if name not in found:
            found[name] = (units if name.endswith("_units") else cells)(low, entry.rows, view)
        if found[name]:
            drawn, inline = looks(part, found[name], view.drawing_zoom)
            document.add_classes(part, drawn, {"type": "geojson", "inline": inline}, view.drawing_zoom)


def _source(rows: Rows, srid: int, labels: bool, fields: Sequence[str | Numbering]) -> Parameters:
    return {**database(), "geometry_field": GEOMETRY, "srid": srid, "table": table(rows, srid, fields, labels=labels)}
