"""What stands around features in XML: collections with their counts, and links to the pages before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from layers.layer import FeatureLayer
from layers.wfs.dialect import NAMESPACE, PREFIX, XSI, Dialect
from layers.wfs.query import Query
from layers.wfs.requests import GetFeature
from layers.wfs.types import qualified

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Part:
    """A query's rows, (key, columns …), and how many there are in all where that is known."""

    query: Query
    rows: Sequence[tuple[Any, ...]]
    matched: int | None


@dataclass(frozen=True)
class Collection:
    """An answer: the parts of each query, from which feature on, and how many were asked for."""

    parts: Sequence[Part]
    start: int
    count: int
    at: datetime
    hits: bool = False

    @property
    def returned(self) -> int:
        """The features in the answer."""
        return sum(len(part.rows) for part in self.parts)

    @property
    def matched(self) -> int | None:
        """The features that all queries select, None where that is not known."""
        counts = [part.matched for part in self.parts]
        return None if None in counts else sum(count or 0 for count in counts)

    @property
    def goes_on(self) -> bool:
        """Whether a page follows."""
        full = not self.hits and 0 < self.count <= self.returned
        return full and (self.matched is None or self.start + self.returned < self.matched)


def links(read: Collection, asked: GetFeature, root: str) -> dict[str, str]:
    """Addresses of the pages `next` and `previous`. A request that came as XML has none: it has no address."""
    cursor = read.parts[0].rows[-1][0] if read.goes_on and len(read.parts) == 1 and not read.parts[0].query.sort else None
    return neighbours(read, asked, root, read.start + read.returned if read.goes_on else None, cursor)


def neighbours(read: Collection, asked: GetFeature, root: str, following: int | None, cursor: object = None) -> dict[str, str]:
    """The same, where the next page begins at feature number `following`, behind the one with the key `cursor`."""
    if not asked.kvp or asked.by_id:
        return {}
    found: dict[str, str] = {}
    kept = {name: value for name, value in asked.kvp.items() if name not in ("STARTINDEX", "COUNT", "MAXFEATURES", "CURSOR")}
    if read.hits:
        # From the number to the first features (09-025r2, 7.7.4.4.1).
        first = {name: value for name, value in kept.items() if name != "RESULTTYPE"}
        return {"next": f"{root}?{urlencode({**first, 'STARTINDEX': read.start, 'COUNT': read.count})}"} if read.matched else {}
    if following is not None:
        behind = {} if cursor is None else {"CURSOR": cursor}
        found["next"] = f"{root}?{urlencode({**kept, 'STARTINDEX': following, 'COUNT': read.count, **behind})}"
    if read.start > 0 and read.count > 0:
        start = max(0, read.start - read.count)
        found["previous"] = f"{root}?{urlencode({**kept, 'STARTINDEX': start, 'COUNT': min(read.count, read.start)})}"
    return found


def collection(read: Collection, dialect: Dialect, root: str, pages: Mapping[str, str]) -> bytes:
    """The document of a GetFeature."""
    if dialect.is_first:
        inside = "".join(row[1] for part in read.parts for row in part.rows)
        returned = (read.matched or 0) if read.hits else read.returned
    else:
        # Of several queries each one's answer is a collection of its own (09-025r2, 11.3.4).
        inside = _members(read.parts[0]) if len(read.parts) == 1 else "".join(_inner(part, read) for part in read.parts)
        returned = read.returned
    return f"{opening(read, returned, dialect, root, pages)}{inside}{CLOSING}".encode()


CLOSING = "</wfs:FeatureCollection>\n"


def opening(read: Collection, returned: int, dialect: Dialect, root: str, pages: Mapping[str, str]) -> str:
    """The document up to its first feature."""
    counts = f' timeStamp="{_instant(read.at)}" numberOfFeatures="{returned}"'
    if not dialect.is_first:
        counts = f"{_counts(read.matched, returned, read.at)}{_pages(pages)}"
    layers = [part.query.layer for part in read.parts]
    return f"{HEAD}<wfs:FeatureCollection{_namespaces(dialect, root, layers)}{counts}>"


def values(read: Collection, dialect: Dialect, root: str, pages: Mapping[str, str]) -> bytes:
    """The document of a GetPropertyValue; features without a value do not appear."""
    found = [row[1] for part in read.parts for row in part.rows if row[1] is not None]
    head = f"<wfs:ValueCollection{_namespaces(dialect, root, [part.query.layer for part in read.parts])}"
    inside = "".join(found)
    return f"{HEAD}{head}{_counts(read.matched, len(found), read.at)}{_pages(pages)}>{inside}</wfs:ValueCollection>\n".encode()


def feature_alone(text: str, layer: FeatureLayer, dialect: Dialect, root: str) -> bytes:
    """One feature as a document: the namespaces move onto its element."""
    name = qualified(layer)
    return f"{HEAD}{text.replace(f'<{name} ', f'<{name}{_namespaces(dialect, root, [layer])} ', 1)}\n".encode()


def describe_url(root: str, dialect: Dialect, layers: Sequence[FeatureLayer]) -> str:
    """Where the schema of these types is."""
    names = ",".join(dict.fromkeys(qualified(layer) for layer in layers))
    key = "TYPENAME" if dialect.is_first else "TYPENAMES"
    return f"{root}?{urlencode({'SERVICE': 'WFS', 'VERSION': dialect.version, 'REQUEST': 'DescribeFeatureType', key: names})}"


def _inner(part: Part, read: Collection) -> str:
    counts = _counts(part.matched, len(part.rows), read.at)
    return f"<wfs:member><wfs:FeatureCollection{counts}>{_members(part)}</wfs:FeatureCollection></wfs:member>"


def _members(part: Part) -> str:
    return "".join([row[1] for row in part.rows])


def _namespaces(dialect: Dialect, root: str, layers: Sequence[FeatureLayer]) -> str:
    location = f"{dialect.wfs} {dialect.wfs_schema} {NAMESPACE} {describe_url(root, dialect, layers)}"
    return (
        f' xmlns:wfs="{dialect.wfs}" xmlns:gml="{dialect.gml}" xmlns:{PREFIX}="{NAMESPACE}" xmlns:xsi="{XSI}"'
        f" xsi:schemaLocation={quoteattr(location)}"
    )


def _counts(matched: int | None, returned: int, at: datetime) -> str:
    return f' timeStamp="{_instant(at)}" numberMatched="{"unknown" if matched is None else matched}" numberReturned="{returned}"'


def _pages(pages: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(address)}" for name, address in pages.items())


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
