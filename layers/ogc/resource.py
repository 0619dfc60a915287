"""What every resource of the API does alike: methods, formats, parameters, validators, headers.

A view describes its answer as a `Document`; `resource` asks for the content only when the client does not hold it yet, and
writes the same content as JSON or, through a template, as a page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, update_wrapper
from typing import Any, Concatenate, ParamSpec

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.access import Scope, scope_of
from gis_core.errors import MethodNotAllowed
from gis_core.serving.leaving import until_left
from layers.attributes import json_default
from layers.freshness import Standing, digest, matches, one_state, standing
from layers.ogc.links import Links
from layers.ogc.media import HTML, Media, choose
from layers.parameters import Parameters

P = ParamSpec("P")
Content = dict[str, Any]
METHODS = "GET, HEAD, OPTIONS"
COMMON = ("f", "min_seq")
VARY = "Accept, Accept-Language, Authorization, Cookie"
MAX_SEQ = 10**18 - 1


@dataclass(frozen=True)
class Document:
    """An answer that is not made yet.

    `build` runs the queries. `states` is all that the content depends on beside the address, the format and the language.
    `page` turns the content into the template's context. `is_weak`: equal validators mean equal features, not equal bytes.
    """

    build: Callable[[], Content]
    template: str
    states: Sequence[str]
    page: Callable[[Content], Content] = lambda content: {}
    is_weak: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    # Of a single feature that the caller may change: part of its validator (layers/ogc/editing/writes.py).
    version: str = ""
    # For formats that are no JSON: the whole answer, perhaps streamed.
    raw: Callable[[], HttpResponseBase] | None = None


@dataclass(frozen=True)
class Call:
    """A request as views need it. `standing` is the state of the data from which the answer starts."""

    request: HttpRequest
    media: Media
    offered: Sequence[Media]
    standing: Standing

    @cached_property
    def scope(self) -> Scope:
        """Who asks."""
        return scope_of(self.request.user)

    @cached_property
    def links(self) -> Links:
        """Makes addresses."""
        return Links(self.request)

    def parameters(self, *accepted: str) -> Parameters:
        """The query, in which only `accepted` and the common parameters may stand. Raises UnknownParameter, BadParameter."""
        return Parameters(self.request.GET, (*accepted, *COMMON))

    def twins(self, title: object) -> list[dict[str, str]]:
        """Links to this resource in all its formats."""
        return self.links.twins(self.offered, self.media, str(title))


View = Callable[Concatenate[Call, P], Document]


def resource(*offered: Media) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Make a Django view of a function from a `Call` to a `Document`. The first of `offered` is the default format."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return HttpResponse(headers={"Allow": METHODS})
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed(_("Only GET and HEAD are possible here."), headers={"Allow": METHODS})
            media = choose(offered, request.GET.get("f"), request.headers.get("Accept", ""))
            # The clock is read before any row: that order makes validators exact.
            stands = standing(Parameters(request.GET, None).integer("min_seq", low=0, high=MAX_SEQ))
            call = Call(request, media, offered, stands)
            with until_left():
                response = respond(call, view(call, *args, **kwargs))
            if request.method == "HEAD" and isinstance(response, HttpResponse):
                response.headers["Content-Length"] = str(len(response.content))
                response.content = b""
            return response

        return update_wrapper(answer, view)

    return decorate


def respond(call: Call, document: Document) -> HttpResponseBase:
    """304 where the client holds the content, else the content in the asked format."""
    headers = {
        "X-Change-Seq": str(call.standing.seq),
        "Cache-Control": "private, no-cache" if call.scope.authenticated else "no-cache",
        "Vary": VARY,
        **document.headers,
    }
    response: HttpResponseBase
    if call.media is HTML:
        # A page shows the visitor's name and messages too: it has no validator.
        response = _page(call, document)
    else:
        headers["ETag"] = _etag(call, document)
        held = call.request.headers.get("If-None-Match", "")
        if held and call.standing.vouches and matches(held, headers["ETag"]):
            response = HttpResponseNotModified()
        else:
            response = _content(call, document)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _content(call: Call, document: Document) -> HttpResponseBase:
    if document.raw is None:
        with one_state():
            content = document.build()
        return HttpResponse(orjson.dumps(content, default=json_default), content_type=call.media.type)
    if call.request.method == "HEAD":
        return HttpResponse(content_type=call.media.type)
    return document.raw()


def _etag(call: Call, document: Document) -> str:
    tag = digest((call.links.root, call.request.get_full_path(), call.media.type, get_language() or "", *document.states))
    if document.version:
        return f'"{document.version}.{tag}"'
    return f'{"W/" if document.is_weak else ""}"{tag}"'


def _page(call: Call, document: Document) -> HttpResponse:
    with one_state():
        content = document.build()
        shown = document.page(content)
    alternates = [link for link in content.get("links", ()) if link["rel"] == "alternate"]
    return render(call.request, document.template, {"content": content, "alternates": alternates, **shown})
