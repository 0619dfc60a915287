"""Hostile requests, made from a seed: each family is a row of the history of holes."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

from tests.hostile import payloads as p

LAYERS = ("parcels", "incidents", "roads", "instructions", "facilities", "nowhere")
GETS = (
    "/ogc/collections/{layer}/items?filter={x}",
    "/ogc/collections/{layer}/items?filter-lang=cql2-json&filter={x}",
    "/ogc/collections/{layer}/items?datetime={x}",
    "/ogc/collections/{layer}/items?bbox={x}",
    "/ogc/collections/{layer}/items?sortby={x}",
    "/ogc/collections/{layer}/items?properties={x}",
    "/ogc/collections/{layer}/items?limit={x}",
    "/ogc/collections/{layer}/items?crs={x}",
    "/ogc/collections/{layer}/items?f={x}",
    "/ogc/collections/{layer}/items?{x}=1",
    "/ogc/collections/{layer}/items/{x}",
    "/ogc/collections/{x}",
    "/ogc/collections/{layer}/tiles/{x}/1/1/1",
    "/ogc/styles/{x}?f=mbs",
    "/tiles/{layer}/{x}/1/1.mvt",
    "/tiles/{x}/14/13131/7461.mvt",
    "/tiles/{layer}/14/13131/7461.mvt?filter={x}",
    "/tiles/{layer}/14/13131/7461.mvt?{x}=1",
    "/tiles/{x}.json",
    "/tiles/style.json?layers={x}",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layer}&STYLES={x}&CRS=CRS:84&BBOX=108,15,109,16&WIDTH=64&HEIGHT=64&FORMAT=image/png",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layer}&STYLES=&CRS={x}&BBOX=108,15,109,16&WIDTH=64&HEIGHT=64&FORMAT=image/png",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layer}&STYLES=&CRS=CRS:84&BBOX=108,15,109,16&WIDTH=64&HEIGHT=64&FORMAT={x}",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layer}&STYLES=&CRS=CRS:84&BBOX=108,15,109,16&WIDTH=64&HEIGHT=64&FORMAT=image/png"
    "&CQL_FILTER={x}",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={layer}&STYLES=&CRS=CRS:84&BBOX=108,15,109,16&WIDTH=64&HEIGHT=64&FORMAT=image/png"
    "&TIME={x}",
    "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST={x}",
    "/wms?map={x}&SERVICE=WMS&REQUEST=GetCapabilities",
    "/wmts?SERVICE=WMTS&REQUEST=GetTile&LAYER={layer}&STYLE={x}&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=1&TILEROW=1&TILECOL=1",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES={layer}&FILTER={x}",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES={layer}&CQL_FILTER={x}",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&RESOURCEID={x}",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetPropertyValue&TYPENAMES={layer}&VALUEREFERENCE={x}",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES={layer}&SORTBY={x}&OUTPUTFORMAT={x}",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&STOREDQUERY_ID={x}",
    "/query/search?q={x}",
    "/query/at-point?lon={x}&lat=15.5",
    "/query/nearest?lon=108.4&lat=15.5&k={x}",
    "/query/within?layer={layer}&geometry={x}",
    "/query/within?layer={layer}&geometry=POINT(108.4 15.5)&distance={x}",
    "/query/aggregate?layer={layer}&by={x}",
    "/query/metrics?metrics={x}",
    "/live/?layers={x}",
    "/open311/v2/requests.json?status={x}",
    "/open311/v2/requests.json?start_date={x}",
    "/open311/v2/requests/{x}.xml",
    "/open311/v2/services/{x}.json",
    "/incidents/{x}/",
    "/incidents/photos/{x}/picture",
    "/incidents/open-data/{x}.csv",
    "/qgis/{x}.qml",
    "/qgis/icons/{x}/{x}.svg",
    "/api/land/parcels/{x}",
    "/api/uploads/{x}",
    "/static/{x}",
    "/accounts/login/?next={x}",
    "/admin/?{x}",
    "/{x}",
)  # fmt: skip
_XML = '<?xml version="1.0"?>{doctype}{body}'
_WFS_GET = (
    '<GetFeature xmlns="http://www.opengis.net/wfs/2.0" xmlns:f="http://www.opengis.net/fes/2.0" service="WFS" version="2.0.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://CANARY/a http://CANARY/a.xsd">'
    '<Query typeNames="{layer}">{filter}</Query></GetFeature>'
)
_FES = (
    "<f:Filter><f:PropertyIsEqualTo><f:ValueReference>{name}</f:ValueReference><f:Literal>{x}</f:Literal></f:PropertyIsEqualTo></f:Filter>"
)


@dataclass
class Hostile:
    """One request. `bearer` puts a stranger's token on it; `expect` narrows the statuses that are right."""

    family: str
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    signed_in: bool = False
    expect: frozenset[int] = frozenset()


Family = Callable[[Random], Hostile]
FAMILIES: dict[str, Family] = {}


def family(name: str) -> Callable[[Family], Family]:
    """Decorator: a row of the history."""

    def add(function: Family) -> Family:
        FAMILIES[name] = function
        return function

    return add


def _get(name: str, chance: Random, text: str, template: str | None = None) -> Hostile:
    path = (template or chance.choice(GETS)).replace("{layer}", chance.choice(LAYERS)).replace("{x}", quote(text, safe="%"))
    return Hostile(name, "GET", path.replace(" ", "%20"), signed_in=chance.random() < 0.3)


@family("literals")
def literals(chance: Random) -> Hostile:
    """Where a value is put into a statement."""
    payload = chance.choice(p.SQL)
    wrapped = (payload, f"name = '{payload}'", f"name LIKE '%{payload}%'", f"id IN ({payload})", f"S_INTERSECTS(geom,{payload})")
    return _get("literals", chance, chance.choice(wrapped))


@family("names")
def names(chance: Random) -> Hostile:
    """Where a name reaches code."""
    name = chance.choice(p.NAMES)
    return _get("names", chance, chance.choice((name, f"{name} = 1", f'"{name}" IS NULL', f"-{name}", f"{name}(geom)")))


@family("paths")
def paths(chance: Random) -> Hostile:
    """Where a name becomes a file's."""
    return _get("paths", chance, chance.choice(p.PATHS))


@family("markup")
def markup(chance: Random) -> Hostile:
    """Where a text comes back in a page."""
    hostile = _get("markup", chance, chance.choice(p.MARKUP))
    hostile.headers["Accept"] = "text/html"
    return hostile


@family("fetches")
def fetches(chance: Random) -> Hostile:
    """Where an address is followed."""
    url = chance.choice(p.FETCHES)
    if chance.random() < 0.3:
        wms = "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST={r}&LAYERS=roads&LAYER=roads&STYLES=&CRS=CRS:84&BBOX=108,15,109,16&WIDTH=9&HEIGHT=9"
        path = wms.replace("{r}", chance.choice(("GetMap", "GetLegendGraphic"))) + "&FORMAT=image/png&SLD=" + quote(url, safe="")
        return Hostile("fetches", "GET", path)
    if chance.random() < 0.3:
        body = f"service_code=x&lat=15.5&long=108.4&description=abc&media_url={quote(url, safe='')}".encode()
        return Hostile("fetches", "POST", "/open311/v2/requests.json", body, {"Content-Type": "application/x-www-form-urlencoded"})
    return _get("fetches", chance, url)


@family("request bombs")
def bombs(chance: Random) -> Hostile:
    """Few bytes, much work."""
    kind = chance.randrange(6)
    if kind < 2:
        return _get("request bombs", chance, p.cql_bomb(chance), chance.choice((*GETS[:2], GETS[16])))
    if kind == 2:
        size = chance.choice((20_000, 100_000, 4_097, -1, 0))
        box = chance.choice(("108,15,109,16", "-1e308,-1e308,1e308,1e308", "109,16,108,15", "nan,nan,nan,nan", "108,15,108,15"))
        many = ",".join([chance.choice(LAYERS)] * chance.choice((1, 60)))
        path = f"/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS={many}&STYLES=&CRS=CRS:84&BBOX={box}&WIDTH={size}&HEIGHT={size}"
        return Hostile("request bombs", "GET", f"{path}&FORMAT=image/png&DPI=99999")
    if kind == 3:
        wkt = chance.choice((p.star(160), p.star(300), "POLYGON((" + "0 0," * 3000 + "0 0))", p.nested(300, "GEOMETRYCOLLECTION(", ")")))
        return _get("request bombs", chance, wkt, "/query/within?layer={layer}&geometry={x}")
    if kind == 4:
        return Hostile(
            "request bombs", "GET", "/ogc/collections/roads/items?" + "&".join(f"a{n}=1" for n in range(chance.choice((60, 900))))
        )
    return Hostile("request bombs", "GET", "/" + "a/" * chance.choice((500, 3000)))


def _post_xml(name: str, chance: Random, body: str) -> Hostile:
    path = chance.choice(("/wfs", "/wfs", "/wms", "/openrosa/submission", "/ogc/collections/roads/items"))
    kind = chance.choice(("application/xml", "text/xml", "application/gml+xml", "application/vnd.ogc.sld+xml"))
    return Hostile(name, "POST", path, body.encode(), {"Content-Type": kind}, signed_in=chance.random() < 0.5)


@family("xml")
def xml(chance: Random) -> Hostile:
    """Entities, outer schemas, depth."""
    wanted = chance.choice(("&e;", "&e8;", "x"))
    inner = chance.choice((_FES.format(name="name", x=wanted), p.nested(400, "<f:Not>", "</f:Not>"), "<f:Filter/>" * 300))
    body = _WFS_GET.replace("{layer}", chance.choice(LAYERS)).replace("{filter}", inner)
    return _post_xml("xml", chance, _XML.format(doctype=p.doctype(chance) if chance.random() < 0.8 else "", body=body))


@family("xml literals")
def xml_literals(chance: Random) -> Hostile:
    """The same as in addresses, through the filter encoding."""
    text = chance.choice(p.SQL).replace("&", "&amp;").replace("<", "&lt;").replace("\0", "")
    inner = _FES.format(name=chance.choice((*p.NAMES[:9], "name")).replace("<", ""), x=text)
    return _post_xml("xml literals", chance, _WFS_GET.replace("{layer}", chance.choice(LAYERS)).replace("{filter}", inner))


@family("styles")
def styles(chance: Random) -> Hostile:
    """Styled layer descriptors: many thresholds, outer graphics, depth."""
    graphic = '<ExternalGraphic><OnlineResource xlink:href="http://CANARY/i.png"/><Format>image/png</Format></ExternalGraphic>'
    rule = f"<Rule><PointSymbolizer><Graphic>{graphic}</Graphic></PointSymbolizer></Rule>"
    interpolate = "<Categorize>" + "".join(f"<Threshold>{n}</Threshold><Value>#000</Value>" for n in range(300)) + "</Categorize>"
    inner = chance.choice((rule, rule * 400, interpolate, p.nested(300, "<Rule>", "</Rule>")))
    layer = f"<NamedLayer><Name>roads</Name><UserStyle>{inner}</UserStyle></NamedLayer>"
    sld = f'<StyledLayerDescriptor version="1.0.0">{layer}</StyledLayerDescriptor>'
    if chance.random() < 0.5:
        return _post_xml("styles", chance, sld)
    path = "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=roads&STYLES=&CRS=CRS:84&BBOX=108,15,109,16&WIDTH=64&HEIGHT=64"
    return Hostile("styles", "GET", f"{path}&FORMAT=image/png&SLD_BODY={quote(sld)[:9000]}")


@family("headers")
def headers(chance: Random) -> Hostile:
    """Forged, long, repeated, wrong."""
    path = chance.choice(
        ("/", "/tiles/roads/14/13131/7461.mvt", "/ogc/collections/roads/items?limit=2", "/wms", "/live/?layers=nowhere", "/metrics")
    )
    return Hostile("headers", chance.choice(("GET", "GET", "HEAD", "OPTIONS")), path, headers=dict(chance.choice(p.HEADERS)))


@family("methods")
def methods(chance: Random) -> Hostile:
    """Verbs where nobody expects them."""
    path = chance.choice(
        ("/", "/tiles/roads/14/1/1.mvt", "/wms", "/wmts", "/wfs", "/ogc/", "/query/search?q=a", "/readyz", "/admin/", "/accounts/login/")
    )
    method = chance.choice(("TRACE", "CONNECT", "PROPFIND", "PUT", "PATCH", "DELETE", "BREW", "POST"))
    return Hostile("methods", method, path, b"x" * chance.choice((0, 9, 5_000)))


@family("foreign pages")
def foreign(chance: Random) -> Hostile:
    """A page elsewhere posts with the credentials that a browser keeps: refused, and nothing written."""
    path = chance.choice(
        ("/api/uploads", "/api/land/changes/split_lines", "/api/incidents/instructions", "/accounts/logout/", "/admin/gis_core/user/add/")
    )
    kind = chance.choice(("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"))
    return Hostile("foreign pages", "POST", path, b"a=1", {"Origin": "http://evil.example", "Content-Type": kind, "Authorization": "BASIC"},
                   expect=frozenset({400, 401, 403, 404, 405}))  # fmt: skip


@family("bodies")
def bodies(chance: Random) -> Hostile:
    """JSON and forms that are deep, wrong, or too large, to everything that takes any."""
    path = chance.choice(
        ("/api/land/changes/merge", "/api/uploads", "/api/observations", "/incidents/intake/", "/ogc/collections/roads/items",
         "/open311/v2/requests.json", "/openrosa/submission", "/api/incidents/x/steps/receive", "/incidents/x/follow")
    )  # fmt: skip
    body = chance.choice(
        (b"{" * 9_000, b"[" * 50_000 + b"]" * 50_000, b'{"a":1e999}', b"\xff\xfe\x00", b'{"a":' + b"9" * 5_000 + b"}", b"", b"null",
         json.dumps({"type": "Feature", "properties": {"id": 1, "is_superuser": True, "admin_unit": 1},
                     "geometry": {"type": "Point", "coordinates": [1e308, 1e308]}}).encode(),
         json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0, 0]] * 9_000]}, "properties": {}}).encode(),
         b'{"type":"GeometryCollection","geometries":[' * 2_000 + b"]}" * 2_000, b"x" * 3_000_000)
    )  # fmt: skip
    kind = chance.choice(
        ("application/json", "application/geo+json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    )
    return Hostile("bodies", "POST", path, body, {"Content-Type": kind}, signed_in=chance.random() < 0.5)


@family("guesses")
def guesses(chance: Random) -> Hostile:
    """Passwords, tokens and numbers that are tried."""
    if chance.random() < 0.4:
        pair = base64.b64encode(f"officer.world:{chance.choice(('admin', 'ioc_' + 'a' * 40, '', 'x' * 900))}".encode()).decode()
        return Hostile(
            "guesses", "GET", "/ogc/collections/parcels/items", headers={"Authorization": f"Basic {pair}"}, expect=frozenset({401})
        )
    path = chance.choice(
        ("/ogc/collections/parcels/items/{n}", "/incidents/at/{n}/", "/api/land/parcels/{n}", "/admin/gis_core/user/{n}/change/")
    )
    return Hostile("guesses", "GET", path.replace("{n}", str(chance.randrange(3_000))), expect=frozenset({302, 401, 404}))


def campaign(seed: int, number: int) -> list[Hostile]:
    """`number` requests, all families in turn."""
    chance = Random(seed)
    makers = list(FAMILIES.values())
    return [makers[index % len(makers)](chance) for index in range(number)]
