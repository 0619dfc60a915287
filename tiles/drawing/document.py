"""A Mapnik map as XML: the parts of layers' styles at one zoom over tables of their rows."""

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from layers.layer import FeatureLayer
from layers.styling.classes import TEXT, Class, Condition, classes
from layers.styling.expressions import LOWEST, Interval, NotHeld, fields
from tiles.drawing.held.rows import HeldRows
from tiles.drawing.numbering import WORTH_IT, Numbering, numbered, numbering, uncounted
from tiles.drawing.symbolizers import symbolize
from tiles.drawing.text import text_fields

# Every layer has the map's own coordinates, so this stands for "nothing is to be transformed".
PLANE = "epsg:3857"
Part = Mapping[str, Any]
Parameters = Mapping[str, object]


@dataclass(frozen=True)
class Drawn:
    """Style parts over the same features: `source` gives the parameters of their datasource with the attributes that they need.

    `numbers`: it also writes the numbers of classes. `common` says which of those most features have. `held` gives what stands
    for the datasource where memory knows geometries and those numbers, which is enough if no other attribute is needed.
    """

    parts: Sequence[Part]
    source: Callable[[Sequence[str | Numbering]], Parameters]
    numbers: bool = False
    common: Callable[[Numbering], Sequence[int]] = uncounted
    held: Callable[[Sequence[Numbering]], HeldRows | None] | None = None


@dataclass
class MapDocument:
    """Collects layers from the bottom to the top. `held`: those without a datasource of their own, by their place from 0."""

    root: etree._Element = field(default_factory=lambda: etree.Element("Map", {"srs": PLANE}))
    buffer: int = 0
    held: dict[int, HeldRows] = field(default_factory=dict)

    def add(self, drawn: Drawn, zoom: float) -> None:
        """The parts' classes over their table, which is read once for all of them."""
        names: list[str] = []
        read: set[str] = set()
        numbers: list[Numbering] = []
        for part in drawn.parts:
            found = classes(part, zoom)
            number = numbering(f"class{len(numbers)}", found, 1 if drawn.held else WORTH_IT) if drawn.numbers else None
            if styles := self._styles(part, numbered(found, number, drawn.common(number)) if number else found, zoom):
                names += styles
                read |= set(fields_of(part, zoom, number))
                numbers += [number] if number else []
        if not names:
            return
        held = drawn.held(numbers) if drawn.held and not read else None
        if held:
            self.held[len(self.root.findall("Layer"))] = held
        self._layer(names, {} if held else drawn.source([*sorted(read), *numbers]))

    def add_classes(self, part: Part, found: Sequence[Class], source: Parameters, zoom: float) -> None:
        """Classes of a part over a datasource."""
        if names := self._styles(part, found, zoom):
            self._layer(names, source)

    def _styles(self, part: Part, found: Sequence[Class], zoom: float) -> list[str]:
        """The names of a part's styles, those with a higher sort key above the others."""
        number, names = len(self.root), []
        for key in sorted({_sort_key(entry) for entry in found}):
            name = f"s{number}-{key:g}"
            if self._style(name, part, [entry for entry in found if _sort_key(entry) == key], zoom):
                names.append(name)
        if names:
            self.buffer = max(self.buffer, _overhang(part, found))
        return names

    def _layer(self, names: Sequence[str], source: Parameters) -> None:
        layer = etree.SubElement(self.root, "Layer", {"name": f"l{len(self.root)}", "srs": PLANE})
        if len(names) > 1:
            layer.set("cache-features", "true")
        for style in names:
            etree.SubElement(layer, "StyleName").text = style
        if not source:
            return
        element = etree.SubElement(layer, "Datasource")
        for parameter, value in source.items():
            etree.SubElement(element, "Parameter", {"name": parameter}).text = str(value)

    def add_image(self, path: Path, box: tuple[float, float, float, float]) -> None:
        """A picture that fills the view."""
        number = len(self.root)
        style = etree.SubElement(self.root, "Style", {"name": f"s{number}"})
        etree.SubElement(etree.SubElement(style, "Rule"), "RasterSymbolizer", {"scaling": "near"})
        layer = etree.SubElement(self.root, "Layer", {"name": f"l{number}", "srs": PLANE})
        etree.SubElement(layer, "StyleName").text = f"s{number}"
        element = etree.SubElement(layer, "Datasource")
        west, south, east, north = map(repr, box)
        values = {"type": "raster", "file": str(path), "format": "png", "lox": west, "loy": south, "hix": east, "hiy": north}
        for name, value in values.items():
            etree.SubElement(element, "Parameter", {"name": name}).text = value

    def _style(self, name: str, part: Part, found: Iterable[Class], zoom: float) -> bool:
        style = etree.Element("Style", {"name": name, "filter-mode": "first"})
        for entry in found:
            for conditions in entry.alternatives:
                rule = etree.SubElement(style, "Rule")
                if conditions:
                    etree.SubElement(rule, "Filter").text = " and ".join(map(_condition, conditions))
                symbolize(rule, part["type"], entry, zoom)
        if not any(child.tag != "Filter" for rule in style for child in rule):
            return False
        self.root.append(style)
        return True

    def xml(self) -> str:
        """The document."""
        self.root.set("buffer-size", str(self.buffer))
        return str(etree.tostring(self.root, encoding="unicode"))


def fields_of(part: Part, zoom: float, number: Numbering | None = None) -> list[str]:
    """The attributes that drawing a part needs beside the number of its class."""
    paint, layout = part.get("paint", {}), part.get("layout", {})
    read = fields([part.get("filter"), *paint.values(), *(value for name, value in layout.items() if name != TEXT)])
    read -= {number.field} if number else set()
    with contextlib.suppress(NotHeld):
        read |= set(text_fields(layout[TEXT], zoom)) if TEXT in layout else set()
    return sorted(read)


def shown_at(parts: Iterable[Part], zoom: float) -> list[Part]:
    """The parts that MapLibre draws at a zoom."""
    return [part for part in parts if part.get("minzoom", 0) <= zoom < part.get("maxzoom", 99)]


def is_label(part: Part, layer: FeatureLayer) -> bool:
    """Whether a part is drawn from the layer's label points."""
    return part["type"] == "symbol" and bool(layer.label_geometry)


def _overhang(part: Part, found: Iterable[Class]) -> int:
    """Pixels beside the picture from which something may reach into it: of a line its sharpest corner, four times its half."""
    if part["type"] == "line":
        return 2 + math.ceil(2 * max(float(entry.get("line-width", 1)) for entry in found))
    return {"fill": 2, "circle": 48}.get(part["type"], 128)


def _sort_key(entry: Class) -> float:
    key = entry.get("circle-sort-key", entry.get("line-sort-key", entry.get("fill-sort-key", 0)))
    return float(key) if isinstance(key, int | float) else 0.0


def _condition(condition: Condition) -> str:
    tests = [_test(condition.field, value) for value in condition.values]
    joined = f"({' or '.join(tests)})"
    return f"not {joined}" if condition.negated else joined


def _test(field: str, value: object) -> str:
    if not isinstance(value, Interval):
        return f"[{field}] = {_constant(value)}"
    # A missing number is no number, and less than none.
    low = f"[{field}] >= {value.low!r}" if value.low > -math.inf else f"[{field}] >= {LOWEST!r}"
    return f"({low} and [{field}] < {value.high!r})" if value.high < math.inf else low


def _constant(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
