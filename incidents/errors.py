"""Failures of the verbs on incidents."""

from http import HTTPStatus

from gis_core.errors import Conflict, ServiceError


class StaleIncident(ServiceError):
    """`If-Match` names another version than the present one (RFC 9110, 13.1.1); the answer carries the present state."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "stale-incident"


class IllegalStep(Conflict):
    """The step does not start from the present state, or not in these hands; the answer carries the steps that do."""

    code = "illegal-step"


class KeyReused(Conflict):
    """The idempotency key was used for another request."""

    code = "key-reused"
