"""Creating, replacing, updating and deleting features (OGC API - Features Part 4) through the layer's editor.

The editor knows the rules and the rights; here is only HTTP: bodies, preconditions, statuses. A write that waits for somebody's
approval answers 202 and says where it is seen.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import ClassVar

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import MethodNotAllowed, NotFound, ServiceError
from layers.catalogue import catalogue
from layers.editing.contract import Editor, FeatureIn, NotEditable, Operation, Receipt, StaleFeature
from layers.editing.door import editor_of, may_edit
from layers.layer import FeatureLayer
from layers.ogc.editing.bodies import read_feature, read_patch
from layers.ogc.links import Links
from layers.ogc.selection import layer_key

READS = ("GET", "HEAD", "OPTIONS")
OF_ITEMS: Mapping[str, Operation] = {"POST": "create"}
OF_ITEM: Mapping[str, Operation] = {"PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_NOTE = "OGC API"


class PreconditionFailed(ServiceError):
    """The feature is no longer the one that `If-Match` names."""

    status: ClassVar[HTTPStatus] = HTTPStatus.PRECONDITION_FAILED
    code = "precondition-failed"


class PreconditionRequired(ServiceError):
    """This service takes no change of a feature without `If-Match` (setting REQUIRE_IF_MATCH)."""

    status: ClassVar[HTTPStatus] = HTTPStatus.PRECONDITION_REQUIRED
    code = "precondition-required"


def allowed(layer: FeatureLayer, request: HttpRequest, writes: Mapping[str, Operation]) -> str:
    """The methods that the caller may use: the value of `Allow`."""
    kind: type[Editor] | None = layer.editor if isinstance(layer.editor, type) and issubclass(layer.editor, Editor) else None
    open_to = kind.operations if kind is not None and may_edit(layer, request.user) else frozenset()
    return ", ".join([*READS, *(method for method, operation in writes.items() if operation in open_to)])


def options(request: HttpRequest, name: str, writes: Mapping[str, Operation]) -> HttpResponse:
    """The answer to OPTIONS (Part 4, 7.2): 200 with the methods in the context of this caller."""
    layer = catalogue.features(name, scope_of(request.user), "features")
    headers = {"Allow": allowed(layer, request, writes), "Cache-Control": "no-store"}
    if "PATCH" in headers["Allow"]:
        headers["Accept-Patch"] = "application/merge-patch+json"
    if "POST" in headers["Allow"]:
        headers["Accept-Post"] = "application/geo+json"
    return HttpResponse(headers=headers)


def create(request: HttpRequest, name: str) -> HttpResponse:
    """POST to items: 201 with `Location`, or 202."""
    layer, editor = _editor(request, name, OF_ITEMS)
    receipt = editor.create(read_feature(request, layer))
    if not receipt.done:
        return _waiting(receipt)
    location = Links(request).to("item", layer.name, receipt.pk)
    return _answered(HttpResponse(status=HTTPStatus.CREATED, headers={"Location": location}), receipt)


def change(request: HttpRequest, name: str, fid: str) -> HttpResponse:
    """PUT, PATCH and DELETE of one feature: 204 with its new `ETag`, or 202. Raises PreconditionFailed, PreconditionRequired."""
    layer, editor = _editor(request, name, OF_ITEM)
    key = _key(layer, fid)
    verbs: dict[str, Callable[[str | None], Receipt]] = {
        "PUT": lambda version: editor.replace(key, _read(read_feature, request, layer, fid), version),
        "PATCH": lambda version: editor.update(key, _read(read_patch, request, layer, fid), version),
        "DELETE": lambda version: editor.delete(key, version),
    }
    version = _precondition(request, editor, key)
    try:
        receipt = verbs[request.method or ""](version)
    except StaleFeature as error:
        raise PreconditionFailed(error.detail, members=error.members) from error
    if not receipt.done:
        return _waiting(receipt)
    return _answered(HttpResponse(status=HTTPStatus.NO_CONTENT), receipt)


def etag_of(version: str, digest: str = "") -> str:
    """The validator of a feature that can be written: its version, which `If-Match` is held against, and what else shaped the bytes."""
    return f'"{version}.{digest}"'


def version_in(tag: str) -> str:
    """The version in a validator of `etag_of`; "" for any other."""
    text = tag.strip().strip('"')
    return text.rpartition(".")[0] if "." in text and not tag.strip().startswith("W/") else ""


def _read(reader: Callable[[HttpRequest, FeatureLayer, str], FeatureIn], request: HttpRequest, layer: FeatureLayer, fid: str) -> FeatureIn:
    return reader(request, layer, fid)


def _editor(request: HttpRequest, name: str, writes: Mapping[str, Operation]) -> tuple[FeatureLayer, Editor]:
    layer = catalogue.features(name, scope_of(request.user), "features")
    try:
        return layer, editor_of(layer, request.user, writes[request.method or ""], _NOTE)
    except NotEditable as error:
        raise MethodNotAllowed(error.detail, headers={"Allow": allowed(layer, request, writes)}) from error


def _key(layer: FeatureLayer, fid: str) -> int:
    try:
        key = layer_key(layer, fid)
    except (ValueError, ValidationError):
        key = None
    if not isinstance(key, int):
        raise NotFound(_("There is no feature “%(id)s” in this collection, or it is not open to you.") % {"id": fid[:40]}, field="id")
    return key


def _precondition(request: HttpRequest, editor: Editor, key: int) -> str | None:
    """The version that the client saw, None where it names none. Raises PreconditionFailed, PreconditionRequired, NotFound."""
    tags = request.headers.get("If-Match")
    if tags is None:
        if settings.REQUIRE_IF_MATCH:
            raise PreconditionRequired(_("Send If-Match with the ETag of the feature as you read it."), field="If-Match")
        return None
    try:
        present = editor.version(key)
    except NotFound as error:
        raise PreconditionFailed(error.detail, field="If-Match") from error
    if tags.strip() == "*":
        return None
    if present not in {version_in(tag) for tag in tags.split(",")}:
        sentence = _("The feature was changed since you read it. Load it again, compare, then write again.")
        raise PreconditionFailed(sentence, field="If-Match", members={"version": present})
    return present


def _answered(response: HttpResponse, receipt: Receipt) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    if receipt.version:
        response.headers["ETag"] = etag_of(receipt.version)
    if receipt.seq is not None:
        response.headers["X-Change-Seq"] = str(receipt.seq)
    return response


def _waiting(receipt: Receipt) -> HttpResponse:
    """202: taken, but the map does not show it yet."""
    body = orjson.dumps({"status": "accepted", "detail": receipt.detail, "href": receipt.link or None})
    headers = {"Location": receipt.link} if receipt.link else {}
    response = HttpResponse(body, status=HTTPStatus.ACCEPTED, content_type="application/json", headers=headers)
    response.headers["Cache-Control"] = "no-store"
    return response
