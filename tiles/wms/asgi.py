"""`/wms` as plain ASGI beside Django."""

from collections.abc import Awaitable, Callable

from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, answer_with, language_of
from tiles.coverage.shown import renewed
from tiles.wms.capabilities import capabilities_answer
from tiles.wms.describe import describe_answer, styles_answer
from tiles.wms.failure import WmsError, missing, report
from tiles.wms.feature_info import feature_info_answer
from tiles.wms.get_map import in_image, map_answer
from tiles.wms.legend import legend_answer
from tiles.wms.reading import Kvp

Operation = Callable[[Request, Kvp, str], Awaitable[Answer]]
_VERSIONS = ("1.1.1", "1.3.0")
_OPERATIONS: dict[str, Operation] = {
    "GetCapabilities": capabilities_answer,
    "GetMap": map_answer,
    "GetFeatureInfo": feature_info_answer,
    "GetLegendGraphic": legend_answer,
    "GetStyles": styles_answer,
    "DescribeLayer": describe_answer,
}
_NAMES = {name.lower(): name for name in (*_OPERATIONS, "Map", "Capabilities", "feature_info")}
_OLD = {"map": "GetMap", "capabilities": "GetCapabilities", "feature_info": "GetFeatureInfo"}


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One request of `/wms`."""
    if scope["type"] == "http":
        await answer_with(_route, scope, receive, send, route="/wms", failure=lambda error, asked: report(error, "1.3.0", asked))


async def _route(request: Request) -> Answer:
    with translation.override(language_of(request)):
        if request.path not in ("/wms", "/wms/"):
            raise NotFound(_("There is nothing at this address, or it is not open to you."))
        await renewed()
        kvp = Kvp(request.parameters)
        version = _version(kvp)
        try:
            return await _operation(kvp)(request, kvp, version)
        except Exception as error:  # noqa: BLE001  every failure is told in the form that the client asked for
            told = await in_image(error, kvp)
            return told or report(error, version, {"path": request.path, "method": request.method})


def _operation(kvp: Kvp) -> Operation:
    service = kvp("SERVICE", "WMS")
    if service.upper() != "WMS":
        raise WmsError(_("SERVICE must be WMS."), "InvalidParameterValue", "SERVICE")
    if not kvp("REQUEST"):
        raise missing("REQUEST")
    wanted = kvp("REQUEST").lower()
    name = _OLD.get(wanted) or _NAMES.get(wanted, "")
    if name not in _OPERATIONS:
        sentence = _("The operation “%(name)s” is not offered; accepted are: %(accepted)s.")
        raise WmsError(sentence % {"name": kvp("REQUEST")[:40], "accepted": ", ".join(_OPERATIONS)}, "OperationNotSupported", "REQUEST")
    return _OPERATIONS[name]


def _version(kvp: Kvp) -> str:
    """The version that is spoken: the asked one; where that is missing, 1.1.1 if the request is written in its words."""
    asked = kvp("VERSION") or kvp("WMTVER")
    if asked in _VERSIONS:
        return asked
    if asked:
        # 06-042, 6.2.4: the highest that is not above the asked one, else the lowest.
        return "1.3.0" if asked >= "1.3.0" else "1.1.1"
    return "1.1.1" if kvp("SRS") and not kvp("CRS") else "1.3.0"
