"""A style file of whichever kind."""

from typing import Any

from layers.styling.qml_reading import read_qml
from layers.styling.sld_reading import MAX_BYTES, parsed_xml, read_sld


def read_style_file(content: bytes, field: str = "style_file") -> list[dict[str, Any]]:
    """MapLibre layers from SLD or QML, told apart by their root. Raises BadParameter that names what is wrong or not held."""
    return read_qml(content, field) if parsed_xml(content, field).tag == "qgis" else read_sld(content, field)


__all__ = ["MAX_BYTES", "read_style_file"]
