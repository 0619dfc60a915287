"""The operations of Part 4 in the API's definition: those that are open to the caller."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from layers.editing.contract import Operation
from layers.layer import FeatureLayer
from layers.ogc.editing.bodies import FEATURE, PATCH
from layers.ogc.editing.writes import allowed

_FAILURES = ("400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "500", "503")


def writes_of(request: HttpRequest, layer: FeatureLayer, writes: Mapping[str, Operation]) -> dict[str, Any]:
    """Operations by method."""
    methods = allowed(layer, request, writes).split(", ")
    return {method.lower(): _operation(layer, method, operation) for method, operation in writes.items() if method in methods}


def _operation(layer: FeatureLayer, method: str, operation: Operation) -> dict[str, Any]:
    parameters = ["contentCrs"] if method != "DELETE" else []
    if method != "POST":
        parameters += ["featureId", "ifMatch"]
    described: dict[str, Any] = {
        "operationId": f"{layer.name}.{operation}Feature",
        "summary": _summary(operation),
        "tags": [layer.name],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
        "responses": {
            "201" if method == "POST" else "204": {"description": _("Done."), "headers": _headers(method)},
            "202": {"description": _("Taken; it is shown once another person has approved it. Location says where it is seen.")},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _FAILURES},
        },
    }
    if method != "DELETE":
        kinds = PATCH if method == "PATCH" else FEATURE
        purpose = {"$ref": f"#/components/schemas/{'featurePatch' if method == 'PATCH' else 'featureGeoJSON'}"}
        described["requestBody"] = {"required": True, "content": {kind: {"schema": purpose} for kind in kinds}}
    return described


def _headers(method: str) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Change-Seq": {"$ref": "#/components/headers/seq"}}
    if method != "DELETE":
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if method == "POST":
        headers["Location"] = {"description": _("The address of the new feature."), "schema": {"type": "string", "format": "uri"}}
    return headers


def _summary(operation: Operation) -> str:
    return {
        "create": _("Add a feature"),
        "replace": _("Replace a feature"),
        "update": _("Change parts of a feature"),
        "delete": _("Delete a feature"),
    }[operation]
