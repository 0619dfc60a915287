"""`/wfs`: one address for all operations, by GET with key-value pairs and by POST with XML."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gis_core.access import scope_of
from gis_core.errors import MethodNotAllowed
from layers.freshness import standing
from layers.wfs.body import read_body
from layers.wfs.capabilities import capabilities
from layers.wfs.features import get_feature
from layers.wfs.kvp import Pairs, read_kvp
from layers.wfs.requests import (
    DescribeFeatureType,
    DescribeStoredQueries,
    GetCapabilities,
    GetFeature,
    ListStoredQueries,
    Request,
    Transaction,
)
from layers.wfs.schema import describe
from layers.wfs.stored import describe_stored, list_stored
from layers.wfs.transaction.door import editable_types
from layers.wfs.transaction.run import transact

METHODS = "GET, HEAD, POST, OPTIONS"
# QGIS keeps answers on disk and would repeat one from before an edit or from before signing out.
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language, Authorization, Cookie"}
_MAX_SEQ = 10**18 - 1


# A body that writes is held to the same rule by transaction/door.py: programs cannot send a form's token.
@csrf_exempt
def wfs(request: HttpRequest) -> HttpResponseBase:
    """The service. Failures become exception reports (exceptions.py)."""
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": METHODS, **HEADERS})
    if request.method not in ("GET", "HEAD", "POST"):
        raise MethodNotAllowed(_("Possible here: %(methods)s.") % {"methods": METHODS}, headers={"Allow": METHODS})
    pairs = Pairs(request.GET)
    # The clock is read before any row: the answer is never older than it says.
    stands = standing(_min_seq(pairs))
    asked = read_body(request, request.body) if request.method == "POST" else read_kvp(request, pairs)
    response = _answer(request, asked, current=stands.vouches)
    response.headers.setdefault("X-Change-Seq", str(stands.seq))
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.method == "HEAD" and isinstance(response, HttpResponse):
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _answer(request: HttpRequest, asked: Request, *, current: bool) -> HttpResponseBase:
    scope, root = scope_of(request.user), address(request)
    if isinstance(asked, GetFeature):
        return get_feature(request, asked, scope, root, current=current)
    if isinstance(asked, DescribeFeatureType):
        return describe(asked, scope)
    if isinstance(asked, GetCapabilities):
        return capabilities(asked, scope, root, editable_types(request.user))
    if isinstance(asked, ListStoredQueries):
        return list_stored(scope)
    if isinstance(asked, DescribeStoredQueries):
        return describe_stored(asked, scope)
    assert isinstance(asked, Transaction)
    return transact(request, asked)


def address(request: HttpRequest) -> str:
    """The absolute address of the service."""
    root: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return root + reverse("wfs")


def _min_seq(pairs: Pairs) -> int | None:
    found = pairs.number("MIN_SEQ")
    return None if found is None else min(found, _MAX_SEQ)
