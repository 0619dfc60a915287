"""Who the API lets in. This is asked before anything else of a request: what is wrong with it is told to those alone who may send it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import SessionAuth

from gis_core.access import Reach, Scope, scope_of
from gis_core.errors import NotFound


class SignedIn(SessionAuth):
    """A browser's session (with its CSRF token) or an access token in the Authorization header (gis_core/middleware/identity.py).

    `work` tells what somebody reaches with work of a kind. To whoever reaches nothing there is nothing at the address, whatever
    it was asked: a 400 that names a field would tell that the address exists.
    """

    def __init__(self, work: Callable[[Scope], Reach] | None = None) -> None:
        super().__init__()
        self._work = work

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The user, None for visitors. Raises NotFound."""
        user = super().authenticate(request, key)
        if user is not None and self._work is not None and not self._work(scope_of(user)):
            raise NotFound(_("There is nothing at this address, or it is not open to you."))
        return user
