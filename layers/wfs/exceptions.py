"""Failures as exception reports: ows:ExceptionReport, and ServiceExceptionReport for clients of 1.0.0."""

import logging
from http import HTTPStatus
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from gis_core.errors import Problem
from layers.wfs.dialect import V100, V110, V200, WRITE, Dialect

log = logging.getLogger(__name__)
XML = "text/xml; charset=utf-8"
_CODES = {
    "bad-parameter": "InvalidParameterValue",
    "unknown-parameter": "InvalidParameterValue",
    "bad-value": "InvalidParameterValue",
    "bad-encoding": "InvalidParameterValue",
    "method-not-allowed": "OperationNotSupported",
    "not-found": "NotFound",
    "too-large": "OperationProcessingFailed",
    "conflict": "OperationProcessingFailed",
    "checked-out": "OperationProcessingFailed",
    "stale-feature": "OperationProcessingFailed",
    "edit-refused": "OperationProcessingFailed",
    "use-the-page": "OperationProcessingFailed",
    "may-not-edit": "OperationProcessingFailed",
    "not-editable": "OperationNotSupported",
}


def report(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The answer to a failure, in the version that the request speaks (settings.PROBLEM_FORMATS)."""
    dialect = dialect_of(request)
    status, headers = problem.status, dict(problem.headers)
    if getattr(request, "wfs_writes", False) and dialect.is_first and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        # With any other status QGIS shows "changes not applied" and not the sentence.
        status, headers = HTTPStatus.OK, {}
    return HttpResponse(
        document(problem, dialect),
        status=status,
        content_type=XML,
        headers={"Cache-Control": "no-store", **headers},
    )


def dialect_of(request: HttpRequest) -> Dialect:
    """The version that a request speaks, as far as it got; 2.0.0 when nobody knows."""
    known: Dialect = getattr(request, "wfs_dialect", V200)
    return known


def document(problem: Problem, dialect: Dialect) -> str:
    """The report."""
    members = dict(problem.extra)
    code = str(members.get("ows_code") or _CODES.get(problem.code, "NoApplicableCode"))
    locator = f" locator={quoteattr(problem.field)}" if problem.field else ""
    if dialect is V100:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<ServiceExceptionReport version="1.2.0" xmlns="{dialect.fes}">'
            f'<ServiceException code="{code}"{locator}>{escape(problem.detail)}</ServiceException></ServiceExceptionReport>\n'
        )
    version = "1.0.0" if dialect is V110 else "2.0.0"
    language = f' {"language" if dialect is V110 else "xml:lang"}="{get_language() or "vi"}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ows:ExceptionReport xmlns:ows="{dialect.ows}" version="{version}"{language}>'
        f'<ows:Exception exceptionCode="{code}"{locator}>'
        f"<ows:ExceptionText>{escape(problem.detail)}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>\n"
    )


def remember(request: HttpRequest, dialect: Dialect, *, writes: bool = False) -> None:
    """For `report`, should anything fail later."""
    assert dialect.version in WRITE
    request.wfs_dialect = dialect  # type: ignore[attr-defined]
    request.wfs_writes = writes  # type: ignore[attr-defined]
