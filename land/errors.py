"""Failures of land's verbs."""

from http import HTTPStatus

from gis_core.errors import Conflict, ServiceError


class StaleParcels(Conflict):
    """A parcel is no longer as the author saw it. The answer carries both states of each."""

    code = "stale-parcels"


class StaleChange(ServiceError):
    """`If-Match` names another version of the change than the present one (RFC 9110, 13.1.1)."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "stale-change"


class WrongState(Conflict):
    """The change is not in a state from which this step leads on."""

    code = "wrong-state"


class SameHands(ServiceError):
    """Who drew a change may not approve it."""

    status = HTTPStatus.FORBIDDEN
    code = "same-hands"


class RulesBroken(ServiceError):
    """The rules forbid the change; each violation is named with its place in the answer."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "rules-broken"


class KeyReused(Conflict):
    """The idempotency key was used for another request."""

    code = "key-reused"


class CheckedOut(Conflict):
    """A colleague's open change has the parcel."""

    code = "checked-out"
