"""Failures a caller can understand, one class each, and the one table that turns exceptions into HTTP statuses."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

import psycopg
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, ValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _


class ServiceError(Exception):
    """A failure with a sentence for the person who reads it. `field` names the offending input, where there is one.

    `members` go into a problem+json answer beside the standard ones (RFC 9457, 3.2): both states of a conflict, say.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    code: ClassVar[str] = "bad-request"

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        headers: dict[str, str] | None = None,
        members: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.headers = headers or {}
        self.members = members or {}


class BadParameter(ServiceError):
    """A parameter's value cannot be used; the sentence says what is accepted."""

    code = "bad-parameter"


class UnknownParameter(ServiceError):
    """A parameter that this resource does not know (OGC API - Features 7.15.1: 400)."""

    code = "unknown-parameter"


class NotFound(ServiceError):
    """Not there, or not for this person: the same answer for both."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"


class NotSignedIn(ServiceError):
    """Credentials were presented and are wrong."""

    status = HTTPStatus.UNAUTHORIZED
    code = "not-signed-in"


class MethodNotAllowed(ServiceError):
    """The resource does not know this HTTP method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method-not-allowed"


class NotAcceptable(ServiceError):
    """None of the asked formats is offered."""

    status = HTTPStatus.NOT_ACCEPTABLE
    code = "not-acceptable"


class Conflict(ServiceError):
    """Somebody else was faster; the answer shows both states."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class TooLarge(ServiceError):
    """The request exceeds a limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-large"


class TooLong(ServiceError):
    """The address exceeds a limit."""

    status = HTTPStatus.REQUEST_URI_TOO_LONG
    code = "uri-too-long"


class UnsupportedMedia(ServiceError):
    """The body is of a kind that is not accepted here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported-media"


class TooMany(ServiceError):
    """More requests than one source may make; Retry-After says when to try again (RFC 6585, 4)."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many"


class Unavailable(ServiceError):
    """The service cannot answer right now; trying again later makes sense."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"


@dataclass(frozen=True)
class Problem:
    """A failure as every format tells it (RFC 9457 members)."""

    status: int
    code: str
    detail: str
    field: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, object], ...] = ()

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase

    def as_dict(self, instance: str | None = None) -> dict[str, object]:
        """The members of application/problem+json."""
        members: dict[str, object] = {
            "type": f"urn:ioc-map:error:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.field:
            members["field"] = self.field
        if instance:
            members["instance"] = instance
        return {**dict(self.extra), **members}


# First match wins. The sentences are ours: a library's own text may carry SQL or a path.
_STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (Http404, 404, "not-found"),
    (PermissionDenied, 403, "forbidden"),
    (RequestDataTooBig, 413, "too-large"),
    (TooManyFieldsSent, 413, "too-large"),
    (SuspiciousOperation, 400, "bad-request"),
    (BadRequest, 400, "bad-request"),
    (MultiPartParserError, 400, "bad-request"),
    (UnreadablePostError, 400, "bad-request"),  # the caller went away in the middle of the body
    (ValidationError, 400, "invalid"),
    (UnicodeDecodeError, 400, "bad-encoding"),
    (IntegrityError, 409, "conflict"),
    (DataError, 400, "bad-value"),
    (psycopg.DataError, 400, "bad-value"),
    (OperationalError, 503, "unavailable"),
    (InterfaceError, 503, "unavailable"),
)


def problem_of(error: Exception) -> Problem:
    """The problem that an exception means; 500 with a neutral sentence for what nobody foresaw."""
    if isinstance(error, ServiceError):
        return Problem(error.status, error.code, error.detail, error.field, tuple(error.headers.items()), tuple(error.members.items()))
    # A process that stood still in a transaction for too long: Django calls what the database tells it then an internal error.
    frozen = isinstance(error.__cause__, psycopg.errors.IdleInTransactionSessionTimeout)
    for kind, status, code in _STATUSES:
        if isinstance(error, kind) or (frozen and kind is OperationalError):
            headers = (("Retry-After", "5"),) if status == HTTPStatus.SERVICE_UNAVAILABLE else ()
            return Problem(status, code, _sentence(code, error), headers=headers)
    return Problem(500, "internal", _("Something went wrong on our side. The request's number helps us to find out what."))


def _sentence(code: str, error: Exception) -> str:
    if code == "invalid" and isinstance(error, ValidationError):
        return " ".join(error.messages)
    sentences = {
        "not-found": _("There is nothing at this address, or it is not open to you."),
        "forbidden": _("This action is not open to you. Sign in with an account that has the right, or reload the page and try again."),
        "too-large": _("The request is too large."),
        "bad-request": _("The request could not be understood."),
        "bad-encoding": _("The request contains text that is not UTF-8."),
        "conflict": _("The change contradicts data that are already there. Load the newest state and try again."),
        "bad-value": _("A value is out of the range that can be stored."),
        "unavailable": _("The database cannot answer at the moment. Try again in a few seconds."),
    }
    return sentences[code]
