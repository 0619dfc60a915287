"""The map of a report by folium, whole in one text: Leaflet and its styles inside, no tiles, no request to anybody."""

import base64
import json
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import shapely
from django.contrib.staticfiles import finders

from gis_core import crs
from layers.briefings.content import Drawn, MapOf
from layers.queries.zone import PLANE, moved

_DECIMALS = 6
_TOLERANCE_M = 0.5
_BACKGROUND = "#eef3f4"


def html(shown: MapOf) -> str:
    """A page of its own, for an iframe's `srcdoc`."""
    import folium

    drawn = folium.Map(tiles=None, zoom_control=True, control_scale=True, attribution_control=False)
    drawn.default_js = [("leaflet", _inline("layers/dist/leaflet.js", "text/javascript"))]
    drawn.default_css = [("leaflet_css", _inline("layers/dist/leaflet.css", "text/css"))]
    for layer in shown.layers:
        _add(folium, drawn, layer)
    west, south, east, north = _degrees(shapely.box(*shown.bounds)).bounds
    drawn.fit_bounds([[south, west], [north, east]])
    root: Any = drawn.get_root()
    root.header.add_child(folium.Element(f"<style>body{{margin:0}}.leaflet-container{{background:{_BACKGROUND}}}</style>"))
    return str(root.render())


def _add(folium: Any, drawn: Any, layer: Drawn) -> None:
    shapes = shapely.simplify(layer.frame.geometry.to_numpy(), _TOLERANCE_M)
    words = layer.words or [""] * len(shapes)
    # Leaflet takes the words of a tooltip for markup; they are what people wrote.
    features = [
        {"type": "Feature", "properties": {"colour": colour, "words": escape(word)}, "geometry": _geojson(shape)}
        for shape, colour, word in zip(shapes, layer.colours, words, strict=True)
        if not shape.is_empty
    ]
    if not features:
        return
    width, fill, edge = layer.width, layer.fill, "#5b7684" if layer.fill < 0.2 else "#ffffff"

    def look(feature: dict[str, Any]) -> dict[str, Any]:
        colour = feature["properties"]["colour"]
        is_line = feature["geometry"]["type"].endswith("LineString")
        return {"color": colour if is_line else edge, "weight": width, "fillColor": colour, "fillOpacity": fill, "fill": not is_line}

    marker = folium.CircleMarker(radius=layer.radius + 1, weight=1, color="#ffffff", fill=True, fill_opacity=0.9)
    tooltip = folium.GeoJsonTooltip(["words"], labels=False, sticky=True) if layer.words else None
    collection = {"type": "FeatureCollection", "features": features}
    folium.GeoJson(collection, name=layer.name, style_function=look, marker=marker, tooltip=tooltip).add_to(drawn)


def _geojson(shape: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(_degrees(shape), 10**-_DECIMALS, mode="pointwise")))
    return found


def _degrees(shape: Any) -> Any:
    return moved(shape, PLANE, crs.WGS84)


@lru_cache(maxsize=8)
def _inline(name: str, kind: str) -> str:
    """A built file as an address that holds the file itself."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{name} is missing: build the front end (npm run build).")
    return f"data:{kind};base64,{base64.b64encode(Path(found).read_bytes()).decode()}"
