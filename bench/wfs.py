"""WFS beside MapServer over the same rows, and what must stay quick whatever the size of a layer."""

from collections.abc import Iterator

from bench.data import ensure, say
from bench.harness import Ratio, alternate, benchmark, milliseconds
from bench.peers.mapserver import MapServer
from bench.processes import ours
from bench.reading import body, median_seconds

_COUNT = 10_000
# The attributes that the peers' table has: both sides write the same.
_READ = f"/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=ioc:parcels&COUNT={_COUNT}"
_THEIRS = f"/?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=parcels&COUNT={_COUNT}"
_SAME = "&PROPERTYNAME=land_use,status,parcel_no,geom"


@benchmark
def wfs_gml_10k() -> Iterator[Ratio]:
    """10,000 parcels as GML 3.2: our time ÷ MapServer's."""
    data = ensure()
    server = MapServer()
    version = server.version()
    if version is None:
        say("MapServer is not installed, so not compared (bin/bench --install-peers).")
        return
    with ours(data.headers) as mine, server.serve() as theirs:
        path = f"{_THEIRS}&OUTPUTFORMAT=application/gml%2Bxml;version=3.2"
        sizes = [_members(body(server, address)) for server, address in ((mine, _READ + _SAME), (theirs, path))]
        assert sizes == [_COUNT, _COUNT], f"not the same: {sizes}"
        ratio, own, other = alternate(lambda: body(mine, _READ + _SAME), lambda: body(theirs, path), rounds=7)
        yield Ratio("WFS GML 10k ÷ MapServer", ratio, "<= 1.5", f"{milliseconds(own)} ÷ {milliseconds(other)} (MapServer {version})")


@benchmark
def wfs_at_a_million() -> Iterator[Ratio]:
    """The last page and the capabilities of a layer of a million rows, in seconds."""
    data = ensure()
    with ours(data.headers) as mine:
        body(mine, _READ)
        last = f"{_READ.replace(f'COUNT={_COUNT}', 'COUNT=1000')}&STARTINDEX={max(0, data.parcels - 1_000)}"
        seconds = median_seconds(mine, last)
        yield Ratio("WFS last page (s)", seconds, "<= 0.5", f"1,000 features from number {data.parcels - 1_000}")
        seconds = median_seconds(mine, "/wfs?SERVICE=WFS&REQUEST=GetCapabilities")
        yield Ratio("WFS capabilities (s)", seconds, "<= 0.2", f"boxes of all layers, {data.parcels} parcels among them")


def _members(body: bytes) -> int:
    return body.count(b"<wfs:member>")
