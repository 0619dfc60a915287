"""Reactions to Django's own events."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from gis_core.auth.passes import session_digest
from gis_core.models import RevokedPass


@receiver(user_logged_out)
def end_passes(sender: object, request: HttpRequest | None, **_kwargs: Any) -> None:
    """Signing out ends the session's pass in every process at the next change of the log."""
    key = request.session.session_key if request is not None and hasattr(request, "session") else None
    if key:
        expiry = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        RevokedPass.objects.update_or_create(session=session_digest(key), defaults={"expires_at": expiry})
