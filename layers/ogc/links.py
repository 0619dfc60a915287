"""Absolute addresses and link objects (RFC 8288 relations; OGC API - Features 5.2)."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from layers.ogc.media import Media

Link = dict[str, str]

QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SORTABLES = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
SCHEMA_OF = "http://www.opengis.net/def/rel/ogc/1.0/schema"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
MAP_TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
STYLES = "http://www.opengis.net/def/rel/ogc/1.0/styles"
FUNCTIONS = "http://www.opengis.net/def/rel/ogc/1.0/functions"


class Links:
    """Makes the links of one answer."""

    def __init__(self, request: HttpRequest) -> None:
        self.root: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        self._path = request.path
        self._query = {name: value for name, value in request.GET.items() if isinstance(value, str)}

    def to(self, name: str, *args: object, **query: object) -> str:
        """The address of one of our own resources."""
        return self.at(reverse(f"ogc:{name}", args=args), query)

    def at(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """The address of a path of this service. Names in `query` may be those of any published field."""
        return f"{self.root}{path}" + (f"?{urlencode(query)}" if query else "")

    def here(self, drop: Sequence[str] = (), **changes: object) -> str:
        """This request's own address with some parameters changed or dropped."""
        query = {name: value for name, value in self._query.items() if name not in drop} | changes
        return self.at(self._path, query)

    def twins(self, offered: Sequence[Media], current: Media, title: str) -> list[Link]:
        """`self`, and `alternate` for the other formats of the same resource."""
        return [
            link("self", self.here(), current.type, title),
            *(link("alternate", self.here(f=media.key), media.type, title) for media in offered if media is not current),
        ]


def link(rel: str, href: str, kind: str, title: str = "", **more: str) -> Link:
    """One link object."""
    return {"href": href, "rel": rel, "type": kind, **({"title": title} if title else {}), **more}
