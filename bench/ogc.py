"""Items of the OGC API beside tipg and pygeoapi over the same rows: many of them, and those behind a million others."""

from collections.abc import Iterator
from urllib.parse import urlencode

import orjson

from bench.data import PEER_FIELDS, ensure, say
from bench.harness import Ratio, alternate, benchmark, milliseconds
from bench.peers.peer import NAME, TABLE
from bench.peers.pygeoapi import Pygeoapi
from bench.peers.tipg import Tipg
from bench.processes import Server, ours
from bench.reading import body
from bench.wrk import Unfit

_COUNT = 10_000
_PAGE = 1_000
_MILLION = 1_000_000
_TARGETS = {"tipg": 3.0, "pygeoapi": 6.0}


def _mine(**query: object) -> str:
    return "/ogc/collections/parcels/items?" + urlencode({"properties": ",".join(PEER_FIELDS), **query})


def _theirs(peer: Tipg | Pygeoapi, **query: object) -> str:
    collection = TABLE if isinstance(peer, Tipg) else NAME
    form = {"f": "geojson"} if isinstance(peer, Tipg) else {"f": "json"}
    return f"/collections/{collection}/items?" + urlencode({**form, **query})


@benchmark
def ogc_items_10k() -> Iterator[Ratio]:
    """10,000 parcels as GeoJSON in WGS 84: the time of tipg and of pygeoapi ÷ ours."""
    data = ensure()
    with ours(data.headers) as mine:
        for peer in (Tipg(), Pygeoapi()):
            target = f">= {_TARGETS[peer.name]:g}"
            if (version := peer.version()) is None:
                say(f"{peer.name} is not installed, so not compared (bin/bench --install-peers).")
                continue
            with peer.serve() as theirs:
                own, other = _mine(limit=_COUNT), _theirs(peer, limit=_COUNT)
                _check(mine, own, theirs, other, _COUNT)
                yield _ratio(f"items 10k ÷ {peer.name}", (mine, own), (theirs, other), target, f"{peer.name} {version}: {peer.notes}")


@benchmark
def ogc_offset_million() -> Iterator[Ratio]:
    """A page of 1,000 parcels behind as many others as there are, a million at most: tipg's time ÷ ours."""
    data, peer = ensure(), Tipg()
    version = peer.version()
    if version is None:
        say(f"{peer.name} is not installed, so not compared (bin/bench --install-peers).")
        return
    offset = max(0, min(_MILLION, data.parcels - _PAGE))
    with ours(data.headers) as mine, peer.serve() as theirs:
        own, other = _mine(limit=_PAGE, offset=offset), _theirs(peer, limit=_PAGE, offset=offset)
        _check(mine, own, theirs, other, _PAGE)
        yield _ratio(f"items offset {offset} ÷ tipg", (mine, own), (theirs, other), ">= 20", f"tipg {version}", rounds=3)


def _ratio(name: str, mine: tuple[Server, str], theirs: tuple[Server, str], target: str, detail: str, rounds: int = 7) -> Ratio:
    ratio, own, other = alternate(lambda: body(*mine), lambda: body(*theirs), rounds=rounds, warm_up=1)
    return Ratio(name, 1 / ratio, target, f"{milliseconds(other)} ÷ {milliseconds(own)}; {detail}")


def _check(mine: Server, own: str, theirs: Server, other: str, count: int) -> None:
    """Both give as many features, with the same attributes. Raises Unfit."""
    found = [orjson.loads(body(server, path))["features"] for server, path in ((mine, own), (theirs, other))]
    sizes = [len(features) for features in found]
    if sizes != [count, count]:
        raise Unfit(f"{theirs.name} does not answer the same: {sizes[1]} features beside {sizes[0]}.")
    lacking = [name for name in PEER_FIELDS for features in found if name not in features[0]["properties"]]
    if lacking:
        raise Unfit(f"{theirs.name} does not answer the same: {lacking[0]} is missing on one side.")
