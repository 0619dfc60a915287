"""The second factor: time-based codes (RFC 6238) and recovery codes, kept by django-otp."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_otp import user_has_device, verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis_core.models import User

_SESSION = "second_factor"
RECOVERY_CODES = 10
_DIGITS = 6  # of a code; recovery codes have eight letters


def has_one(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the account has a confirmed second factor."""
    return bool(user_has_device(user))


def accept(user: AbstractBaseUser, code: str) -> str | None:
    """The device whose code this is, or None. Each code works once, and after wrong ones the device waits."""
    code = _plain(code)
    kind = TOTPDevice if len(code) == _DIGITS else StaticDevice
    for device in kind.objects.devices_for_user(user, confirmed=True):
        if verify_token(user, device.persistent_id, code):
            return str(device.persistent_id)
    return None


def _plain(code: str) -> str:
    return code.strip().replace(" ", "").lower()


def mark(request: HttpRequest, device: str) -> None:
    """This session was begun with a second factor."""
    request.session[_SESSION] = device


def used(request: HttpRequest) -> bool:
    """Whether this session was begun with a second factor that the account still has."""
    return bool(request.session.get(_SESSION)) and has_one(request.user)


def prepare(user: User) -> TOTPDevice:
    """The device that waits for its first code."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first() or TOTPDevice.objects.create(
        user=user, name="authenticator", confirmed=False
    )


def confirm(device: TOTPDevice, code: str) -> bool:
    """Confirm a prepared device by its first code."""
    if not device.verify_is_allowed()[0] or not device.verify_token(_plain(code)):
        return False
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return True


def recovery_codes(user: User) -> list[str]:
    """New recovery codes in place of the old ones; each works once and is shown once."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def remove(user: User) -> None:
    """The account has no second factor any more."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
