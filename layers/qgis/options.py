"""QGIS's way of writing settings into XML: nested Option elements."""

from collections.abc import Mapping
from typing import Any

from lxml import etree


def add_option(parent: etree._Element, value: Any, name: str | None = None) -> etree._Element:
    """A value as an Option: maps and lists nested, texts, whole numbers, numbers, true and false."""
    element = etree.SubElement(parent, "Option", {} if name is None else {"name": name})
    if isinstance(value, Mapping):
        element.set("type", "Map")
        for key, inner in value.items():
            add_option(element, inner, str(key))
    elif isinstance(value, list | tuple):
        element.set("type", "List")
        for inner in value:
            add_option(element, inner)
    else:
        kind, text = _scalar(value)
        element.set("type", kind)
        element.set("value", text)
    return element


def _scalar(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return "bool", "true" if value else "false"
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, float):
        return "double", f"{value:g}"
    return "QString", str(value)


def data_defined(parent: etree._Element, properties: Mapping[str, str], tag: str = "data_defined_properties") -> None:
    """Properties that expressions decide, by QGIS's own name of the property."""
    element = etree.SubElement(parent, tag)
    active = {name: {"active": True, "expression": text, "type": 3} for name, text in properties.items()}
    add_option(element, {"name": "", "properties": active or "", "type": "collection"})
