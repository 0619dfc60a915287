"""WFS beside MapServer over the same rows, and what must stay quick whatever the size of a layer."""

import statistics
from collections.abc import Iterator
from functools import partial

from bench.data import ensure, say
from bench.harness import Ratio, alternate, benchmark, milliseconds
from bench.harness import seconds as timed
from bench.peers.mapserver import MapServer
from bench.peers.qgis_server import QgisServer
from bench.processes import ours
from bench.reading import body, median_seconds
from bench.wrk import Unfit

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
        path = f"{_THEIRS}&OUTPUTFORMAT=application/gml%2Bxml;%20version=3.2"
        sizes = [_members(body(server, address)) for server, address in ((mine, _READ + _SAME), (theirs, path))]
        assert sizes == [_COUNT, _COUNT], f"not the same: {sizes}"
        ratio, own, other = alternate(lambda: body(mine, _READ + _SAME), lambda: body(theirs, path), rounds=7)
        yield Ratio("WFS GML 10k ÷ MapServer", ratio, "<= 1.5", f"{milliseconds(own)} ÷ {milliseconds(other)} (MapServer {version})")


@benchmark
def wfs_gml_10k_qgis() -> Iterator[Ratio]:
    """10,000 parcels as GML 3: our time ÷ QGIS Server's, which speaks WFS 1.1.0."""
    data, server = ensure(), QgisServer()
    version = server.version()
    if version is None:
        say("QGIS Server is not installed, so not compared (bin/bench --install-peers).")
        return
    path = f"/?SERVICE=WFS&VERSION=1.1.0&REQUEST=GetFeature&TYPENAME=parcels&MAXFEATURES={_COUNT}&OUTPUTFORMAT=GML3"
    own = f"/wfs?SERVICE=WFS&VERSION=1.1.0&REQUEST=GetFeature&TYPENAME=ioc:parcels&MAXFEATURES={_COUNT}{_SAME}"
    with ours(data.headers) as mine, server.serve() as theirs:
        sizes = [body(mine, own).count(b"<gml:featureMember>"), body(theirs, path).count(b"<gml:featureMember>")]
        if sizes != [_COUNT, _COUNT]:
            raise Unfit(f"not the same: {sizes}")
        ratio, a, b = alternate(lambda: body(mine, own), lambda: body(theirs, path), rounds=5, warm_up=1)
        yield Ratio("WFS GML 10k ÷ QGIS Server", ratio, "<= 0.4", f"{milliseconds(a)} ÷ {milliseconds(b)} (QGIS Server {version})")


@benchmark
def wfs_at_a_million() -> Iterator[Ratio]:
    """The last page and the capabilities of a layer of a million rows, in seconds."""
    data = ensure()
    with ours(data.headers) as mine:
        body(mine, _READ)
        # Each time from another number: nothing of the page before helps.
        last = [f"{_READ.replace(f'COUNT={_COUNT}', 'COUNT=1000')}&STARTINDEX={max(0, data.parcels - 1_000 - back)}" for back in range(6)]
        body(mine, last[0])
        seconds = statistics.median(timed(partial(body, mine, path)) for path in last[1:])
        yield Ratio("WFS last page (s)", seconds, "<= 0.5", f"1,000 features from about number {data.parcels - 1_000}, asked out of order")
        seconds = median_seconds(mine, "/wfs?SERVICE=WFS&REQUEST=GetCapabilities")
        yield Ratio("WFS capabilities (s)", seconds, "<= 0.2", f"boxes of all layers, {data.parcels} parcels among them")


def _members(body: bytes) -> int:
    return body.count(b"<wfs:member>")
