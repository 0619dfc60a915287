"""Parts of which the definition of a read (GET) is made."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers.ogc.exports import EXPORTS
from layers.ogc.media import CSV, HTML, Media

ERRORS = ("400", "404", "406", "500", "503")
Part = dict[str, Any]


def get(operation: str, summary: str, tag: str, media: Sequence[Media], schema: str, parameters: Sequence[Part] = ()) -> Part:
    """A resource in formats, the body of JSON's described by the component `schema`."""
    content = {kind.type: {"schema": _body(kind, schema)} for kind in media}
    return read(operation, summary, tag, content, [*parameters, choice(media)])


def read(operation: str, summary: str, tag: str, content: Mapping[str, Part], parameters: Sequence[Part]) -> Part:
    """A GET with its answers; `content` is what 200 holds, by media type."""
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": [tag],
            "parameters": [*parameters, shared("min_seq")],
            "responses": {
                "200": {
                    "description": summary,
                    "headers": {"ETag": _header("ETag"), "X-Change-Seq": _header("seq")},
                    "content": dict(content),
                },
                "304": {"description": _("Not modified: what the client holds is current.")},
                **{status: {"$ref": f"#/components/responses/{status}"} for status in ERRORS},
            },
        }
    }


def choice(media: Sequence[Media]) -> Part:
    """The parameter `f`."""
    return formats(list(dict.fromkeys(key for kind in media for key in kind.keys)))


def formats(keys: Sequence[str]) -> Part:
    """The parameter `f` with these values."""
    return in_query("f", _("The format; it wins over the header Accept."), {"type": "string", "enum": list(keys)})


def in_query(name: str, description: str, schema: Part) -> Part:
    """A parameter of the query that may be left out; lists are written with commas."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, "style": "form", "explode": False}


def in_path(name: str, description: str, schema: Part) -> Part:
    """A part of the address."""
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def shared(name: str) -> dict[str, str]:
    """A parameter of the components."""
    return {"$ref": f"#/components/parameters/{name}"}


def _body(kind: Media, schema: str) -> Part:
    if kind in (HTML, CSV):
        return {"type": "string"}
    return {"type": "string", "format": "binary"} if kind in EXPORTS else {"$ref": f"#/components/schemas/{schema}"}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
