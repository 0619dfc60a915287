"""Answers of GetFeatureInfo: text, HTML, GeoJSON, GML."""

import datetime
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.utils import formats
from django.utils.translation import gettext as _
from lxml import etree

from layers.attributes import Attribute, attributes, json_default
from layers.ogc.feature import feature_maker

if TYPE_CHECKING:
    from tiles.wms.feature_info import Found, FoundValues

GML = "http://www.opengis.net/gml"
WFS = "http://www.opengis.net/wfs"
IOC = "urn:ioc-map:features"
_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><title>{title}</title><style>body{{font:14px sans-serif;margin:8px}}'
    "table{{border-collapse:collapse;margin:0 0 12px}}th,td{{text-align:left;padding:2px 12px 2px 0;vertical-align:top;"
    "border-bottom:1px solid #dde3e6}}th{{color:#51606b;font-weight:500}}h1{{font-size:15px;margin:8px 0 4px}}</style></head>"
    "<body>{body}</body></html>"
)


def in_words(attribute: Attribute, value: Any) -> str:
    """A value for people: words for codes, numbers and dates as they are written here."""
    if value is None or value == "":
        return "–"
    if value in attribute.choices:
        return attribute.choices[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.date | float):
        return str(formats.localize(value))
    return str(value)


def _text(found: "Sequence[Found | FoundValues]", _srid: int) -> bytes:
    lines = []
    for entry in found:
        if not hasattr(entry, "shown"):
            lines += [f"{entry.layer.title} ({entry.layer.name})", *(f"    {name} = {value}" for name, value in entry.values.items())]
            continue
        entry = cast("Found", entry)
        layer = entry.shown.layer
        lines.append(f"{layer.title} ({layer.name})")
        for key, _geometry, _gml, *values in entry.rows:
            lines.append(f"  {layer.name}.{key}")
            lines += [f"    {a.name} = {_plain(value)}" for a, value in zip(attributes(layer), values, strict=True)]
    return ("\n".join(lines) + "\n").encode()


def _html(found: "Sequence[Found | FoundValues]", _srid: int) -> bytes:
    parts = []
    for entry in found:
        if not hasattr(entry, "shown"):
            parts += _html_values(entry)
            continue
        entry = cast("Found", entry)
        layer = entry.shown.layer
        for _key, _geometry, _gml, *values in entry.rows:
            rows = "".join(
                f"<tr><th>{escape(a.label)}</th><td>{escape(in_words(a, value))}</td></tr>"
                for a, value in zip(attributes(layer), values, strict=True)
            )
            parts.append(f"<h1>{escape(str(layer.title))}</h1><table>{rows}</table>")
    body = "".join(parts) or f"<p>{escape(_('Nothing of the layers stands here.'))}</p>"
    return _PAGE.format(title=escape(_("Operations map")), body=body).encode()


def _json(found: "Sequence[Found | FoundValues]", _srid: int) -> bytes:
    features: list[dict[str, Any]] = []
    for entry in found:
        if not hasattr(entry, "shown"):
            features += _json_values(entry)
            continue
        entry = cast("Found", entry)
        make = feature_maker(entry.shown.layer)
        features += [{**make((key, geometry, *values)), "layer": entry.shown.layer.name} for key, geometry, _gml, *values in entry.rows]
    return orjson.dumps({"type": "FeatureCollection", "numberReturned": len(features), "features": features}, default=json_default)


def _gml(found: "Sequence[Found | FoundValues]", _srid: int) -> bytes:
    root = etree.Element(f"{{{WFS}}}FeatureCollection", nsmap={"wfs": WFS, "gml": GML, "ioc": IOC})
    bounds = etree.SubElement(root, f"{{{GML}}}boundedBy")
    etree.SubElement(bounds, f"{{{GML}}}null").text = "unknown"
    for entry in found:
        if not hasattr(entry, "shown"):
            _gml_values(root, entry)
            continue
        entry = cast("Found", entry)
        layer = entry.shown.layer
        for key, _geojson, gml, *values in entry.rows:
            member = etree.SubElement(root, f"{{{GML}}}featureMember")
            feature = etree.SubElement(member, f"{{{IOC}}}{layer.name}", {"fid": f"{layer.name}.{key}"})
            if gml:
                geometry = etree.SubElement(feature, f"{{{IOC}}}geom")
                geometry.append(etree.fromstring(f'<r xmlns:gml="{GML}">{gml}</r>')[0])
            for attribute, value in zip(attributes(layer), values, strict=True):
                if value is not None:
                    etree.SubElement(feature, f"{{{IOC}}}{attribute.name}").text = _clean(_plain(value))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _html_values(entry: "FoundValues") -> list[str]:
    if not entry.values:
        return []
    unit = f" {entry.layer.unit}" if entry.layer.unit else ""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(formats.localize(value)) + unit)}</td></tr>" for name, value in entry.values.items()
    )
    return [f"<h1>{escape(str(entry.layer.title))}</h1><table>{rows}</table>"]


def _json_values(entry: "FoundValues") -> list[dict[str, Any]]:
    if not entry.values:
        return []
    point = {"type": "Point", "coordinates": list(entry.at)}
    return [{"type": "Feature", "geometry": point, "properties": dict(entry.values), "layer": entry.layer.name}]


def _gml_values(root: etree._Element, entry: "FoundValues") -> None:
    if not entry.values:
        return
    member = etree.SubElement(root, f"{{{GML}}}featureMember")
    feature = etree.SubElement(member, f"{{{IOC}}}{entry.layer.name}")
    for number, value in enumerate(entry.values.values(), 1):
        # Names of bands are texts of files, which XML may not take for names.
        etree.SubElement(feature, f"{{{IOC}}}b{number}").text = str(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


WRITERS: dict[str, Callable[["Sequence[Found | FoundValues]", int], bytes]] = {
    "text/plain": _text,
    "text/html": _html,
    "application/json": _json,
    "application/geo+json": _json,
    "application/vnd.ogc.gml": _gml,
    "text/xml": _gml,
}
