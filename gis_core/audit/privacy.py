"""Requests of data subjects: what is known of a person, and its erasure, over all packages that hold personal data.

Each package that does has a function in settings.DATA_SUBJECTS: (subject, erase) -> what it holds, or what it did. Reading and
erasing go to the audit log with the number of the request, never with the person's data.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from gis_core.audit.record import record
from gis_core.models import AuditEntry, User


@dataclass(frozen=True)
class Subject:
    """Who asks, by what is known of them; empty parts match nothing."""

    phone: str = ""
    email: str = ""
    id_number: str = ""
    username: str = ""

    def __bool__(self) -> bool:
        return bool(self.phone or self.email or self.id_number or self.username)


def export(subject: Subject, reason: str) -> dict[str, Any]:
    """Everything that is held of the person, by package."""
    found = {path: import_string(path)(subject, False) for path in settings.DATA_SUBJECTS}
    record("data-subject.export", about=reason, request=None, **_counts(found))
    return found


@transaction.atomic
def erase(subject: Subject, reason: str) -> dict[str, Any]:
    """Erase what may be erased; what must be kept is told with its reason. All or nothing."""
    done = {path: import_string(path)(subject, True) for path in settings.DATA_SUBJECTS}
    record("data-subject.erase", about=reason, request=None, **_counts(done))
    return done


def _counts(found: dict[str, Any]) -> dict[str, int]:
    return {f"{path}.{kind}".replace(".", "_"): len(rows) for path, held in found.items() for kind, rows in held.items()}


def accounts(subject: Subject, erase: bool) -> dict[str, Any]:
    """Accounts: personal names and addresses go, the account stays closed, for what it did in office is not its own data alone."""
    wanted = User.objects.filter(username=subject.username) if subject.username else User.objects.none()
    if subject.email:
        wanted = wanted | User.objects.filter(email__iexact=subject.email)
    told = [_told(user) for user in wanted.order_by("pk")]
    if erase:
        for user in wanted:
            user.first_name = user.last_name = user.email = ""
            user.username, user.is_active = f"erased-{user.pk}", False
            user.set_unusable_password()
            user.save()
            user.access_tokens.all().delete()
    kept = ["entries of the audit log, by the number of the account (duty to prove who did what)"] if told else []
    return {"accounts": told, "kept": kept}


def _told(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.get_full_name(),
        "email": user.email,
        "since": user.date_joined.isoformat(),
        "work": [str(one) for one in user.jurisdictions.all()],
        "audit_entries": AuditEntry.objects.filter(actor=user.pk).count(),
    }
