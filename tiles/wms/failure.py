"""Failures as WMS tells them: a ServiceExceptionReport, or a picture of the sentence where the client asked for that.

The status is 200 for everything that the client can mend: QGIS and others show the sentence of such an answer and nothing
but a number for any other. What is wrong with credentials stays 401, so that clients ask for them.
"""

import logging

from django.utils.translation import gettext as _
from lxml import etree

from gis_core.errors import BadParameter, NotFound, NotSignedIn, ServiceError, problem_of
from gis_core.hot import Answer, ASGIScope, problem_answer

log = logging.getLogger(__name__)
OGC = "http://www.opengis.net/ogc"
NO_STORE = {"Cache-Control": "no-store"}


class WmsError(BadParameter):
    """A bad parameter with the code that the standard has for it (06-042, table E.1)."""

    def __init__(self, detail: str, ogc: str, field: str | None = None) -> None:
        super().__init__(detail, field=field)
        self.ogc = ogc


def missing(name: str) -> WmsError:
    """A parameter that has to be there."""
    return WmsError(_("The parameter %(name)s is missing.") % {"name": name}, "MissingParameterValue", name)


def code_of(error: Exception) -> str | None:
    """The standard's code, where there is one."""
    if isinstance(error, WmsError):
        return error.ogc
    if isinstance(error, NotFound):
        return "LayerNotDefined"
    return "InvalidParameterValue" if isinstance(error, ServiceError) else None


def report(error: Exception, version: str, scope: ASGIScope) -> Answer:
    """The exception report."""
    problem = problem_of(error)
    if isinstance(error, NotSignedIn):
        return problem_answer(error, scope)
    if problem.status >= 500:
        log.error("%s failed", scope["path"][:200], exc_info=error)
    status = problem.status if problem.status >= 500 else 200
    headers = {**NO_STORE, **dict(problem.headers), "Content-Type": _type(version)}
    return Answer(status, exception_xml(problem.detail, code_of(error), problem.field, version), headers)


def exception_xml(text: str, code: str | None, field: str | None, version: str) -> bytes:
    """ServiceExceptionReport of a version."""
    is_old = version == "1.1.1"
    root = etree.Element("ServiceExceptionReport" if is_old else f"{{{OGC}}}ServiceExceptionReport", nsmap=None if is_old else {None: OGC})
    root.set("version", version)
    element = etree.SubElement(root, "ServiceException" if is_old else f"{{{OGC}}}ServiceException")
    if code:
        element.set("code", code)
    if field and not is_old:
        element.set("locator", field)
    element.text = text
    doctype = '<!DOCTYPE ServiceExceptionReport SYSTEM "http://schemas.opengis.net/wms/1.1.1/exception_1_1_1.dtd">' if is_old else None
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype))


def _type(version: str) -> str:
    return "application/vnd.ogc.se_xml" if version == "1.1.1" else "text/xml"
