"""Cross-origin reading (WHATWG Fetch, CORS): what pages of other origins may read of tiles.

Answers say `*`, which browsers honour only for requests without cookies, so nobody's session is ever lent to a foreign
page. What stands behind a session alone says nothing and stays with our own pages.
"""

from gis_core.hot import Answer, Request

_READABLE = "ETag, X-Change-Seq"
_SENT = "Authorization, If-None-Match, Cache-Control, Accept-Encoding"


def sharing_headers(request: Request, *, public: bool) -> dict[str, str]:
    """Headers of an answer: open for public layers, and for whoever shows a token."""
    if public or request.header(b"authorization"):
        return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _READABLE}
    return {}


def preflight() -> Answer:
    """The answer to OPTIONS: the methods, and what a page may send along."""
    headers = {
        "Allow": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": "86400",
    }
    return Answer(204, headers=headers)
