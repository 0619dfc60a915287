"""Answers in XML and JSON: one structure, two notations, as GeoReport v2 lays them out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import orjson
from django.http import HttpResponse
from django.utils import timezone
from lxml import etree

Format = Literal["xml", "json"]
# Lists of XML name their elements one by one.
_ITEM = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "media_urls": "media_url",
    "status_history": "entry",
}
_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


def answer(kind: Format, root: str, content: Any, status: int = 200) -> HttpResponse:
    """`content` under `root`: a list of objects, or one object. JSON has no root."""
    body = orjson.dumps(content, default=_text, option=orjson.OPT_PASSTHROUGH_DATETIME) if kind == "json" else _xml(root, content)
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return HttpResponse(body, status=status, content_type=_TYPES[kind], headers=headers)


def failure(kind: Format, code: int, description: str, status: int) -> HttpResponse:
    """Errors as the specification has them: code and description."""
    return answer(kind, "errors", [{"code": code, "description": description}], status)


def _xml(root: str, content: Any) -> bytes:
    element = etree.Element(root)
    _fill(element, root, content)
    return bytes(etree.tostring(element, encoding="utf-8", xml_declaration=True))


def _fill(element: Any, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, part in value.items():
            _fill(etree.SubElement(element, key), key, part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            _fill(etree.SubElement(element, _ITEM[name]), _ITEM[name], part)
    elif value is not None:
        element.text = _clean(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return str(value)


def _clean(text: str) -> str:
    """XML 1.0 has no place for most control characters, not even escaped."""
    return "".join(letter for letter in text if letter in "\t\n\r" or (ord(letter) >= 32 and ord(letter) not in (0xFFFE, 0xFFFF)))
