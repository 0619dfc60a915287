"""Reactions to Django's own events: passes end, and who comes and goes is written down."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from gis_core.audit.record import record
from gis_core.auth import throttle
from gis_core.auth.passes import session_digest
from gis_core.metrics import AUTH_FAILURES
from gis_core.models import RevokedPass


@receiver(user_logged_out)
def end_passes(sender: object, request: HttpRequest | None, user: AbstractBaseUser | None = None, **_kwargs: Any) -> None:
    """Signing out ends the session's pass in every process at the next change of the log."""
    key = request.session.session_key if request is not None and hasattr(request, "session") else None
    if key:
        expiry = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        RevokedPass.objects.update_or_create(session=session_digest(key), defaults={"expires_at": expiry})
    if user is not None:
        record("session.ended", actor=user.pk, request=request)


@receiver(user_logged_in)
def session_begun(sender: object, request: HttpRequest | None, user: AbstractBaseUser, **_kwargs: Any) -> None:
    """Somebody signed in."""
    record("session.begun", actor=user.pk, request=request)


@receiver(user_login_failed)
def password_refused(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """The name that was tried is not written down: people type passwords there."""
    AUTH_FAILURES.labels("password").inc()
    record("session.refused", request=request)
    if request is not None:
        throttle.failed(request, str(credentials.get("username", ""))[:150])


def code_refused(request: HttpRequest, user: AbstractBaseUser) -> None:
    """The password was right, the second factor's code was not."""
    AUTH_FAILURES.labels("second_factor").inc()
    record("session.code-refused", about=str(user.pk), request=request)
    throttle.failed(request, user.get_username())
