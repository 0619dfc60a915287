"""Failures as WMTS tells them: ows:ExceptionReport with the status that the standard wants (07-057r7, 10.2.3)."""

import logging

from lxml import etree

from gis_core.errors import NotSignedIn, problem_of
from gis_core.hot import Answer, ASGIScope, problem_answer
from tiles.wms.failure import NO_STORE, code_of

OWS = "http://www.opengis.net/ows/1.1"
log = logging.getLogger(__name__)


def report(error: Exception, scope: ASGIScope) -> Answer:
    """The exception report."""
    if isinstance(error, NotSignedIn):
        return problem_answer(error, scope)
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("%s failed", scope["path"][:200], exc_info=error)
    root = etree.Element(f"{{{OWS}}}ExceptionReport", {"version": "1.0.0"}, nsmap={"ows": OWS})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "vi")
    code = {"LayerNotDefined": "InvalidParameterValue", None: "NoApplicableCode"}.get(found := code_of(error), found)
    element = etree.SubElement(root, f"{{{OWS}}}Exception", {"exceptionCode": str(code)})
    if problem.field:
        element.set("locator", problem.field)
    etree.SubElement(element, f"{{{OWS}}}ExceptionText").text = problem.detail
    body = bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    return Answer(problem.status, body, {**NO_STORE, **dict(problem.headers), "Content-Type": "text/xml"})
