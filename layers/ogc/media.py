"""Media types, and which of them a caller gets: `f=` decides, else Accept (OGC API - Features 7.13, RFC 9110 12.5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotAcceptable


@dataclass(frozen=True)
class Media:
    """A format: the values of `f` that name it, its media type, and further types that mean it in Accept."""

    keys: tuple[str, ...]
    type: str
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The value of `f` that links use."""
        return self.keys[0]


HTML = Media(("html",), "text/html", ("application/xhtml+xml",))
JSON = Media(("json",), "application/json")
GEOJSON = Media(("geojson", "json"), "application/geo+json", ("application/json",))
JSONFG = Media(("jsonfg",), "application/vnd.ogc.fg+json")
GEOJSONSEQ = Media(("geojsonseq",), "application/geo+json-seq")
CSV = Media(("csv",), "text/csv")
FLATGEOBUF = Media(("flatgeobuf", "fgb"), "application/flatgeobuf", ("application/vnd.flatgeobuf",))
GEOPARQUET = Media(("parquet", "geoparquet"), "application/vnd.apache.parquet")
MVT = Media(("mvt",), "application/vnd.mapbox-vector-tile")
SCHEMA = Media(("json",), "application/schema+json", ("application/json",))
OPENAPI = Media(("json",), "application/vnd.oai.openapi+json;version=3.0", ("application/vnd.oai.openapi+json", "application/json"))


def choose(offered: Sequence[Media], f: str | None, accept: str) -> Media:
    """The format of an answer. Raises BadParameter for an unknown `f`, NotAcceptable when Accept allows none of `offered`.

    Where there is but one format, or no page, an Accept that nothing matches decides nothing (RFC 9110 12.5.1): data are better than none.
    """
    if f is not None:
        for media in offered:
            if f in media.keys:
                return media
        accepted = ", ".join(key for media in offered for key in media.keys)
        sentence = _("f knows no format “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"value": f[:40], "accepted": accepted}, field="f")
    if len(offered) == 1:
        return offered[0]
    ranges = _ranges(accept)
    best = max(offered, key=lambda media: _quality(media, ranges))  # max keeps the first of equals: the order of `offered`
    if _quality(best, ranges) <= 0:
        if HTML not in offered:
            return offered[0]
        types = ", ".join(media.type for media in offered)
        raise NotAcceptable(_("None of the formats that Accept asks for is offered here; offered are: %(types)s.") % {"types": types})
    return best


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in (accept or "*/*").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        ranges.append((name, _q(parameters)))
    return ranges


def _q(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _quality(media: Media, ranges: Sequence[tuple[str, float]]) -> float:
    """The q of the most specific range that matches."""
    found = [(_specificity(name), q) for name, q in ranges for kind in (media.type.partition(";")[0], *media.also) if _covers(name, kind)]
    return max(found)[1] if found else 0.0


def _covers(name: str, kind: str) -> bool:
    return name in (kind, "*/*", kind.partition("/")[0] + "/*")


def _specificity(name: str) -> int:
    return 2 - name.count("*")
