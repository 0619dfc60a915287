"""A style file of QGIS (QML) as a style of ours, as far as the style model holds it; the error names the first thing it does not."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from layers.styling.expressions import NotHeld
from layers.styling.gathering import Drawing, gathered
from layers.styling.icons import ICON_PIXELS, icon_in
from layers.styling.scales import zoom_of_scale
from layers.styling.sld_reading import finite, not_held, parsed_xml

_PIXELS: Mapping[str, float] = {"Pixel": 1.0, "MM": 96 / 25.4, "Point": 96 / 72, "": 96 / 25.4}


def read_qml(content: bytes, field: str = "style") -> list[dict[str, Any]]:
    """MapLibre layers without source. Raises BadParameter that names what is wrong or not held; fetches nothing."""
    root = parsed_xml(content, field)
    try:
        renderer = root.find("renderer-v2")
        if root.tag != "qgis" or renderer is None:
            raise NotHeld("a file without renderer-v2")
        parts = gathered(_drawings(renderer))
        if root.get("hasScaleBasedVisibilityFlag") == "1":
            limit = finite(root.get("minScale", "0"))
            for part in parts:
                part["minzoom"] = max(0, zoom_of_scale(limit)) if limit > 0 else 0
    except (ValueError, KeyError) as error:
        raise not_held(error, field) from error
    return parts


def _drawings(renderer: Element) -> Iterator[Drawing]:
    symbols = {symbol.get("name", ""): symbol for symbol in renderer.findall("symbols/symbol")}
    kind = renderer.get("type", "")
    if kind == "singleSymbol":
        for number, layer in enumerate(symbols["0"].findall("layer")):
            yield _drawing(number, layer, "", ())
    elif kind == "categorizedSymbol":
        column = renderer.get("attr", "").strip('"')
        if not column.isidentifier():
            raise NotHeld("categories by an expression")
        for category in renderer.findall("categories/category"):
            value = category.get("value", "")
            layers = symbols[category.get("symbol", "")].findall("layer")
            for number, layer in enumerate(layers):
                yield _drawing(number, layer, column if value else "", (value,) if value else ())
    else:
        raise NotHeld(f"the renderer {kind}")


def _drawing(number: int, layer: Element, column: str, values: tuple[str, ...]) -> Drawing:
    name = layer.get("class", "")
    if layer.get("enabled") == "0":
        raise NotHeld(f"{name} that is switched off")
    if any(option.get("name") == "active" and option.get("value") == "true" for option in layer.iter("Option")):
        raise NotHeld(f"data-defined properties of {name}")
    if name not in _READERS:
        raise NotHeld(name)
    drawn, properties = _READERS[name](_values(layer))
    paint, layout = ({}, properties) if drawn == "icon" else (properties, {})
    # Layers of a symbol lie over each other in their order; parts of one kind must not be taken for one.
    return Drawing(drawn, paint, layout, column, values, (0.0, 24.0 + number))


def _values(layer: Element) -> dict[str, str]:
    found = {prop.get("k", ""): prop.get("v", "") for prop in layer.findall("prop")}
    options = layer.find("Option")
    if options is not None:
        found.update({option.get("name", ""): option.get("value", "") for option in options.findall("Option")})
    return found


def _fill(values: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    if values.get("style", "solid") != "solid":
        raise NotHeld(f"the fill pattern {values['style']}")
    colour, opacity = _colour(values.get("color", "0,0,0,255"))
    paint: dict[str, Any] = {"fill-color": colour, "fill-opacity": opacity}
    if values.get("outline_style", "solid") != "no":
        paint["fill-outline-color"] = _colour(values.get("outline_color", "0,0,0,255"))[0]
    return "fill", paint


def _line(values: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    colour, opacity = _colour(values.get("line_color", "0,0,0,255"))
    width = _size(values, "line_width", "line_width_unit")
    paint: dict[str, Any] = {"line-color": colour, "line-width": width, "line-opacity": opacity}
    if values.get("use_custom_dash") == "1" and width:
        scale = _PIXELS.get(values.get("customdash_unit", ""), 1.0)
        paint["line-dasharray"] = [round(finite(dash) * scale / width, 3) for dash in values.get("customdash", "").split(";") if dash]
    return "line", paint


def _marker(values: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    if values.get("name", "circle") != "circle":
        raise NotHeld(f"the marker {values['name']}")
    colour, opacity = _colour(values.get("color", "0,0,0,255"))
    border = 0.0 if values.get("outline_style") == "no" else _size(values, "outline_width", "outline_width_unit")
    edge, edge_opacity = _colour(values.get("outline_color", "0,0,0,255"))
    radius = round((_size(values, "size", "size_unit") - border) / 2, 3)
    paint = {"circle-color": colour, "circle-opacity": opacity, "circle-radius": radius, "circle-stroke-width": border}
    return "circle", {**paint, "circle-stroke-color": edge, "circle-stroke-opacity": edge_opacity}


def _svg(values: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    image = icon_in(values.get("name", ""))
    if image is None:
        raise NotHeld("a picture other than the service's own icons")
    return "icon", {
        "icon-image": image,
        "icon-size": round(_size(values, "size", "size_unit") / ICON_PIXELS, 3),
        "icon-allow-overlap": True,
    }


_READERS = {"SimpleFill": _fill, "SimpleLine": _line, "SimpleMarker": _marker, "SvgMarker": _svg}


def _size(values: Mapping[str, str], name: str, unit: str) -> float:
    scale = _PIXELS.get(values.get(unit, ""))
    if scale is None:
        raise NotHeld(f"sizes in {values[unit]}")
    return round(finite(values.get(name) or "0") * scale, 3)


def _colour(text: str) -> tuple[str, float]:
    parts = [int(finite(part)) for part in text.split(",")[:4]]
    if not all(0 <= part <= 255 for part in parts):
        raise NotHeld(f"colour “{text[:20]}”")
    red, green, blue, alpha = [*parts, 255][:4]
    return f"#{red:02x}{green:02x}{blue:02x}", round(alpha / 255, 3)
